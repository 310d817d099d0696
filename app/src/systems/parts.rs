//! Pieces of the pages of systems that the overview shows as well.

use super::view::{EnvironmentRow, Judged, Named, RunRow};
use crate::{
    moment::When,
    ui::{Badge, EnvironmentChip, Meaning, ScoreBar, Sparkline, VerdictBadge},
    urls,
};
use hub::{
    gates::{ValidationState, Verdict},
    lab::BenchmarkState,
};
use leptos::prelude::*;

/// What a score means: the grades A and B pass, C warns, D and F fail; they begin at 65, 45 and 0 points.
pub fn meaning_of_score(score: Option<f64>) -> Meaning {
    match score {
        Some(score) if score >= 65.0 => Meaning::Pass,
        Some(score) if score >= 45.0 => Meaning::Warn,
        Some(_) => Meaning::Fail,
        None => Meaning::Unknown,
    }
}

/// An environment in the colour of its stage.
#[component]
pub fn Chip(
    /// The environment.
    environment: Named,
) -> impl IntoView {
    view! { <EnvironmentChip name=environment.name stage=environment.stage/> }.into_any()
}

/// A score as a bar.
#[component]
pub fn Score(
    /// The overall score, if there is one.
    score: Option<f64>,
) -> impl IntoView {
    view! { <ScoreBar label="Overall score" score meaning=meaning_of_score(score)/> }.into_any()
}

/// A judgement as a badge that leads to it.
#[component]
pub fn JudgedBadge(
    /// The judgement, if there was one.
    judged: Option<Judged>,
) -> impl IntoView {
    let Some(judged) = judged else {
        return view! { <span class="cell-quiet">"Not validated"</span> }.into_any();
    };
    let badge = match (judged.state, judged.verdict) {
        (_, Some(Verdict::Allowed)) => view! { <VerdictBadge verdict=crate::ui::Verdict::Allowed/> }.into_any(),
        (_, Some(Verdict::Blocked)) => view! { <VerdictBadge verdict=crate::ui::Verdict::Blocked/> }.into_any(),
        (_, Some(Verdict::Inconclusive)) => {
            view! { <VerdictBadge verdict=crate::ui::Verdict::Inconclusive/> }.into_any()
        }
        (ValidationState::Queued | ValidationState::Running, None) => {
            view! { <VerdictBadge verdict=crate::ui::Verdict::Running/> }.into_any()
        }
        (_, None) => view! { <Badge meaning=Meaning::Fail word="Not carried out"/> }.into_any(),
    };
    view! { <a class="badge-link" href=urls::validation(judged.id)>{badge}</a> }.into_any()
}

/// What the state of a run means, and its word.
pub fn words_of_run(state: BenchmarkState) -> (Meaning, &'static str) {
    match state {
        BenchmarkState::Queued => (Meaning::Running, "Queued"),
        BenchmarkState::Running => (Meaning::Running, "Running"),
        BenchmarkState::Succeeded => (Meaning::Pass, "Measured"),
        BenchmarkState::Invalid => (Meaning::Warn, "Invalid"),
        BenchmarkState::Failed => (Meaning::Fail, "Failed"),
        BenchmarkState::Cancelled => (Meaning::Unknown, "Cancelled"),
    }
}

/// The state of a run as a badge.
#[component]
pub fn RunBadge(
    /// Where the run stands.
    state: BenchmarkState,
) -> impl IntoView {
    let (meaning, word) = words_of_run(state);
    view! { <Badge meaning word/> }.into_any()
}

/// The course of an environment's scores; nothing for fewer than two.
#[component]
pub fn Trend(
    /// Oldest first.
    scores: Vec<Option<f64>>,
) -> impl IntoView {
    let known: Vec<f64> = scores.iter().flatten().copied().collect();
    match (known.first(), known.last()) {
        (Some(first), Some(last)) if known.len() > 1 => {
            let label = format!("Score of the last {} runs, from {first:.0} to {last:.0}", scores.len());
            view! { <Sparkline label points=scores/> }.into_any()
        }
        _ => view! { <span class="cell-quiet">"—"</span> }.into_any(),
    }
}

/// When something ran last, leading to it.
#[component]
pub fn LastRun(
    /// The newest run, if there was one.
    run: Option<RunRow>,
) -> impl IntoView {
    match run {
        Some(run) => view! { <a href=urls::run(run.id)><When moment=run.at/></a> }.into_any(),
        None => view! { <span class="cell-quiet">"Never"</span> }.into_any(),
    }
}

/// Whether load may go to an environment, as a badge.
#[component]
pub fn OwnershipBadge(
    /// The environment.
    row: EnvironmentRow,
) -> impl IntoView {
    let (meaning, word) = match row.environment.ownership.is_verified() {
        true => (Meaning::Pass, "Verified"),
        false => (Meaning::Warn, "Not verified"),
    };
    view! { <Badge meaning word/> }.into_any()
}
