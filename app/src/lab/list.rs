//! The list of benchmarks.

use super::{
    calls::list_runs,
    import::ImportedBadge,
    view::{RunItem, RunsView, Subject},
};
use crate::{
    moment::When,
    reading::Trouble,
    systems::parts::{Chip, RunBadge, Score},
    ui::{
        Button, ButtonKind, Cell, Choice, Column, EmptyState, HeadCell, LinkButton, Page, Pager, Row, Select, Skeleton,
        SkeletonShape, Symbol, Table, format::counted,
    },
    urls,
};
use hub::ids::SystemId;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// All benchmarks, newest first.
#[component]
pub fn LabPage() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| {
        let query = query.read();
        let typed = |name: &str| query.get(name).filter(|text| !text.is_empty());
        (typed("system"), typed("cursor"))
    });
    let runs = Resource::new(move || wanted.get(), |(system, cursor)| list_runs(system, cursor));
    let waiting =
        || view! { <Page title="Lab"><Skeleton shape=SkeletonShape::Table rows=8 label="Loading benchmarks"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match runs.await {
                    Ok(view) => view! { <Runs view first=wanted.get_untracked().1.is_none()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Lab" error retry=urls::LAB/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Runs(view: RunsView, first: bool) -> impl IntoView {
    let RunsView { runs, next, systems, system, may_run } = view;
    let compare = runs.len() > 1;
    let start = move || {
        let compare = compare.then(|| view! { <LinkButton href=urls::COMPARE>"Compare"</LinkButton> });
        let schedules = view! { <LinkButton href=urls::SCHEDULES icon=Symbol::Clock>"Schedules"</LinkButton> };
        view! { {schedules}{compare}{may_run.then(|| import(system))}{may_run.then(|| start(system))} }
    };
    if runs.is_empty() && first && system.is_none() {
        return view! { <Page title="Lab"><NoRuns may_run registered=!systems.is_empty()/></Page> }.into_any();
    }
    let content = if runs.is_empty() {
        let purpose = "Its environments were not measured. The list shows the benchmarks of other systems.";
        view! {
            <EmptyState title="No benchmarks of this system" purpose symbol=Symbol::Lab>
                <LinkButton href=urls::LAB>"Show all"</LinkButton>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <RunsTable runs next first system/> }.into_any()
    };
    view! {
        <Page title="Lab" lead="Benchmarks: what was measured, and how it scored." actions=start>
            <Filters systems system/>
            {content}
        </Page>
    }
    .into_any()
}

fn import(system: Option<SystemId>) -> impl IntoView {
    let href = system.map_or_else(|| urls::IMPORT.to_owned(), urls::import);
    view! { <LinkButton href>"Import results"</LinkButton> }
}

fn start(system: Option<SystemId>) -> impl IntoView {
    let href = system.map_or_else(|| urls::NEW_RUN.to_owned(), urls::new_run);
    view! { <LinkButton href kind=ButtonKind::Primary icon=Symbol::Play>"Run a benchmark"</LinkButton> }
}

#[component]
fn Filters(systems: Vec<(SystemId, String)>, system: Option<SystemId>) -> impl IntoView {
    let all = Choice::new("", "All systems and teardowns");
    let choices = systems.into_iter().map(|(id, name)| Choice::new(id.to_string(), name));
    let choices: Vec<_> = std::iter::once(all).chain(choices).collect();
    let value = system.map(|id| id.to_string()).unwrap_or_default();
    view! {
        <form method="get" action=urls::LAB class="filters" role="search" aria-label="Benchmarks">
            <Select label="System" name="system" choices value/>
            <Button>"Filter"</Button>
        </form>
    }
    .into_any()
}

/// A table of benchmarks.
#[component]
pub(crate) fn RunsTable(
    runs: Vec<RunItem>,
    next: Option<String>,
    first: bool,
    system: Option<SystemId>,
) -> impl IntoView {
    let shown = counted(runs.len() as u64, "benchmark");
    let next = next.map(|cursor| urls::runs(system, Some(&cursor)));
    let back = (!first).then(|| urls::runs(system, None));
    let columns = vec![
        Column::text("Version"),
        Column::text("Of"),
        Column::text("State"),
        Column::text("Score"),
        Column::text("Grade"),
        Column::text("Started"),
        Column::text("By"),
    ];
    view! {
        <div class="stack">
            <Table caption="Benchmarks" caption_hidden=true columns cards=true>
                {runs.into_iter().map(|run| view! { <RunLine run/> }).collect_view()}
            </Table>
            <Pager shown next first=back/>
        </div>
    }
    .into_any()
}

#[component]
fn RunLine(run: RunItem) -> impl IntoView {
    let reason = run.reason.map(|reason| view! { <p class="cell-note">{reason}</p> });
    let imported = run.imported.map(|tools| view! { <ImportedBadge tools/> });
    let score = match run.score {
        Some(score) => view! { <Score score=Some(score)/> }.into_any(),
        None => view! { <span class="cell-quiet">"–"</span> }.into_any(),
    };
    view! {
        <Row>
            <HeadCell href=urls::run(run.id)>{run.version}</HeadCell>
            <Cell label="Of"><span class="cluster"><Of subject=run.subject/></span></Cell>
            <Cell label="State"><div class="lab-state"><RunBadge state=run.state/>{imported}{reason}</div></Cell>
            <Cell label="Score">{score}</Cell>
            <Cell label="Grade">{run.grade.unwrap_or_else(|| "–".to_owned())}</Cell>
            <Cell label="Started" quiet=true><When moment=run.started/></Cell>
            <Cell label="By" quiet=true><span class="breakable">{run.by}</span></Cell>
        </Row>
    }
    .into_any()
}

/// What a benchmark is of, in a few words.
#[component]
pub(super) fn Of(subject: Subject) -> impl IntoView {
    let environment = subject.environment.map(|environment| view! { <Chip environment/> });
    let name = match subject.system {
        Some(id) => view! { <a href=urls::system(id)>{subject.name}</a> }.into_any(),
        None => view! { <span>{subject.name}" (teardown)"</span> }.into_any(),
    };
    view! { {name}{environment} }.into_any()
}

#[component]
fn NoRuns(may_run: bool, registered: bool) -> impl IntoView {
    let purpose = "A benchmark sends load to a version, looks at its security, and makes its scorecard. It shows how fast a version is before its users do.";
    let step = match (may_run, registered) {
        (true, true) => Some((urls::NEW_RUN, "Run a benchmark")),
        (_, false) => Some((urls::SYSTEMS, "Register a system first")),
        (false, true) => None,
    };
    let step = step.map(|(href, words)| view! { <LinkButton href kind=ButtonKind::Primary>{words}</LinkButton> });
    let import = (may_run && registered).then(|| import(None));
    view! { <EmptyState title="Nothing was measured yet" purpose symbol=Symbol::Lab>{step}{import}</EmptyState> }
        .into_any()
}
