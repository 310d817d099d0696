//! Keys: `?` for the list, `g` and a letter to jump, the arrows in tables.

use super::{
    icon::{Icon, Symbol},
    live::show_modal,
    rail::Place,
};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// The list of shortcuts as a dialog, and the shortcuts themselves once the page is live.
#[island]
pub fn Shortcuts() -> impl IntoView {
    let list = NodeRef::<html::Dialog>::new();
    let jumping = StoredValue::new(false);
    Effect::new(move |_| {
        window_event_listener(ev::keydown, move |event| {
            if asks_for_search(&event) {
                event.prevent_default();
                focus_search();
            } else if is_for_the_page(&event) {
                answer(&event, list, jumping);
            }
        });
    });
    let close = move |_: ev::MouseEvent| {
        if let Some(dialog) = list.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog class="dialog" node_ref=list aria-labelledby="shortcuts-title">
            <div class="dialog-head">
                <h2 id="shortcuts-title">"Keyboard shortcuts"</h2>
                <button class="button button-quiet button-icon" type="button" aria-label="Close" on:click=close><Icon symbol=Symbol::Close/></button>
            </div>
            <div class="dialog-body"><dl class="shortcuts">{shortcuts()}</dl></div>
        </dialog>
    }
    .into_any()
}

fn shortcuts() -> impl IntoView {
    let jump = |place: Place| view! { <dt><kbd>"g"</kbd>" "<kbd>{place.key()}</kbd></dt><dd>{place.name()}</dd> };
    view! {
        <dt><kbd>"?"</kbd></dt><dd>"This list"</dd>
        <dt><kbd>"Ctrl"</kbd>" "<kbd>"K"</kbd></dt><dd>"Search"</dd>
        {Place::ALL.into_iter().map(jump).collect_view()}
        <dt><kbd>"↑"</kbd>" "<kbd>"↓"</kbd></dt><dd>"Next and previous row of a table"</dd>
        <dt><kbd>"Esc"</kbd></dt><dd>"Close a dialog"</dd>
    }
}

fn asks_for_search(event: &ev::KeyboardEvent) -> bool {
    (event.ctrl_key() || event.meta_key())
        && !event.alt_key()
        && !event.shift_key()
        && event.key().eq_ignore_ascii_case("k")
}

fn focus_search() {
    let field =
        document().get_element_by_id("search").and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok());
    if let Some(field) = field {
        // Focus can only fail on an element that has left the page, where it does not matter.
        drop(field.focus());
        field.select();
    }
}

/// Keys that somebody types into a field, or that belong to the browser, are not ours.
fn is_for_the_page(event: &ev::KeyboardEvent) -> bool {
    let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let typing = element.is_some_and(|element| {
        element.closest("input, textarea, select, dialog[open], [contenteditable]").ok().flatten().is_some()
    });
    !modified && !typing && !event.default_prevented()
}

fn answer(event: &ev::KeyboardEvent, list: NodeRef<html::Dialog>, jumping: StoredValue<bool>) {
    let key = event.key();
    let was_jumping = jumping.get_value();
    jumping.set_value(key == "g" && !was_jumping);
    let handled = match key.as_str() {
        "ArrowDown" => move_row(true),
        "ArrowUp" => move_row(false),
        "?" => list.get_untracked().is_some_and(|list| show_modal(&list)),
        key if was_jumping => match Place::ALL.into_iter().find(|place| place.key() == key) {
            Some(place) => {
                // The address is one of ours, so going there cannot fail.
                drop(window().location().set_href(place.href()));
                true
            }
            None => false,
        },
        _ => false,
    };
    if handled {
        event.prevent_default();
    }
}

/// Moves the focus from a row's link to the next or previous row's; `false` when it is on no such link.
fn move_row(down: bool) -> bool {
    let Some(link) = document().active_element().filter(|element| element.class_list().contains("row-link")) else {
        return false;
    };
    let mut row = link.closest("tr").ok().flatten();
    while let Some(current) = row {
        row = if down { current.next_element_sibling() } else { current.previous_element_sibling() };
        let next = row.as_ref().and_then(|row| row.query_selector(".row-link").ok().flatten());
        if let Some(next) = next.and_then(|next| next.dyn_into::<web_sys::HtmlElement>().ok()) {
            return next.focus().is_ok();
        }
    }
    true
}
