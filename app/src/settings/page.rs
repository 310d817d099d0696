//! What the pages of the settings share.

use crate::{
    ui::{Page, Tab, Tabs},
    urls,
};
use leptos::prelude::*;

/// A page of the settings with the tab that leads to it.
#[component]
pub(crate) fn SettingsFrame(
    /// The address of the open tab.
    tab: &'static str,
    /// The buttons of the page.
    #[prop(optional, into)]
    actions: ViewFn,
    /// The content of the tab.
    children: Children,
) -> impl IntoView {
    let tabs = [
        ("Profile", urls::PROFILE),
        ("Signing in", urls::SECURITY),
        ("Sessions", urls::SESSIONS),
        ("API keys", urls::KEYS),
        ("Members", urls::MEMBERS),
        ("Roles", urls::ROLES),
        ("Directory", urls::DIRECTORY),
        ("Sign-in policy", urls::SIGN_IN_POLICY),
        ("Providers", urls::PROVIDERS),
        ("Notifications", urls::NOTIFICATION_CHOICES),
        ("Privacy", urls::OWN_PRIVACY),
        ("Usage", urls::USAGE),
    ];
    let tabs = tabs.map(|(label, href)| Tab::new(label, href, href == tab)).to_vec();
    view! { <Page title="Settings" actions><Tabs label="Settings" tabs/>{children()}</Page> }.into_any()
}
