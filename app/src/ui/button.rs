//! Buttons, and links that look like them.

use super::icon::{Icon, Symbol};
use leptos::prelude::*;

/// How much a button asks for attention. One primary button on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    Primary,
    #[default]
    Secondary,
    /// For what destroys; its words name what will be lost.
    Danger,
    /// Beside or inside other things.
    Quiet,
}

impl ButtonKind {
    /// The classes of a button of this kind.
    #[must_use]
    pub fn class(self, small: bool) -> String {
        let kind = match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button",
            Self::Danger => "button button-danger",
            Self::Quiet => "button button-quiet",
        };
        if small { format!("{kind} button-small") } else { kind.to_owned() }
    }
}

/// A button that submits its form, or with `kind_of="button"` does what its `on:click` says.
#[component]
pub fn Button(
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// Drawn before the words.
    #[prop(optional, into)]
    icon: Option<Symbol>,
    /// Inside tables and panels.
    #[prop(optional)]
    small: bool,
    /// `submit` (the default) or `button`.
    #[prop(optional, into)]
    kind_of: Option<&'static str>,
    /// Sent with the form, for forms with several buttons.
    #[prop(optional, into)]
    name: Option<String>,
    /// Sent with the form under `name`.
    #[prop(optional, into)]
    value: Option<String>,
    /// Cannot be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let drawing = icon.map(|symbol| view! { <Icon symbol=symbol small=true/> });
    view! {
        <button
            class=kind.class(small)
            type=kind_of.unwrap_or("submit")
            name=name
            value=value
            disabled=move || disabled.get()
        >
            {drawing}
            {children()}
        </button>
    }
    .into_any()
}

/// A link that looks like a button: it goes somewhere and changes nothing.
#[component]
pub fn LinkButton(
    /// Where it goes.
    #[prop(into)]
    href: String,
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// Drawn before the words.
    #[prop(optional, into)]
    icon: Option<Symbol>,
    /// Inside tables and panels.
    #[prop(optional)]
    small: bool,
    /// The browser saves the answer under this name instead of showing it; empty keeps the server's name.
    #[prop(optional, into)]
    download: Option<String>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let drawing = icon.map(|symbol| view! { <Icon symbol=symbol small=true/> });
    // A download is no page of the app: `rel="external"` keeps the router away from it.
    let outside = download.is_some().then_some("external");
    view! {
        <a class=kind.class(small) href=href download=download rel=outside>{drawing}{children()}</a>
    }
    .into_any()
}
