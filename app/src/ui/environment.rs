//! Where a version runs.

use leptos::prelude::*;

/// An environment in the colour of its stage: preview, staging and production have their own, others are grey.
#[component]
pub fn EnvironmentChip(
    /// The environment's name.
    #[prop(into)]
    name: String,
    /// Its stage, where the name is another.
    #[prop(optional, into)]
    stage: String,
) -> impl IntoView {
    let stage = if stage.is_empty() { name.to_ascii_lowercase() } else { stage };
    let class = match stage.as_str() {
        "preview" => "environment environment-preview",
        "staging" => "environment environment-staging",
        "production" => "environment environment-production",
        _ => "environment",
    };
    view! { <span class=class>{name}</span> }.into_any()
}
