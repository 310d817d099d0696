//! What makes a plain page live: one island that listens to the whole document, so that the parts themselves are plain.

use super::theme;
use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlDialogElement, HtmlElement};

/// Marks a form that was sent, so that it is not sent twice.
const SENT: &str = "data-sent";

/// Makes dialogs modal, copies code, switches the theme in place, shows that a form is under way, and gives the focus to
/// the summary of a refused form. Once in each frame.
#[island]
pub fn Live() -> impl IntoView {
    Effect::new(|_| {
        window_event_listener(ev::click, clicked);
        window_event_listener(ev::submit, |event| {
            if let Some(form) = target(&event) {
                sent(&event, &form);
            }
        });
        window_event_listener(ev::focusout, |event| {
            if let Some(button) = target(&event).and_then(|left| closest(&left, ".code-copy")) {
                say(&button, "Copy");
            }
        });
        // A page that comes back from the browser's memory has nothing under way.
        window_event_listener(ev::pageshow, |_| forget_sent());
        focus_refusal();
    });
}

fn target(event: &ev::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// The element itself or what it lies in; the selectors are ours, so they are valid.
fn closest(element: &Element, selector: &str) -> Option<Element> {
    element.closest(selector).ok().flatten()
}

fn clicked(event: ev::MouseEvent) {
    let Some(pressed) = target(&event).and_then(|it| closest(&it, "button")) else { return };
    let handled = if let Some(dialog) = dialog_of(&pressed) {
        if pressed.get_attribute("popovertargetaction").as_deref() == Some("hide") {
            dialog.close();
            true
        } else {
            show_modal(&dialog)
        }
    } else if pressed.matches(".code-copy").unwrap_or(false) {
        copy(&pressed);
        true
    } else if pressed.matches(".segment[name=theme]").unwrap_or(false) {
        theme::choose(&pressed);
        true
    } else {
        false
    };
    if handled {
        event.prevent_default();
    }
}

fn dialog_of(button: &Element) -> Option<HtmlDialogElement> {
    let id = button.get_attribute("popovertarget")?;
    document().get_element_by_id(&id)?.dyn_into().ok()
}

/// Opens it as a modal dialog, unless it is open; whether it is.
pub(super) fn show_modal(dialog: &HtmlDialogElement) -> bool {
    // It fails only while the same dialog is open as a popover, and then the reader sees it already.
    dialog.open() || dialog.show_modal().is_ok()
}

fn copy(button: &Element) {
    let code = closest(button, ".code").and_then(|block| block.query_selector("code").ok().flatten());
    let text = code.and_then(|code| code.text_content()).unwrap_or_default();
    // The promise is left alone: a browser that refuses has told the reader so itself.
    drop(window().navigator().clipboard().write_text(&text));
    say(button, "Copied");
}

fn say(button: &Element, word: &str) {
    if let Some(status) = button.query_selector("[role=status]").ok().flatten() {
        status.set_text_content(Some(word));
    }
}

fn sent(event: &ev::SubmitEvent, form: &Element) {
    if form.has_attribute(SENT) {
        event.prevent_default();
        return;
    }
    // What only reads may be asked for again, and a download leaves its page as it is.
    if event.default_prevented() || !form.get_attribute("method").is_some_and(|it| it.eq_ignore_ascii_case("post")) {
        return;
    }
    mark(form, SENT);
    let button = js_sys::Reflect::get(event, &JsValue::from_str("submitter")).ok();
    if let Some(button) = button.and_then(|button| button.dyn_into::<Element>().ok()) {
        mark(&button, "aria-busy");
    }
}

/// Setting an attribute only fails for names that are no names.
fn mark(element: &Element, name: &str) {
    drop(element.set_attribute(name, "true"));
}

fn forget_sent() {
    for name in [SENT, "aria-busy"] {
        let marked = document().query_selector_all(&format!("form[{name}], button[{name}]")).ok();
        for element in marked.iter().flat_map(|all| (0..all.length()).filter_map(|at| all.item(at))) {
            if let Some(element) = element.dyn_ref::<Element>() {
                drop(element.remove_attribute(name));
            }
        }
    }
}

fn focus_refusal() {
    let Some(summary) = document().query_selector(".form-errors").ok().flatten() else { return };
    if let Some(dialog) = closest(&summary, "dialog").and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok()) {
        show_modal(&dialog);
    }
    if let Some(summary) = summary.dyn_ref::<HtmlElement>() {
        // Focus can only fail on an element that has left the page, where it does not matter.
        drop(summary.focus());
    }
}
