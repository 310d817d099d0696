//! What a journey did: each request with its asserts, captures and problems.

use crate::ui::{Answer, KeyValue, KeyValues, Meaning, StatusIcon, format};
use hub::gates::{JourneyCheck, JourneyProblem, JourneyRun, JourneyStep};
use leptos::prelude::*;

/// What a journey did.
#[component]
pub fn Journey(
    /// The run.
    run: JourneyRun,
) -> impl IntoView {
    let problems = problems(run.problems);
    let unreached = run.steps_total.saturating_sub(run.steps.len() as u64);
    let unreached = (unreached > 0).then(|| {
        view! { <p class="section-hint">{format!("{} not made.", format::counted(unreached, "request"))}</p> }
    });
    view! {
        <div class="journey">
            {problems}
            <ol class="journey-steps">{run.steps.into_iter().map(|step| view! { <Step step/> }).collect_view()}</ol>
            {unreached}
        </div>
    }
    .into_any()
}

/// The answer of a test run, and what the journey did.
#[component]
pub fn Tried(
    /// The run.
    run: JourneyRun,
) -> impl IntoView {
    let (meaning, words) = answer(&run);
    view! { <div class="stack"><Answer meaning words/><Journey run/></div> }.into_any()
}

fn answer(run: &JourneyRun) -> (Meaning, String) {
    let took = format::duration(run.duration_ms);
    let requests = format::counted(run.steps_total, "request");
    match run.first_failure() {
        None if run.success => (Meaning::Pass, format!("It passed: {requests} in {took}. Nothing was kept.")),
        None => (Meaning::Fail, format!("It failed after {took}: it made no request. Nothing was kept.")),
        Some(reason) => (Meaning::Fail, format!("It failed after {took}: {reason}")),
    }
}

fn went_well(step: &JourneyStep) -> bool {
    step.problems.is_empty() && step.checks.iter().all(|check| check.success)
}

#[component]
fn Step(step: JourneyStep) -> impl IntoView {
    let well = went_well(&step);
    let meaning = if well { Meaning::Pass } else { Meaning::Fail };
    let status = step.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let attempts = (step.attempts > 1).then(|| format!(", {} attempts", step.attempts));
    let passed = step.checks.iter().filter(|check| check.success).count();
    let asserts = format!("{passed} of {}", format::counted(step.checks.len() as u64, "assert"));
    let asserts = if step.checks.is_empty() { "no asserts".to_owned() } else { asserts };
    let captures = (!step.captures.is_empty()).then(|| view! { <Captures captures=step.captures/> });
    view! {
        <li>
            <details class="journey-step" open=!well>
                <summary>
                    <StatusIcon meaning/>
                    <span class="journey-request"><strong>{step.method}</strong>" "{step.url}</span>
                    <span class="journey-facts">
                        {status}" · "{format::duration(step.duration_ms)}{attempts}" · "{asserts}" · line "{step.line}
                    </span>
                </summary>
                <div class="journey-detail">
                    {problems(step.problems)}
                    <ul class="asserts">{step.checks.into_iter().map(assert).collect_view()}</ul>
                    {captures}
                </div>
            </details>
        </li>
    }
    .into_any()
}

#[component]
fn Captures(captures: std::collections::BTreeMap<String, String>) -> impl IntoView {
    let captured = captures.into_iter().map(|(name, value)| view! { <KeyValue name><code>{value}</code></KeyValue> });
    view! { <h4>"Captured"</h4><KeyValues>{captured.collect_view()}</KeyValues> }.into_any()
}

fn assert(check: JourneyCheck) -> impl IntoView {
    let meaning = if check.success { Meaning::Pass } else { Meaning::Fail };
    let message = check.message.map(|message| view! { <p class="assert-message">{message}</p> });
    view! {
        <li class="assert">
            <StatusIcon meaning/>
            <div><code>{check.source}</code><span class="assert-line">{format!(" line {}", check.line)}</span>{message}</div>
        </li>
    }
}

fn problems(problems: Vec<JourneyProblem>) -> Option<impl IntoView> {
    let line = |problem: JourneyProblem| {
        let at = problem.line.map(|line| format!("Line {line}: "));
        view! { <li class="assert"><StatusIcon meaning=Meaning::Fail/><div>{at}{problem.message}</div></li> }
    };
    (!problems.is_empty()).then(|| {
        view! { <ul class="asserts">{problems.into_iter().map(line).collect_view()}</ul> }
    })
}
