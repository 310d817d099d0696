//! The first five minutes.

use super::view::{Start, Step, StepKind};
use crate::ui::{ButtonKind, CodeBlock, LinkButton, Meaning, Section, StatusIcon};
use leptos::prelude::*;

/// The steps from an empty hub to a signed evidence pack, ticked as they are done.
#[component]
pub(super) fn FirstSteps(start: Start) -> impl IntoView {
    let hint = format!("{} of {} done", start.done(), start.steps.len());
    let next = start.steps.iter().position(|step| !step.done);
    let lines = start
        .steps
        .into_iter()
        .enumerate()
        .map(move |(at, step)| view! { <StepLine step number=at as u64 + 1 next=next == Some(at)/> });
    view! {
        <Section title="The first five minutes" hint><ol class="first-steps panel">{lines.collect_view()}</ol></Section>
    }
    .into_any()
}

#[component]
fn StepLine(step: Step, number: u64, next: bool) -> impl IntoView {
    let (title, words, verb) = words(step.kind);
    let mark = if step.done {
        view! { <StatusIcon meaning=Meaning::Pass silent=true/> }.into_any()
    } else {
        view! { <span class="step-open" aria-hidden="true">{number}</span> }.into_any()
    };
    let state = if step.done { " (done)" } else { " (to do)" };
    let sample = (next && step.kind == StepKind::Register).then(|| {
        view! { <CodeBlock code="sbh sample-system --port 4100" caption="The sample shop, in another terminal"/> }
    });
    let kind = if next { ButtonKind::Primary } else { ButtonKind::Secondary };
    let link =
        step.href.filter(|_| !step.done).map(|href| view! { <LinkButton href kind small=true>{verb}</LinkButton> });
    view! {
        <li class=if step.done { "first-step first-step-done" } else { "first-step" } aria-current=next.then_some("step")>
            {mark}
            <div class="first-step-words">
                <h3>{title}<span class="visually-hidden">{state}</span></h3>
                {(!step.done).then(|| view! { <p>{words}</p> })}
                {sample}
            </div>
            {link}
        </li>
    }
    .into_any()
}

fn words(kind: StepKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        StepKind::Register => (
            "Register a system and where it runs",
            "Your own address, or the sample shop at http://127.0.0.1:4100.",
            "Register a system",
        ),
        StepKind::Verify => (
            "Show that the environment is yours",
            "A file, a DNS record, or an admin's word for a private address. Load goes nowhere else.",
            "Verify it",
        ),
        StepKind::Benchmark => ("Run a benchmark", "Watch it live, then read the scorecard.", "Run a benchmark"),
        StepKind::GoldenPath => {
            ("Write a golden path", "What a user must always be able to do, as a short script.", "Write a golden path")
        }
        StepKind::Policy => ("Set a policy", "The thresholds that a version must meet.", "Set a policy"),
        StepKind::Validate => (
            "Validate the version",
            "Allowed, blocked or inconclusive, with the measurement behind every line.",
            "Validate",
        ),
        StepKind::Evidence => {
            ("Make an evidence pack", "Signed records that an auditor can verify without the hub.", "Make a pack")
        }
    }
}
