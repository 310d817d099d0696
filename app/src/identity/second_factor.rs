//! The second factor of a sign-in.

use super::{
    calls::{ShowCode, ShowCredential, ShowRecoveryCode, pending_step},
    credential::CredentialButton,
    enrol::Choices,
    messages::ByMessage,
    view::{AskedView, ChallengeView, NextStep},
};
use crate::{
    reading::refusal,
    shell::BareFrame,
    ui::{Button, ButtonKind, Checkbox, EmptyState, Failed, Field, FormErrors, LinkButton, Page, Skeleton, Symbol},
    urls,
};
use hub::identity::FactorKind;
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// Shows what a sign-in still needs.
#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let query = use_query_map();
    let with = Memo::new(move |_| query.read().get("with").and_then(|kind| kind.parse().ok()));
    let step = Resource::new(move || with.get(), pending_step);
    view! {
        <BareFrame>
            <Suspense fallback=|| view! { <Page title="One more step" narrow=true><Skeleton label="Loading what is needed"/></Page> }>
                {move || Suspend::new(async move {
                    match step.await {
                        Ok(NextStep::Show(challenge)) => view! { <Challenge challenge/> }.into_any(),
                        Ok(NextStep::Enrol(offered)) => view! { <Choices offered/> }.into_any(),
                        Ok(NextStep::Over) => view! { <Over/> }.into_any(),
                        Err(error) => view! {
                            <Page title="One more step" narrow=true><Failed what=error.message retry=urls::SIGN_IN/></Page>
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
pub(super) fn Over() -> impl IntoView {
    view! {
        <Page title="One more step" narrow=true>
            <EmptyState title="No sign-in waits here" purpose="It took longer than ten minutes, was tried five times, or is done." symbol=Symbol::Lock>
                <LinkButton href=urls::SIGN_IN kind=ButtonKind::Primary>"Sign in"</LinkButton>
            </EmptyState>
        </Page>
    }
    .into_any()
}

#[component]
fn Challenge(challenge: ChallengeView) -> impl IntoView {
    let days = challenge.remember_days;
    let credential = challenge.asked.clone().map(|asked| view! { <ByCredential asked days/> });
    let others = others(&challenge);
    let second = credential.is_some();
    let code = challenge.has(FactorKind::Totp).then(|| view! { <ByCode days second/> });
    let stronger = second || code.is_some();
    let message = challenge.has(FactorKind::Sms).then(|| view! { <ByMessage days second=stronger/> });
    view! {
        <Page title="One more step" lead="You are nearly signed in. Show your second factor." narrow=true>
            <div class="stack">
                {credential}
                {others}
                {code}
                {message}
                <ByRecoveryCode/>
                <p><a href=urls::SIGN_IN>"Sign in as somebody else"</a></p>
            </div>
        </Page>
    }
    .into_any()
}

/// The way to the other kind of credential, where the account has both.
fn others(challenge: &ChallengeView) -> Option<impl IntoView + use<>> {
    let asked = challenge.asked.as_ref()?.kind;
    let other = if asked == FactorKind::Passkey { FactorKind::SecurityKey } else { FactorKind::Passkey };
    challenge.has(other).then(|| {
        let href = format!("{}?with={}", urls::SECOND_FACTOR, other.as_str());
        view! { <p><a href=href>{format!("Use a {} instead", other.words().to_lowercase())}</a></p> }
    })
}

fn remember(days: u32) -> Option<impl IntoView> {
    (days > 0).then(|| {
        let label = format!("Do not ask in this browser for {days} days");
        view! { <Checkbox label name="remember" hint="On a machine that others use, leave it"/> }
    })
}

#[component]
fn ByCredential(asked: AskedView, days: u32) -> impl IntoView {
    let label = format!("Use a {}", asked.kind.words().to_lowercase());
    view! {
        <form method="post" action=ShowCredential::url() class="form">
            <FormErrors problem={refusal::<ShowCredential>()} id="credential">
                {remember(days)}
                <CredentialButton label options=asked.options making=false/>
            </FormErrors>
        </form>
    }
    .into_any()
}

#[component]
fn ByCode(days: u32, second: bool) -> impl IntoView {
    let problem = refusal::<ShowCode>();
    let open = problem.is_some();
    let form = view! {
        <form method="post" action=ShowCode::url() class="form">
            <FormErrors problem id="code">
                <Field label="Code" name="code" hint="Six digits from your authenticator app" required=true autocomplete="one-time-code" max_length=64/>
                {remember(days)}
                <div class="actions"><Button kind=ButtonKind::Primary>"Sign in"</Button></div>
            </FormErrors>
        </form>
    };
    if second {
        view! { <details class="disclosure" open=open><summary>"Use your authenticator app"</summary>{form}</details> }
            .into_any()
    } else {
        form.into_any()
    }
}

#[component]
fn ByRecoveryCode() -> impl IntoView {
    let problem = refusal::<ShowRecoveryCode>();
    let open = problem.is_some();
    view! {
        <details class="disclosure" open=open>
            <summary>"Use a recovery code"</summary>
            <form method="post" action=ShowRecoveryCode::url() class="form">
                <FormErrors problem id="recovery">
                    <Field label="Recovery code" name="code" hint="Each of them works once" required=true autocomplete="off" max_length=64/>
                    <div class="actions"><Button>"Sign in with the recovery code"</Button></div>
                </FormErrors>
            </form>
        </details>
    }
    .into_any()
}
