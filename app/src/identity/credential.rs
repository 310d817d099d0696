//! Passkeys and security keys in the browser: the one place that speaks to its credentials API.

use crate::ui::{ButtonKind, Icon, Symbol};
use js_sys::{Function, JSON, Object, Promise, Reflect};
use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A button that asks the browser for a passkey or a security key, and sends the form around it with the answer as
/// `credential`. It needs WASM, as the browser's API needs a script.
#[island]
pub fn CredentialButton(
    /// The words on the button.
    label: String,
    /// What is asked for, as JSON.
    options: String,
    /// A new credential is made; otherwise one is shown.
    making: bool,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let trouble = RwSignal::new(String::new());
    let ask = move |_| {
        let options = options.clone();
        spawn_local(async move {
            trouble.set(String::new());
            match answer(&options, making).await {
                Ok(credential) => send(input, &credential),
                Err(error) => trouble.set(words(&error).to_owned()),
            }
        });
    };
    view! {
        <div class="needs-wasm stack">
            <input type="hidden" name="credential" node_ref=input/>
            <button class=ButtonKind::Primary.class(false) type="button" on:click=ask>
                <Icon symbol=Symbol::Lock small=true/>{label}
            </button>
            <p class="field-error" role="alert">{move || trouble.get()}</p>
        </div>
        <p class="needs-no-wasm">"Passkeys and security keys need the page's script, which has not been loaded."</p>
    }
    .into_any()
}

/// Puts the answer into the form and sends it.
fn send(input: NodeRef<html::Input>, credential: &str) {
    let Some(input) = input.get_untracked() else { return };
    input.set_value(credential);
    if let Some(form) = input.form() {
        // As a click on a button would: with the browser's own checks of the other fields.
        drop(Reflect::get(&form, &"requestSubmit".into()).and_then(|submit| call(&submit, &form, &[])));
    }
}

/// Asks the browser; its answer as JSON (WebAuthn level 3, §5.1).
async fn answer(options: &str, making: bool) -> Result<String, JsValue> {
    let api = Reflect::get(&window(), &"PublicKeyCredential".into())?;
    let options = Reflect::get(&JSON::parse(options)?, &"publicKey".into())?;
    let reader = if making { "parseCreationOptionsFromJSON" } else { "parseRequestOptionsFromJSON" };
    let options = call(&Reflect::get(&api, &reader.into())?, &api, &[options])?;
    let wanted = Object::new();
    Reflect::set(&wanted, &"publicKey".into(), &options)?;
    let credentials = Reflect::get(&window().navigator(), &"credentials".into())?;
    let asking = Reflect::get(&credentials, &(if making { "create" } else { "get" }).into())?;
    let promise: Promise = call(&asking, &credentials, &[wanted.into()])?.dyn_into()?;
    let credential = JsFuture::from(promise).await?;
    let json = call(&Reflect::get(&credential, &"toJSON".into())?, &credential, &[])?;
    JSON::stringify(&json).map(String::from)
}

fn call(function: &JsValue, this: &JsValue, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: &Function = function.dyn_ref().ok_or_else(|| JsValue::from_str("unsupported"))?;
    function.apply(this, &arguments.iter().collect())
}

/// What became of it, in a sentence.
fn words(error: &JsValue) -> &'static str {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
    match name.as_deref() {
        Some("NotAllowedError" | "AbortError") => "Nothing was chosen in time, or it was declined. Try again.",
        Some("InvalidStateError") => "This one is among your second factors already.",
        Some("SecurityError") => "The browser does not take credentials at this address.",
        _ => "This browser can't do it. Use another browser, or an authenticator app.",
    }
}
