//! What a verdict rests on, and judging it again.

use super::{checks::path_anchor, journey::Journey, view::ValidationView};
use crate::{
    lab::ImportedBadge,
    moment::{Moment, When},
    ui::{
        Badge, KeyValue, KeyValues, LinkButton, Meaning, Notice, Section,
        format::{duration, significant},
    },
    urls,
};
use hub::gates::{Baseline, MeasuredCard, PathResult, Policy};
use leptos::prelude::*;

/// The inputs of a validation.
#[component]
pub fn JudgedFrom(
    /// The validation.
    view: ValidationView,
) -> impl IntoView {
    let id = view.validation.id;
    let inputs = view.validation.inputs.clone().unwrap_or_default();
    let scorecard = match (inputs.scorecard, view.measured.clone()) {
        (Some(card), Some(measured)) => view! { <Card card measured/> }.into_any(),
        _ => "None: this version was not measured in this environment.".into_any(),
    };
    let policy = match inputs.policy {
        Some(policy) => policy_words(&policy).into_any(),
        None => "None: the system had no policy.".into_any(),
    };
    let baselines = inputs.baselines.into_iter().zip(view.baselines.clone());
    let baselines = baselines.map(|(baseline, at)| view! { <Before baseline at/> }).collect_view();
    let again = move || view! { <LinkButton href=urls::validation_again(id) small=true>"Judge again from the stored inputs"</LinkButton> };
    view! {
        <Section title="Judged from" hint="Kept as it was, so that the verdict can be made again" actions=again>
            {view.again.map(again_notice)}
            <KeyValues>
                <KeyValue name="Policy">{policy}</KeyValue>
                <KeyValue name="Scorecard">{scorecard}</KeyValue>
                <KeyValue name="Compared with"><ul class="verdicts">{baselines}</ul>{none(view.baselines.is_empty())}</KeyValue>
                <KeyValue name="Asked"><When moment=view.asked/>" by "{view.validation.created_by.clone()}</KeyValue>
                {view.finished.map(|at| view! { <KeyValue name="Judged"><When moment=at/></KeyValue> })}
            </KeyValues>
        </Section>
    }
    .into_any()
}

fn again_notice(equal: bool) -> impl IntoView {
    if equal {
        view! { <Notice meaning=Meaning::Pass title="Judged again just now: the same verdict, check by check." live=true/> }.into_any()
    } else {
        view! {
            <Notice meaning=Meaning::Fail title="Judged again just now: the report differs from the stored one." live=true>
                <p>"Either the stored report was changed, or this version of the hub judges differently. Compare it with an evidence pack of the same validation."</p>
            </Notice>
        }
        .into_any()
    }
}

fn none(empty: bool) -> Option<&'static str> {
    empty.then_some("Nothing: no rule is relative, or no earlier version passed here.")
}

fn policy_words(policy: &Policy) -> String {
    format!("{}, revision {}, by {}", policy.document.name, policy.revision, policy.created_by)
}

#[component]
fn Card(card: MeasuredCard, measured: Moment) -> impl IntoView {
    let score =
        card.score.map_or_else(|| "no overall score".to_owned(), |score| format!("{} points", significant(score)));
    view! {
        <a href=urls::run(card.benchmark_id)>{score}</a>", measured "<When moment=measured/>
        {card.imported.map(|tools| view! { " "<ImportedBadge tools/> })}
    }
    .into_any()
}

#[component]
fn Before(baseline: Baseline, at: Moment) -> impl IntoView {
    view! {
        <li><a href=urls::validation(baseline.validation_id)>{baseline.version}</a>", measured "<When moment=at/></li>
    }
    .into_any()
}

/// What each golden path did.
#[component]
pub fn PathResults(
    /// The results.
    paths: Vec<PathResult>,
) -> impl IntoView {
    view! {
        <Section title="Golden paths" hint="As they went in this validation">
            {paths.into_iter().map(|path| view! { <PathResultView path/> }).collect_view()}
        </Section>
    }
    .into_any()
}

#[component]
fn PathResultView(path: PathResult) -> impl IntoView {
    let (meaning, word) = match &path.run {
        Some(run) if run.success => (Meaning::Pass, "Passed"),
        Some(_) => (Meaning::Fail, "Failed"),
        None => (Meaning::Unknown, "Not run"),
    };
    let took = path.run.as_ref().map(|run| format!(", {}", duration(run.duration_ms)));
    let failed = meaning != Meaning::Pass;
    let detail = match path.run {
        Some(run) => view! { <Journey run/> }.into_any(),
        None => view! { <p>{path.not_run}</p> }.into_any(),
    };
    view! {
        <details class="path-result panel" id=path_anchor(path.id) open=failed>
            <summary>
                <Badge meaning word/>
                <strong>{path.name}</strong>
                <span class="cell-quiet">{format!("revision {}", path.revision)}{took}</span>
            </summary>
            {detail}
        </details>
    }
    .into_any()
}
