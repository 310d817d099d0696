//! Signing in and out by an identity provider.

use super::calls::left_provider;
use crate::{
    reading::Trouble,
    shell::BareFrame,
    ui::{ButtonKind, Field, LinkButton, Page},
    urls,
};
use hub::identity::{Errand, OfferedProvider, SignInDoor};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The providers that somebody can sign in with, or the way to them.
#[component]
pub(super) fn Providers(door: SignInDoor, organisation: Option<String>) -> impl IntoView {
    if !door.providers.is_empty() {
        return view! { <ProviderLinks providers=door.providers errand=Errand::SignIn next="" verb="Sign in with"/> }
            .into_any();
    }
    if !door.several {
        return ().into_any();
    }
    let named = organisation.is_some();
    let hint = match &organisation {
        Some(_) => "No provider is known for this organisation. Ask an admin what it is called here.",
        None => "As it stands in the address that an admin gave you, such as example-corp",
    };
    view! {
        <details class="disclosure" open=named>
            <summary>"Sign in with your organisation's provider"</summary>
            <form method="get" action=urls::SIGN_IN class="form">
                <Field label="Organisation" name="organisation" hint value=organisation.unwrap_or_default() required=true max_length=100 autocomplete="organization"/>
                <div class="actions"><button type="submit" class="button">"Show its providers"</button></div>
            </form>
        </details>
    }
    .into_any()
}

/// Links to providers.
#[component]
pub(super) fn ProviderLinks(
    providers: Vec<OfferedProvider>,
    errand: Errand,
    #[prop(into)] next: String,
    verb: &'static str,
) -> impl IntoView {
    let link = |provider: OfferedProvider| {
        let (href, words) = (urls::with_provider(provider.id, errand, &next), format!("{verb} {}", provider.name));
        view! { <a class="button" href=href rel="external">{words}</a> }
    };
    view! { <div class="provider-links">{providers.into_iter().map(link).collect_view()}</div> }.into_any()
}

/// Says that the reader is signed out here, and still signed in at the provider.
#[component]
pub fn SignedOutPage() -> impl IntoView {
    let id = use_query_map().read_untracked().get("provider").unwrap_or_default();
    let provider = Resource::new(move || id.clone(), left_provider);
    view! {
        <BareFrame>
            <Suspense>
                {move || Suspend::new(async move {
                    match provider.await {
                        Ok(provider) => view! { <SignedOut provider/> }.into_any(),
                        Err(error) => view! { <Trouble title="Signed out" error retry=urls::SIGN_IN/> }.into_any(),
                    }
                })}
            </Suspense>
        </BareFrame>
    }
    .into_any()
}

#[component]
fn SignedOut(provider: OfferedProvider) -> impl IntoView {
    let lead = format!(
        "You are signed out of the hub. At {} you are still signed in: whoever uses this browser can come back with it.",
        provider.name
    );
    let words = format!("Sign out at {} too", provider.name);
    view! {
        <Page title="Signed out" lead narrow=true>
            <div class="actions">
                <a class="button button-primary" href=urls::leave_provider(provider.id) rel="external">{words}</a>
                <LinkButton href=urls::SIGN_IN kind=ButtonKind::Secondary>"Sign in again"</LinkButton>
            </div>
        </Page>
    }
    .into_any()
}
