//! Confirming who sits there, before something that only they may change.

use super::{
    calls::{ConfirmCode, ConfirmCredential, ConfirmPassword, ConfirmRecoveryCode, asked_to_confirm, why_refused},
    credential::CredentialButton,
    messages::ConfirmByMessage,
    providers::ProviderLinks,
    view::{AskedView, ChallengeView, Told},
};
use crate::{
    error::WireError,
    reading::{Trouble, refusal},
    ui::{Button, ButtonKind, Field, FieldKind, FormErrors, Meaning, Notice, Page, Skeleton},
    urls,
};
use hub::identity::{Errand, FactorKind};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// Asks who sits there, and leads on to where they came from.
#[component]
pub fn ConfirmPage() -> impl IntoView {
    let query = use_query_map();
    let with = Memo::new(move |_| query.read().get("with").and_then(|kind| kind.parse().ok()));
    let next = Memo::new(move |_| query.read().get("next").unwrap_or_default());
    let refused = Memo::new(move |_| query.read().get("refused").is_some());
    let challenge = Resource::new(
        move || (with.get(), refused.get()),
        |(with, refused)| async move {
            let told = if refused { why_refused().await? } else { None };
            Ok::<_, WireError>((asked_to_confirm(with).await?, told))
        },
    );
    view! {
        <Suspense fallback=|| view! { <Page title="Confirm that it is you" narrow=true><Skeleton label="Loading what is needed"/></Page> }>
            {move || Suspend::new(async move {
                match challenge.await {
                    Ok((challenge, told)) => view! { <Confirm challenge told next=next.get_untracked()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Confirm that it is you" error retry=urls::SETTINGS/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Confirm(challenge: ChallengeView, told: Option<Told>, next: String) -> impl IntoView {
    let refused = told.and_then(Told::refused).map(|title| view! { <Notice meaning=Meaning::Fail title live=true/> });
    let providers = challenge.providers.clone();
    let credential = challenge.asked.clone().map(|asked| view! { <ByCredential asked next=next.clone()/> });
    let code = challenge.has(FactorKind::Totp).then(|| view! { <ByCode next=next.clone()/> });
    let message = challenge.has(FactorKind::Sms).then(|| view! { <ConfirmByMessage next=next.clone()/> });
    let recovery = (!challenge.kinds.is_empty()).then(|| view! { <ByRecoveryCode next=next.clone()/> });
    let password = challenge.password.then(|| view! { <ByPassword next=next.clone()/> });
    let providers = (!providers.is_empty())
        .then(|| view! { <ProviderLinks providers errand=Errand::Confirm next=next.clone() verb="Confirm with"/> });
    view! {
        <Page title="Confirm that it is you" lead="What comes next changes who can get in. For fifteen minutes you are not asked again." narrow=true>
            <div class="stack">{refused}{providers}{credential}{code}{message}{recovery}{password}</div>
        </Page>
    }
    .into_any()
}

#[component]
fn ByPassword(next: String) -> impl IntoView {
    view! {
        <form method="post" action=ConfirmPassword::url() class="form">
            <FormErrors problem={refusal::<ConfirmPassword>()} id="password">
                <input type="hidden" name="next" value=next/>
                <Field label="Password" name="password" kind=FieldKind::Password required=true autocomplete="current-password"/>
                <div class="actions"><Button kind=ButtonKind::Primary>"Confirm"</Button></div>
            </FormErrors>
        </form>
    }
    .into_any()
}

#[component]
fn ByCode(next: String) -> impl IntoView {
    view! {
        <form method="post" action=ConfirmCode::url() class="form">
            <FormErrors problem={refusal::<ConfirmCode>()} id="code">
                <input type="hidden" name="next" value=next/>
                <Field label="Code" name="code" hint="Six digits from your authenticator app" required=true autocomplete="one-time-code" max_length=64/>
                <div class="actions"><Button kind=ButtonKind::Primary>"Confirm"</Button></div>
            </FormErrors>
        </form>
    }
    .into_any()
}

#[component]
fn ByRecoveryCode(next: String) -> impl IntoView {
    let problem = refusal::<ConfirmRecoveryCode>();
    let open = problem.is_some();
    view! {
        <details class="disclosure" open=open>
            <summary>"Use a recovery code"</summary>
            <form method="post" action=ConfirmRecoveryCode::url() class="form">
                <FormErrors problem id="recovery">
                    <input type="hidden" name="next" value=next/>
                    <Field label="Recovery code" name="code" hint="Each of them works once" required=true autocomplete="off" max_length=64/>
                    <div class="actions"><Button>"Confirm with the recovery code"</Button></div>
                </FormErrors>
            </form>
        </details>
    }
    .into_any()
}

#[component]
fn ByCredential(asked: AskedView, next: String) -> impl IntoView {
    let label = format!("Use a {}", asked.kind.words().to_lowercase());
    view! {
        <form method="post" action=ConfirmCredential::url() class="form">
            <FormErrors problem={refusal::<ConfirmCredential>()} id="credential">
                <input type="hidden" name="next" value=next/>
                <input type="hidden" name="ceremony" value=asked.ceremony/>
                <CredentialButton label options=asked.options making=false/>
            </FormErrors>
        </form>
    }
    .into_any()
}
