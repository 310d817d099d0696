//! Names and values.

use leptos::prelude::*;

/// A list of names and values, of [`KeyValue`].
#[component]
pub fn KeyValues(
    /// Side by side in columns instead of below each other.
    #[prop(optional)]
    wide: bool,
    /// The pairs.
    children: Children,
) -> impl IntoView {
    view! { <dl class=if wide { "pairs pairs-wide" } else { "pairs" }>{children()}</dl> }.into_any()
}

/// One name and its value.
#[component]
pub fn KeyValue(
    /// The name.
    #[prop(into)]
    name: String,
    /// The value.
    children: Children,
) -> impl IntoView {
    view! { <div class="pair"><dt>{name}</dt><dd>{children()}</dd></div> }.into_any()
}
