//! Adding a number for codes by text message.

use super::{
    factor::{Refused, crumbs},
    message_calls::{ConfirmNumber, SendNumberCode, StartNumber, started_number},
};
use crate::{
    identity::{MessageCodeField, NumberField, WhyWeaker},
    reading::refusal,
    ui::{Button, ButtonKind, EmptyState, Field, FormErrors, LinkButton, Page, Section, Skeleton, Symbol},
    urls,
};
use hub::identity::MessageOffer;
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

const TITLE: &str = "Add a number for text messages";

/// A number that is being added.
#[component]
pub fn NewNumberPage() -> impl IntoView {
    let query = use_query_map();
    let factor = Memo::new(move |_| query.read().get("factor").unwrap_or_default());
    let started = Resource::new(move || factor.get(), started_number);
    view! {
        <Suspense fallback=|| view! { <Page title=TITLE narrow=true><Skeleton label="Loading the number"/></Page> }>
            {move || Suspend::new(async move {
                match started.await {
                    Ok((MessageOffer::Offered, None)) => view! { <NewNumber/> }.into_any(),
                    Ok((MessageOffer::Offered, Some(number))) => {
                        view! { <NumberCode number factor=factor.get_untracked()/> }.into_any()
                    }
                    Ok((offer, _)) => view! { <NotOffered offer/> }.into_any(),
                    Err(error) => view! { <Refused title=TITLE error/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// Why no number can be added.
pub(super) fn why_not(offer: MessageOffer) -> Option<&'static str> {
    match offer {
        MessageOffer::Offered => None,
        MessageOffer::NoGateway => Some("Codes by text message are not offered: this hub has no gateway for them."),
        MessageOffer::NotAllowed => {
            Some("Codes by text message are not offered: your organisation's sign-in policy does not count them.")
        }
    }
}

#[component]
fn NotOffered(offer: MessageOffer) -> impl IntoView {
    view! {
        <Page title=TITLE crumbs=crumbs("Text messages") narrow=true>
            <EmptyState title="Not offered here" purpose=why_not(offer).unwrap_or_default() symbol=Symbol::Lock>
                <LinkButton href=urls::SECURITY>"Signing in"</LinkButton>
            </EmptyState>
        </Page>
    }
    .into_any()
}

#[component]
fn NewNumber() -> impl IntoView {
    view! {
        <Page title=TITLE crumbs=crumbs("Text messages") narrow=true>
            <WhyWeaker/>
            <form method="post" action=StartNumber::url() class="form">
                <FormErrors problem={refusal::<StartNumber>()}>
                    <NumberField/>
                    <Field label="Name" name="name" hint="To tell it from others, such as work phone" max_length=80 autocomplete="off"/>
                    <p class="field-hint">"Another number of yours is removed once this one is confirmed."</p>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Send a code"</Button></div>
                </FormErrors>
            </form>
        </Page>
    }
    .into_any()
}

#[component]
fn NumberCode(number: String, factor: String) -> impl IntoView {
    let again = factor.clone();
    view! {
        <Page title=TITLE crumbs=crumbs("Text messages") narrow=true>
            <Section title=format!("A code was sent to {number}") hint="It shows that the number is yours">
                <form method="post" action=ConfirmNumber::url() class="form">
                    <FormErrors problem={refusal::<ConfirmNumber>()}>
                        <input type="hidden" name="factor" value=factor/>
                        <MessageCodeField/>
                        <div class="actions"><Button kind=ButtonKind::Primary>"Confirm the number"</Button></div>
                    </FormErrors>
                </form>
                <form method="post" action=SendNumberCode::url() class="form">
                    <FormErrors problem={refusal::<SendNumberCode>()} id="send">
                        <input type="hidden" name="factor" value=again/>
                        <div class="actions"><Button>"Send another code"</Button></div>
                    </FormErrors>
                </form>
            </Section>
        </Page>
    }
    .into_any()
}
