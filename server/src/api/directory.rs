//! Which role the groups of a directory give; [`super::scim`] is what the directory itself speaks.

use super::{
    extract::{ApiJson, Caller},
    refusals::{Making, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State};
use hub::{Hub, identity::DirectoryRoles};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_directory_roles, set_directory_roles))
}

/// Which role the groups of the directory give
///
/// Needs `members:read`.
#[utoipa::path(
    get, path = "/api/tenants/directory-roles", tag = "identity",
    responses((status = OK, description = "The roles.", body = DirectoryRoles), Reading),
)]
async fn get_directory_roles(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<DirectoryRoles>> {
    Ok(Json(hub.directory().roles(&actor).await?))
}

/// Says which role the groups of the directory give
///
/// Those who are in the groups have the role at once. Ownership is given by no group. Needs `members:manage`.
#[utoipa::path(
    put, path = "/api/tenants/directory-roles", tag = "identity", request_body = DirectoryRoles,
    responses((status = OK, description = "The roles.", body = DirectoryRoles), Making),
)]
async fn set_directory_roles(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(roles): ApiJson<DirectoryRoles>,
) -> Answer<Json<DirectoryRoles>> {
    Ok(Json(hub.directory().set_roles(&actor, roles).await?))
}
