//! What is asked of those who sign in.

use super::{
    calls::{SetSignInPolicy, sign_in_policy},
    page::SettingsFrame,
    view::{PolicyView, words_of_role},
};
use crate::{
    reading::{Trouble, refusal},
    ui::{Button, ButtonKind, Checkbox, Field, FieldKind, FormErrors, Meaning, Notice, Section, Skeleton},
    urls,
};
use hub::{
    access::Role,
    identity::{FactorKind, SignInPolicy},
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// Why a text message is the last choice.
const WEAK: &str = "Weaker than the others: numbers can be taken over, and false pages can ask for the code";

/// The policy, and changing it.
#[component]
pub fn SignInPolicyPage() -> impl IntoView {
    let policy = Resource::new(|| (), |()| sign_in_policy());
    let waiting =
        || view! { <SettingsFrame tab=urls::SIGN_IN_POLICY><Skeleton label="Loading the policy"/></SettingsFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match policy.await {
                    Ok(view) => view! { <Policy view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Sign-in policy" error retry=urls::SIGN_IN_POLICY/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Policy(view: PolicyView) -> impl IntoView {
    let set = use_query_map().read_untracked().get("set");
    let set = set.map(|_| {
        view! { <Notice meaning=Meaning::Pass title="The policy is set. It counts from the next sign-in on." live=true/> }
    });
    let body = if view.may_change {
        view! { <Form policy=view.policy sends_messages=view.sends_messages/> }.into_any()
    } else {
        view! { <Told policy=view.policy/> }.into_any()
    };
    view! {
        <SettingsFrame tab=urls::SIGN_IN_POLICY>
            <Section title="Sign-in policy" hint="Who has to show a second factor, and for how long a browser counts as one">{set}{body}</Section>
        </SettingsFrame>
    }
    .into_any()
}

#[component]
fn Form(policy: SignInPolicy, sends_messages: bool) -> impl IntoView {
    let role = |role: Role| {
        let label = format!("{role}: {}", words_of_role(role));
        let checked = policy.second_factor.contains(&role);
        view! { <Checkbox label name="request[second_factor][]" value=role.as_str() checked among=true/> }
    };
    let roles = Role::ALL.into_iter().rev().map(role).collect_view();
    let kind = |kind: FactorKind| {
        let hint = if kind == FactorKind::Sms { WEAK } else { "" };
        let checked = policy.counts(kind);
        view! { <Checkbox label=kind.words() name="request[kinds][]" value=kind.as_str() checked hint among=true/> }
    };
    // What counts already can be taken back, whether the hub sends or not.
    let offered = |kind: &FactorKind| kind.is_strong() || sends_messages || policy.counts(*kind);
    let kinds = FactorKind::ALL.into_iter().filter(offered).map(kind).collect_view();
    let no_gateway = (!sends_messages)
        .then(|| view! { <p class="field-hint">"Codes by text message are not offered: this hub has no gateway for them."</p> });
    view! {
        <form method="post" action=SetSignInPolicy::url() class="form form-wide">
            <FormErrors problem={refusal::<SetSignInPolicy>()} argument="request">
                <fieldset class="group">
                    <legend>"These roles need a second factor"</legend>
                    {roles}
                </fieldset>
                <p class="field-hint">"Members without one are led through adding it at their next sign-in. Others may have one, and are asked for it then."</p>
                <fieldset class="group">
                    <legend>"These count as second factors"</legend>
                    {kinds}{no_gateway}
                </fieldset>
                <Field label="A browser may be remembered for" name="request[remember_days]" kind=FieldKind::Number unit="days"
                    hint="0 to 90; 0 asks for the second factor at every sign-in" min="0" max="90" step="1" value=policy.remember_days.to_string() required=true/>
                <div class="actions"><Button kind=ButtonKind::Primary>"Set the policy"</Button></div>
            </FormErrors>
        </form>
    }
    .into_any()
}

#[component]
fn Told(policy: SignInPolicy) -> impl IntoView {
    let roles: Vec<_> = policy.second_factor.iter().map(|role| role.as_str()).collect();
    let who = match roles.as_slice() {
        [] => "No role needs a second factor.".to_owned(),
        roles => format!("A second factor is needed by: {}.", roles.join(", ")),
    };
    let days = match policy.remember_days {
        0 => "It is asked for at every sign-in.".to_owned(),
        1 => "A browser may be remembered for one day.".to_owned(),
        days => format!("A browser may be remembered for {days} days."),
    };
    let kinds: Vec<_> =
        FactorKind::ALL.into_iter().filter(|kind| policy.counts(*kind)).map(FactorKind::words).collect();
    let kinds = format!("These count: {}.", kinds.join(", ").to_lowercase());
    view! { <p>{who}" "{kinds}" "{days}</p><p class="section-hint">"An admin or an owner can change this."</p> }
        .into_any()
}
