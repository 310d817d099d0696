//! The document around the pages, and the frames inside it.

use crate::{
    ui::{Icon, Live, Rail, Shortcuts, Symbol, Theme, ThemeSwitch, Waiting},
    urls,
};
use leptos::prelude::*;
use leptos_meta::MetaTags;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// What the document says of itself to whoever lists it.
const DESCRIPTION: &str = "System Builder Hub measures systems, holds their releases to gates, and proves the outcome.";

/// The addresses of the built files, with their hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    /// The module that starts the WASM.
    pub js: String,
    /// The WASM.
    pub wasm: String,
    /// The stylesheet.
    pub css: String,
}

/// The HTML document around `app`, the root component.
pub fn shell<V, App>(assets: &Assets, theme: Theme, app: App) -> impl IntoView + use<V, App>
where
    V: IntoView,
    App: FnOnce() -> V,
{
    provide_context(theme);
    // Nothing but the islands comes to life in the browser, and they carry their own data.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let scripts = (!assets.js.is_empty()).then(|| scripts(assets));
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.name()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="description" content=DESCRIPTION/>
                <link rel="stylesheet" href=assets.css.clone()/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                {scripts}
                <MetaTags/>
            </head>
            <body>{app()}</body>
        </html>
    }
}

fn scripts(assets: &Assets) -> impl IntoView + use<> {
    let nonce = nonce();
    view! {
        <link rel="modulepreload" href=assets.js.clone() crossorigin="anonymous" nonce=nonce.clone()/>
        <link rel="preload" r#as="fetch" r#type="application/wasm" href=assets.wasm.clone() crossorigin="anonymous"/>
        <script type="module" nonce=nonce inner_html=starter(assets)></script>
    }
}

/// The script that starts the WASM and hands each island its element; no island lies in another. The document is marked
/// as live, which shows the controls that need it. The addresses are quoted as JSON, with `<` escaped, so that they stay
/// strings.
fn starter(assets: &Assets) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string().replace('<', "\\u003c");
    let (js, wasm) = (quoted(&assets.js), quoted(&assets.wasm));
    format!(
        "import init, * as app from {js};\n\
         await init({{ module_or_path: {wasm} }});\n\
         app.hydrate();\n\
         for (const island of document.querySelectorAll(\"leptos-island\")) app[island.dataset.component](island);\n\
         document.documentElement.dataset.hydrated = \"true\";"
    )
}

#[cfg(feature = "ssr")]
fn nonce() -> Option<String> {
    leptos::nonce::use_nonce().map(|nonce| nonce.to_string())
}

#[cfg(not(feature = "ssr"))]
fn nonce() -> Option<String> {
    None
}

/// Who reads the page and what stands around every page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The reader's name.
    pub name: String,
    /// The reader's address.
    pub email: String,
    /// The reader's role in the workspace, in words.
    pub role: String,
    /// The workspace.
    pub workspace: String,
    /// The reader's other workspaces: name and the address that switches.
    pub workspaces: Vec<(String, String)>,
    /// What waits.
    pub waiting: Waiting,
    /// How many notifications the reader has not read.
    pub unread: u64,
    /// The hub may measure loopback addresses, as in development.
    pub loopback_allowed: bool,
    /// The reader looks after the organisations of this hub.
    pub operates: bool,
}

/// Rail, top line and main around the page.
#[component]
pub fn Frame(
    /// Who reads.
    standing: Standing,
    /// Where the sign-out form posts to.
    #[prop(into)]
    sign_out: String,
    /// The page.
    children: Children,
) -> impl IntoView {
    let waiting = standing.waiting;
    let strip = standing.loopback_allowed.then(strip);
    view! {
        <a class="skip" href="#main" rel="external">"Skip to the content"</a>
        <div class="frame">
            <nav class="rail" aria-label="Main">
                {workspace(standing.workspace.clone(), standing.workspaces.clone())}
                <Rail waiting=waiting operates=standing.operates/>
            </nav>
            {strip}
            <header class="frame-top">{search()}{bell(standing.unread)}{account(standing, sign_out)}</header>
            <main class="frame-main" id="main" tabindex="-1">{children()}</main>
        </div>
        <Shortcuts/>
        <Live/>
    }
    .into_any()
}

/// One narrow column without a rail, for signing in and the first steps.
#[component]
pub fn BareFrame(
    /// The hub may measure loopback addresses, as in development.
    #[prop(optional)]
    loopback_allowed: bool,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="bare">
            <header><a class="bare-mark" href="/">{mark()}"System Builder Hub"</a></header>
            {loopback_allowed.then(strip)}
            <main id="main" tabindex="-1">{children()}</main>
        </div>
        <Live/>
    }
    .into_any()
}

/// One column for those without an account: it names the hub and leads nowhere.
#[component]
pub fn SharedFrame(
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="shared">
            <header class="shared-mark">{mark()}"System Builder Hub"</header>
            <main id="main" tabindex="-1">{children()}</main>
        </div>
    }
    .into_any()
}

fn strip() -> impl IntoView {
    view! {
        <aside class="frame-strip" aria-label="Development">
            <Icon symbol=Symbol::Warn small=true/>
            "Development: loopback addresses are allowed"
        </aside>
    }
}

fn mark() -> impl IntoView {
    view! {
        <svg class="icon mark" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path d="M5 13.4a6.3 6.3 0 0 1 1.9-8.2 M10 3.9a6.3 6.3 0 0 1 5 9.5 M6.9 10.7l2.5 2.5 4.4-5.3 M6.9 16.2h6.2"></path>
        </svg>
    }
}

/// The workspace at the head of the rail; a menu where the reader has several.
fn workspace(name: String, others: Vec<(String, String)>) -> impl IntoView {
    let link = |(name, href): (String, String)| view! { <a class="menu-item" href=href>{name}</a> };
    let body = if others.is_empty() {
        view! { <a class="rail-name" href="/">{mark()}<span class="rail-word">{name}</span></a> }.into_any()
    } else {
        view! {
            <details class="menu-holder">
                <summary>{mark()}<span class="rail-word">{name}</span><Icon symbol=Symbol::Chevron small=true/></summary>
                <div class="menu" role="group" aria-label="Workspaces">{others.into_iter().map(link).collect_view()}</div>
            </details>
        }
        .into_any()
    };
    view! { <div class="rail-head">{body}</div> }
}

/// The search, which `Ctrl K` leads to.
fn search() -> impl IntoView {
    let sought = use_query_map().read_untracked().get("q");
    view! {
        <form method="get" action=urls::SEARCH class="frame-search" role="search" aria-label="Everything">
            <label class="visually-hidden" for="search">"Search systems, versions and pages"</label>
            <Icon symbol=Symbol::Search small=true/>
            <input class="control" id="search" name="q" type="search" maxlength="100" autocomplete="off" value=sought placeholder="Search" aria-keyshortcuts="Control+K"/>
            <kbd class="needs-wasm" aria-hidden="true">"Ctrl K"</kbd>
        </form>
    }
}

/// The way to what the reader was told.
fn bell(unread: u64) -> impl IntoView {
    let name = if unread == 0 { "Notifications".to_owned() } else { format!("Notifications, {unread} unread") };
    let shown = if unread > 99 { "99+".to_owned() } else { unread.to_string() };
    let count =
        (unread > 0).then(|| view! { <span class="count count-waiting bell-count" aria-hidden="true">{shown}</span> });
    view! {
        <a class="button button-quiet button-icon bell" href=urls::NOTIFICATIONS aria-label=name>
            <Icon symbol=Symbol::Bell/>{count}
        </a>
    }
}

fn account(standing: Standing, sign_out: String) -> impl IntoView {
    view! {
        <button class="button button-quiet button-icon" type="button" popovertarget="account" aria-label="Account">
            <Icon symbol=Symbol::User/>
        </button>
        <div class="menu" id="account" popover="auto">
            <div class="menu-words"><strong>{standing.name}</strong><span>{standing.email}</span><span>{standing.role}</span></div>
            <div class="menu-group"><ThemeSwitch/></div>
            <form method="post" action=sign_out><button class="menu-item" type="submit">"Sign out"</button></form>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_leave_the_script() {
        let assets =
            Assets { js: "/pkg/a.js\";alert(1)//</script>".into(), wasm: "/pkg/a.wasm".into(), css: String::new() };
        let script = starter(&assets);
        assert!(!script.contains("</script>"));
        assert!(script.contains("\\\";alert(1)"));
    }
}
