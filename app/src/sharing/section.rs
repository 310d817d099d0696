//! The links on a scorecard's page.

use super::{
    calls::{MakeShare, RevokeShare},
    view::{ShareRow, SharingView},
};
use crate::{
    moment::When,
    reading::refusal,
    ui::{
        Badge, Button, ButtonKind, Cell, Choice, Column, Dialog, Field, FormErrors, HeadCell, Meaning, Pager, Row,
        Section, Select, Table, format::counted,
    },
};
use hub::ids::SystemId;
use leptos::{prelude::*, server_fn::ServerFn as _};

/// Links that show a system's scorecard to those without an account, and its badge.
#[component]
pub(crate) fn Sharing(
    /// The links.
    sharing: SharingView,
) -> impl IntoView {
    let SharingView { system, version, environment, shares, next, first, badge, may_share } = sharing;
    let environment = environment.map(|id| id.to_string()).unwrap_or_default();
    let form = may_share.then(|| view! { <NewLink system version=version.clone() environment/> });
    let shown = counted(shares.len() as u64, "link");
    let pager = (next.is_some() || first.is_some()).then(|| view! { <Pager shown next first/> });
    let list = (!shares.is_empty()).then(|| view! { <Links system shares may_share/> });
    view! {
        <div id="share" class="sharing">
            <Section title="Share" hint="A link shows this scorecard and nothing else to anybody who has it, without an account. Its badge goes into a readme.">
                <div class="stack">
                    <p><img class="score-badge" src=badge alt=format!("Badge of the version {version}") height="20"/></p>
                    <FormErrors problem={refusal::<RevokeShare>()} id="revoke">{list}{pager}</FormErrors>
                    {form}
                </div>
            </Section>
        </div>
    }
    .into_any()
}

#[component]
fn Links(system: SystemId, shares: Vec<ShareRow>, may_share: bool) -> impl IntoView {
    let columns = vec![
        Column::text("Link"),
        Column::text("Shows"),
        Column::text("Made"),
        Column::text("Ends"),
        Column::hidden("Actions"),
    ];
    let line = |row: ShareRow| view! { <Link system row may_share/> };
    let lines: Vec<_> = shares.into_iter().map(line).collect();
    view! { <Table caption="Share links" caption_hidden=true columns cards=true>{lines}</Table> }.into_any()
}

#[component]
fn Link(system: SystemId, row: ShareRow, may_share: bool) -> impl IntoView {
    let version = row.share.version.clone().unwrap_or_else(|| "whatever was measured last".to_owned());
    let shows = match row.environment.clone() {
        Some(environment) => format!("{version}, {environment}"),
        None => version,
    };
    let by = format!(" by {}", row.share.created_by);
    let ends = match (row.revoked, row.ends) {
        (Some(at), _) => {
            view! { <span class="cluster"><Badge meaning=Meaning::Unknown word="Revoked"/><When moment=at/></span> }
                .into_any()
        }
        (None, Some(at)) if !row.live => {
            view! { <span class="cluster"><Badge meaning=Meaning::Unknown word="Ended"/><When moment=at/></span> }
                .into_any()
        }
        (None, Some(at)) => view! { <When moment=at/> }.into_any(),
        (None, None) => "Never".into_any(),
    };
    let (id, name) = (row.share.id.to_string(), row.share.name.clone());
    let revoke = (row.live && may_share).then(|| view! { <Revoke system id name/> });
    view! {
        <Row>
            <HeadCell>{row.share.name}</HeadCell>
            <Cell label="Shows">{shows}</Cell>
            <Cell label="Made" quiet=true><span><When moment=row.made/>{by}</span></Cell>
            <Cell label="Ends">{ends}</Cell>
            <Cell>{revoke}</Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn Revoke(system: SystemId, id: String, name: String) -> impl IntoView {
    view! {
        <Dialog id=format!("revoke-{id}") title=format!("Revoke the link {name}?") open="Revoke" small=true>
            <form method="post" action=RevokeShare::url() class="stack">
                <p>"Whoever has it sees nothing from now on, and its badge is gone. This can't be undone; make a new link instead."</p>
                <input type="hidden" name="system" value=system.to_string()/>
                <input type="hidden" name="id" value=id.clone()/>
                <div class="actions"><Button kind=ButtonKind::Danger>"Revoke the link"</Button></div>
            </form>
        </Dialog>
    }
    .into_any()
}

#[component]
fn NewLink(system: SystemId, version: String, environment: String) -> impl IntoView {
    let shows = vec![
        Choice::new(version.clone(), format!("The version {version}")),
        Choice::new("", "Whatever was measured last in this environment"),
    ];
    let ends = [("30", "30 days"), ("90", "90 days"), ("365", "One year"), ("", "Never")];
    let ends = ends.map(|(days, label)| Choice::new(days, label)).to_vec();
    view! {
        <form method="post" action=MakeShare::url() class="form form-wide sharing-new">
            <FormErrors problem={refusal::<MakeShare>()} argument="request" id="share">
                <input type="hidden" name="request[system]" value=system.to_string()/>
                <input type="hidden" name="request[environment]" value=environment.clone()/>
                <Field label="What the link is for" name="request[name]" hint="Only members see it" required=true max_length=80 autocomplete="off"/>
                <Select label="It shows" name="request[version]" choices=shows value=version.clone()/>
                <Select label="It ends after" name="request[expires]" choices=ends value="90"/>
                <div class="actions"><Button>"Make a link"</Button></div>
            </FormErrors>
        </form>
    }
    .into_any()
}
