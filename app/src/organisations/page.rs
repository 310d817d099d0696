//! One organisation: its facts, its tier, and whether its people get in.

use super::{
    calls::{
        DeleteOrganisation, InviteOwner, RestoreOrganisation, ResumeOrganisation, SetOrganisationTier,
        SuspendOrganisation, organisation_page,
    },
    list::tiers,
    view::{OrganisationItem, words_of_state, words_of_tier},
};
use crate::{
    moment::When,
    reading::{Trouble, refusal},
    ui::{
        Badge, Button, ButtonKind, Crumb, Dialog, Field, FieldKind, FormErrors, KeyValue, KeyValues, Meaning, Notice,
        Page, Section, Select, Skeleton, SkeletonShape, format::counted,
    },
    urls,
};
use hub::tenants::{OrganisationState, Tier};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::{use_params_map, use_query_map};

/// An organisation.
#[component]
pub fn OrganisationPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("organisation").unwrap_or_default());
    let organisation = Resource::new(move || id.get(), organisation_page);
    let waiting = || view! { <Page title="Organisation"><Skeleton shape=SkeletonShape::Table label="Loading the organisation"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match organisation.await {
                    Ok(item) => view! { <Whole item/> }.into_any(),
                    Err(error) => view! { <Trouble title="Organisation" error retry=urls::ORGANISATIONS/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn done() -> Option<impl IntoView> {
    let title = match use_query_map().read_untracked().get("done")?.as_str() {
        "made" => "The organisation is made. Its owner can sign in.",
        "tier" => "The tier is changed. It counts from now on.",
        "suspended" => "The organisation is suspended. Nobody of it gets in.",
        "resumed" => "The organisation is resumed. What waited goes on.",
        "leaving" => "The organisation is to be removed. Nobody of it gets in.",
        "restored" => "The organisation stays.",
        _ => return None,
    };
    Some(view! { <Notice meaning=Meaning::Pass title live=true/> })
}

#[component]
fn Whole(item: OrganisationItem) -> impl IntoView {
    let OrganisationItem { organisation, made, suspended, goes, grace_days } = item;
    let crumbs = vec![Crumb::link("Organisations", urls::ORGANISATIONS), Crumb::here(organisation.name.clone())];
    let (meaning, word) = words_of_state(organisation.state);
    let operates = organisation.operates;
    let actions = move || {
        let runs = operates.then(|| view! { <Badge meaning=Meaning::Info word="Runs the hub"/> });
        view! { <Badge meaning word/>{runs} }
    };
    let suspended = suspended.map(|at| view! { <KeyValue name="Suspended"><When moment=at/></KeyValue> });
    let why = organisation.suspended_why.clone().map(|why| view! { <KeyValue name="Reason">{why}</KeyValue> });
    let goes = goes.map(|at| view! { <KeyValue name="Removed"><When moment=at/></KeyValue> });
    let id = organisation.id.to_string();
    let shown_id = id.clone();
    let unowned = (organisation.members == 0).then(|| view! { <OwnerForm id=id.clone()/> });
    let standing = (!operates).then(|| {
        let (id, name, state) = (id.clone(), organisation.name.clone(), organisation.state);
        view! { <Standing id name state grace_days/> }
    });
    view! {
        <Page title=organisation.name.clone() crumbs actions>
            {done()}
            <Section title="Organisation">
                <KeyValues>
                    <KeyValue name="Slug"><code>{organisation.slug.clone()}</code></KeyValue>
                    <KeyValue name="Tier">{words_of_tier(organisation.tier)}</KeyValue>
                    <KeyValue name="Members">{organisation.members}</KeyValue>
                    <KeyValue name="Made"><When moment=made/></KeyValue>
                    {suspended}{why}{goes}
                    <KeyValue name="Id"><code>{shown_id}</code></KeyValue>
                </KeyValues>
            </Section>
            {unowned}
            <TierForm id tier=organisation.tier/>
            {standing}
        </Page>
    }
    .into_any()
}

#[component]
fn OwnerForm(id: String) -> impl IntoView {
    view! {
        <Section title="Nobody owns it yet" hint="Its first owner follows a link, once. A new link ends the one of before">
            <form method="post" action=InviteOwner::url() class="form">
                <FormErrors problem={refusal::<InviteOwner>()} id="owner">
                    <input type="hidden" name="id" value=id/>
                    <Field label="Owner's e-mail" name="email" kind=FieldKind::Email required=true autocomplete="off"/>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Make another link"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}

#[component]
fn TierForm(id: String, tier: Tier) -> impl IntoView {
    view! {
        <Section title="Tier" hint="What it may use follows from it">
            <form method="post" action=SetOrganisationTier::url() class="form">
                <FormErrors problem={refusal::<SetOrganisationTier>()} id="tier">
                    <input type="hidden" name="id" value=id/>
                    <Select label="Tier" name="tier" choices=tiers() value=tier.as_str()/>
                    <div class="actions"><Button>"Change the tier"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}

/// What can be done about whether its people get in.
#[component]
fn Standing(id: String, name: String, state: OrganisationState, grace_days: u32) -> impl IntoView {
    match state {
        OrganisationState::Active => view! {
            <SuspendForm id=id.clone()/>
            <DeleteForm id name grace_days/>
        }
        .into_any(),
        OrganisationState::Suspended => view! {
            <ResumeForm id=id.clone()/>
            <DeleteForm id name grace_days/>
        }
        .into_any(),
        OrganisationState::Leaving => view! { <RestoreForm id/> }.into_any(),
    }
}

#[component]
fn SuspendForm(id: String) -> impl IntoView {
    view! {
        <Section title="Suspend" hint="Its people get in no more, at once; its schedules and jobs wait, and its share links show nothing">
            <form method="post" action=SuspendOrganisation::url() class="form">
                <FormErrors problem={refusal::<SuspendOrganisation>()} id="suspend">
                    <input type="hidden" name="id" value=id/>
                    <Field label="Reason" name="reason" hint="Its people are told; 1 to 500 characters" required=true max_length=500/>
                    <div class="actions"><Button kind=ButtonKind::Danger>"Suspend the organisation"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}

#[component]
fn ResumeForm(id: String) -> impl IntoView {
    view! {
        <Section title="Resume" hint="Its people get in again, and what waited goes on">
            <form method="post" action=ResumeOrganisation::url()>
                <FormErrors problem={refusal::<ResumeOrganisation>()} id="resume">
                    <input type="hidden" name="id" value=id/>
                    <Button kind=ButtonKind::Primary>"Resume the organisation"</Button>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}

#[component]
fn RestoreForm(id: String) -> impl IntoView {
    view! {
        <Section title="Restore" hint="It stays, with everything in it. If it was suspended before, it stays so">
            <form method="post" action=RestoreOrganisation::url()>
                <FormErrors problem={refusal::<RestoreOrganisation>()} id="restore">
                    <input type="hidden" name="id" value=id/>
                    <Button kind=ButtonKind::Primary>"Restore the organisation"</Button>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}

#[component]
fn DeleteForm(id: String, name: String, grace_days: u32) -> impl IntoView {
    let when = match grace_days {
        0 => "At the next look everything of it is gone for good.".to_owned(),
        days => {
            format!("It can be restored for {}; then everything of it is gone for good.", counted(days.into(), "day"))
        }
    };
    let title = format!("Remove {name}?");
    view! {
        <Section title="Remove" hint="Its people get in no more, at once, and everything of it goes when the time is over">
            <FormErrors problem={refusal::<DeleteOrganisation>()} id="delete">
                <div class="actions">
                    <Dialog id="remove" title open="Remove the organisation" kind=ButtonKind::Danger>
                        <form method="post" action=DeleteOrganisation::url() class="stack">
                            <input type="hidden" name="id" value=id/>
                            <p>{when}</p>
                            <div class="actions"><Button kind=ButtonKind::Danger>"Remove it"</Button></div>
                        </form>
                    </Dialog>
                </div>
            </FormErrors>
        </Section>
    }
    .into_any()
}
