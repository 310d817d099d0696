//! The list of systems, and registering one.

use super::{
    calls::{CreateSystem, list_systems},
    parts::Chip,
    view::{Named, SystemItem, SystemsView},
};
use crate::{
    moment::When,
    reading::{Trouble, refusal},
    ui::{
        Button, ButtonKind, Cell, CodeBlock, Column, Crumb, EmptyState, Field, FormErrors, HeadCell, LinkButton,
        Meaning, Notice, Page, Pager, Row, Skeleton, SkeletonShape, Symbol, Table, TextArea, format::counted,
    },
    urls,
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// All systems.
#[component]
pub fn SystemsPage() -> impl IntoView {
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.read().get("cursor"));
    let systems = Resource::new(move || cursor.get(), list_systems);
    let waiting =
        || view! { <Page title="Systems"><Skeleton shape=SkeletonShape::Table rows=5 label="Loading systems"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match systems.await {
                    Ok(view) => view! { <SystemsList view first=cursor.get_untracked().is_none()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Systems" error retry=urls::SYSTEMS/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn SystemsList(view: SystemsView, first: bool) -> impl IntoView {
    let may_write = view.may_write;
    if view.systems.is_empty() && first {
        return view! { <Page title="Systems"><NoSystems may_write/></Page> }.into_any();
    }
    let shown = counted(view.systems.len() as u64, "system");
    let next = view.next.map(|cursor| format!("{}?cursor={cursor}", urls::SYSTEMS));
    let back = (!first).then(|| urls::SYSTEMS.to_owned());
    let columns = vec![Column::text("System"), Column::text("Environments"), Column::text("Registered")];
    view! {
        <Page title="Systems" lead="What is to be released, and where its versions run." actions=move || may_write.then(register)>
            <div class="stack">
                <Table caption="Systems" caption_hidden=true columns cards=true>
                    {view.systems.into_iter().map(|item| view! { <SystemLine item/> }).collect_view()}
                </Table>
                <Pager shown next first=back/>
            </div>
        </Page>
    }
    .into_any()
}

#[component]
fn SystemLine(item: SystemItem) -> impl IntoView {
    let (system, environments) = (item.detail.system, item.detail.environments);
    let none = environments.is_empty().then(|| view! { <span class="cell-quiet">"None yet"</span> });
    let chips = environments.into_iter().map(|environment| view! { <Chip environment=Named::of(&environment)/> });
    view! {
        <Row>
            <HeadCell href=urls::system(system.id)>{system.name}</HeadCell>
            <Cell label="Environments"><span class="cluster">{chips.collect_view()}{none}</span></Cell>
            <Cell label="Registered" quiet=true><When moment=item.registered/></Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn NoSystems(may_write: bool) -> impl IntoView {
    view! {
        <EmptyState
            title="No systems yet"
            purpose="A system is what you release: a service, a shop, an app. Register it, say where it runs, and the hub can measure it."
            symbol=Symbol::Systems
        >
            {may_write.then(register)}
        </EmptyState>
    }
    .into_any()
}

fn register() -> impl IntoView {
    view! { <LinkButton href=urls::NEW_SYSTEM kind=ButtonKind::Primary icon=Symbol::Plus>"Register a system"</LinkButton> }
}

/// Registering a system.
#[component]
pub fn NewSystemPage() -> impl IntoView {
    view! {
        <Page
            title="Register a system"
            lead="Its environments come next."
            crumbs=vec![Crumb::link("Systems", urls::SYSTEMS), Crumb::here("New")]
            narrow=true
        >
            <form method="post" action=CreateSystem::url() class="form">
                <FormErrors problem={refusal::<CreateSystem>()} argument="request">
                    <Field label="Name" name="request[name]" hint="1 to 100 characters, one system each" required=true max_length=100/>
                    <TextArea label="Description" name="request[description]" hint="What it is and whose it is; up to 2,000 characters" rows=3/>
                    <div class="actions">
                        <Button kind=ButtonKind::Primary>"Register"</Button>
                        <LinkButton href=urls::SYSTEMS kind=ButtonKind::Quiet>"Cancel"</LinkButton>
                    </div>
                </FormErrors>
            </form>
            <SampleNotice/>
        </Page>
    }
    .into_any()
}

/// How to get something to measure.
#[component]
pub(crate) fn SampleNotice() -> impl IntoView {
    view! {
        <Notice meaning=Meaning::Info title="Nothing to measure at hand? Start the sample shop">
            <CodeBlock code="sbh sample-system --port 4100"/>
            <p>"It then answers at http://127.0.0.1:4100, which becomes the base URL of an environment."</p>
        </Notice>
    }
    .into_any()
}
