//! The gates of a system.

use super::{
    calls::system_gates,
    policy_summary::PolicySummary,
    validations::{ValidateForm, ValidationsTable},
    view::{PathRow, SystemGatesView},
};
use crate::{
    moment::When,
    reading::Trouble,
    ui::{
        ButtonKind, Cell, Column, Crumb, EmptyState, HeadCell, LinkButton, Meaning, Notice, Page, Pager, Row, Section,
        Skeleton, SkeletonShape, Symbol, Tab, Table, Tabs, format::counted,
    },
    urls,
};
use hub::ids::SystemId;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// The gates of a system: golden paths, policy, validations.
#[component]
pub fn SystemGatesPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let key = Memo::new(move |_| (params.read().get("system").unwrap_or_default(), query.read().get("cursor")));
    let tab = Memo::new(move |_| query.read().get("tab").unwrap_or_default());
    let gates = Resource::new(move || key.get(), |(system, cursor)| system_gates(system, cursor));
    let waiting =
        || view! { <Page title="Gates"><Skeleton shape=SkeletonShape::Table label="Loading the gates"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match gates.await {
                    Ok(view) => view! { <SystemGates view tab/> }.into_any(),
                    Err(error) => {
                        let retry = format!("{}/{}", urls::GATES, key.get_untracked().0);
                        view! { <Trouble title="Gates" error retry/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn SystemGates(view: SystemGatesView, tab: Memo<String>) -> impl IntoView {
    let id = view.system.id;
    let crumbs = vec![Crumb::link("Gates", urls::GATES), Crumb::here(view.system.name.clone())];
    let title = format!("Gates of {}", view.system.name);
    let validate = (view.may_validate && !view.environments.is_empty()).then(|| {
        let view = view.clone();
        view! { <ValidateForm view/> }
    });
    let missing = (view.environments.is_empty()).then(|| {
        view! {
            <Notice meaning=Meaning::Info title="The system has no environment yet, so nothing can be validated.">
                <p><a href=urls::system(id)>"Add an environment"</a></p>
            </Notice>
        }
    });
    let (paths, validations) = (view.paths.len() as u64, view.validations.clone());
    let tabs = move || {
        let tab = tab.get();
        let of = |name: &str| if name.is_empty() { urls::gates(id) } else { urls::gates_tab(id, name) };
        vec![
            Tab::new("Golden paths", of(""), !["policy", "validations"].contains(&tab.as_str())).with_count(paths),
            Tab::new("Policy", of("policy"), tab == "policy"),
            Tab::new("Validations", of("validations"), tab == "validations"),
        ]
    };
    let content = move || match tab.get().as_str() {
        "policy" => view! { <PolicySummary system=id policy=view.policy.clone() may_write=view.may_write/> }.into_any(),
        "validations" => view! { <Validations system=id rows=validations.clone() next=view.next.clone()/> }.into_any(),
        _ => view! { <Paths system=id paths=view.paths.clone() may_write=view.may_write/> }.into_any(),
    };
    view! {
        <Page title crumbs lead="What its versions must meet before they are released.">
            {validate}
            {missing}
            {move || view! { <Tabs label="Gates" tabs=tabs()/> }}
            {content}
        </Page>
    }
    .into_any()
}

#[component]
fn Paths(system: SystemId, paths: Vec<PathRow>, may_write: bool) -> impl IntoView {
    let new = move || {
        may_write.then(|| view! { <LinkButton href=urls::new_golden_path(system) icon=Symbol::Plus>"New golden path"</LinkButton> })
    };
    if paths.is_empty() {
        return view! {
            <EmptyState title="No golden paths yet" purpose="A golden path is what users must always be able to do, as a Hurl file: requests, and what must be true of the answers." symbol=Symbol::Gates>
                {new()}
            </EmptyState>
        }
        .into_any();
    }
    let columns = vec![
        Column::text("Golden path"),
        Column::number("Revision", ""),
        Column::number("Time limit", "s"),
        Column::text("Changed"),
    ];
    let line = move |row: PathRow| {
        let by = format!(" by {}", row.path.updated_by);
        view! {
            <Row>
                <HeadCell href=urls::golden_path(system, row.path.id)>{row.path.name}</HeadCell>
                <Cell label="Revision" number=true>{row.path.revision}</Cell>
                <Cell label="Time limit (s)" number=true>{row.path.timeout_s}</Cell>
                <Cell label="Changed" quiet=true><span><When moment=row.changed/>{by}</span></Cell>
            </Row>
        }
    };
    view! {
        <Section title="Golden paths" hint="What users must always be able to do" actions=new>
            <Table caption="Golden paths" caption_hidden=true columns cards=true>
                {paths.into_iter().map(line).collect_view()}
            </Table>
        </Section>
    }
    .into_any()
}

#[component]
fn Validations(system: SystemId, rows: Vec<super::view::ValidationRow>, next: Option<String>) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <EmptyState title="No validations yet" purpose="A validation judges one version in one environment: its scorecard by the policy, and the golden paths by running them." symbol=Symbol::Gates/>
        }
        .into_any();
    }
    let tab = urls::gates_tab(system, "validations");
    let shown = counted(rows.len() as u64, "validation");
    let next = next.map(|cursor| format!("{tab}&cursor={cursor}"));
    let later = use_query_map().read_untracked().get("cursor").is_some();
    let first = later.then_some(tab);
    view! {
        <Section title="Validations" hint="Newest first">
            <ValidationsTable rows of_one=true/>
            <Pager shown next first/>
        </Section>
    }
    .into_any()
}

/// The button that leads to the policy's editor.
pub fn edit_policy_button(system: SystemId, words: &'static str, kind: ButtonKind) -> impl IntoView {
    view! { <LinkButton href=urls::policy(system) kind>{words}</LinkButton> }
}
