//! Codes by text message: showing them, and adding the number that a sign-in needs.

use super::{
    message_calls::{
        ConfirmMessage, ConfirmSendCode, EnrolMessages, EnrolMessagesAgain, EnrolledMessages, ShowMessage,
        SignInSendCode, enrolling_number,
    },
    second_factor::Over,
};
use crate::{
    reading::refusal,
    shell::BareFrame,
    ui::{Button, ButtonKind, Checkbox, Failed, Field, FormErrors, Meaning, Notice, Page, Section, Skeleton},
    urls,
};
use hub::Kind;
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// Why something else is better.
const WEAKER: &str = "The weakest second factor: a number can be taken over with its SIM card, messages can be read on their way, and a \
    false page can ask for the code. Where you can, add an authenticator app, a passkey or a security key.";

/// What stands where a number is added: why something else is better.
#[component]
pub(crate) fn WhyWeaker() -> impl IntoView {
    view! { <Notice meaning=Meaning::Warn title="A text message is better than the password alone, and no more"><p>{WEAKER}</p></Notice> }
        .into_any()
}

/// The field for a number.
#[component]
pub(crate) fn NumberField() -> impl IntoView {
    view! { <Field label="Mobile number" name="number" hint="With the country's code, such as +49 1512 3456789" required=true autocomplete="tel" max_length=40/> }
        .into_any()
}

/// The field for the code that a message brought.
#[component]
pub(crate) fn MessageCodeField() -> impl IntoView {
    view! { <Field label="Code from the message" name="code" hint="Six digits, good for ten minutes and five tries" required=true autocomplete="one-time-code" max_length=64/> }
        .into_any()
}

fn was_sent() -> bool {
    use_query_map().read_untracked().get("sent").is_some()
}

fn on_its_way(sent: bool) -> Option<impl IntoView> {
    sent.then(|| view! { <Notice meaning=Meaning::Pass title="A code is on its way to the number that you added." live=true/> })
}

fn words(sent: bool) -> &'static str {
    if sent { "Send another code" } else { "Send a code" }
}

/// A button of its own for the first code, and a quieter one for another.
fn weight(sent: bool) -> ButtonKind {
    if sent { ButtonKind::Secondary } else { ButtonKind::Primary }
}

/// A code by text message, for a sign-in; `second` where something stronger stands above it.
#[component]
pub(super) fn ByMessage(days: u32, second: bool) -> impl IntoView {
    let sent = was_sent();
    let (unsent, refused) = (refusal::<SignInSendCode>(), refusal::<ShowMessage>());
    let open = sent || unsent.is_some() || refused.is_some();
    let remember = (days > 0).then(|| {
        let label = format!("Do not ask in this browser for {days} days");
        view! { <Checkbox label name="remember" hint="On a machine that others use, leave it"/> }
    });
    let code = sent.then(|| {
        view! {
            <form method="post" action=ShowMessage::url() class="form">
                <FormErrors problem=refused id="message">
                    <MessageCodeField/>
                    {remember}
                    <div class="actions"><Button kind=ButtonKind::Primary>"Sign in with the message"</Button></div>
                </FormErrors>
            </form>
        }
    });
    let forms = view! {
        <div class="stack">
            {on_its_way(sent)}
            {code}
            <form method="post" action=SignInSendCode::url() class="form">
                <FormErrors problem=unsent id="send">
                    <div class="actions"><Button kind=weight(sent)>{words(sent)}</Button></div>
                </FormErrors>
            </form>
        </div>
    };
    if second {
        view! {
            <details class="disclosure" open=open>
                <summary>"Use a code by text message"</summary>
                <p class="section-hint">"Weaker than what stands above: with it you sign in, and confirm nothing."</p>
                {forms}
            </details>
        }
        .into_any()
    } else {
        view! { <p>"A code goes to your number by text message."</p>{forms} }.into_any()
    }
}

/// A code by text message, to confirm who sits there.
#[component]
pub(super) fn ConfirmByMessage(next: String) -> impl IntoView {
    let sent = was_sent();
    let code = sent.then(|| {
        let next = next.clone();
        view! {
            <form method="post" action=ConfirmMessage::url() class="form">
                <FormErrors problem={refusal::<ConfirmMessage>()} id="message">
                    <input type="hidden" name="next" value=next/>
                    <MessageCodeField/>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Confirm"</Button></div>
                </FormErrors>
            </form>
        }
    });
    view! {
        {on_its_way(sent)}
        {code}
        <form method="post" action=ConfirmSendCode::url() class="form">
            <FormErrors problem={refusal::<ConfirmSendCode>()} id="send">
                <input type="hidden" name="next" value=next/>
                <div class="actions"><Button kind=weight(sent)>{words(sent)}</Button></div>
            </FormErrors>
        </form>
    }
    .into_any()
}

const TITLE: &str = "Add a number for text messages";

/// A number that the sign-in needs.
#[component]
pub fn EnrolMessagesPage() -> impl IntoView {
    let query = use_query_map();
    let factor = Memo::new(move |_| query.read().get("factor").unwrap_or_default());
    let number = Resource::new(move || factor.get(), enrolling_number);
    view! {
        <BareFrame>
            <Suspense fallback=|| view! { <Page title=TITLE narrow=true><Skeleton label="Loading the number"/></Page> }>
                {move || Suspend::new(async move {
                    match number.await {
                        Ok(number) => view! { <EnrolNumber number factor=factor.get_untracked()/> }.into_any(),
                        Err(error) if matches!(error.kind, Kind::Unauthenticated | Kind::NotFound) => {
                            view! { <Over/> }.into_any()
                        }
                        Err(error) => view! {
                            <Page title=TITLE narrow=true><Failed what=error.message retry=urls::SECOND_FACTOR/></Page>
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
fn EnrolNumber(number: Option<String>, factor: String) -> impl IntoView {
    let Some(number) = number else {
        return view! {
            <Page title=TITLE narrow=true>
                <WhyWeaker/>
                <form method="post" action=EnrolMessages::url() class="form">
                    <FormErrors problem={refusal::<EnrolMessages>()}>
                        <NumberField/>
                        <div class="actions"><Button kind=ButtonKind::Primary>"Send a code"</Button></div>
                    </FormErrors>
                </form>
                <p><a href=urls::SECOND_FACTOR>"Add something stronger instead"</a></p>
            </Page>
        }
        .into_any();
    };
    let again = factor.clone();
    view! {
        <Page title=TITLE narrow=true>
            <Section title=format!("A code was sent to {number}") hint="It shows that the number is yours">
                <form method="post" action=EnrolledMessages::url() class="form">
                    <FormErrors problem={refusal::<EnrolledMessages>()}>
                        <input type="hidden" name="factor" value=factor/>
                        <MessageCodeField/>
                        <div class="actions"><Button kind=ButtonKind::Primary>"Confirm and sign in"</Button></div>
                    </FormErrors>
                </form>
                <form method="post" action=EnrolMessagesAgain::url() class="form">
                    <FormErrors problem={refusal::<EnrolMessagesAgain>()} id="send">
                        <input type="hidden" name="factor" value=again/>
                        <div class="actions"><Button>"Send another code"</Button></div>
                    </FormErrors>
                </form>
            </Section>
        </Page>
    }
    .into_any()
}
