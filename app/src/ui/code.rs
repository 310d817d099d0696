//! Code to read and to copy.

use super::icon::{Icon, Symbol};
use leptos::prelude::*;

/// A block of code with a button that copies it once the page is [`Live`](super::Live).
#[component]
pub fn CodeBlock(
    /// The code.
    #[prop(into)]
    code: String,
    /// What it is: "curl".
    #[prop(optional, into)]
    caption: String,
) -> impl IntoView {
    let caption = (!caption.is_empty()).then(|| view! { <figcaption>{caption}</figcaption> });
    view! {
        <figure class="code">
            {caption}
            <pre tabindex="0"><code>{code}</code></pre>
            <button class="button button-small code-copy needs-wasm" type="button">
                <Icon symbol=Symbol::Copy small=true/>
                <span role="status">"Copy"</span>
            </button>
        </figure>
    }
    .into_any()
}
