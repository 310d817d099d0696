//! Everybody's consents, and what is asked for.

use super::{
    calls::{SetPurpose, privacy_consents},
    frame::{PrivacyFrame, WHO},
    view::{ConsentLine, ConsentsView},
};
use crate::{
    moment::When,
    reading::{Trouble, refusal},
    ui::{
        Badge, Button, ButtonKind, Cell, Column, EmptyState, Field, FormErrors, HeadCell, Meaning, Pager, Row, Section,
        Skeleton, SkeletonShape, Symbol, Table, TextArea, format::counted,
    },
    urls,
};
use hub::privacy::PurposeState;
use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_query_map;

/// What people are asked to agree to, and what they said.
#[component]
pub fn PrivacyConsentsPage() -> impl IntoView {
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.read().get("cursor"));
    let consents = Resource::new(move || cursor.get(), privacy_consents);
    let waiting = || view! { <PrivacyFrame tab=urls::PRIVACY_CONSENTS><Skeleton shape=SkeletonShape::Table label="Loading consents"/></PrivacyFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match consents.await {
                    Ok(view) => view! { <Consents view first=cursor.get_untracked().is_none()/> }.into_any(),
                    Err(error) => view! { <Trouble title="Privacy" error retry=urls::PRIVACY_CONSENTS who=WHO/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Consents(view: ConsentsView, first: bool) -> impl IntoView {
    let ConsentsView { purposes, decisions, next, may_manage } = view;
    let purposes = if purposes.is_empty() {
        let purpose = "A purpose is a text that people agree to or not. What they said is kept with its version.";
        view! { <EmptyState title="Nothing is asked for" purpose symbol=Symbol::Lock/> }.into_any()
    } else {
        view! { <Purposes purposes/> }.into_any()
    };
    let decided = (!decisions.is_empty()).then(|| {
        let shown = counted(decisions.len() as u64, "decision");
        let next = next.map(|cursor| format!("{}?cursor={cursor}", urls::PRIVACY_CONSENTS));
        let back = (!first).then(|| urls::PRIVACY_CONSENTS.to_owned());
        view! { <Section title="Decisions"><div class="stack"><Decisions decisions/><Pager shown next first=back/></div></Section> }
    });
    view! {
        <PrivacyFrame tab=urls::PRIVACY_CONSENTS>
            <Section title="Purposes">{purposes}</Section>
            {decided}
            {may_manage.then(|| view! { <Write/> })}
        </PrivacyFrame>
    }
    .into_any()
}

#[component]
fn Purposes(purposes: Vec<PurposeState>) -> impl IntoView {
    let columns = vec![
        Column::text("Purpose"),
        Column::text("Title"),
        Column::number("Version", ""),
        Column::text("State"),
        Column::text("Text"),
    ];
    let line = |state: PurposeState| {
        let purpose = state.purpose;
        let badge = if purpose.is_open {
            view! { <Badge meaning=Meaning::Pass word="Asked for"/> }
        } else {
            view! { <Badge meaning=Meaning::Unknown word="Ended"/> }
        };
        view! {
            <Row>
                <HeadCell>{purpose.purpose}</HeadCell>
                <Cell label="Title">{purpose.title}</Cell>
                <Cell label="Version" number=true>{purpose.version}</Cell>
                <Cell label="State">{badge}</Cell>
                <Cell label="Text"><span class="breakable">{purpose.text}</span></Cell>
            </Row>
        }
    };
    let lines = purposes.into_iter().map(line).collect_view();
    view! { <Table caption="Purposes" caption_hidden=true columns cards=true>{lines}</Table> }.into_any()
}

#[component]
fn Decisions(decisions: Vec<ConsentLine>) -> impl IntoView {
    let columns = vec![
        Column::text("Person"),
        Column::text("Purpose"),
        Column::number("Version", ""),
        Column::text("Decision"),
        Column::text("How"),
        Column::text("When"),
    ];
    let line = |line: ConsentLine| {
        view! {
            <Row>
                <HeadCell>{line.consent.person}</HeadCell>
                <Cell label="Purpose">{line.consent.purpose}</Cell>
                <Cell label="Version" number=true>{line.consent.version}</Cell>
                <Cell label="Decision">{if line.consent.granted { "Agreed" } else { "Withdrawn" }}</Cell>
                <Cell label="How" quiet=true>{line.consent.how}</Cell>
                <Cell label="When" quiet=true><When moment=line.at/></Cell>
            </Row>
        }
    };
    let lines = decisions.into_iter().map(line).collect_view();
    view! { <Table caption="Decisions" caption_hidden=true columns cards=true>{lines}</Table> }.into_any()
}

#[component]
fn Write() -> impl IntoView {
    view! {
        <Section title="Write a purpose" hint="The purpose of one that is there makes a new version, to which people are asked again">
            <form method="post" action=SetPurpose::url() class="form">
                <FormErrors problem={refusal::<SetPurpose>()} argument="request" id="purpose">
                    <Field label="Purpose" name="request[purpose]" hint="Lower-case letters, digits and hyphens" required=true max_length=50 autocomplete="off"/>
                    <Field label="Title" name="request[title]" required=true max_length=100 autocomplete="off"/>
                    <TextArea label="What people agree to" name="request[text]" required=true/>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Ask for it"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}
