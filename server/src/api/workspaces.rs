//! Teams' spaces and who is in them.

use super::{
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    refusals::{Changing, Finding, Making, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State, http::StatusCode};
use hub::{
    Hub,
    ids::{UserId, WorkspaceId},
    page::{Page, PageRequest},
    workspaces::{Activity, NewWorkspace, NewWorkspaceMember, RoleChange, Workspace, WorkspaceChange, WorkspaceMember},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create_workspace))
        .routes(routes!(list_workspaces))
        .routes(routes!(get_workspace, change_workspace))
        .routes(routes!(add_workspace_member))
        .routes(routes!(list_workspace_members))
        .routes(routes!(change_workspace_member, remove_workspace_member))
        .routes(routes!(list_workspace_activity))
}

/// Makes a workspace
///
/// Needs `workspaces:write`. The caller, or the member who made the caller's key, is its first owner.
#[utoipa::path(
    post, path = "/api/workspace/create", tag = "workspaces", request_body = NewWorkspace,
    responses((status = CREATED, description = "The workspace.", body = Workspace), Making),
)]
async fn create_workspace(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewWorkspace>,
) -> Answer<(StatusCode, Json<Workspace>)> {
    Ok((StatusCode::CREATED, Json(hub.workspaces().create(&actor, new).await?)))
}

/// The workspaces that the caller is in, newest first
///
/// Needs `workspaces:read`. Owners, admins and auditors of the organisation see all of them.
#[utoipa::path(
    get, path = "/api/workspace", tag = "workspaces", params(PageRequest),
    responses((status = OK, description = "A page of workspaces.", body = Page<Workspace>), Reading),
)]
async fn list_workspaces(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(page): ApiQuery<PageRequest>,
) -> Answer<Json<Page<Workspace>>> {
    Ok(Json(hub.workspaces().list(&actor, &page).await?))
}

/// A workspace
///
/// Needs `workspaces:read`. To those who aren't in it, it does not exist.
#[utoipa::path(
    get, path = "/api/workspace/{workspace_id}", tag = "workspaces", params(("workspace_id" = WorkspaceId, Path)),
    responses((status = OK, description = "The workspace.", body = Workspace), Finding),
)]
async fn get_workspace(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<WorkspaceId>,
) -> Answer<Json<Workspace>> {
    Ok(Json(hub.workspaces().get(&actor, id).await?))
}

/// Changes a workspace
///
/// Needs `workspaces:write`. Maintainers rename and describe it; owners say whether changes need a review, archive it and
/// bring it back. What is left out stays as it is.
#[utoipa::path(
    patch, path = "/api/workspace/{workspace_id}", tag = "workspaces", params(("workspace_id" = WorkspaceId, Path)),
    request_body = WorkspaceChange,
    responses((status = OK, description = "The workspace.", body = Workspace), Changing),
)]
async fn change_workspace(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<WorkspaceId>,
    ApiJson(change): ApiJson<WorkspaceChange>,
) -> Answer<Json<Workspace>> {
    Ok(Json(hub.workspaces().change(&actor, id, change).await?))
}

/// Adds a member of the organisation to a workspace
///
/// Needs `workspaces:write`, and the role of a maintainer there. Nobody gives a role above their own.
#[utoipa::path(
    post, path = "/api/workspace/member/add", tag = "workspaces", request_body = NewWorkspaceMember,
    responses((status = CREATED, description = "The member.", body = WorkspaceMember), Changing),
)]
async fn add_workspace_member(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewWorkspaceMember>,
) -> Answer<(StatusCode, Json<WorkspaceMember>)> {
    Ok((StatusCode::CREATED, Json(hub.workspaces().add_member(&actor, new).await?)))
}

/// Who is in a workspace, those added last first
///
/// Needs `workspaces:read`.
#[utoipa::path(
    get, path = "/api/workspace/{workspace_id}/members", tag = "workspaces",
    params(("workspace_id" = WorkspaceId, Path), PageRequest),
    responses((status = OK, description = "A page of members.", body = Page<WorkspaceMember>), Finding, Reading),
)]
async fn list_workspace_members(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<WorkspaceId>,
    ApiQuery(page): ApiQuery<PageRequest>,
) -> Answer<Json<Page<WorkspaceMember>>> {
    Ok(Json(hub.workspaces().members(&actor, id, &page).await?))
}

/// Gives a member of a workspace another role
///
/// Needs `workspaces:write`, and the role of a maintainer there. A workspace always keeps an owner.
#[utoipa::path(
    patch, path = "/api/workspace/{workspace_id}/members/{user_id}", tag = "workspaces",
    params(("workspace_id" = WorkspaceId, Path), ("user_id" = UserId, Path)), request_body = RoleChange,
    responses((status = OK, description = "The member.", body = WorkspaceMember), Changing),
)]
async fn change_workspace_member(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath((id, user)): ApiPath<(WorkspaceId, UserId)>,
    ApiJson(change): ApiJson<RoleChange>,
) -> Answer<Json<WorkspaceMember>> {
    Ok(Json(hub.workspaces().change_member(&actor, id, user, change).await?))
}

/// Takes a member out of a workspace
///
/// Needs `workspaces:write`, and the role of a maintainer there; everybody may leave. A workspace always keeps an owner.
#[utoipa::path(
    delete, path = "/api/workspace/{workspace_id}/members/{user_id}", tag = "workspaces",
    params(("workspace_id" = WorkspaceId, Path), ("user_id" = UserId, Path)),
    responses((status = NO_CONTENT, description = "They are out."), Finding),
)]
async fn remove_workspace_member(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath((id, user)): ApiPath<(WorkspaceId, UserId)>,
) -> Answer<StatusCode> {
    hub.workspaces().remove_member(&actor, id, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What happened in a workspace, newest first
///
/// Needs `workspaces:read`.
#[utoipa::path(
    get, path = "/api/workspace/{workspace_id}/activity", tag = "workspaces",
    params(("workspace_id" = WorkspaceId, Path), PageRequest),
    responses((status = OK, description = "A page of the feed.", body = Page<Activity>), Finding, Reading),
)]
async fn list_workspace_activity(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<WorkspaceId>,
    ApiQuery(page): ApiQuery<PageRequest>,
) -> Answer<Json<Page<Activity>>> {
    Ok(Json(hub.workspaces().activity(&actor, id, &page).await?))
}
