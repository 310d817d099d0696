//! API keys that are rotated by themselves; [`super::identity`] makes, rotates and revokes keys by hand.

use super::{
    extract::{ApiJson, ApiPath, Caller},
    refusals::{Changing, Finding},
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State, http::StatusCode};
use hub::{
    Hub,
    identity::{ApiKey, CreatedKey, KeyRotation},
    ids::KeyId,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(set_key_rotation, remove_key_rotation)).routes(routes!(collect_key))
}

/// Rotates a key by itself, every so many days from now on
///
/// The hub makes the successor and keeps its secret sealed, until it is collected once. Needs `account:manage`; for somebody
/// else's key `members:manage`.
#[utoipa::path(
    put, path = "/api/keys/{key_id}/rotation", tag = "identity", params(("key_id" = KeyId, Path)), request_body = KeyRotation,
    responses((status = OK, description = "The key.", body = ApiKey), Changing),
)]
async fn set_key_rotation(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<KeyId>,
    ApiJson(rotation): ApiJson<KeyRotation>,
) -> Answer<Json<ApiKey>> {
    Ok(Json(hub.keys().set_rotation(&actor, id, rotation).await?))
}

/// Rotates a key by itself no more
///
/// Needs `account:manage`; for somebody else's key `members:manage`.
#[utoipa::path(
    delete, path = "/api/keys/{key_id}/rotation", tag = "identity", params(("key_id" = KeyId, Path)),
    responses((status = NO_CONTENT, description = "Removed."), Finding),
)]
async fn remove_key_rotation(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<KeyId>,
) -> Answer<StatusCode> {
    hub.keys().remove_rotation(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Collects the secret of the key that took the place of another by itself, this once
///
/// For the member who made the key, and for the old key itself while both work, whatever its scopes: a pipeline renews its own
/// key. `key_id` is the old key's id, or the new one's; a key names itself.
#[utoipa::path(
    post, path = "/api/keys/{key_id}/collect", tag = "identity", params(("key_id" = KeyId, Path)),
    responses((status = OK, description = "The new key with its secret.", body = CreatedKey), Finding),
)]
async fn collect_key(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<KeyId>,
) -> Answer<Json<CreatedKey>> {
    Ok(Json(hub.keys().collect(&actor, id).await?))
}
