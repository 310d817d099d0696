//! Workspaces and what they share.

use super::url_encoded;
use hub::{
    ids::{AssetId, ProposalId, WorkspaceId},
    library::LibraryQuery,
};

/// Teams' spaces.
pub const WORKSPACES: &str = "/workspaces";
/// A workspace to be made.
pub const NEW_WORKSPACE: &str = "/workspaces/new";
/// What teams share.
pub const LIBRARY: &str = "/library";
/// An asset to be shared.
pub const SHARE_ASSET: &str = "/library/new";
/// Versions of assets that wait for a review.
pub const PROPOSALS: &str = "/library/reviews";

/// A workspace with its members.
#[must_use]
pub fn workspace(id: WorkspaceId) -> String {
    format!("{WORKSPACES}/{id}")
}

/// One of the other tabs of a workspace.
#[must_use]
pub fn workspace_tab(id: WorkspaceId, tab: &str) -> String {
    format!("{}?tab={tab}", workspace(id))
}

/// A workspace's members, after something was done to them.
#[must_use]
pub fn workspace_done(id: WorkspaceId, done: &str) -> String {
    format!("{}?done={done}", workspace(id))
}

/// A workspace's settings, after they were saved.
#[must_use]
pub fn workspace_settings_saved(id: WorkspaceId) -> String {
    format!("{}&saved=1", workspace_tab(id, "settings"))
}

/// The assets of a workspace.
#[must_use]
pub fn library_of(id: WorkspaceId) -> String {
    format!("{LIBRARY}?workspace={id}")
}

/// The assets with a tag.
#[must_use]
pub fn library_tagged(tag: &str) -> String {
    format!("{LIBRARY}?tag={}", url_encoded(tag))
}

/// The library, after something was done there.
#[must_use]
pub fn library_done(done: &str) -> String {
    format!("{LIBRARY}?done={done}")
}

/// The assets that a query asks for, from a cursor on.
#[must_use]
pub fn library(query: &LibraryQuery, cursor: Option<&str>) -> String {
    let named = |name: &str, value: Option<String>| value.map(|value| format!("{name}={}", url_encoded(&value)));
    let query = [
        named("q", query.q.clone()),
        named("kind", query.kind.map(|kind| kind.as_str().to_owned())),
        named("tag", query.tag.clone()),
        named("workspace", query.workspace_id.map(|id| id.to_string())),
        query.deprecated.then(|| "deprecated=true".to_owned()),
        named("cursor", cursor.map(str::to_owned)),
    ];
    let query: Vec<_> = query.into_iter().flatten().collect();
    if query.is_empty() { LIBRARY.to_owned() } else { format!("{LIBRARY}?{}", query.join("&")) }
}

/// An asset.
#[must_use]
pub fn asset(id: AssetId) -> String {
    format!("{LIBRARY}/{id}")
}

/// One of the other tabs of an asset.
#[must_use]
pub fn asset_tab(id: AssetId, tab: &str) -> String {
    format!("{}?tab={tab}", asset(id))
}

/// A tab of an asset, after something was done to it.
#[must_use]
pub fn asset_done(id: AssetId, tab: &str, done: &str) -> String {
    format!("{}&done={done}", asset_tab(id, tab))
}

/// A version of an asset.
#[must_use]
pub fn asset_version(id: AssetId, number: u32) -> String {
    format!("{}?version={number}", asset(id))
}

/// A proposed version of an asset.
#[must_use]
pub fn proposal(asset: AssetId, id: ProposalId) -> String {
    format!("{}&proposal={id}", asset_tab(asset, "reviews"))
}

/// Proposals that wait, or all, of a workspace or of all, from a cursor on.
#[must_use]
pub fn proposals(all: bool, workspace: Option<WorkspaceId>, cursor: Option<&str>) -> String {
    let query = [
        all.then(|| "show=all".to_owned()),
        workspace.map(|id| format!("workspace={id}")),
        cursor.map(|cursor| format!("cursor={}", url_encoded(cursor))),
    ];
    let query: Vec<_> = query.into_iter().flatten().collect();
    if query.is_empty() { PROPOSALS.to_owned() } else { format!("{PROPOSALS}?{}", query.join("&")) }
}

/// Proposals that wait in a workspace.
#[must_use]
pub fn proposals_of(workspace: WorkspaceId) -> String {
    proposals(false, Some(workspace), None)
}
