//! The list of organisations, and making one.

use super::{
    calls::{CreateOrganisation, list_organisations, may_make_organisation},
    view::{OrganisationItem, OrganisationsView, words_of_state, words_of_tier},
};
use crate::{
    moment::When,
    reading::{Trouble, refusal},
    ui::{
        Badge, Button, ButtonKind, Cell, Choice, Column, Crumb, Denied, Field, FieldKind, FormErrors, HeadCell,
        LinkButton, Meaning, Page, Pager, Row, Select, Skeleton, SkeletonShape, Symbol, Table, format::counted,
    },
    urls,
};
use hub::tenants::Tier;
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

const LEAD: &str = "Who uses this hub, what each may use, and whether its people get in.";
const WHO: &str = "The owner of the organisation that runs this hub looks after organisations.";

/// Every organisation of the hub.
#[component]
pub fn OrganisationsPage() -> impl IntoView {
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.read().get("cursor"));
    let organisations = Resource::new(move || cursor.get(), list_organisations);
    let waiting = || view! { <Page title="Organisations"><Skeleton shape=SkeletonShape::Table rows=4 label="Loading organisations"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match organisations.await {
                    Ok(view) => view! { <List view first=cursor.get_untracked().is_none()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Organisations" error retry=urls::ORGANISATIONS who=WHO/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn make() -> impl IntoView {
    view! { <LinkButton href=urls::NEW_ORGANISATION kind=ButtonKind::Primary icon=Symbol::Plus>"New organisation"</LinkButton> }
}

#[component]
fn List(view: OrganisationsView, first: bool) -> impl IntoView {
    let OrganisationsView { organisations, next } = view;
    let columns = vec![
        Column::text("Organisation"),
        Column::text("Slug"),
        Column::text("Tier"),
        Column::number("Members", ""),
        Column::text("State"),
        Column::text("Since"),
    ];
    let shown = counted(organisations.len() as u64, "organisation");
    let next = next.map(|cursor| urls::organisations_from(&cursor));
    let back = (!first).then(|| urls::ORGANISATIONS.to_owned());
    let lines = organisations.into_iter().map(|item| view! { <Line item/> }).collect_view();
    view! {
        <Page title="Organisations" lead=LEAD actions=make>
            <div class="stack">
                <Table caption="Organisations" caption_hidden=true columns cards=true>{lines}</Table>
                <Pager shown next first=back/>
            </div>
        </Page>
    }
    .into_any()
}

#[component]
fn Line(item: OrganisationItem) -> impl IntoView {
    let OrganisationItem { organisation, made, .. } = item;
    let operates = organisation.operates.then(|| view! { <Badge meaning=Meaning::Info word="Runs the hub"/> });
    let (meaning, word) = words_of_state(organisation.state);
    view! {
        <Row>
            <HeadCell href=urls::organisation(organisation.id)>{organisation.name}</HeadCell>
            <Cell label="Slug"><code>{organisation.slug}</code></Cell>
            <Cell label="Tier">{words_of_tier(organisation.tier)}</Cell>
            <Cell label="Members" number=true>{organisation.members}</Cell>
            <Cell label="State"><span class="cluster"><Badge meaning word/>{operates}</span></Cell>
            <Cell label="Since" quiet=true><When moment=made/></Cell>
        </Row>
    }
    .into_any()
}

/// Making an organisation.
#[component]
pub fn NewOrganisationPage() -> impl IntoView {
    let may = Resource::new(|| (), |()| may_make_organisation());
    let waiting = || view! { <Page title="New organisation"><Skeleton label="Loading the form"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match may.await {
                    Ok(true) => view! { <NewForm/> }.into_any(),
                    Ok(false) => {
                        let what = "Your organisation does not look after others";
                        view! { <Page title="New organisation"><Denied what who=WHO/></Page> }.into_any()
                    }
                    Err(error) => view! { <Trouble title="New organisation" error retry=urls::NEW_ORGANISATION/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// The tiers to choose from.
pub(super) fn tiers() -> Vec<Choice> {
    Tier::ALL.into_iter().map(|tier| Choice::new(tier.as_str(), words_of_tier(tier))).collect()
}

#[component]
fn NewForm() -> impl IntoView {
    let crumbs = vec![Crumb::link("Organisations", urls::ORGANISATIONS), Crumb::here("New")];
    view! {
        <Page title="New organisation" lead="It begins empty, with its first owner." crumbs narrow=true>
            <form method="post" action=CreateOrganisation::url() class="form">
                <FormErrors problem={refusal::<CreateOrganisation>()} argument="request">
                    <Field label="Name" name="request[name]" hint="1 to 100 characters" required=true max_length=100/>
                    <Field label="Slug" name="request[slug]" hint="What it is called in addresses, such as acme-labs; made of the name when left out" max_length=40/>
                    <Select label="Tier" name="request[tier]" choices=tiers() value="basic"/>
                    <Field label="Owner's e-mail" name="request[owner_email]" kind=FieldKind::Email required=true autocomplete="off"/>
                    <Field label="Owner's name" name="request[owner_name]" hint="With a password; whoever follows a link says it then" max_length=254 autocomplete="off"/>
                    <Field label="Owner's password" name="request[owner_password]" kind=FieldKind::Password hint="12 to 256 characters; without one the hub makes a link, with which the owner chooses their own" autocomplete="new-password"/>
                    <div class="actions">
                        <Button kind=ButtonKind::Primary>"Make the organisation"</Button>
                        <LinkButton href=urls::ORGANISATIONS kind=ButtonKind::Quiet>"Cancel"</LinkButton>
                    </div>
                </FormErrors>
            </form>
        </Page>
    }
    .into_any()
}
