//! Content that belongs to one thing.

use leptos::prelude::*;

/// Builds its content anew when the key is another one, where it would otherwise change what stands there: fields would
/// keep what was typed for something else.
#[component]
pub fn Anew(
    /// What the content belongs to.
    #[prop(into)]
    key: String,
    /// The content.
    children: ChildrenFn,
) -> impl IntoView {
    view! { <For each=move || [key.clone()] key=Clone::clone children=move |_| children()/> }.into_any()
}
