//! What teams share: assets, their versions, forks and uses.

use super::{
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    refusals::{Changing, Finding, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State, http::StatusCode};
use hub::{
    Hub,
    ids::AssetId,
    library::{
        Asset, AssetChange, AssetUse, AssetVersion, LibraryQuery, NewAsset, NewDeprecation, NewFork, NewUse,
        NewVersion, SharedAsset, Submitted, VersionHead,
    },
    page::{Page, PageRequest},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(share_asset))
        .routes(routes!(list_assets))
        .routes(routes!(get_asset, change_asset, remove_asset))
        .routes(routes!(submit_asset_version, list_asset_versions))
        .routes(routes!(get_asset_version))
        .routes(routes!(fork_asset))
        .routes(routes!(deprecate_asset))
        .routes(routes!(restore_asset))
        .routes(routes!(use_asset))
        .routes(routes!(list_asset_uses))
}

/// Shares an asset with its first version
///
/// Needs `library:write`, and the role of an editor in the workspace. A golden path has to be a Hurl file, a policy gate
/// thresholds as JSON, a governance profile, cohort or dashboard a JSON object. Where the workspace wants changes reviewed,
/// the first version waits for an approval.
#[utoipa::path(
    post, path = "/api/library/share", tag = "library", request_body = NewAsset,
    responses((status = CREATED, description = "The asset.", body = SharedAsset), Changing),
)]
async fn share_asset(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewAsset>,
) -> Answer<(StatusCode, Json<SharedAsset>)> {
    Ok((StatusCode::CREATED, Json(hub.library().share(&actor, new).await?)))
}

/// The assets of the workspaces that the caller is in, newest first
///
/// Needs `library:read`. Searches by the beginnings of words with `q`; deprecated assets come when asked for.
#[utoipa::path(
    get, path = "/api/library/list", tag = "library", params(LibraryQuery),
    responses((status = OK, description = "A page of assets.", body = Page<Asset>), Reading),
)]
async fn list_assets(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<LibraryQuery>,
) -> Answer<Json<Page<Asset>>> {
    Ok(Json(hub.library().list(&actor, query).await?))
}

/// An asset
///
/// Needs `library:read`.
#[utoipa::path(
    get, path = "/api/library/asset/{asset_id}", tag = "library", params(("asset_id" = AssetId, Path)),
    responses((status = OK, description = "The asset.", body = Asset), Finding),
)]
async fn get_asset(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<AssetId>,
) -> Answer<Json<Asset>> {
    Ok(Json(hub.library().get(&actor, id).await?))
}

/// Names and describes an asset anew
///
/// Needs `library:write`, and the role of an editor in its workspace. What is left out stays as it is; the content changes
/// by versions.
#[utoipa::path(
    patch, path = "/api/library/asset/{asset_id}", tag = "library", params(("asset_id" = AssetId, Path)),
    request_body = AssetChange,
    responses((status = OK, description = "The asset.", body = Asset), Changing),
)]
async fn change_asset(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<AssetId>,
    ApiJson(change): ApiJson<AssetChange>,
) -> Answer<Json<Asset>> {
    Ok(Json(hub.library().change(&actor, id, change).await?))
}

/// Removes an asset with its versions
///
/// Needs `library:write`, and the role of a maintainer in its workspace. What systems use can't be removed; forks stay.
#[utoipa::path(
    delete, path = "/api/library/asset/{asset_id}", tag = "library", params(("asset_id" = AssetId, Path)),
    responses((status = NO_CONTENT, description = "It is gone."), Finding),
)]
async fn remove_asset(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<AssetId>,
) -> Answer<StatusCode> {
    hub.library().remove(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes the next version of an asset, or proposes it
///
/// Needs `library:write`, and the role of an editor in its workspace. Where the workspace wants changes reviewed, the
/// answer has a proposal in place of a version.
#[utoipa::path(
    post, path = "/api/library/asset/{asset_id}/versions", tag = "library", params(("asset_id" = AssetId, Path)),
    request_body = NewVersion,
    responses((status = CREATED, description = "What came of it.", body = Submitted), Changing),
)]
async fn submit_asset_version(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<AssetId>,
    ApiJson(new): ApiJson<NewVersion>,
) -> Answer<(StatusCode, Json<Submitted>)> {
    Ok((StatusCode::CREATED, Json(hub.library().submit(&actor, id, new).await?)))
}

/// The versions of an asset, newest first, without their content
///
/// Needs `library:read`.
#[utoipa::path(
    get, path = "/api/library/asset/{asset_id}/versions", tag = "library",
    params(("asset_id" = AssetId, Path), PageRequest),
    responses((status = OK, description = "A page of versions.", body = Page<VersionHead>), Finding, Reading),
)]
async fn list_asset_versions(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<AssetId>,
    ApiQuery(page): ApiQuery<PageRequest>,
) -> Answer<Json<Page<VersionHead>>> {
    Ok(Json(hub.library().versions(&actor, id, &page).await?))
}

/// A version of an asset
///
/// Needs `library:read`. Versions never change.
#[utoipa::path(
    get, path = "/api/library/asset/{asset_id}/versions/{number}", tag = "library",
    params(("asset_id" = AssetId, Path), ("number" = u32, Path, minimum = 1)),
    responses((status = OK, description = "The version.", body = AssetVersion), Finding),
)]
async fn get_asset_version(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath((id, number)): ApiPath<(AssetId, u32)>,
) -> Answer<Json<AssetVersion>> {
    Ok(Json(hub.library().version(&actor, id, number).await?))
}

/// Copies a version of an asset into a workspace
///
/// Needs `library:write`, and the role of an editor in the workspace that gets it. The copy says where it comes from.
#[utoipa::path(
    post, path = "/api/library/asset/{asset_id}/fork", tag = "library", params(("asset_id" = AssetId, Path)),
    request_body = NewFork,
    responses((status = CREATED, description = "The copy.", body = SharedAsset), Changing),
)]
async fn fork_asset(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<AssetId>,
    ApiJson(new): ApiJson<NewFork>,
) -> Answer<(StatusCode, Json<SharedAsset>)> {
    Ok((StatusCode::CREATED, Json(hub.library().fork(&actor, id, new).await?)))
}

/// Says that an asset should not be used any more
///
/// Needs `library:write`, and the role of a maintainer in its workspace. What uses it goes on; nobody takes it anew.
#[utoipa::path(
    post, path = "/api/library/asset/{asset_id}/deprecate", tag = "library", params(("asset_id" = AssetId, Path)),
    request_body = NewDeprecation,
    responses((status = OK, description = "The asset.", body = Asset), Changing),
)]
async fn deprecate_asset(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<AssetId>,
    ApiJson(new): ApiJson<NewDeprecation>,
) -> Answer<Json<Asset>> {
    Ok(Json(hub.library().deprecate(&actor, id, new).await?))
}

/// Takes a deprecation back
///
/// Needs `library:write`, and the role of a maintainer in its workspace.
#[utoipa::path(
    post, path = "/api/library/asset/{asset_id}/restore", tag = "library", params(("asset_id" = AssetId, Path)),
    responses((status = OK, description = "The asset.", body = Asset), Finding),
)]
async fn restore_asset(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<AssetId>,
) -> Answer<Json<Asset>> {
    Ok(Json(hub.library().restore(&actor, id).await?))
}

/// Makes a version of an asset a system's golden path or gate policy
///
/// Needs `gates:write` and `library:read`. As long as the system has it unchanged, the asset can't be removed.
#[utoipa::path(
    post, path = "/api/library/asset/{asset_id}/use", tag = "library", params(("asset_id" = AssetId, Path)),
    request_body = NewUse,
    responses((status = CREATED, description = "The use.", body = AssetUse), Changing),
)]
async fn use_asset(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<AssetId>,
    ApiJson(new): ApiJson<NewUse>,
) -> Answer<(StatusCode, Json<AssetUse>)> {
    Ok((StatusCode::CREATED, Json(hub.library().put_to_use(&actor, id, new).await?)))
}

/// Who took an asset into use, newest first
///
/// Needs `library:read`.
#[utoipa::path(
    get, path = "/api/library/asset/{asset_id}/uses", tag = "library",
    params(("asset_id" = AssetId, Path), PageRequest),
    responses((status = OK, description = "A page of uses.", body = Page<AssetUse>), Finding, Reading),
)]
async fn list_asset_uses(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<AssetId>,
    ApiQuery(page): ApiQuery<PageRequest>,
) -> Answer<Json<Page<AssetUse>>> {
    Ok(Json(hub.library().uses(&actor, id, &page).await?))
}
