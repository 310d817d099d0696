//! Systems, environments, teardowns.

use super::{
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    refusals::{Changing, Finding, Making, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State, http::StatusCode};
use hub::{
    Error, Hub,
    ids::{EnvironmentId, SystemId},
    page::{Page, PageRequest},
    systems::{
        AllowPrivate, Environment, KeptPrices, NewEnvironment, NewSystem, NewTeardown, PriceModel, System,
        SystemDetail, Teardown, VerifyOwnership,
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_systems, create_system))
        .routes(routes!(get_system))
        .routes(routes!(add_environment))
        .routes(routes!(get_environment))
        .routes(routes!(get_prices))
        .routes(routes!(set_prices))
        .routes(routes!(remove_prices))
        .routes(routes!(verify_environment))
        .routes(routes!(allow_private))
        .routes(routes!(create_teardown))
}

/// Registers a system
///
/// Needs `systems:write`.
#[utoipa::path(
    post, path = "/api/systems", tag = "systems", request_body = NewSystem,
    responses((status = CREATED, description = "The system.", body = System), Making),
)]
async fn create_system(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewSystem>,
) -> Answer<(StatusCode, Json<System>)> {
    Ok((StatusCode::CREATED, Json(hub.systems().create(&actor, new).await?)))
}

/// Systems, newest first
///
/// Needs `systems:read`.
#[utoipa::path(
    get, path = "/api/systems", tag = "systems", params(PageRequest),
    responses((status = OK, description = "A page of systems.", body = Page<System>), Reading),
)]
async fn list_systems(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(page): ApiQuery<PageRequest>,
) -> Answer<Json<Page<System>>> {
    Ok(Json(hub.systems().list(&actor, &page).await?))
}

/// A system with its environments
///
/// Needs `systems:read`.
#[utoipa::path(
    get, path = "/api/systems/{system_id}", tag = "systems", params(("system_id" = SystemId, Path)),
    responses((status = OK, description = "The system.", body = SystemDetail), Finding),
)]
async fn get_system(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<SystemId>,
) -> Answer<Json<SystemDetail>> {
    Ok(Json(hub.systems().get(&actor, id).await?))
}

/// Registers an environment of a system
///
/// Needs `systems:write`.
#[utoipa::path(
    post, path = "/api/systems/{system_id}/environments", tag = "systems", params(("system_id" = SystemId, Path)),
    request_body = NewEnvironment,
    responses((status = CREATED, description = "The environment, not verified yet.", body = Environment), Changing),
)]
async fn add_environment(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(system): ApiPath<SystemId>,
    ApiJson(new): ApiJson<NewEnvironment>,
) -> Answer<(StatusCode, Json<Environment>)> {
    Ok((StatusCode::CREATED, Json(hub.systems().add_environment(&actor, system, new).await?)))
}

/// An environment
///
/// Needs `systems:read`.
#[utoipa::path(
    get, path = "/api/environments/{environment_id}", tag = "systems", params(("environment_id" = EnvironmentId, Path)),
    responses((status = OK, description = "The environment.", body = Environment), Finding),
)]
async fn get_environment(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<EnvironmentId>,
) -> Answer<Json<Environment>> {
    Ok(Json(hub.systems().environment(&actor, id).await?))
}

/// What an environment costs
///
/// Needs `systems:read`. 404 where nobody said so.
#[utoipa::path(
    get, path = "/api/environments/{environment_id}/prices", tag = "systems",
    params(("environment_id" = EnvironmentId, Path)),
    responses((status = OK, description = "The prices.", body = KeptPrices), Finding),
)]
async fn get_prices(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<EnvironmentId>,
) -> Answer<Json<KeptPrices>> {
    let prices = hub.systems().prices(&actor, id).await?;
    Ok(Json(prices.ok_or_else(|| Error::not_found("price model"))?))
}

/// Sets what an environment costs
///
/// Needs `systems:write`. In US dollars, each price with its source. Benchmarks from now on tell what a million requests
/// cost; those before keep what they said.
#[utoipa::path(
    put, path = "/api/environments/{environment_id}/prices", tag = "systems",
    params(("environment_id" = EnvironmentId, Path)), request_body = PriceModel,
    responses((status = OK, description = "The prices.", body = KeptPrices), Changing),
)]
async fn set_prices(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<EnvironmentId>,
    ApiJson(prices): ApiJson<PriceModel>,
) -> Answer<Json<KeptPrices>> {
    let kept = hub.systems().set_prices(&actor, id, Some(prices)).await?;
    Ok(Json(kept.ok_or_else(|| Error::not_found("price model"))?))
}

/// Takes an environment's prices away
///
/// Needs `systems:write`.
#[utoipa::path(
    delete, path = "/api/environments/{environment_id}/prices", tag = "systems",
    params(("environment_id" = EnvironmentId, Path)),
    responses((status = NO_CONTENT, description = "It has none now."), Changing),
)]
async fn remove_prices(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<EnvironmentId>,
) -> Answer<StatusCode> {
    hub.systems().set_prices(&actor, id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Verifies the ownership of an environment by its file or its DNS record
///
/// Needs `systems:write`. 409 says what was found instead of the token.
#[utoipa::path(
    post, path = "/api/environments/{environment_id}/verify", tag = "systems",
    params(("environment_id" = EnvironmentId, Path)), request_body = VerifyOwnership,
    responses((status = OK, description = "The environment, verified.", body = Environment), Changing),
)]
async fn verify_environment(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<EnvironmentId>,
    ApiJson(request): ApiJson<VerifyOwnership>,
) -> Answer<Json<Environment>> {
    Ok(Json(hub.systems().verify(&actor, id, request).await?))
}

/// Vouches for an environment at a private or loopback address
///
/// Needs `systems:allow-private`.
#[utoipa::path(
    post, path = "/api/environments/{environment_id}/allow-private", tag = "systems",
    params(("environment_id" = EnvironmentId, Path)), request_body = AllowPrivate,
    responses((status = OK, description = "The environment, allowed.", body = Environment), Changing),
)]
async fn allow_private(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<EnvironmentId>,
    ApiJson(request): ApiJson<AllowPrivate>,
) -> Answer<Json<Environment>> {
    Ok(Json(hub.systems().allow_private(&actor, id, request).await?))
}

/// Registers a competitor or reference product
///
/// Needs `systems:write`. It gets passive checks alone, at most one request a second.
#[utoipa::path(
    post, path = "/api/teardown/create", tag = "lab", request_body = NewTeardown,
    responses((status = CREATED, description = "The teardown.", body = Teardown), Making),
)]
async fn create_teardown(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewTeardown>,
) -> Answer<(StatusCode, Json<Teardown>)> {
    Ok((StatusCode::CREATED, Json(hub.systems().create_teardown(&actor, new).await?)))
}
