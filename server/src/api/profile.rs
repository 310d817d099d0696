//! What somebody is called.

use super::{
    extract::{ApiJson, Caller},
    refusals::{Making, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State};
use hub::{
    Hub,
    identity::{Profile, ProfileChange},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_profile, change_profile))
}

/// The own account
///
/// Needs `account:manage`.
#[utoipa::path(
    get, path = "/api/auth/profile", tag = "identity",
    responses((status = OK, description = "The account.", body = Profile), Reading),
)]
async fn get_profile(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Profile>> {
    Ok(Json(hub.identity().profile(&actor).await?))
}

/// Changes what one is called
///
/// Where the organisation's directory keeps the name, it is changed there. Needs `account:manage`.
#[utoipa::path(
    patch, path = "/api/auth/profile", tag = "identity", request_body = ProfileChange,
    responses((status = OK, description = "The account.", body = Profile), Making),
)]
async fn change_profile(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(change): ApiJson<ProfileChange>,
) -> Answer<Json<Profile>> {
    Ok(Json(hub.identity().change_profile(&actor, &change).await?))
}
