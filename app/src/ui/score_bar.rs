//! A score as a bar, for rows.

use super::badge::Meaning;
use leptos::prelude::*;

/// A score from 0 to 100 as a short bar with its number.
#[component]
pub fn ScoreBar(
    /// What is scored, for screen readers.
    #[prop(into)]
    label: String,
    /// From 0 to 100; none is "not measured".
    score: Option<f64>,
    /// What the score means.
    meaning: Meaning,
) -> impl IntoView {
    let Some(score) = score.map(|score| score.clamp(0.0, 100.0)) else {
        return view! { <span class="not-measured">"Not measured"</span> }.into_any();
    };
    view! {
        <span class=format!("score-bar {}", meaning.class())>
            <svg class="score-bar-drawing" viewBox="0 0 100 6" preserveAspectRatio="none" role="img"
                aria-label=format!("{label}: {score:.0} of 100")>
                <rect class="score-bar-track" width="100" height="6"></rect>
                <rect class="score-bar-fill" width=format!("{score:.1}") height="6"></rect>
            </svg>
            <span class="score-bar-value" aria-hidden="true">{format!("{score:.0}")}</span>
        </span>
    }
    .into_any()
}
