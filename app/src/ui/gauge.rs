//! A score as a ring.

use super::badge::Meaning;
use leptos::prelude::*;

/// How large a gauge is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GaugeSize {
    /// 40 px, in rows; without the grade.
    Small,
    /// 64 px.
    #[default]
    Medium,
    /// 104 px, for the overall score.
    Large,
}

/// A score from 0 to 100 with its grade; a dashed ring when there is none.
#[component]
pub fn Gauge(
    /// What is scored: "Latency".
    #[prop(into)]
    label: String,
    /// From 0 to 100; none is "not measured".
    score: Option<f64>,
    /// The grade, for example `A`.
    #[prop(optional, into)]
    grade: String,
    /// What the score means.
    meaning: Meaning,
    /// How large.
    #[prop(optional)]
    size: GaugeSize,
    /// The label is not drawn, since it stands beside.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let size = match size {
        GaugeSize::Small => "gauge-small",
        GaugeSize::Medium => "gauge-medium",
        GaugeSize::Large => "gauge-large",
    };
    let words = spoken(&label, score, &grade);
    let meaning = if score.is_some() { meaning } else { Meaning::Unknown };
    let drawing = match score {
        Some(score) => ring(score, grade).into_any(),
        None => no_ring().into_any(),
    };
    view! {
        <span class=format!("gauge {size} {}", meaning.class())>
            <svg class="gauge-ring" viewBox="0 0 64 64" role="img" aria-label=words>
                <title>{words.clone()}</title>
                {drawing}
            </svg>
            {(!bare).then(|| view! { <span class="gauge-label" aria-hidden="true">{label}</span> })}
        </span>
    }
    .into_any()
}

fn spoken(label: &str, score: Option<f64>, grade: &str) -> String {
    match score {
        None => format!("{label}: not measured"),
        Some(score) if grade.is_empty() => format!("{label}: {score:.0} of 100"),
        Some(score) => format!("{label}: {score:.0} of 100, grade {grade}"),
    }
}

fn ring(score: f64, grade: String) -> impl IntoView {
    let score = score.clamp(0.0, 100.0);
    // `pathLength` makes the circle 100 long; the gap is longer so that it never repeats.
    let dash = format!("{score:.2} 200");
    let line = if grade.is_empty() { "39" } else { "36" };
    let arc = (score > 0.0).then(|| {
        view! { <circle class="gauge-arc" cx="32" cy="32" r="28" pathLength="100" stroke-dasharray=dash transform="rotate(-90 32 32)"></circle> }
    });
    view! {
        <circle class="gauge-track" cx="32" cy="32" r="28"></circle>
        {arc}
        <text class="gauge-score" x="32" y=line>{format!("{score:.0}")}</text>
        <text class="gauge-grade" x="32" y="47">{grade}</text>
    }
}

fn no_ring() -> impl IntoView {
    view! {
        <circle class="gauge-none" cx="32" cy="32" r="28" pathLength="100" stroke-dasharray="2 2.545"></circle>
        <text class="gauge-score" x="32" y="38">"–"</text>
    }
}
