//! Second factors, recovery codes, remembered browsers.

use super::{
    extract::{ApiJson, ApiPath, Caller},
    identity::origin,
    refusals::{Changing, Finding, Making, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use hub::{
    Hub,
    identity::{Factor, FactorKind, Offered, RecoveryCodes, RecoveryState, RememberedDevice, StartedTotp},
    ids::{DeviceId, FactorId},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_factors))
        .routes(routes!(start_totp))
        .routes(routes!(confirm_totp))
        .routes(routes!(start_credential))
        .routes(routes!(add_credential))
        .routes(routes!(remove_factor))
        .routes(routes!(get_recovery_codes, make_recovery_codes))
        .routes(routes!(list_devices))
        .routes(routes!(forget_device))
}

/// Own second factors, oldest first
///
/// Needs `account:manage`.
#[utoipa::path(
    get, path = "/api/auth/factors", tag = "identity",
    responses((status = OK, description = "The factors.", body = Vec<Factor>), Reading),
)]
async fn list_factors(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Vec<Factor>>> {
    Ok(Json(hub.factors().list(&actor).await?))
}

/// An authenticator app to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTotp {
    /// What it is called, up to 80 characters; what it is, when left out.
    #[serde(default)]
    #[schema(max_length = 80)]
    name: String,
}

/// Begins to add an authenticator app; it counts once a code of it was confirmed
///
/// Needs `account:manage`.
#[utoipa::path(
    post, path = "/api/auth/factors/totp", tag = "identity", request_body = NewTotp,
    responses((status = CREATED, description = "The secret for the app.", body = StartedTotp), Making),
)]
async fn start_totp(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewTotp>,
) -> Answer<(StatusCode, Json<StartedTotp>)> {
    Ok((StatusCode::CREATED, Json(hub.factors().start_totp(&actor, &new.name).await?)))
}

/// The code that the app shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Code {
    /// Six digits; spaces do no harm.
    #[schema(max_length = 64)]
    code: String,
}

/// Confirms an authenticator app by its code
///
/// Needs `account:manage`.
#[utoipa::path(
    post, path = "/api/auth/factors/totp/{factor_id}/confirm", tag = "identity", params(("factor_id" = FactorId, Path)),
    request_body = Code,
    responses((status = OK, description = "The factor.", body = Factor), Changing),
)]
async fn confirm_totp(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<FactorId>,
    ApiJson(code): ApiJson<Code>,
) -> Answer<Json<Factor>> {
    Ok(Json(hub.factors().confirm_totp(&actor, id, &code.code).await?))
}

/// Which kind of credential is to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CredentialKind {
    /// `passkey` or `security_key`.
    kind: FactorKind,
}

/// Begins to add a passkey or a security key
///
/// Needs `account:manage`.
#[utoipa::path(
    post, path = "/api/auth/factors/credential/options", tag = "identity", request_body = CredentialKind,
    responses((status = OK, description = "The options for the browser.", body = Offered), Making),
)]
async fn start_credential(
    State(state): State<AppState>,
    Caller(actor): Caller,
    headers: HeaderMap,
    ApiJson(wanted): ApiJson<CredentialKind>,
) -> Answer<Json<Offered>> {
    let origin = origin(&state, &headers)?;
    Ok(Json(state.hub.factors().start_credential(&actor, wanted.kind, &origin).await?))
}

/// A credential that the browser made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCredential {
    /// What the options came with.
    #[schema(max_length = 128)]
    ceremony: String,
    /// What it is called, up to 80 characters; what it is, when left out.
    #[serde(default)]
    #[schema(max_length = 80)]
    name: String,
    /// The credential as JSON (WebAuthn level 3, `RegistrationResponseJSON`).
    #[schema(value_type = Object)]
    credential: serde_json::Map<String, serde_json::Value>,
}

/// Adds the passkey or security key that the browser made
///
/// Needs `account:manage`.
#[utoipa::path(
    post, path = "/api/auth/factors/credential", tag = "identity", request_body = NewCredential,
    responses((status = CREATED, description = "The factor.", body = Factor), Changing),
)]
async fn add_credential(
    State(state): State<AppState>,
    Caller(actor): Caller,
    headers: HeaderMap,
    ApiJson(new): ApiJson<NewCredential>,
) -> Answer<(StatusCode, Json<Factor>)> {
    let origin = origin(&state, &headers)?;
    let credential = new.credential.into();
    let added = state.hub.factors().add_credential(&actor, (&new.ceremony, &new.name), &credential, &origin).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// Removes a second factor
///
/// Needs `account:manage`.
#[utoipa::path(
    delete, path = "/api/auth/factors/{factor_id}", tag = "identity", params(("factor_id" = FactorId, Path)),
    responses((status = NO_CONTENT, description = "Removed."), Changing),
)]
async fn remove_factor(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<FactorId>,
) -> Answer<StatusCode> {
    hub.factors().remove(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is left of the own recovery codes
///
/// Needs `account:manage`.
#[utoipa::path(
    get, path = "/api/auth/recovery-codes", tag = "identity",
    responses((status = OK, description = "How many are left.", body = RecoveryState), Reading),
)]
async fn get_recovery_codes(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<RecoveryState>> {
    Ok(Json(hub.factors().recovery(&actor).await?))
}

/// Makes recovery codes in the place of all that were there, and shows them this once
///
/// Needs `account:manage`.
#[utoipa::path(
    post, path = "/api/auth/recovery-codes", tag = "identity",
    responses((status = CREATED, description = "The codes.", body = RecoveryCodes), Making),
)]
async fn make_recovery_codes(
    State(hub): State<Hub>,
    Caller(actor): Caller,
) -> Answer<(StatusCode, Json<RecoveryCodes>)> {
    Ok((StatusCode::CREATED, Json(hub.factors().make_recovery_codes(&actor).await?)))
}

/// Own browsers that are remembered, newest first
///
/// Needs `account:manage`.
#[utoipa::path(
    get, path = "/api/auth/devices", tag = "identity",
    responses((status = OK, description = "The browsers.", body = Vec<RememberedDevice>), Reading),
)]
async fn list_devices(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Vec<RememberedDevice>>> {
    Ok(Json(hub.factors().devices(&actor).await?))
}

/// Forgets one of the own browsers
///
/// Needs `account:manage`.
#[utoipa::path(
    delete, path = "/api/auth/devices/{device_id}", tag = "identity", params(("device_id" = DeviceId, Path)),
    responses((status = NO_CONTENT, description = "Forgotten."), Finding),
)]
async fn forget_device(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<DeviceId>,
) -> Answer<StatusCode> {
    hub.factors().forget(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
