//! Evidence packs and the keys that verify them.

use super::{
    download::{AnyBytes, Download},
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    refusals::{Changing, Finding, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State, http::StatusCode};
use hub::{
    Hub,
    compliance::{EvidencePacket, EvidenceQuery, NewEvidence, PublicKeyView},
    ids::EvidenceId,
    page::Page,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_evidence, create_evidence))
        .routes(routes!(get_evidence))
        .routes(routes!(download_evidence))
        .routes(routes!(get_public_key))
        .routes(routes!(list_public_keys))
}

/// Makes a signed evidence pack of a finished validation
///
/// Needs `evidence:create` and `gates:read`.
#[utoipa::path(
    post, path = "/api/compliance/evidence", tag = "compliance", request_body = NewEvidence,
    responses((status = CREATED, description = "The pack.", body = EvidencePacket), Changing),
)]
async fn create_evidence(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewEvidence>,
) -> Answer<(StatusCode, Json<EvidencePacket>)> {
    Ok((StatusCode::CREATED, Json(hub.compliance().create(&actor, new).await?)))
}

/// Evidence packs, newest first
///
/// Needs `evidence:read`.
#[utoipa::path(
    get, path = "/api/compliance/evidence", tag = "compliance", params(EvidenceQuery),
    responses((status = OK, description = "A page of packs.", body = Page<EvidencePacket>), Reading),
)]
async fn list_evidence(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<EvidenceQuery>,
) -> Answer<Json<Page<EvidencePacket>>> {
    Ok(Json(hub.compliance().list(&actor, &query).await?))
}

/// What is in an evidence pack
///
/// Needs `evidence:read`.
#[utoipa::path(
    get, path = "/api/compliance/evidence/{evidence_id}", tag = "compliance",
    params(("evidence_id" = EvidenceId, Path)),
    responses((status = OK, description = "The pack.", body = EvidencePacket), Finding),
)]
async fn get_evidence(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<EvidenceId>,
) -> Answer<Json<EvidencePacket>> {
    Ok(Json(hub.compliance().get(&actor, id).await?))
}

/// Downloads an evidence pack
///
/// Needs `evidence:read`. The download is logged.
#[utoipa::path(
    get, path = "/api/compliance/evidence/{evidence_id}/pack", tag = "compliance",
    params(("evidence_id" = EvidenceId, Path)),
    responses((status = OK, description = "The zip.", body = AnyBytes, content_type = "application/zip"), Finding),
)]
async fn download_evidence(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<EvidenceId>,
) -> Answer<Download> {
    let (packet, bytes) = hub.compliance().download(&actor, id).await?;
    let name = format!("evidence-{}-{}.zip", packet.version, packet.id);
    Ok(Download { bytes, media_type: "application/zip".to_owned(), name })
}

/// The key that signs now, in PEM
///
/// Needs `evidence:read`.
#[utoipa::path(
    get, path = "/api/compliance/public-key", tag = "compliance",
    responses((status = OK, description = "SubjectPublicKeyInfo.", body = String, content_type = "application/x-pem-file"), Finding),
)]
async fn get_public_key(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Download> {
    let newest = hub.compliance().public_keys(&actor).await?.into_iter().next();
    let key = newest.ok_or_else(|| hub::Error::not_found("key"))?;
    let media_type = "application/x-pem-file".to_owned();
    Ok(Download { bytes: key.pem.into_bytes(), media_type, name: "public-key.pem".to_owned() })
}

/// All keys that packs and checkpoints verify with, newest first
///
/// Needs `evidence:read`.
#[utoipa::path(
    get, path = "/api/compliance/public-keys", tag = "compliance",
    responses((status = OK, description = "The keys.", body = Vec<PublicKeyView>), Reading),
)]
async fn list_public_keys(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Vec<PublicKeyView>>> {
    Ok(Json(hub.compliance().public_keys(&actor).await?))
}
