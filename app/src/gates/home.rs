//! All gates.

use super::{
    calls::list_gates,
    validations::ValidationsTable,
    view::{GatedSystem, GatesView, PolicyHead, Verdicted},
};
use crate::{
    reading::Trouble,
    systems::parts::JudgedBadge,
    ui::{
        Badge, ButtonKind, Cell, Column, EmptyState, EnvironmentChip, HeadCell, LinkButton, Meaning, Page, Pager, Row,
        Section, Skeleton, SkeletonShape, Symbol, Table, format::counted,
    },
    urls,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Systems with their gates, and the newest validations.
#[component]
pub fn GatesPage() -> impl IntoView {
    let query = use_query_map();
    let cursors = Memo::new(move |_| (query.read().get("systems"), query.read().get("cursor")));
    let gates = Resource::new(move || cursors.get(), |(systems, cursor)| list_gates(systems, cursor));
    let waiting =
        || view! { <Page title="Gates"><Skeleton shape=SkeletonShape::Table rows=5 label="Loading gates"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match gates.await {
                    Ok(view) => view! { <Gates view cursors=cursors.get_untracked()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Gates" error retry=urls::GATES/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// The address of the page with other parts of its lists.
fn part(systems: Option<&String>, cursor: Option<&String>) -> String {
    let named = [("systems", systems), ("cursor", cursor)];
    let named = named.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", urls::url_encoded(value?))));
    let query: Vec<String> = named.collect();
    if query.is_empty() { urls::GATES.to_owned() } else { format!("{}?{}", urls::GATES, query.join("&")) }
}

#[component]
fn Gates(view: GatesView, cursors: (Option<String>, Option<String>)) -> impl IntoView {
    let (systems, cursor) = cursors;
    let lead = "What a version must meet before it is released, and what was said of each.";
    if view.systems.is_empty() && systems.is_none() {
        return view! { <Page title="Gates" lead><NoSystems may_register=view.may_register/></Page> }.into_any();
    }
    let more = view.more_systems.map(|next| part(Some(&next), cursor.as_ref()));
    let first_systems = systems.as_ref().map(|_| part(None, cursor.as_ref()));
    let paged = more.is_some() || first_systems.is_some();
    let shown = counted(view.systems.len() as u64, "system");
    let pager = paged.then(|| view! { <Pager shown next=more first=first_systems/> });
    let first = cursor.as_ref().map(|_| part(systems.as_ref(), None));
    let next = view.next.map(|next| part(systems.as_ref(), Some(&next)));
    let validations = if view.validations.is_empty() {
        view! { <p class="section-hint">"None yet. Open a system to validate one of its versions."</p> }.into_any()
    } else {
        let shown = counted(view.validations.len() as u64, "validation");
        view! { <ValidationsTable rows=view.validations/><Pager shown next first/> }.into_any()
    };
    view! {
        <Page title="Gates" lead>
            <Section title="Systems"><SystemsTable systems=view.systems/>{pager}</Section>
            <Section title="Validations">{validations}</Section>
        </Page>
    }
    .into_any()
}

#[component]
fn NoSystems(may_register: bool) -> impl IntoView {
    let register = may_register.then(|| {
        view! { <LinkButton href=urls::NEW_SYSTEM kind=ButtonKind::Primary icon=Symbol::Plus>"Register a system"</LinkButton> }
    });
    view! {
        <EmptyState title="No gates yet" purpose="A gate judges a version of a system by its policy and its golden paths. Register the system first." symbol=Symbol::Gates>
            {register}
        </EmptyState>
    }
    .into_any()
}

#[component]
fn SystemsTable(systems: Vec<GatedSystem>) -> impl IntoView {
    let columns = vec![
        Column::text("System"),
        Column::text("Policy"),
        Column::number("Golden paths", ""),
        Column::text("Latest validation"),
    ];
    view! {
        <Table caption="Systems and their gates" caption_hidden=true columns cards=true>
            {systems.into_iter().map(|system| view! { <SystemLine system/> }).collect_view()}
        </Table>
    }
    .into_any()
}

#[component]
fn SystemLine(system: GatedSystem) -> impl IntoView {
    let none = system.verdicts.is_empty().then(|| view! { <span class="cell-quiet">"No environment yet"</span> });
    view! {
        <Row>
            <HeadCell href=urls::gates(system.system.id)>{system.system.name}</HeadCell>
            <Cell label="Policy"><PolicyWords policy=system.policy/></Cell>
            <Cell label="Golden paths" number=true>{system.paths}</Cell>
            <Cell label="Latest validation">
                <ul class="verdicts">{system.verdicts.into_iter().map(|verdict| view! { <VerdictLine verdict/> }).collect_view()}</ul>
                {none}
            </Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn PolicyWords(policy: Option<PolicyHead>) -> impl IntoView {
    let Some(policy) = policy else {
        return view! { <Badge meaning=Meaning::Warn word="No policy"/> }.into_any();
    };
    let dry_run = policy.dry_run.then(|| view! { <Badge meaning=Meaning::Info word="Dry run"/> });
    view! { <span class="cluster">{format!("{}, revision {}", policy.name, policy.revision)}{dry_run}</span> }
        .into_any()
}

#[component]
fn VerdictLine(verdict: Verdicted) -> impl IntoView {
    view! {
        <li class="cluster">
            <EnvironmentChip name=verdict.environment/>
            <JudgedBadge judged=verdict.judged/>
            <span class="cell-quiet">{verdict.version}</span>
        </li>
    }
    .into_any()
}
