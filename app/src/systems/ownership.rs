//! The ways to show whose an environment is.

use super::{
    calls::{AllowAddress, CheckDns, CheckFile},
    view::EnvironmentView,
};
use crate::{
    reading::refusal,
    ui::{Button, ButtonKind, CodeBlock, Field, FormErrors, KeyValue, KeyValues, Panel},
};
use hub::ids::EnvironmentId;
use leptos::{prelude::*, server_fn::ServerFn as _};

/// The three ways, the most likely first.
#[component]
pub(super) fn Ways(view: EnvironmentView) -> impl IntoView {
    let (id, proof, may_check, may_allow) = (view.environment.id, view.proof, view.may_check, view.may_allow);
    let main = |likely: bool| if likely { ButtonKind::Primary } else { ButtonKind::Secondary };
    let private = proof.private;
    let file = view! { <ByFile id url=proof.file_url line=proof.line.clone() may_check kind=main(!private)/> };
    let dns = proof.record.map(|record| view! { <ByDns id record line=proof.line may_check/> });
    let allow = view! { <ByAdmin id private may_allow kind=main(private)/> };
    if private {
        return view! { <div class="ways">{allow}{file}{dns}</div> }.into_any();
    }
    view! { <div class="ways">{file}{dns}{allow}</div> }.into_any()
}

/// Who can check, for those who can't.
fn who_checks() -> impl IntoView {
    view! { <p class="section-hint">"A member, an admin or an owner of this organisation can check."</p> }
}

#[component]
fn ByFile(id: EnvironmentId, url: String, line: String, may_check: bool, kind: ButtonKind) -> impl IntoView {
    let check = move || {
        view! {
            <form method="post" action=CheckFile::url() class="stack">
                <FormErrors problem={refusal::<CheckFile>()} id="file">
                    <input type="hidden" name="id" value=id.to_string()/>
                    <div class="actions"><Button kind>"Check the file now"</Button></div>
                </FormErrors>
            </form>
        }
    };
    view! {
        <Panel title="Serve a file">
            <p>"Serve this line as plain text at "<a href=url.clone() rel="external noreferrer" target="_blank" class="breakable">{url.clone()}</a></p>
            <CodeBlock code=line caption="sbh-verification.txt"/>
            {if may_check { check().into_any() } else { who_checks().into_any() }}
        </Panel>
    }
    .into_any()
}

#[component]
fn ByDns(id: EnvironmentId, record: String, line: String, may_check: bool) -> impl IntoView {
    let check = move || {
        view! {
            <form method="post" action=CheckDns::url() class="stack">
                <FormErrors problem={refusal::<CheckDns>()} id="dns">
                    <input type="hidden" name="id" value=id.to_string()/>
                    <div class="actions"><Button>"Check the record now"</Button></div>
                </FormErrors>
            </form>
        }
    };
    view! {
        <Panel title="Publish a DNS record">
            <p>"Add a TXT record. DNS may take a while to show it."</p>
            <KeyValues>
                <KeyValue name="Type">"TXT"</KeyValue>
                <KeyValue name="Name"><code>{record}</code></KeyValue>
            </KeyValues>
            <CodeBlock code=line caption="Value"/>
            {if may_check { check().into_any() } else { who_checks().into_any() }}
        </Panel>
    }
    .into_any()
}

#[component]
fn ByAdmin(id: EnvironmentId, private: bool, may_allow: bool, kind: ButtonKind) -> impl IntoView {
    let words = if private {
        "This address is on this machine or inside a private network, where nobody can publish a proof for the world to see. An admin can vouch for it."
    } else {
        "For an address on this machine or inside a private network alone: an admin can vouch for it."
    };
    let form = move || {
        view! {
            <form method="post" action=AllowAddress::url() class="form">
                <FormErrors problem={refusal::<AllowAddress>()} argument="request" id="allow">
                    <input type="hidden" name="id" value=id.to_string()/>
                    <Field label="Reason" name="request[reason]" hint="Kept in the audit log; up to 500 characters" required=true max_length=500 autocomplete="off"/>
                    <div class="actions"><Button kind>"Allow this address"</Button></div>
                </FormErrors>
            </form>
        }
    };
    let who = || view! { <p class="section-hint">"An admin or an owner of this organisation can do this."</p> };
    view! {
        <Panel title="Vouch for a private address">
            <p>{words}</p>
            {if may_allow { form().into_any() } else { who().into_any() }}
        </Panel>
    }
    .into_any()
}
