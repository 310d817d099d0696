//! The reader's own data and consents.

use super::{
    calls::{AskErasure, AskExport, DecideConsent, TakeBackErasure, own_privacy},
    frame::{kind_words, state_badge},
    view::{ConsentLine, OwnView, RequestLine},
};
use crate::{
    moment::When,
    reading::{Trouble, refusal},
    settings::SettingsFrame,
    ui::{
        Badge, Button, ButtonKind, Cell, Column, Dialog, FormErrors, HeadCell, LinkButton, Meaning, Notice, Row,
        Section, Skeleton, Symbol, Table,
    },
    urls,
};
use hub::privacy::{GRACE_DAYS, PurposeState, RequestKind, RequestState};
use leptos::{prelude::*, server_fn::ServerFn as _};

/// What the hub holds of the reader, and what they agreed to.
#[component]
pub fn OwnPrivacyPage() -> impl IntoView {
    let own = Resource::new(|| (), |()| own_privacy());
    let waiting =
        || view! { <SettingsFrame tab=urls::OWN_PRIVACY><Skeleton label="Loading your requests"/></SettingsFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match own.await {
                    Ok(view) => view! { <Own view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Privacy" error retry=urls::OWN_PRIVACY/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Own(view: OwnView) -> impl IntoView {
    let OwnView { requests, purposes, history, is_owner, may_read } = view;
    let waiting = requests
        .iter()
        .find(|line| line.request.kind == RequestKind::Erasure && line.request.state == RequestState::Waiting);
    let waiting = waiting.cloned().map(|line| view! { <Waiting line/> });
    let is_waiting = waiting.is_some();
    let actions =
        move || may_read.then(|| view! { <LinkButton href=urls::PRIVACY_REQUESTS>"Everybody's requests"</LinkButton> });
    view! {
        <SettingsFrame tab=urls::OWN_PRIVACY actions>
            {waiting}
            <Export requests/>
            <Consents purposes history/>
            {(!is_waiting).then(|| view! { <Erasure is_owner/> })}
        </SettingsFrame>
    }
    .into_any()
}

#[component]
fn Waiting(line: RequestLine) -> impl IntoView {
    let id = line.request.id.to_string();
    let due = line.due.map(
        |due| view! { <p>"Your account will be erased "<When moment=due/>". Until then you can take it back."</p> },
    );
    view! {
        <FormErrors problem={refusal::<TakeBackErasure>()} id="back">
            <Notice meaning=Meaning::Warn title="Your erasure is asked for">
                {due}
                <form method="post" action=TakeBackErasure::url()>
                    <input type="hidden" name="id" value=id/>
                    <input type="hidden" name="of_all" value="false"/>
                    <Button>"Take it back"</Button>
                </form>
            </Notice>
        </FormErrors>
    }
    .into_any()
}

#[component]
fn Export(requests: Vec<RequestLine>) -> impl IntoView {
    let columns = vec![
        Column::text("Request"),
        Column::text("State"),
        Column::text("Asked"),
        Column::text("Until"),
        Column::hidden("Files"),
    ];
    let table = (!requests.is_empty()).then(|| {
        let lines = requests.into_iter().map(|line| view! { <Line line/> }).collect_view();
        view! { <Table caption="Your requests" caption_hidden=true columns cards=true>{lines}</Table> }
    });
    view! {
        <Section title="Your data" hint="Everything that the hub holds of you, as JSON and as a page. It is kept for a week.">
            <FormErrors problem={refusal::<AskExport>()} id="export">
                <form method="post" action=AskExport::url()>
                    <Button kind=ButtonKind::Primary icon=Symbol::Download>"Ask for your data"</Button>
                </form>
            </FormErrors>
            {table}
        </Section>
    }
    .into_any()
}

#[component]
fn Line(line: RequestLine) -> impl IntoView {
    let files = line.is_ready().then(|| {
        let (json, html) =
            (urls::privacy_export(line.request.id, "json"), urls::privacy_export(line.request.id, "html"));
        view! {
            <span class="cluster">
                <LinkButton href=html small=true icon=Symbol::Download download="personal-data.html">"Page"</LinkButton>
                <LinkButton href=json small=true icon=Symbol::Download download="personal-data.json">"JSON"</LinkButton>
            </span>
        }
    });
    let until = line.due.map(|due| view! { <When moment=due/> });
    let (kind, state, reason) = (line.request.kind, line.request.state, line.request.reason);
    view! {
        <Row>
            <HeadCell>{kind_words(kind)}</HeadCell>
            <Cell label="State"><span>{state_badge(kind, state)}" "{reason}</span></Cell>
            <Cell label="Asked"><When moment=line.asked/></Cell>
            <Cell label="Until" quiet=true>{until}</Cell>
            <Cell>{files}</Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn Consents(purposes: Vec<PurposeState>, history: Vec<ConsentLine>) -> impl IntoView {
    let open: Vec<_> = purposes.into_iter().filter(|state| state.purpose.is_open || state.is_granted()).collect();
    let asked = if open.is_empty() {
        view! { <p class="section-hint">"Your organisation asks for no consent."</p> }.into_any()
    } else {
        open.into_iter().map(|state| view! { <Asked state/> }).collect_view().into_any()
    };
    let columns = ["When", "What", "Version", "Decision"].map(Column::text).to_vec();
    let line = |line: ConsentLine| {
        view! {
            <Row>
                <HeadCell><When moment=line.at/></HeadCell>
                <Cell label="What">{line.consent.purpose}</Cell>
                <Cell label="Version">{line.consent.version}</Cell>
                <Cell label="Decision">{if line.consent.granted { "Agreed" } else { "Withdrawn" }}</Cell>
            </Row>
        }
    };
    let history = (!history.is_empty()).then(|| {
        let lines = history.into_iter().map(line).collect_view();
        view! { <Table caption="What you said" columns cards=true>{lines}</Table> }
    });
    view! {
        <Section title="Consent" hint="What you agreed to, and what you can withdraw at any time">
            <FormErrors problem={refusal::<DecideConsent>()} id="consent"><div class="stack">{asked}</div></FormErrors>
            {history}
        </Section>
    }
    .into_any()
}

#[component]
fn Asked(state: PurposeState) -> impl IntoView {
    let granted = state.is_granted();
    let purpose = state.purpose;
    let badge = if granted {
        view! { <Badge meaning=Meaning::Pass word="Agreed"/> }
    } else {
        view! { <Badge meaning=Meaning::Unknown word="Not agreed"/> }
    };
    let words = if granted { format!("Withdraw: {}", purpose.title) } else { format!("Agree: {}", purpose.title) };
    view! {
        <div class="panel">
            <h3><span class="cluster">{purpose.title}{badge}</span></h3>
            <p class="breakable">{purpose.text}</p>
            <form method="post" action=DecideConsent::url()>
                <input type="hidden" name="purpose" value=purpose.purpose/>
                <input type="hidden" name="version" value=purpose.version.to_string()/>
                <input type="hidden" name="granted" value=(!granted).to_string()/>
                <Button small=true>{words}</Button>
            </form>
        </div>
    }
    .into_any()
}

#[component]
fn Erasure(is_owner: bool) -> impl IntoView {
    let hint = format!("It happens after {GRACE_DAYS} days, in which you can take it back.");
    let body = if is_owner {
        view! {
            <p>"You own the organisation. Hand the ownership over first, among the "<a href=urls::MEMBERS>"members"</a>"."</p>
        }
        .into_any()
    } else {
        view! {
            <Dialog id="erase" title="Erase your account" open="Erase your account" kind=ButtonKind::Danger>
                <form method="post" action=AskErasure::url() class="stack">
                    <p>"Your account, sessions, keys, second factors, notifications and exports go. What you made stays, without your name and address. The audit log keeps what was done, and nobody can read any more who you were."</p>
                    <div class="actions"><Button kind=ButtonKind::Danger>"Ask for the erasure"</Button></div>
                </form>
            </Dialog>
        }
        .into_any()
    };
    view! {
        <Section title="Erasure" hint>
            <FormErrors problem={refusal::<AskErasure>()} id="erasure">{body}</FormErrors>
        </Section>
    }
    .into_any()
}
