//! One schedule with what came of it.

use super::{
    calls::{PauseSchedule, RemoveSchedule, ResumeSchedule, RunSchedule, schedule_page},
    parts::{RunMark, StateBadge, Times, word_of},
    view::{RunLine, ScheduleView},
};
use crate::{
    moment::When,
    reading::{Trouble, refusal},
    systems::parts::Chip,
    ui::{
        Button, ButtonKind, Cell, Column, Crumb, Dialog, EmptyState, FormErrors, HeadCell, KeyValue, KeyValues,
        LinkButton, Meaning, Notice, Page, Pager, Row, Section, Skeleton, Symbol, Table, format::counted,
    },
    urls,
};
use hub::{
    ids::ScheduleId,
    schedules::{Schedule, ScheduleState},
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::{use_params_map, use_query_map};

/// One schedule.
#[component]
pub fn SchedulePage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let wanted = Memo::new(move |_| {
        let cursor = query.read().get("cursor").filter(|text| !text.is_empty());
        (params.read().get("id").unwrap_or_default(), cursor)
    });
    let found = Resource::new(move || wanted.get(), |(id, cursor)| schedule_page(id, cursor));
    let waiting = || view! { <Page title="Schedule"><Skeleton label="Loading the schedule" rows=6/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(view) => view! { <One view first=wanted.get_untracked().1.is_none()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Schedule" error retry=urls::SCHEDULES/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn One(view: ScheduleView, first: bool) -> impl IntoView {
    let ScheduleView { item, times, history, next, may_write } = view;
    let schedule = item.schedule;
    let (id, name) = (schedule.id, schedule.name.clone());
    let crumbs =
        vec![Crumb::link("Lab", urls::LAB), Crumb::link("Schedules", urls::SCHEDULES), Crumb::here(name.clone())];
    let problem = refusal::<RunSchedule>().or_else(refusal::<ResumeSchedule>);
    let stopped = schedule.reason.clone().map(|reason| {
        view! { <Notice meaning=Meaning::Fail title="The schedule stopped"><p>{reason}" Resume it, and it acts as you."</p></Notice> }
    });
    let state = schedule.state;
    let buttons = move || view! { <StateBadge state/>{may_write.then(|| change(id, state))} };
    let remove = may_write.then(|| view! { <Remove id name=name.clone()/> });
    view! {
        <Page title=name.clone() crumbs actions=buttons>
            <FormErrors problem>
                {stopped}
                <Facts schedule system=item.system environment=item.environment.map(|environment| view! { <Chip environment/> }.into_any())/>
                {(!times.is_empty()).then(|| view! { <Section title="Next times"><Times times/></Section> })}
                <History history next=next.map(|cursor| urls::schedule_from(id, &cursor)) back=(!first).then(|| urls::schedule(id))/>
                {remove}
            </FormErrors>
        </Page>
    }
    .into_any()
}

/// The buttons that change a schedule.
fn change(id: ScheduleId, state: ScheduleState) -> impl IntoView {
    let toggle = if state == ScheduleState::On {
        view! { <form method="post" action=PauseSchedule::url()><input type="hidden" name="id" value=id.to_string()/><Button icon=Symbol::Stop>"Pause"</Button></form> }
            .into_any()
    } else {
        view! { <form method="post" action=ResumeSchedule::url()><input type="hidden" name="id" value=id.to_string()/><Button icon=Symbol::Check>"Resume"</Button></form> }
            .into_any()
    };
    view! {
        <LinkButton href=urls::edit_schedule(id)>"Edit"</LinkButton>
        {toggle}
        <form method="post" action=RunSchedule::url()>
            <input type="hidden" name="id" value=id.to_string()/>
            <Button kind=ButtonKind::Primary icon=Symbol::Play>"Run now"</Button>
        </form>
    }
}

#[component]
fn Facts(schedule: Schedule, system: String, environment: Option<AnyView>) -> impl IntoView {
    let version = schedule.version().to_owned();
    view! {
        <KeyValues>
            <KeyValue name="Starts">{word_of(schedule.kind)}" of "<code>{version}</code></KeyValue>
            <KeyValue name="Of"><span class="cluster"><a href=urls::system(schedule.system_id)>{system}</a>{environment}</span></KeyValue>
            <KeyValue name="When"><code>{schedule.cron}</code>" in "{schedule.time_zone}</KeyValue>
            <KeyValue name="Acts as"><span class="breakable">{schedule.owner}</span></KeyValue>
        </KeyValues>
    }
    .into_any()
}

#[component]
fn History(history: Vec<RunLine>, next: Option<String>, back: Option<String>) -> impl IntoView {
    let hint = "Kept for 90 days";
    if history.is_empty() {
        return view! {
            <Section title="History" hint>
                <EmptyState title="Nothing yet" purpose="Each due time appears here with what came of it." symbol=Symbol::Clock/>
            </Section>
        }
        .into_any();
    }
    let shown = counted(history.len() as u64, "run");
    let columns = vec![Column::text("Due"), Column::text("Version"), Column::text("Outcome"), Column::text("Why")];
    view! {
        <Section title="History" hint>
            <div class="stack">
                <Table caption="What came of each due time" caption_hidden=true columns cards=true>
                    {history.into_iter().map(|line| view! { <HistoryLine line/> }).collect_view()}
                </Table>
                <Pager shown next first=back/>
            </div>
        </Section>
    }
    .into_any()
}

#[component]
fn HistoryLine(line: RunLine) -> impl IntoView {
    let by_hand = line.run.by_hand.then_some(" by hand");
    let version = line.run.version.clone().unwrap_or_else(|| "–".to_owned());
    let passed_over = match line.run.passed_over {
        0 => None,
        1_000 => Some(" 1,000 or more other times were passed over.".to_owned()),
        some => Some(format!(" {} passed over.", counted(some.into(), "other time"))),
    };
    let why = line.run.reason.clone().unwrap_or_default();
    let due = line.due.clone();
    view! {
        <Row>
            <HeadCell><When moment=due/>{by_hand}</HeadCell>
            <Cell label="Version">{version}</Cell>
            <Cell label="Outcome"><RunMark line/></Cell>
            <Cell label="Why" quiet=true><span class="breakable">{why}{passed_over}</span></Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn Remove(id: ScheduleId, name: String) -> impl IntoView {
    view! {
        <div class="actions">
            <Dialog id="remove-schedule" title=format!("Remove the schedule {name}?") open="Remove the schedule" kind=ButtonKind::Danger small=true>
                <form method="post" action=RemoveSchedule::url() class="stack">
                    <p>"Its times and its history are lost. The benchmarks and validations that it started stay."</p>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <div class="actions"><Button kind=ButtonKind::Danger>"Remove it"</Button></div>
                </form>
            </Dialog>
        </div>
    }
    .into_any()
}
