//! Identity providers, and the accounts of theirs that members are connected to.

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
    identity::{ConnectedAccount, Finding as Step, NewProvider, Provider},
    ids::{IdentityId, ProviderId},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_providers, add_provider))
        .routes(routes!(get_provider, change_provider, remove_provider))
        .routes(routes!(try_provider))
        .routes(routes!(list_connections))
        .routes(routes!(disconnect))
}

/// The organisation's identity providers, by name
///
/// At most 50 are kept. Needs `members:manage`.
#[utoipa::path(
    get, path = "/api/auth/providers", tag = "identity",
    responses((status = OK, description = "All of them.", body = Vec<Provider>), Reading),
)]
async fn list_providers(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Vec<Provider>>> {
    Ok(Json(hub.providers().list(&actor).await?))
}

/// Adds an identity provider
///
/// The answer names the addresses that the provider has to know. Needs `members:manage`.
#[utoipa::path(
    post, path = "/api/auth/providers", tag = "identity", request_body = NewProvider,
    responses((status = CREATED, description = "The provider.", body = Provider), Making),
)]
async fn add_provider(
    State(state): State<AppState>,
    Caller(actor): Caller,
    headers: HeaderMap,
    ApiJson(new): ApiJson<NewProvider>,
) -> Answer<(StatusCode, Json<Provider>)> {
    let origin = origin(&state, &headers)?;
    Ok((StatusCode::CREATED, Json(state.hub.providers().add(&actor, new, &origin).await?)))
}

/// An identity provider
///
/// Needs `members:manage`.
#[utoipa::path(
    get, path = "/api/auth/providers/{provider_id}", tag = "identity", params(("provider_id" = ProviderId, Path)),
    responses((status = OK, description = "The provider.", body = Provider), Finding),
)]
async fn get_provider(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ProviderId>,
) -> Answer<Json<Provider>> {
    Ok(Json(hub.providers().get(&actor, id).await?))
}

/// Puts other settings in the place of a provider's
///
/// A client secret and metadata that are left out stay, and so does the protocol. Needs `members:manage`.
#[utoipa::path(
    put, path = "/api/auth/providers/{provider_id}", tag = "identity", params(("provider_id" = ProviderId, Path)),
    request_body = NewProvider,
    responses((status = OK, description = "The provider.", body = Provider), Changing),
)]
async fn change_provider(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ProviderId>,
    headers: HeaderMap,
    ApiJson(new): ApiJson<NewProvider>,
) -> Answer<Json<Provider>> {
    let origin = origin(&state, &headers)?;
    Ok(Json(state.hub.providers().change(&actor, id, new, &origin).await?))
}

/// Removes a provider with its connections, and ends the sessions that rest on it
///
/// Needs `members:manage`.
#[utoipa::path(
    delete, path = "/api/auth/providers/{provider_id}", tag = "identity", params(("provider_id" = ProviderId, Path)),
    responses((status = NO_CONTENT, description = "It is gone."), Changing),
)]
async fn remove_provider(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ProviderId>,
) -> Answer<StatusCode> {
    hub.providers().remove(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries a provider step by step, as far as that goes without anybody signing in
///
/// Needs `members:manage`.
#[utoipa::path(
    post, path = "/api/auth/providers/{provider_id}/trial", tag = "identity",
    params(("provider_id" = ProviderId, Path)),
    responses((status = OK, description = "What came of each step.", body = Vec<Step>), Finding),
)]
async fn try_provider(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ProviderId>,
) -> Answer<Json<Vec<Step>>> {
    Ok(Json(hub.providers().examine(&actor, id).await?))
}

/// By which providers the caller signs in, oldest first
///
/// Needs `account:manage`.
#[utoipa::path(
    get, path = "/api/auth/connections", tag = "identity",
    responses((status = OK, description = "All of them.", body = Vec<ConnectedAccount>), Reading),
)]
async fn list_connections(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Vec<ConnectedAccount>>> {
    Ok(Json(hub.providers().connections(&actor).await?))
}

/// Disconnects the caller from a provider
///
/// Needs `account:manage`.
#[utoipa::path(
    delete, path = "/api/auth/connections/{connection_id}", tag = "identity",
    params(("connection_id" = IdentityId, Path)),
    responses((status = NO_CONTENT, description = "It is gone."), Changing),
)]
async fn disconnect(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<IdentityId>,
) -> Answer<StatusCode> {
    hub.providers().disconnect(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
