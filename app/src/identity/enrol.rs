//! The second factor that a sign-in needs and the account does not have yet.

use super::{
    calls::{EnrolApp, EnrolledApp, EnrolledCredential, enrol_credential, enrolling_app},
    credential::CredentialButton,
    second_factor::Over,
    view::{AppView, AskedView, EnrolView},
};
use crate::{
    reading::refusal,
    shell::BareFrame,
    ui::{
        Answer, Button, ButtonKind, CodeBlock, Failed, Field, FormErrors, LinkButton, Meaning, Page, Section, Skeleton,
    },
    urls,
};
use hub::{Kind, identity::FactorKind};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// What may be added.
#[component]
pub(super) fn Choices(offered: EnrolView) -> impl IntoView {
    let EnrolView { kinds, takes_credentials, messages } = offered;
    let counts = |kind: FactorKind| kinds.contains(&kind);
    let link = |kind: FactorKind, words: &'static str| {
        (takes_credentials && counts(kind)).then(|| {
            view! { <LinkButton href=urls::enrol_credential(kind)>{words}</LinkButton> }
        })
    };
    let passkey = link(FactorKind::Passkey, "Add a passkey");
    let key = link(FactorKind::SecurityKey, "Add a security key");
    let app = counts(FactorKind::Totp)
        .then(|| view! { <Button kind=ButtonKind::Primary>"Add an authenticator app"</Button> });
    let none = (!takes_credentials && (counts(FactorKind::Passkey) || counts(FactorKind::SecurityKey))).then(|| {
        view! { <p class="section-hint">"Passkeys need a name and https, which this address does not have."</p> }
    });
    let messages = messages.then(|| {
        view! {
            <p class="section-hint">
                "None of these at hand? "<a href=urls::ENROL_MESSAGES>"Add a number for text messages"</a>
                ", which is weaker: numbers can be taken over."
            </p>
        }
    });
    view! {
        <Page title="Add a second factor" narrow=true>
            <Answer meaning=Meaning::Warn words="Your organisation asks for a second factor. Add one to sign in."/>
            <form method="post" action=EnrolApp::url() class="form">
                <FormErrors problem={refusal::<EnrolApp>()}>
                    <div class="actions">
                        {app}{passkey}{key}
                    </div>
                    {none}{messages}
                </FormErrors>
            </form>
        </Page>
    }
    .into_any()
}

/// An authenticator app that the sign-in needs.
#[component]
pub fn EnrolAppPage() -> impl IntoView {
    let query = use_query_map();
    let factor = Memo::new(move |_| query.read().get("factor").unwrap_or_default());
    let app = Resource::new(move || factor.get(), enrolling_app);
    view! {
        <BareFrame>
            <Suspense fallback=|| view! { <Page title="Add an authenticator app" narrow=true><Skeleton label="Loading the secret"/></Page> }>
                {move || Suspend::new(async move {
                    match app.await {
                        Ok(app) => view! { <EnrolApp app/> }.into_any(),
                        Err(error) if matches!(error.kind, Kind::Unauthenticated | Kind::NotFound) => {
                            view! { <Over/> }.into_any()
                        }
                        Err(error) => view! {
                            <Page title="Add an authenticator app" narrow=true><Failed what=error.message retry=urls::SECOND_FACTOR/></Page>
                        }
                        .into_any(),
                    }
                })}
            </Suspense>
        </BareFrame>
    }
    .into_any()
}

#[component]
fn EnrolApp(app: AppView) -> impl IntoView {
    let id = app.id.to_string();
    view! {
        <Page title="Add an authenticator app" narrow=true>
            <AppSecret app/>
            <form method="post" action=EnrolledApp::url() class="form">
                <FormErrors problem={refusal::<EnrolledApp>()}>
                    <input type="hidden" name="factor" value=id/>
                    <CodeField/>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Confirm and sign in"</Button></div>
                </FormErrors>
            </form>
        </Page>
    }
    .into_any()
}

/// The field for the code that a new app shows.
#[component]
pub(crate) fn CodeField() -> impl IntoView {
    view! { <Field label="Code" name="code" hint="The six digits that the app shows now" required=true autocomplete="one-time-code" max_length=64/> }
        .into_any()
}

/// The QR code and the secret of a new app.
#[component]
pub(crate) fn AppSecret(app: AppView) -> impl IntoView {
    let (path, side) = app.drawing;
    let frame = format!("0 0 {side} {side}");
    view! {
        <Section title="Scan the code with your app" hint="Any app for one-time passwords will do">
            <div class="stack">
                <svg class="qr-code" viewBox=frame role="img" aria-label="QR code with the secret" shape-rendering="crispEdges">
                    <rect width=side height=side></rect><path d=path></path>
                </svg>
                <p><a href=app.url rel="external">"Open it in an app on this device"</a></p>
                <CodeBlock code=app.secret caption="Or type this secret"/>
            </div>
        </Section>
    }
    .into_any()
}

/// A passkey or a security key that the sign-in needs.
#[component]
pub fn EnrolCredentialPage() -> impl IntoView {
    let query = use_query_map();
    let kind = Memo::new(move |_| kind_of(query.read().get("kind")));
    let asked = Resource::new(move || kind.get(), enrol_credential);
    view! {
        <BareFrame>
            <Suspense fallback=|| view! { <Page title="Add a second factor" narrow=true><Skeleton label="Loading what the browser needs"/></Page> }>
                {move || Suspend::new(async move {
                    match asked.await {
                        Ok(asked) => view! { <EnrolCredential asked/> }.into_any(),
                        Err(error) if error.kind == Kind::Unauthenticated => view! { <Over/> }.into_any(),
                        Err(error) => view! {
                            <Page title="Add a second factor" narrow=true><Failed what=error.message retry=urls::SECOND_FACTOR/></Page>
                        }
                        .into_any(),
                    }
                })}
            </Suspense>
        </BareFrame>
    }
    .into_any()
}

/// The kind that an address names; a passkey where it names none.
pub(crate) fn kind_of(text: Option<String>) -> FactorKind {
    text.and_then(|text| text.parse().ok())
        .filter(|kind| matches!(kind, FactorKind::Passkey | FactorKind::SecurityKey))
        .unwrap_or(FactorKind::Passkey)
}

#[component]
fn EnrolCredential(asked: AskedView) -> impl IntoView {
    view! {
        <Page title=format!("Add a {}", asked.kind.words().to_lowercase()) narrow=true>
            <form method="post" action=EnrolledCredential::url() class="form">
                <FormErrors problem={refusal::<EnrolledCredential>()}>
                    <CredentialFields asked/>
                </FormErrors>
            </form>
        </Page>
    }
    .into_any()
}

/// The fields of a new passkey or security key, with the button that makes it.
#[component]
pub(crate) fn CredentialFields(asked: AskedView) -> impl IntoView {
    let what = asked.kind.words().to_lowercase();
    view! {
        <input type="hidden" name="ceremony" value=asked.ceremony/>
        <Field label="Name" name="name" hint="To tell it from others, such as laptop" max_length=80 autocomplete="off"/>
        <CredentialButton label=format!("Make the {what}") options=asked.options making=true/>
    }
    .into_any()
}
