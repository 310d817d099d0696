//! The states of a list or a panel that has nothing to show.

use super::{
    badge::{Meaning, StatusIcon},
    button::LinkButton,
    icon::{Icon, Symbol},
};
use leptos::prelude::*;

/// Nothing is there yet: what would be, and the first step.
#[component]
pub fn EmptyState(
    /// What is missing: "No systems yet".
    #[prop(into)]
    title: String,
    /// What the list is for.
    #[prop(into)]
    purpose: String,
    /// The icon of the list.
    #[prop(default = Symbol::Plus)]
    symbol: Symbol,
    /// The first step, a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon symbol=symbol/>
            <p class="empty-title">{title}</p>
            <p>{purpose}</p>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// Loading failed: what happened, what was kept, and a way to try again.
#[component]
pub fn Failed(
    /// What happened, in a sentence.
    #[prop(into)]
    what: String,
    /// What was kept: "The run continues; its measurements are stored."
    #[prop(optional, into)]
    kept: String,
    /// The address to try again.
    #[prop(into)]
    retry: String,
) -> impl IntoView {
    view! {
        <div class="empty" role="alert">
            <StatusIcon meaning=Meaning::Fail/>
            <p class="empty-title">{what}</p>
            {(!kept.is_empty()).then(|| view! { <p>{kept}</p> })}
            <div class="actions"><LinkButton href=retry>"Try again"</LinkButton></div>
        </div>
    }
    .into_any()
}

/// The reader may not see this, and who can change that.
#[component]
pub fn Denied(
    /// What is behind the door: "See the audit log".
    #[prop(into)]
    what: String,
    /// Who can: "An owner of this organisation can give you the auditor role."
    #[prop(into)]
    who: String,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon symbol=Symbol::Lock/>
            <p class="empty-title">{what}</p>
            <p>{who}</p>
        </div>
    }
    .into_any()
}

/// Something was not measured: why, and the step that would measure it.
#[component]
pub fn NotMeasured(
    /// Why, in a sentence.
    #[prop(into)]
    reason: String,
    /// The step that would measure it, a link or a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="cluster not-measured">
            <StatusIcon meaning=Meaning::Unknown silent=true/>
            <span>"Not measured. "{reason}</span>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}
