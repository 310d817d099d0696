//! A question in front of the page.

use super::{
    button::ButtonKind,
    icon::{Icon, Symbol},
};
use leptos::prelude::*;

/// A button and the native dialog that it opens. Without WASM the browser opens the dialog as a popover, so the form
/// inside works either way; with WASM [`Live`](super::Live) makes it modal.
#[component]
pub fn Dialog(
    /// Its id, one on a page.
    #[prop(into)]
    id: String,
    /// The question.
    #[prop(into)]
    title: String,
    /// The words on the button that opens it.
    #[prop(into)]
    open: String,
    /// How that button looks.
    #[prop(optional)]
    kind: ButtonKind,
    /// A small button.
    #[prop(optional)]
    small: bool,
    /// The icon on that button.
    #[prop(optional, into)]
    icon: Option<Symbol>,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let drawing = icon.map(|symbol| view! { <Icon symbol=symbol small=true/> });
    view! {
        <button class=kind.class(small) type="button" popovertarget=id.clone()>{drawing}{open}</button>
        <dialog class="dialog" id=id.clone() popover="auto" aria-labelledby=title_id>
            <div class="dialog-head">
                <h2 id=title_id.clone()>{title}</h2>
                <button class="button button-quiet button-icon" type="button" popovertarget=id.clone() popovertargetaction="hide"
                    aria-label="Close"><Icon symbol=Symbol::Close/></button>
            </div>
            <div class="dialog-body">{children()}</div>
        </dialog>
    }
    .into_any()
}
