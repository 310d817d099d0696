//! Work that takes a while.

use super::{
    badge::{Meaning, StatusIcon},
    icon::{Icon, Symbol},
};
use leptos::prelude::*;

/// How far a run has come. Words come ready from the server or the event stream, so that no view reads a clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgressFacts {
    /// What it does now: "Load: steady state".
    pub phase: String,
    /// Done, in thousandths; none while nobody knows.
    pub permille: Option<u16>,
    /// For how long it has run: "1 min 5 s".
    pub elapsed: String,
    /// For how long it will: "40 s"; empty while nobody knows.
    pub remaining: String,
    /// Live figures: name, value and unit.
    pub figures: Vec<(String, String, String)>,
}

/// A live bar with phase, elapsed and remaining time, and figures.
#[component]
pub fn LiveProgress(
    /// What runs: "Run 12 of checkout".
    #[prop(into)]
    label: String,
    /// How far it has come.
    #[prop(into)]
    facts: Signal<ProgressFacts>,
) -> impl IntoView {
    let times = move || {
        facts.with(|facts| match facts.remaining.as_str() {
            "" => format!("{} elapsed", facts.elapsed),
            remaining => format!("{} elapsed, {remaining} left", facts.elapsed),
        })
    };
    view! {
        <div class="progress">
            <div class="progress-head">
                <span class="progress-phase" role="status">{move || facts.with(|facts| facts.phase.clone())}</span>
                <span class="progress-time">{times}</span>
            </div>
            <progress class="progress-bar" max="1000" aria-label=label
                value=move || facts.with(|facts| facts.permille.map(|done| done.min(1000).to_string()))></progress>
            <dl class="pairs pairs-wide">{move || figures(facts.get().figures)}</dl>
        </div>
    }
    .into_any()
}

fn figures(figures: Vec<(String, String, String)>) -> impl IntoView {
    let figure = |(name, value, unit): (String, String, String)| {
        view! {
            <div class="pair">
                <dt>{name}</dt>
                <dd class="quantity quantity-large">{value}" "<span class="unit">{unit}</span></dd>
            </div>
        }
    };
    figures.into_iter().map(figure).collect_view()
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// How it went; none for what has not begun.
    pub meaning: Option<Meaning>,
    /// What came of it, or how long it took.
    pub detail: String,
}

/// The steps of a run in order.
#[component]
pub fn Phases(
    /// The steps.
    #[prop(into)]
    phases: Signal<Vec<Phase>>,
) -> impl IntoView {
    let step = |phase: Phase| {
        let status = match phase.meaning {
            Some(meaning) => view! { <StatusIcon meaning=meaning/> }.into_any(),
            None => view! { <span class="phase-pending"><Icon symbol=Symbol::Pending/></span> }.into_any(),
        };
        view! {
            <li class="phase">
                {status}
                <span>{phase.name}</span>
                <span class="phase-detail">{phase.detail}</span>
            </li>
        }
    };
    view! { <ol class="phases">{move || phases.get().into_iter().map(step).collect_view()}</ol> }.into_any()
}
