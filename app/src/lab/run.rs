//! One benchmark: live while it runs, and its results afterwards.

use super::{
    browser::Browser,
    calls::run_page,
    cost::Cost,
    files::Files,
    import::{ImportedFrom, ImportedNotice},
    live::LiveRun,
    probes::Probes,
    resilience::{Burst, Rude},
    results::Results,
    scalability::Scalability,
    view::{RunView, Subject, TurnsView},
    waterfall::PageWaterfall,
};
use crate::{
    moment::{Moment, When},
    reading::Trouble,
    systems::parts::{Chip, meaning_of_score},
    ui::{
        Answer, ButtonKind, Crumb, KeyValue, KeyValues, LinkButton, Meaning, Notice, Page, Section, Skeleton, Symbol,
        format,
    },
    urls,
};
use hub::lab::{BenchmarkRequest, BenchmarkState, HostSummary, LoadModel};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// One benchmark.
#[component]
pub fn RunPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = Memo::new(move |_| params.read().get("run").unwrap_or_default());
    let wanted = move || (id.get(), query.read().get("device").filter(|device| !device.is_empty()));
    let run = Resource::new(wanted, |(id, device)| run_page(id, device));
    let waiting = || view! { <Page title="Benchmark"><Skeleton label="Loading the benchmark" rows=6/></Page> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match run.await {
                    Ok(view) => view! { <RunContent view/> }.into_any(),
                    Err(error) => {
                        let retry = format!("{}/{}", urls::LAB, id.get_untracked());
                        view! { <Trouble title="Benchmark" error retry/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn RunContent(view: RunView) -> impl IntoView {
    let title = format!("{} {}", view.subject.name, view.run.version).trim().to_owned();
    let crumbs = crumbs(&view.subject);
    let environment = view.subject.environment.clone();
    let repeatable = view.may_run && view.run.state.is_final() && view.run.environment_id.is_some();
    let again = repeatable.then(|| urls::run_like(view.run.id));
    let actions = move || {
        let again = again.clone().map(|href| view! { <LinkButton href icon=Symbol::Play>"Run again"</LinkButton> });
        let chip = environment.clone().map(|environment| view! { <Chip environment/> });
        view! { {chip}{again} }
    };
    let content = if view.run.state.is_final() {
        view! { <Ended view/> }.into_any()
    } else {
        view! { <LiveRun view/> }.into_any()
    };
    view! { <Page title lead="Benchmark" crumbs actions>{content}</Page> }.into_any()
}

fn crumbs(subject: &Subject) -> Vec<Crumb> {
    let mut crumbs = vec![Crumb::link("Lab", urls::LAB)];
    if let Some(system) = subject.system {
        crumbs.push(Crumb::link(subject.name.clone(), urls::runs(Some(system), None)));
    }
    crumbs.push(Crumb::here("Benchmark"));
    crumbs
}

#[component]
fn Ended(view: RunView) -> impl IntoView {
    let (meaning, words, advice) = answer(&view);
    let card = view.card.as_ref().and_then(|card| card.href.clone());
    let card = card.map(|href| view! { <LinkButton href kind=ButtonKind::Primary>"Scorecard"</LinkButton> });
    let compare = view.turns.as_ref().and_then(|turns| turns.compare.clone()).filter(|_| card.is_some());
    let compare = compare.map(|href| view! { <LinkButton href>"Compare"</LinkButton> });
    let advice = (!advice.is_empty()).then(|| view! { <p class="section-hint">{advice}</p> });
    let results = view.run.load.clone().map(|load| {
        let (slots, over_time, percentiles) = (view.slots.clone(), view.over_time.clone(), view.percentiles.clone());
        view! { <Results load slots over_time percentiles/> }
    });
    let scalability = view.run.scalability.clone().map(|found| {
        let drawn = view.scaling.clone();
        view! { <Scalability found drawn/> }
    });
    let resilience = view.run.resilience.clone().unwrap_or_default();
    let burst = resilience.burst.map(|found| {
        let (slots, drawn) = (view.burst_slots.clone(), view.burst_drawn.clone());
        view! { <Burst found slots drawn/> }
    });
    let rude = resilience.rude.map(|found| view! { <Rude found/> });
    let cost = view.run.cost.clone().map(|found| view! { <Cost found/> });
    let host = view.run.load.as_ref().and_then(|load| load.host.clone()).filter(|host| host.noisy);
    let noisy = host.map(|host| view! { <Noisy host/> });
    let probes = view.run.security.clone().map(|security| view! { <Probes security/> });
    let browser = view.run.browser.clone().map(|browser| {
        view! { <Browser id=view.run.id browser files=view.artifacts.clone()/> }
    });
    let waterfall = view.waterfall.clone().map(|view| view! { <PageWaterfall view/> });
    let (artifacts, id, request) = (view.artifacts.clone(), view.run.id, view.run.request.clone());
    let (import, turns) = (view.run.imported.clone(), view.turns.clone());
    let notice = import.clone().map(|import| view! { <ImportedNotice import/> });
    let asked = match import {
        Some(import) => view! { <ImportedFrom import/> }.into_any(),
        None => view! { <Section title="What was asked"><Asked request turns/></Section> }.into_any(),
    };
    let (kept_until, removed) = (view.kept_until.clone(), view.run.files_removed);
    let imported = view.run.imported.is_some();
    let files = view! { <Files id artifacts kept_until removed imported/> };
    view! {
        <Answer meaning words>{card}{compare}</Answer>
        {advice}
        {notice}
        {noisy}
        {results}
        {scalability}
        {burst}
        {rude}
        {cost}
        {browser}
        {waterfall}
        {probes}
        {asked}
        <Section title="What happened"><History view/></Section>
        {files}
    }
    .into_any()
}

/// The machine that sent the load had other work.
#[component]
fn Noisy(host: HostSummary) -> impl IntoView {
    let reasons = host.reasons.into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view();
    view! {
        <Notice meaning=Meaning::Warn title="The hub's machine was noisy when this was measured">
            <ul>{reasons}</ul>
            <p>"The figures stand, but small changes between such runs may be the machine's. Measure when it is quiet to compare versions."</p>
        </Notice>
    }
    .into_any()
}

/// The answer to "how did it go", and what to do about it.
fn answer(view: &RunView) -> (Meaning, String, &'static str) {
    let reason = view.run.reason.clone().unwrap_or_default();
    let told = |head: &str| format!("{head}: {reason}").trim_end_matches([':', ' ']).to_owned();
    match view.run.state {
        BenchmarkState::Queued | BenchmarkState::Running => (Meaning::Running, "It is under way.".to_owned(), ""),
        BenchmarkState::Succeeded => succeeded(view, reason),
        BenchmarkState::Invalid => (
            Meaning::Warn,
            told("Invalid, and not scored"),
            "The figures below describe the load generator more than the target. Lower the rate, take longer, use a closed model, or give the hub more CPU, and run it again.",
        ),
        BenchmarkState::Failed => (
            Meaning::Fail,
            told("Failed"),
            "Nothing was scored. Look whether the environment answers, and run it again.",
        ),
        BenchmarkState::Cancelled => (Meaning::Unknown, told("Cancelled"), "Nothing was scored."),
    }
}

fn succeeded(view: &RunView, reason: String) -> (Meaning, String, &'static str) {
    let score = view.card.as_ref().and_then(|card| card.score);
    let grade = view.card.as_ref().and_then(|card| card.grade.clone()).unwrap_or_default();
    match (score, reason.is_empty()) {
        (Some(score), true) => {
            let how = if view.run.imported.is_some() { "Imported" } else { "Measured" };
            (meaning_of_score(Some(score)), format!("{how}: {score:.1} points, grade {grade}"), "")
        }
        (Some(score), false) => (
            Meaning::Warn,
            format!("Partly measured: {score:.1} points, grade {grade}. {reason}"),
            "The score rests on the dimensions that were measured; the scorecard names the others.",
        ),
        (None, _) => (Meaning::Unknown, format!("Nothing could be scored. {reason}").trim_end().to_owned(), ""),
    }
}

/// The request in words.
#[component]
pub(super) fn Asked(request: BenchmarkRequest, turns: Option<TurnsView>) -> impl IntoView {
    let seconds = |value: Option<f64>| value.map_or(format::NONE.to_owned(), |it| format!("{it} s"));
    let http = match request.http.as_deref() {
        Some("http1") => "HTTP/1.1",
        Some("http2") => "HTTP/2",
        _ => "As the server negotiates",
    };
    let devices = match request.devices.as_slice() {
        [] => "Not asked for".to_owned(),
        devices => devices.join(", "),
    };
    let interactions =
        request.interactions.iter().map(|it| view! { <li><code class="breakable">{it.line()}</code></li> }.into_any());
    let interactions: Vec<AnyView> = interactions.collect();
    let repeated = request.repeated();
    let mix = match request.requests.len() as u64 {
        0 => "GET of the base URL".to_owned(),
        count => format!("{}, as in the results by request", format::counted(count, "request")),
    };
    view! {
        <KeyValues>
            <KeyValue name="Load model">{model(&request.model)}</KeyValue>
            <KeyValue name="Duration">{seconds(request.duration_s)}</KeyValue>
            <KeyValue name="Warm-up">{seconds(request.warm_up_s)}</KeyValue>
            {request.steps.map(|steps| view! { <KeyValue name="Load in steps">{format!("Up to {} users", steps.max_users)}</KeyValue> })}
            {request.burst.map(|burst| view! { <KeyValue name="Burst">{format!("{} times the rate", format::significant(burst.multiple))}</KeyValue> })}
            {request.rude.then(|| view! { <KeyValue name="Rude clients">"A few, after the load"</KeyValue> })}
            {(repeated > 1).then(|| view! { <KeyValue name="Repetitions">{repeated}</KeyValue> })}
            {turns.map(|turns| view! { <KeyValue name="In turns with"><a href=urls::run(turns.other)>{turns.label}</a></KeyValue> })}
            <KeyValue name="Requests">{mix}</KeyValue>
            <KeyValue name="HTTP version">{http}</KeyValue>
            <KeyValue name="In a browser">{devices}</KeyValue>
            {(!interactions.is_empty()).then(|| view! { <KeyValue name="Then a visitor does"><ul class="plain-list">{interactions}</ul></KeyValue> })}
        </KeyValues>
    }
    .into_any()
}

fn model(model: &LoadModel) -> String {
    match model {
        LoadModel::Open { rate, ramp_to: None } => format!("Open, {} requests/s", format::significant(*rate)),
        LoadModel::Open { rate, ramp_to: Some(end) } => {
            format!("Open, from {} to {} requests/s", format::significant(*rate), format::significant(*end))
        }
        LoadModel::Closed { vus, think_time_s } => {
            let users = format::counted(u64::from(*vus), "virtual user");
            format!("Closed, {users}, {think_time_s} s think time")
        }
    }
}

#[component]
fn History(view: RunView) -> impl IntoView {
    let line =
        |name: &'static str, at: Option<Moment>| at.map(|moment| view! { <KeyValue name><When moment/></KeyValue> });
    let took = view.took_ms.map(|took| view! { <KeyValue name="Took">{format::duration(took)}</KeyValue> });
    view! {
        <KeyValues>
            <KeyValue name="Asked for"><span class="cluster"><When moment=view.asked/>{format!("by {}", view.run.created_by)}</span></KeyValue>
            {line("Begun", view.started)}
            {line("Over", view.finished)}
            {took}
        </KeyValues>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_model_is_told_in_words() {
        let cases = [
            (LoadModel::Open { rate: 20.0, ramp_to: None }, "Open, 20 requests/s"),
            (LoadModel::Open { rate: 20.0, ramp_to: Some(2_000.0) }, "Open, from 20 to 2,000 requests/s"),
            (LoadModel::Closed { vus: 1, think_time_s: 0.5 }, "Closed, 1 virtual user, 0.5 s think time"),
        ];
        for (asked, words) in cases {
            assert_eq!(model(&asked), words);
        }
    }
}
