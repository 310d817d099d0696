//! Server functions of workspaces.

use super::view::{WorkspaceView, WorkspacesView, WritingStanding};
use crate::error::WireError;
use hub::{
    access::WorkspaceRole,
    ids::{UserId, WorkspaceId},
    workspaces::{NewWorkspace, NewWorkspaceMember},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::gather,
    crate::{request::signed_in, urls},
    hub::workspaces::{RoleChange, WorkspaceChange},
    leptos_axum::redirect,
};

/// A part of the list of workspaces.
#[server(prefix = "/fn")]
pub async fn list_workspaces(cursor: Option<String>) -> Result<WorkspacesView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::workspaces(&hub, &actor, cursor).await?)
}

/// Whether the reader may make a workspace.
#[server(prefix = "/fn")]
pub async fn may_make_workspace() -> Result<WritingStanding, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::standing(&hub, &actor, hub::access::Permission::WorkspacesWrite))
}

/// Makes a workspace.
#[server(prefix = "/fn")]
pub async fn create_workspace(request: NewWorkspace) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&urls::workspace(hub.workspaces().create(&actor, request).await?.id));
    Ok(())
}

/// A workspace with one of its tabs, by the id in the address.
#[server(prefix = "/fn")]
pub async fn workspace_page(id: String, tab: String, cursor: Option<String>) -> Result<WorkspaceView, WireError> {
    let (actor, hub) = signed_in()?;
    Ok(gather::workspace(&hub, &actor, WorkspaceId::parse(&id)?, &tab, cursor).await?)
}

/// Adds a member of the organisation.
#[server(prefix = "/fn")]
pub async fn add_to_workspace(request: NewWorkspaceMember) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let id = request.workspace_id;
    hub.workspaces().add_member(&actor, request).await?;
    redirect(&urls::workspace_done(id, "added"));
    Ok(())
}

/// Gives a member another role.
#[server(prefix = "/fn")]
pub async fn change_workspace_role(id: WorkspaceId, user: UserId, role: WorkspaceRole) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    hub.workspaces().change_member(&actor, id, user, RoleChange { role }).await?;
    redirect(&urls::workspace_done(id, "changed"));
    Ok(())
}

/// Takes a member out; whoever leaves is led to the list.
#[server(prefix = "/fn")]
pub async fn remove_from_workspace(id: WorkspaceId, user: UserId) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    redirect(&gather::take_out(&hub, &actor, id, user).await?);
    Ok(())
}

/// Names and describes a workspace anew.
#[server(prefix = "/fn")]
pub async fn change_workspace(
    id: WorkspaceId,
    name: String,
    description: String,
    #[server(default)] review_changes: Option<String>,
    #[server(default)] owns: bool,
) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let review_changes = owns.then_some(review_changes.is_some());
    let change = WorkspaceChange { name: Some(name), description: Some(description), review_changes, archived: None };
    hub.workspaces().change(&actor, id, change).await?;
    redirect(&urls::workspace_settings_saved(id));
    Ok(())
}

/// Archives a workspace, or brings it back.
#[server(prefix = "/fn")]
pub async fn archive_workspace(id: WorkspaceId, archived: bool) -> Result<(), WireError> {
    let (actor, hub) = signed_in()?;
    let change = WorkspaceChange { archived: Some(archived), ..WorkspaceChange::default() };
    hub.workspaces().change(&actor, id, change).await?;
    redirect(&urls::workspace_tab(id, "settings"));
    Ok(())
}
