//! A text field that can be filled from a file: an island, for the file is read in the browser.

use leptos::prelude::*;

/// A choice of a file whose text is put into another field of the form. Without WASM it is not shown.
#[island]
pub fn FileText(
    /// What to choose.
    label: String,
    /// The id of the field.
    target: String,
) -> impl IntoView {
    let id = format!("{target}-file");
    let read = move |event: leptos::ev::Event| read_into(&event, target.clone());
    view! {
        <div class="field needs-wasm">
            <label class="field-label" for=id.clone()>{label}</label>
            <input class="control control-file" type="file" id=id on:change=read/>
        </div>
    }
    .into_any()
}

/// Reads the chosen file. The browser's `File` is reached by name, as it is in its own scripts.
fn read_into(event: &leptos::ev::Event, target: String) {
    use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
    let get = |value: &JsValue, name: &str| js_sys::Reflect::get(value, &JsValue::from_str(name)).ok();
    let chosen = event.target().map(JsValue::from).and_then(|input| get(&input, "files"));
    let Some(file) = chosen.and_then(|files| get(&files, "0")).filter(|file| !file.is_undefined()) else { return };
    let text = get(&file, "text").and_then(|text| text.dyn_into::<js_sys::Function>().ok());
    let Some(promise) = text.and_then(|text| text.call0(&file).ok()) else { return };
    let fill = Closure::once_into_js(move |text: JsValue| {
        let field = document().get_element_by_id(&target);
        if let Some(field) = field {
            // What can't be set stays as it was typed.
            drop(js_sys::Reflect::set(&field, &JsValue::from_str("value"), &text));
        }
    });
    if let (Ok(promise), Ok(fill)) = (promise.dyn_into::<js_sys::Promise>(), fill.dyn_into::<js_sys::Function>()) {
        let then = get(&promise, "then").and_then(|then| then.dyn_into::<js_sys::Function>().ok());
        drop(then.map(|then| then.call1(&promise, &fill)));
    }
}
