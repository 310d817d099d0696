//! Adding a second factor, and the one page that shows recovery codes.

use super::calls::{AddCredential, ConfirmApp, new_credential, recovery_codes, started_app};
use crate::{
    error::WireError,
    identity::{AppSecret, AppView, AskedView, CodeField, CredentialFields, kind_of},
    reading::{Trouble, refusal},
    ui::{
        Answer, Button, ButtonKind, CodeBlock, Crumb, EmptyState, FormErrors, LinkButton, Meaning, Page, Skeleton,
        Symbol,
    },
    urls,
};
use hub::Kind;
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::{use_location, use_query_map};

pub(super) fn crumbs(here: &str) -> Vec<Crumb> {
    vec![Crumb::link("Settings", urls::SETTINGS), Crumb::link("Signing in", urls::SECURITY), Crumb::here(here)]
}

/// What stands where something is refused until the reader confirmed who sits there.
#[component]
pub(super) fn Refused(title: &'static str, error: WireError) -> impl IntoView {
    if error.kind != Kind::Unconfirmed {
        return view! { <Trouble title error retry=urls::SECURITY/> }.into_any();
    }
    let location = use_location();
    let here = format!("{}{}", location.pathname.get_untracked(), with_mark(&location.search.get_untracked()));
    view! {
        <Page title narrow=true crumbs=crumbs(title)>
            <EmptyState title="Confirm that it is you" purpose="This changes who can get in." symbol=Symbol::Lock>
                <LinkButton href=urls::confirm(&here) kind=ButtonKind::Primary>"Confirm that it is you"</LinkButton>
            </EmptyState>
        </Page>
    }
    .into_any()
}

fn with_mark(search: &str) -> String {
    if search.is_empty() || search.starts_with('?') { search.to_owned() } else { format!("?{search}") }
}

/// An authenticator app that is being added.
#[component]
pub fn NewAppPage() -> impl IntoView {
    let query = use_query_map();
    let factor = Memo::new(move |_| query.read().get("factor").unwrap_or_default());
    let app = Resource::new(move || factor.get(), started_app);
    view! {
        <Suspense fallback=|| view! { <Page title="Add an authenticator app" narrow=true><Skeleton label="Loading the secret"/></Page> }>
            {move || Suspend::new(async move {
                match app.await {
                    Ok(app) => view! { <NewApp app/> }.into_any(),
                    Err(error) => view! { <Refused title="Add an authenticator app" error/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn NewApp(app: AppView) -> impl IntoView {
    let id = app.id.to_string();
    view! {
        <Page title="Add an authenticator app" crumbs=crumbs("Authenticator app") narrow=true>
            <AppSecret app/>
            <form method="post" action=ConfirmApp::url() class="form">
                <FormErrors problem={refusal::<ConfirmApp>()}>
                    <input type="hidden" name="factor" value=id/>
                    <CodeField/>
                    <div class="actions">
                        <Button kind=ButtonKind::Primary>"Confirm the app"</Button>
                        <LinkButton href=urls::SECURITY kind=ButtonKind::Quiet>"Cancel"</LinkButton>
                    </div>
                </FormErrors>
            </form>
        </Page>
    }
    .into_any()
}

/// A passkey or a security key to be added.
#[component]
pub fn NewCredentialPage() -> impl IntoView {
    let query = use_query_map();
    let kind = Memo::new(move |_| kind_of(query.read().get("kind")));
    let asked = Resource::new(move || kind.get(), new_credential);
    view! {
        <Suspense fallback=|| view! { <Page title="Add a second factor" narrow=true><Skeleton label="Loading what the browser needs"/></Page> }>
            {move || Suspend::new(async move {
                match asked.await {
                    Ok(asked) => view! { <NewCredential asked/> }.into_any(),
                    Err(error) => view! { <Refused title="Add a second factor" error/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn NewCredential(asked: AskedView) -> impl IntoView {
    let what = asked.kind.words();
    view! {
        <Page title=format!("Add a {}", what.to_lowercase()) crumbs=crumbs(what) narrow=true>
            <form method="post" action=AddCredential::url() class="form">
                <FormErrors problem={refusal::<AddCredential>()}>
                    <CredentialFields asked/>
                </FormErrors>
            </form>
        </Page>
    }
    .into_any()
}

/// Shows the recovery codes that were just made, once.
#[component]
pub fn RecoveryCodesPage() -> impl IntoView {
    let codes = Resource::new(|| (), |()| recovery_codes());
    view! {
        <Suspense fallback=|| view! { <Page title="Your recovery codes" narrow=true><Skeleton label="Loading the codes"/></Page> }>
            {move || Suspend::new(async move {
                match codes.await {
                    Ok(Some(codes)) => view! { <Codes codes/> }.into_any(),
                    Ok(None) => view! { <Gone/> }.into_any(),
                    Err(error) => view! { <Trouble title="Your recovery codes" error retry=urls::SECURITY/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Codes(codes: Vec<String>) -> impl IntoView {
    view! {
        <Page title="Your recovery codes" crumbs=crumbs("Recovery codes") narrow=true>
            <Answer meaning=Meaning::Warn words="Keep them now, where you keep your passwords. They are not shown again, and those made before are worth nothing."/>
            <CodeBlock code=codes.join("\n") caption="Recovery codes"/>
            <div class="actions"><LinkButton href=urls::SECURITY kind=ButtonKind::Primary>"I have kept them"</LinkButton></div>
        </Page>
    }
    .into_any()
}

#[component]
fn Gone() -> impl IntoView {
    view! {
        <Page title="Recovery codes are shown once" crumbs=crumbs("Recovery codes") narrow=true>
            <EmptyState title="They are not shown again" purpose="If they were not kept, make new ones." symbol=Symbol::Lock>
                <LinkButton href=urls::SECURITY>"Signing in"</LinkButton>
            </EmptyState>
        </Page>
    }
    .into_any()
}
