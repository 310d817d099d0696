//! Personal data, consents, retention, and the register of processing.

use super::{
    download::{AnyBytes, Download},
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    refusals::{Changing, Finding, Making, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State, http::StatusCode};
use hub::{
    Hub,
    ids::{PrivacyRequestId, ProcessingActivityId},
    page::Page,
    privacy::{
        Activity, Aged, Consent, ConsentQuery, NewActivity, NewConsent, NewPurpose, NewRequest, PrivacyRequest,
        Purpose, PurposeState, Register, RequestKind, RequestQuery,
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(ask_for_export))
        .routes(routes!(ask_for_erasure))
        .routes(routes!(list_privacy_requests))
        .routes(routes!(list_own_privacy_requests))
        .routes(routes!(get_privacy_request))
        .routes(routes!(cancel_erasure))
        .routes(routes!(download_export_json))
        .routes(routes!(download_export_html))
        .routes(routes!(list_consent_purposes, set_consent_purpose))
        .routes(routes!(list_own_consents, decide_consent))
        .routes(routes!(list_consents))
        .routes(routes!(dry_run_retention))
        .routes(routes!(get_processing_register, add_processing_activity))
        .routes(routes!(change_processing_activity, remove_processing_activity))
        .routes(routes!(download_processing_register_json))
        .routes(routes!(download_processing_register_csv))
}

/// Asks for everything that the hub holds of a person
///
/// Needs `account:manage`, and `privacy:manage` for another member. The file is made as a job and kept for a week.
#[utoipa::path(
    post, path = "/api/privacy/exports", tag = "privacy", request_body = NewRequest,
    responses((status = ACCEPTED, description = "The request.", body = PrivacyRequest), Changing),
)]
async fn ask_for_export(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewRequest>,
) -> Answer<(StatusCode, Json<PrivacyRequest>)> {
    Ok((StatusCode::ACCEPTED, Json(hub.privacy().ask(&actor, RequestKind::Export, new).await?)))
}

/// Asks that the hub forgets a person
///
/// Needs `account:manage`, and `privacy:manage` for another member. It happens after a week, in which it can be taken back.
#[utoipa::path(
    post, path = "/api/privacy/erasures", tag = "privacy", request_body = NewRequest,
    responses((status = ACCEPTED, description = "The request.", body = PrivacyRequest), Changing),
)]
async fn ask_for_erasure(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewRequest>,
) -> Answer<(StatusCode, Json<PrivacyRequest>)> {
    Ok((StatusCode::ACCEPTED, Json(hub.privacy().ask(&actor, RequestKind::Erasure, new).await?)))
}

/// Everybody's requests, newest first
///
/// Needs `privacy:read`.
#[utoipa::path(
    get, path = "/api/privacy/requests", tag = "privacy", params(RequestQuery),
    responses((status = OK, description = "A page of requests.", body = Page<PrivacyRequest>), Reading),
)]
async fn list_privacy_requests(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<RequestQuery>,
) -> Answer<Json<Page<PrivacyRequest>>> {
    Ok(Json(hub.privacy().requests(&actor, &query).await?))
}

/// The requests about the caller, newest first
///
/// Needs `account:manage`.
#[utoipa::path(
    get, path = "/api/privacy/requests/own", tag = "privacy", params(RequestQuery),
    responses((status = OK, description = "A page of requests.", body = Page<PrivacyRequest>), Reading),
)]
async fn list_own_privacy_requests(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<RequestQuery>,
) -> Answer<Json<Page<PrivacyRequest>>> {
    Ok(Json(hub.privacy().own_requests(&actor, &query).await?))
}

/// Where a request stands
///
/// Needs `account:manage`, and `privacy:read` for another person's.
#[utoipa::path(
    get, path = "/api/privacy/requests/{request_id}", tag = "privacy", params(("request_id" = PrivacyRequestId, Path)),
    responses((status = OK, description = "The request.", body = PrivacyRequest), Finding),
)]
async fn get_privacy_request(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<PrivacyRequestId>,
) -> Answer<Json<PrivacyRequest>> {
    Ok(Json(hub.privacy().request(&actor, id).await?))
}

/// Takes an erasure back while it waits
///
/// Needs `account:manage`, and `privacy:manage` for another person's.
#[utoipa::path(
    post, path = "/api/privacy/requests/{request_id}/cancel", tag = "privacy",
    params(("request_id" = PrivacyRequestId, Path)),
    responses((status = OK, description = "The request.", body = PrivacyRequest), Changing),
)]
async fn cancel_erasure(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<PrivacyRequestId>,
) -> Answer<Json<PrivacyRequest>> {
    Ok(Json(hub.privacy().take_back(&actor, id).await?))
}

/// Downloads an export as JSON
///
/// Needs `account:manage`, and `privacy:manage` for another person's. The download is logged.
#[utoipa::path(
    get, path = "/api/privacy/requests/{request_id}/export.json", tag = "privacy",
    params(("request_id" = PrivacyRequestId, Path)),
    responses((status = OK, description = "The data.", body = serde_json::Value, content_type = "application/json"), Finding),
)]
async fn download_export_json(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<PrivacyRequestId>,
) -> Answer<Download> {
    let bytes = hub.privacy().download(&actor, id).await?.json()?;
    Ok(Download { bytes, media_type: "application/json".to_owned(), name: format!("personal-data-{id}.json") })
}

/// Downloads an export as a page that opens without the hub
///
/// Needs `account:manage`, and `privacy:manage` for another person's. The download is logged.
#[utoipa::path(
    get, path = "/api/privacy/requests/{request_id}/export.html", tag = "privacy",
    params(("request_id" = PrivacyRequestId, Path)),
    responses((status = OK, description = "The page.", body = AnyBytes, content_type = "text/html"), Finding),
)]
async fn download_export_html(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<PrivacyRequestId>,
) -> Answer<Download> {
    let bytes = hub.privacy().download(&actor, id).await?.html()?;
    Ok(Download { bytes, media_type: "text/html; charset=utf-8".to_owned(), name: format!("personal-data-{id}.html") })
}

/// What people are asked to agree to, with what the caller said last
///
/// Needs `account:manage`.
#[utoipa::path(
    get, path = "/api/privacy/purposes", tag = "privacy",
    responses((status = OK, description = "The purposes.", body = Vec<PurposeState>), Reading),
)]
async fn list_consent_purposes(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Vec<PurposeState>>> {
    Ok(Json(hub.privacy().purposes(&actor).await?))
}

/// Adds a purpose, or a new version of its text, to which people are asked again
///
/// Needs `privacy:manage`.
#[utoipa::path(
    post, path = "/api/privacy/purposes", tag = "privacy", request_body = NewPurpose,
    responses((status = CREATED, description = "The purpose.", body = Purpose), Making),
)]
async fn set_consent_purpose(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewPurpose>,
) -> Answer<(StatusCode, Json<Purpose>)> {
    Ok((StatusCode::CREATED, Json(hub.privacy().set_purpose(&actor, new).await?)))
}

/// What the caller agreed to and withdrew, newest first
///
/// Needs `account:manage`.
#[utoipa::path(
    get, path = "/api/privacy/consents", tag = "privacy", params(ConsentQuery),
    responses((status = OK, description = "A page of decisions.", body = Page<Consent>), Reading),
)]
async fn list_own_consents(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<ConsentQuery>,
) -> Answer<Json<Page<Consent>>> {
    Ok(Json(hub.privacy().own_consents(&actor, &query).await?))
}

/// Agrees to a purpose, or withdraws
///
/// Needs `account:manage`. The version must be that of the text of now.
#[utoipa::path(
    post, path = "/api/privacy/consents", tag = "privacy", request_body = NewConsent,
    responses((status = CREATED, description = "The decision.", body = Consent), Changing),
)]
async fn decide_consent(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewConsent>,
) -> Answer<(StatusCode, Json<Consent>)> {
    Ok((StatusCode::CREATED, Json(hub.privacy().decide(&actor, new).await?)))
}

/// What everybody agreed to and withdrew, newest first
///
/// Needs `privacy:read`.
#[utoipa::path(
    get, path = "/api/privacy/consents/all", tag = "privacy", params(ConsentQuery),
    responses((status = OK, description = "A page of decisions.", body = Page<Consent>), Reading),
)]
async fn list_consents(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<ConsentQuery>,
) -> Answer<Json<Page<Consent>>> {
    Ok(Json(hub.privacy().consents(&actor, &query).await?))
}

/// What would be removed now as too old, kind by kind
///
/// Needs `privacy:read`. It removes nothing.
#[utoipa::path(
    get, path = "/api/privacy/retention", tag = "privacy",
    responses((status = OK, description = "The kinds.", body = Vec<Aged>), Reading),
)]
async fn dry_run_retention(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Vec<Aged>>> {
    Ok(Json(hub.privacy().retention(&actor).await?))
}

/// The register of processing: the hub's own, and what the organisation adds
///
/// Needs `privacy:read`.
#[utoipa::path(
    get, path = "/api/privacy/register", tag = "privacy",
    responses((status = OK, description = "The register.", body = Register), Reading),
)]
async fn get_processing_register(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Register>> {
    Ok(Json(hub.privacy().register(&actor).await?))
}

/// Adds a record to the register of processing
///
/// Needs `privacy:manage`.
#[utoipa::path(
    post, path = "/api/privacy/register", tag = "privacy", request_body = NewActivity,
    responses((status = CREATED, description = "The record.", body = Activity), Making),
)]
async fn add_processing_activity(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewActivity>,
) -> Answer<(StatusCode, Json<Activity>)> {
    Ok((StatusCode::CREATED, Json(hub.privacy().add_activity(&actor, new).await?)))
}

/// Writes a record of the register anew
///
/// Needs `privacy:manage`.
#[utoipa::path(
    put, path = "/api/privacy/register/{activity_id}", tag = "privacy", params(("activity_id" = ProcessingActivityId, Path)),
    request_body = NewActivity,
    responses((status = OK, description = "The record.", body = Activity), Changing),
)]
async fn change_processing_activity(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ProcessingActivityId>,
    ApiJson(new): ApiJson<NewActivity>,
) -> Answer<Json<Activity>> {
    Ok(Json(hub.privacy().change_activity(&actor, id, new).await?))
}

/// Removes a record of the register
///
/// Needs `privacy:manage`.
#[utoipa::path(
    delete, path = "/api/privacy/register/{activity_id}", tag = "privacy", params(("activity_id" = ProcessingActivityId, Path)),
    responses((status = NO_CONTENT, description = "It is removed."), Finding),
)]
async fn remove_processing_activity(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ProcessingActivityId>,
) -> Answer<StatusCode> {
    hub.privacy().remove_activity(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Downloads the register of processing as JSON
///
/// Needs `privacy:read`.
#[utoipa::path(
    get, path = "/api/privacy/register.json", tag = "privacy",
    responses((status = OK, description = "The register.", body = serde_json::Value, content_type = "application/json"), Reading),
)]
async fn download_processing_register_json(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Download> {
    let register = hub.privacy().register(&actor).await?;
    let bytes = serde_json::to_vec_pretty(&register).map_err(hub::Error::from)?;
    Ok(Download { bytes, media_type: "application/json".to_owned(), name: "processing-register.json".to_owned() })
}

/// Downloads the register of processing as a table
///
/// Needs `privacy:read`.
#[utoipa::path(
    get, path = "/api/privacy/register.csv", tag = "privacy",
    responses((status = OK, description = "The register.", body = AnyBytes, content_type = "text/csv"), Reading),
)]
async fn download_processing_register_csv(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Download> {
    let bytes = hub.privacy().register(&actor).await?.csv()?;
    Ok(Download { bytes, media_type: "text/csv; charset=utf-8".to_owned(), name: "processing-register.csv".to_owned() })
}
