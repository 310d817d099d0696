//! What happened in a workspace.

use super::view::ActivityItem;
use crate::{
    moment::When,
    ui::{Cell, Column, HeadCell, Pager, Row, Table, format::counted},
    urls,
};
use hub::{
    ids::{AssetId, WorkspaceId},
    workspaces::Activity,
};
use leptos::prelude::*;

/// The tab of the activity.
#[component]
pub(super) fn Feed(id: WorkspaceId, lines: Vec<ActivityItem>, next: Option<String>, first: bool) -> impl IntoView {
    let place = urls::workspace_tab(id, "activity");
    let columns = vec![Column::text("What"), Column::text("Who"), Column::text("When")];
    let shown = counted(lines.len() as u64, "event");
    let next = next.map(|cursor| format!("{place}&cursor={cursor}"));
    let back = (!first).then_some(place);
    let line = |item: ActivityItem| {
        let actor = item.line.actor.clone();
        view! {
            <Row>
                <HeadCell><Words line=item.line/></HeadCell>
                <Cell label="Who">{actor}</Cell>
                <Cell label="When" quiet=true><When moment=item.at/></Cell>
            </Row>
        }
    };
    view! {
        <Table caption="Activity" caption_hidden=true columns cards=true>{lines.into_iter().map(line).collect_view()}</Table>
        <Pager shown next first=back/>
    }
    .into_any()
}

#[component]
fn Words(line: Activity) -> impl IntoView {
    let (words, named) = words(&line.action);
    let title = named.then(|| match (line.object == AssetId::WHAT, line.object_id.parse::<AssetId>()) {
        (true, Ok(id)) => view! { " "<a href=urls::asset(id)>{line.title.clone()}</a> }.into_any(),
        _ => view! { " "<span>{line.title.clone()}</span> }.into_any(),
    });
    view! { <span class="breakable">{words.to_owned()}{title}</span> }.into_any()
}

/// What an action was, and whether the name of its object completes the words.
fn words(action: &str) -> (&str, bool) {
    match action {
        "workspace.created" => ("Workspace made", false),
        "workspace.changed" => ("Settings changed", false),
        "workspace.archived" => ("Workspace archived", false),
        "workspace.restored" => ("Workspace brought back", false),
        "workspace.member.added" => ("Member added:", true),
        "workspace.member.role_changed" => ("Role changed:", true),
        "workspace.member.removed" => ("Member taken out:", true),
        "library.asset.shared" => ("Asset shared:", true),
        "library.asset.forked" => ("Asset forked from elsewhere:", true),
        "library.asset.changed" => ("Asset described anew:", true),
        "library.asset.deprecated" => ("Asset deprecated:", true),
        "library.asset.restored" => ("Deprecation taken back:", true),
        "library.asset.removed" => ("Asset removed:", true),
        "library.asset.used" => ("Asset taken into use:", true),
        "library.version.made" => ("New version:", true),
        "library.version.proposed" => ("Version proposed:", true),
        "library.version.approved" => ("Proposal approved:", true),
        "library.version.rejected" => ("Proposal rejected:", true),
        "library.version.withdrawn" => ("Proposal withdrawn:", true),
        other => (other, true),
    }
}
