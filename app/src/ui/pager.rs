//! Pages of a list by cursor.

use super::button::LinkButton;
use leptos::prelude::*;

/// Links to the next page and back to the first. The URL holds the cursor.
#[component]
pub fn Pager(
    /// What is on this page: "25 runs".
    #[prop(into)]
    shown: String,
    /// The next page, if there is one.
    next: Option<String>,
    /// The first page, unless this is it.
    #[prop(optional_no_strip, into)]
    first: Option<String>,
) -> impl IntoView {
    let first = first.map(|href| view! { <LinkButton href=href small=true>"First page"</LinkButton> });
    let next = next.map(|href| view! { <LinkButton href=href small=true>"Next page"</LinkButton> });
    view! {
        <nav class="pager" aria-label="Pages">
            <span>{shown}</span>
            <span class="cluster">{first}{next}</span>
        </nav>
    }
    .into_any()
}
