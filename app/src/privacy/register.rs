//! The register of processing.

use super::{
    calls::{AddActivity, RemoveActivity, processing_register},
    frame::{PrivacyFrame, WHO},
    view::RegisterView,
};
use crate::{
    reading::{Trouble, refusal},
    ui::{
        Badge, Button, ButtonKind, Choice, Field, FormErrors, KeyValue, KeyValues, LinkButton, Meaning, Section,
        Select, Skeleton, Symbol, TextArea,
    },
    urls,
};
use hub::privacy::{Activity, LegalBasis};
use leptos::{prelude::*, server_fn::ServerFn as _};

/// The records of processing activities.
#[component]
pub fn RegisterPage() -> impl IntoView {
    let register = Resource::new(|| (), |()| processing_register());
    let waiting = || view! { <PrivacyFrame tab=urls::PRIVACY_REGISTER><Skeleton rows=8 label="Loading the register"/></PrivacyFrame> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match register.await {
                    Ok(view) => view! { <Records view/> }.into_any(),
                    Err(error) => view! { <Trouble title="Privacy" error retry=urls::PRIVACY_REGISTER who=WHO/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn files() -> impl IntoView {
    view! {
        <LinkButton href=urls::REGISTER_JSON icon=Symbol::Download download="processing-register.json">"JSON"</LinkButton>
        <LinkButton href=urls::REGISTER_CSV icon=Symbol::Download download="processing-register.csv">"CSV"</LinkButton>
    }
}

#[component]
fn Records(view: RegisterView) -> impl IntoView {
    let may_manage = view.may_manage;
    let records = view.activities.into_iter().map(|activity| view! { <Record activity may_manage/> }).collect_view();
    view! {
        <PrivacyFrame tab=urls::PRIVACY_REGISTER actions=files>
            <Section title="Records of processing activities" hint="General Data Protection Regulation, article 30. The hub writes its own; you add yours.">
                <FormErrors problem={refusal::<RemoveActivity>()} id="remove"><div class="stack">{records}</div></FormErrors>
            </Section>
            {may_manage.then(|| view! { <Add/> })}
        </PrivacyFrame>
    }
    .into_any()
}

#[component]
fn Record(activity: Activity, may_manage: bool) -> impl IntoView {
    let record = activity.record;
    let own = activity.id.is_none().then(|| view! { <Badge meaning=Meaning::Info word="The hub's own"/> });
    let list = |items: Vec<String>| if items.is_empty() { "None".to_owned() } else { items.join("; ") };
    let text = |text: String| if text.is_empty() { "None".to_owned() } else { text };
    let by = activity.updated_by.map(|by| view! { <KeyValue name="Written by">{by}</KeyValue> });
    let name = record.name.clone();
    let remove = activity.id.filter(|_| may_manage).map(|id| {
        let words = format!("Remove the record {name}");
        view! {
            <form method="post" action=RemoveActivity::url()>
                <input type="hidden" name="id" value=id.to_string()/>
                <Button small=true kind=ButtonKind::Danger><span aria-hidden="true">"Remove"</span><span class="visually-hidden">{words}</span></Button>
            </form>
        }
    });
    view! {
        <details class="disclosure">
            <summary><span class="cluster">{record.name}{own}</span></summary>
            <div class="stack">
                <KeyValues>
                    <KeyValue name="Purpose">{record.purpose}</KeyValue>
                    <KeyValue name="Legal basis">{record.legal_basis.words()}</KeyValue>
                    <KeyValue name="Persons">{list(record.persons)}</KeyValue>
                    <KeyValue name="Data">{list(record.data)}</KeyValue>
                    <KeyValue name="Recipients">{list(record.recipients)}</KeyValue>
                    <KeyValue name="Transfers">{text(record.transfers)}</KeyValue>
                    <KeyValue name="Retention">{record.retention}</KeyValue>
                    <KeyValue name="Safeguards">{text(record.safeguards)}</KeyValue>
                    {by}
                </KeyValues>
                {remove}
            </div>
        </details>
    }
    .into_any()
}

#[component]
fn Add() -> impl IntoView {
    let bases = LegalBasis::ALL.map(|basis| Choice::new(basis.as_str(), basis.words())).to_vec();
    view! {
        <Section title="Add a record">
            <form method="post" action=AddActivity::url() class="form">
                <FormErrors problem={refusal::<AddActivity>()} argument="request" id="activity">
                    <Field label="Name" name="request[name]" required=true max_length=100 autocomplete="off"/>
                    <TextArea label="Purpose" name="request[purpose]" required=true rows=2/>
                    <Select label="Legal basis" name="request[legal_basis]" choices=bases value="contract"/>
                    <TextArea label="Persons" name="request[persons]" hint="One category in a line" required=true rows=2/>
                    <TextArea label="Data" name="request[data]" hint="One category in a line" required=true rows=2/>
                    <TextArea label="Recipients" name="request[recipients]" hint="One in a line; none when empty" rows=2/>
                    <TextArea label="Transfers" name="request[transfers]" hint="To which countries, and on what grounds; none when empty" rows=2/>
                    <TextArea label="Retention" name="request[retention]" required=true rows=2/>
                    <TextArea label="Safeguards" name="request[safeguards]" rows=2/>
                    <div class="actions"><Button kind=ButtonKind::Primary>"Add the record"</Button></div>
                </FormErrors>
            </form>
        </Section>
    }
    .into_any()
}
