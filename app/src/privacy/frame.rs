//! What the pages for those who answer for the organisation share.

use crate::{
    ui::{Badge, Crumb, Meaning, Page, Tab, Tabs},
    urls,
};
use hub::privacy::{RequestKind, RequestState};
use leptos::prelude::*;

/// Who can let a reader in.
pub(super) const WHO: &str =
    "Auditors, admins and owners see this. An owner or an admin of this workspace can change your role.";

/// A page with the tab that leads to it.
#[component]
pub(super) fn PrivacyFrame(
    /// The address of the open tab.
    tab: &'static str,
    /// The buttons of the page.
    #[prop(optional, into)]
    actions: ViewFn,
    /// The content of the tab.
    children: Children,
) -> impl IntoView {
    let tabs = [
        ("Requests", urls::PRIVACY_REQUESTS),
        ("Consents", urls::PRIVACY_CONSENTS),
        ("Retention", urls::PRIVACY_RETENTION),
        ("Processing register", urls::PRIVACY_REGISTER),
    ];
    let tabs = tabs.map(|(label, href)| Tab::new(label, href, href == tab)).to_vec();
    let crumbs = vec![Crumb::link("Settings", urls::OWN_PRIVACY), Crumb::here("Privacy")];
    view! { <Page title="Privacy" crumbs actions><Tabs label="Privacy" tabs/>{children()}</Page> }.into_any()
}

/// A state as a badge.
pub(super) fn state_badge(kind: RequestKind, state: RequestState) -> impl IntoView {
    let (meaning, word) = match state {
        RequestState::Waiting if kind == RequestKind::Export => (Meaning::Info, "Being made"),
        RequestState::Waiting => (Meaning::Warn, "Waiting"),
        RequestState::Ready => (Meaning::Pass, "Ready"),
        RequestState::Done => (Meaning::Pass, "Done"),
        RequestState::Cancelled => (Meaning::Unknown, "Taken back"),
        RequestState::Failed => (Meaning::Fail, "Failed"),
        RequestState::Expired => (Meaning::Unknown, "Removed"),
    };
    view! { <Badge meaning word/> }
}

/// A kind in words.
pub(super) fn kind_words(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Export => "Export",
        RequestKind::Erasure => "Erasure",
    }
}
