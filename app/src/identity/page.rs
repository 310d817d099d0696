//! The pages before somebody is signed in.

use super::{
    calls::{CreateOwner, SignIn, first_run, sign_in_door},
    providers::Providers,
    view::DoorView,
};
use crate::{
    reading::{Trouble, refusal},
    shell::BareFrame,
    ui::{Button, ButtonKind, Field, FieldKind, FormErrors, LinkButton, Meaning, Notice, Page},
    urls,
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// Where the first visitor makes the owner account.
#[component]
pub fn WelcomePage() -> impl IntoView {
    let open = Resource::new(|| (), |()| first_run());
    view! {
        <BareFrame>
            <Suspense>
                {move || Suspend::new(async move {
                    if open.await.unwrap_or(false) {
                        view! { <OwnerForm/> }.into_any()
                    } else {
                        view! { <Taken/> }.into_any()
                    }
                })}
            </Suspense>
        </BareFrame>
    }
    .into_any()
}

#[component]
fn OwnerForm() -> impl IntoView {
    view! {
        <Page
            title="Welcome"
            lead="May this version be released? The hub answers with measurements. First, make the account that owns it."
            narrow=true
        >
            <form method="post" action=CreateOwner::url() class="form">
                <FormErrors problem={refusal::<CreateOwner>()} argument="request">
                    <Field label="Organisation" name="request[organisation]" required=true max_length=100 autocomplete="organization"/>
                    <Field label="Your name" name="request[name]" max_length=254 autocomplete="name"/>
                    <Field label="E-mail" name="request[email]" kind=FieldKind::Email required=true autocomplete="username"/>
                    <Field
                        label="Password"
                        name="request[password]"
                        kind=FieldKind::Password
                        hint="12 to 256 characters"
                        required=true
                        autocomplete="new-password"
                    />
                    <div class="actions">
                        <Button kind=ButtonKind::Primary>"Create the owner account"</Button>
                    </div>
                </FormErrors>
            </form>
        </Page>
    }
    .into_any()
}

#[component]
fn Taken() -> impl IntoView {
    view! {
        <Page title="This hub has an owner" lead="Sign in with your account, or ask an admin for one." narrow=true>
            <LinkButton href=urls::SIGN_IN kind=ButtonKind::Primary>"Sign in"</LinkButton>
        </Page>
    }
    .into_any()
}

/// Where people sign in.
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| (query.read().get("organisation"), query.read().get("refused").is_some()));
    let door = Resource::new(move || asked.get(), |(organisation, refused)| sign_in_door(organisation, refused));
    view! {
        <BareFrame>
            <Suspense>
                {move || Suspend::new(async move {
                    match door.await {
                        Ok(view) => view! { <SignInForms view organisation=asked.get_untracked().0/> }.into_any(),
                        Err(error) => view! { <Trouble title="Sign in" error retry=urls::SIGN_IN/> }.into_any(),
                    }
                })}
            </Suspense>
        </BareFrame>
    }
    .into_any()
}

/// What happened before the reader came to this page.
fn before() -> Option<&'static str> {
    let query = use_query_map();
    let query = query.read_untracked();
    if query.get("welcome").is_some() {
        return Some("Your account is made. Sign in with it.");
    }
    query.get("left").map(|_| "You are signed out, here and at the provider.")
}

#[component]
fn SignInForms(view: DoorView, organisation: Option<String>) -> impl IntoView {
    let before = before().map(|title| view! { <Notice meaning=Meaning::Pass title live=true/> });
    let unasked = use_query_map().read_untracked().get("unasked").map(|_| {
        "The provider's answer was not accepted: it was not asked for here, was used already, or is not right. Begin again; the \
         audit log may tell an admin more."
            .to_owned()
    });
    let refused = view.refused.or(unasked).map(|title| view! { <Notice meaning=Meaning::Fail title live=true/> });
    view! {
            <Page title="Sign in" narrow=true>
                {before}{refused}
                <Providers door=view.door organisation/>
                <form method="post" action=SignIn::url() class="form">
                    <FormErrors problem={refusal::<SignIn>()} argument="request">
                        <Field label="E-mail" name="request[email]" kind=FieldKind::Email required=true autocomplete="username"/>
                        <Field
                            label="Password"
                            name="request[password]"
                            kind=FieldKind::Password
                            required=true
                            autocomplete="current-password"
                        />
                        <div class="actions">
                            <Button kind=ButtonKind::Primary>"Sign in"</Button>
                        </div>
                    </FormErrors>
                </form>
            </Page>
    }
    .into_any()
}
