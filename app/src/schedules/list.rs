//! The list of schedules.

use super::{
    calls::list_schedules,
    parts::{LastLine, StateBadge, word_of},
    view::{ScheduleItem, SchedulesView},
};
use crate::{
    moment::When,
    reading::Trouble,
    systems::parts::Chip,
    ui::{
        ButtonKind, Cell, Column, Crumb, EmptyState, HeadCell, LinkButton, Page, Pager, Row, Skeleton, SkeletonShape,
        Symbol, Table, format::counted,
    },
    urls,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// All schedules, newest first.
#[component]
pub fn SchedulesPage() -> impl IntoView {
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.read().get("cursor").filter(|text| !text.is_empty()));
    let all = Resource::new(move || cursor.get(), list_schedules);
    let waiting = || view! { <Page title="Schedules"><Skeleton shape=SkeletonShape::Table rows=4 label="Loading schedules"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match all.await {
                    Ok(view) => view! { <Schedules view first=cursor.get_untracked().is_none()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Schedules" error retry=urls::SCHEDULES/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn add() -> impl IntoView {
    view! { <LinkButton href=urls::NEW_SCHEDULE kind=ButtonKind::Primary icon=Symbol::Plus>"New schedule"</LinkButton> }
}

#[component]
fn Schedules(view: SchedulesView, first: bool) -> impl IntoView {
    let SchedulesView { schedules, next, may_write } = view;
    let crumbs = vec![Crumb::link("Lab", urls::LAB), Crumb::here("Schedules")];
    let lead = "Benchmarks and validations at stated times.";
    if schedules.is_empty() && first {
        return view! {
            <Page title="Schedules" crumbs lead>
                <EmptyState title="No schedules yet" symbol=Symbol::Clock
                    purpose="A schedule measures or judges a version by itself, every night for example, and tells members what came of it.">
                    {may_write.then(add)}
                </EmptyState>
            </Page>
        }
        .into_any();
    }
    let columns = vec![
        Column::text("Schedule"),
        Column::text("Of"),
        Column::text("Starts"),
        Column::text("When"),
        Column::text("Next"),
        Column::text("Last"),
        Column::text("State"),
    ];
    let shown = counted(schedules.len() as u64, "schedule");
    let next = next.map(|cursor| urls::schedules_from(&cursor));
    let back = (!first).then(|| urls::SCHEDULES.to_owned());
    view! {
        <Page title="Schedules" crumbs lead actions=move || may_write.then(add)>
            <div class="stack">
                <Table caption="Schedules" caption_hidden=true columns cards=true>
                    {schedules.into_iter().map(|item| view! { <ScheduleLine item/> }).collect_view()}
                </Table>
                <Pager shown next first=back/>
            </div>
        </Page>
    }
    .into_any()
}

#[component]
fn ScheduleLine(item: ScheduleItem) -> impl IntoView {
    let ScheduleItem { schedule, system, environment, next, last } = item;
    let version = schedule.version().to_owned();
    let next = match next {
        Some(moment) => view! { <When moment/> }.into_any(),
        None => view! { <span class="cell-quiet">"–"</span> }.into_any(),
    };
    view! {
        <Row>
            <HeadCell href=urls::schedule(schedule.id)>{schedule.name}</HeadCell>
            <Cell label="Of"><span class="cluster"><a href=urls::system(schedule.system_id)>{system}</a>{environment.map(|environment| view! { <Chip environment/> })}</span></Cell>
            <Cell label="Starts"><span>{word_of(schedule.kind)}" of "<code>{version}</code></span></Cell>
            <Cell label="When"><span><code>{schedule.cron}</code>" "<span class="cell-quiet">{schedule.time_zone}</span></span></Cell>
            <Cell label="Next" quiet=true>{next}</Cell>
            <Cell label="Last"><LastLine line=last/></Cell>
            <Cell label="State"><StateBadge state=schedule.state/></Cell>
        </Row>
    }
    .into_any()
}
