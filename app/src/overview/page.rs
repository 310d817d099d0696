//! The overview.

use super::{
    calls::overview,
    start::FirstSteps,
    view::{Need, OverviewView, Reason, SystemRow},
};
use crate::{
    moment::When,
    reading::Trouble,
    systems::{
        parts::{Chip, JudgedBadge, LastRun, Score, Trend},
        view::{EnvironmentRow, Named},
    },
    ui::{
        Answer, Badge, Cell, Column, HeadCell, LinkButton, Meaning, Page, Row, Section, Skeleton, SkeletonShape, Table,
        format::counted,
    },
    urls,
};
use leptos::prelude::*;

/// What needs the reader, then each system as a row.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let all = Resource::new(|| (), |()| overview());
    let waiting = || view! { <Page title="Overview"><Skeleton shape=SkeletonShape::Table rows=5 label="Loading the overview"/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match all.await {
                    Ok(view) => view! { <OverviewContent view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Overview" error retry=urls::OVERVIEW/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn OverviewContent(view: OverviewView) -> impl IntoView {
    let OverviewView { needs, systems, more, start } = view;
    let measured = !systems.is_empty();
    let lead = if measured { "" } else { "May this version be released? The hub answers with measurements." };
    view! {
        <Page title="Overview" lead>
            {measured.then(|| view! { <Needs needs/> })}
            {start.map(|start| view! { <FirstSteps start/> })}
            {measured.then(|| view! { <SystemsTable systems more/> })}
            {(!measured).then(|| view! { <p class="section-hint">"Systems appear here with their verdicts and scores."</p> })}
        </Page>
    }
    .into_any()
}

#[component]
fn Needs(needs: Vec<Need>) -> impl IntoView {
    let running = needs.iter().filter(|need| need.reason == Reason::Running).count() as u64;
    let waiting = needs.len() as u64 - running;
    let meaning = needs.iter().map(|need| words(need.reason).0).find(|meaning| *meaning != Meaning::Running);
    let lines = needs.into_iter().map(|need| view! { <NeedLine need/> }).collect_view();
    view! {
        <section class="section" aria-labelledby="needs">
            <h2 id="needs" class="visually-hidden">"What needs me"</h2>
            <Answer meaning=meaning.unwrap_or(Meaning::Pass) words=answer(waiting, running)/>
            <ul class="needs">{lines}</ul>
        </section>
    }
    .into_any()
}

/// What waits, in one sentence.
fn answer(waiting: u64, running: u64) -> String {
    let needs = match waiting {
        0 => "Nothing needs you".to_owned(),
        1 => "1 thing needs you".to_owned(),
        more => format!("{more} things need you"),
    };
    match running {
        0 => format!("{needs}."),
        1 => format!("{needs}; 1 run is under way."),
        more => format!("{needs}; {more} runs are under way."),
    }
}

fn words(reason: Reason) -> (Meaning, &'static str) {
    match reason {
        Reason::Blocked => (Meaning::Fail, "Blocked"),
        Reason::Inconclusive => (Meaning::Warn, "Inconclusive"),
        Reason::NotJudged => (Meaning::Fail, "Not carried out"),
        Reason::Schedule => (Meaning::Fail, "Schedule"),
        Reason::Failed => (Meaning::Fail, "Run failed"),
        Reason::Invalid => (Meaning::Warn, "Run invalid"),
        Reason::Unverified => (Meaning::Warn, "Not verified"),
        Reason::Running => (Meaning::Running, "Running"),
    }
}

#[component]
fn NeedLine(need: Need) -> impl IntoView {
    let (meaning, word) = words(need.reason);
    view! {
        <li class="need">
            <span class="need-badge"><Badge meaning word/></span>
            <div class="need-words">
                <p class="cluster"><a class="need-link" href=need.href>{need.subject}</a><Chip environment=need.environment/></p>
                <p class="need-reason">{need.words}</p>
            </div>
            <span class="need-time"><When moment=need.at/></span>
        </li>
    }
    .into_any()
}

#[component]
fn SystemsTable(systems: Vec<SystemRow>, more: bool) -> impl IntoView {
    let columns = vec![
        Column::text("System"),
        Column::text("Environment"),
        Column::text("Version"),
        Column::text("Verdict"),
        Column::text("Score"),
        Column::text("Trend"),
        Column::text("Last run"),
    ];
    let hint = if more { format!("The newest {}", counted(systems.len() as u64, "system")) } else { String::new() };
    view! {
        <Section title="Systems" hint actions=|| view! { <LinkButton href=urls::SYSTEMS small=true>"All systems"</LinkButton> }>
            <Table caption="Systems" caption_hidden=true columns cards=true>
                {systems.into_iter().map(|system| view! { <SystemLines system/> }).collect_view()}
            </Table>
        </Section>
    }
    .into_any()
}

#[component]
fn SystemLines(system: SystemRow) -> impl IntoView {
    let href = urls::system(system.id);
    if system.environments.is_empty() {
        return view! {
            <Row>
                <HeadCell href>{system.name}</HeadCell>
                <Cell label="Environment" quiet=true>"None yet"</Cell>
                {["Version", "Verdict", "Score", "Trend", "Last run"].map(|label| view! { <Cell label quiet=true>"—"</Cell> }).collect_view()}
            </Row>
        }
        .into_any();
    }
    let line = |row: EnvironmentRow| {
        let (href, name) = (href.clone(), system.name.clone());
        view! {
            <Row>
                <HeadCell href>{name}</HeadCell>
                <Cell label="Environment"><Chip environment=Named::of(&row.environment)/></Cell>
                <Cell label="Version">{row.version.unwrap_or_else(|| "—".to_owned())}</Cell>
                <Cell label="Verdict"><JudgedBadge judged=row.judged/></Cell>
                <Cell label="Score"><Score score=row.score/></Cell>
                <Cell label="Trend"><Trend scores=row.scores/></Cell>
                <Cell label="Last run" quiet=true><LastRun run=row.last_run/></Cell>
            </Row>
        }
    };
    system.environments.into_iter().map(line).collect_view().into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_tells_what_waits_from_what_runs() {
        assert_eq!(answer(0, 0), "Nothing needs you.");
        assert_eq!(answer(1, 0), "1 thing needs you.");
        assert_eq!(answer(3, 1), "3 things need you; 1 run is under way.");
        assert_eq!(answer(0, 2), "Nothing needs you; 2 runs are under way.");
    }
}
