//! The audit log and its proofs.

use super::{
    download::{AnyBytes, Download},
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    refusals::{Finding, Making, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{
    Json,
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use hub::{
    Hub,
    access::Actor,
    audit::{AuditQuery, Entry, ExportFormat, Verification},
    page::Page,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_audit_entries))
        .routes(routes!(get_audit_proof))
        .routes(routes!(download_audit_entry))
        .routes(routes!(export_audit_json_lines))
        .routes(routes!(export_audit_csv))
        .routes(routes!(get_audit_consistency))
        .routes(routes!(get_audit_checkpoint))
        .routes(routes!(verify_audit))
}

/// Entries of the audit log, newest first
///
/// Needs `audit:read`.
#[utoipa::path(
    get, path = "/api/audit/entries", tag = "audit", params(AuditQuery),
    responses((status = OK, description = "A page of entries.", body = Page<Entry>), Reading),
)]
async fn list_audit_entries(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<AuditQuery>,
) -> Answer<Json<Page<Entry>>> {
    Ok(Json(hub.audit().list(&actor, &query).await?))
}

/// The entries of the log as JSON lines, oldest first, each with the text whose digest is in the tree
///
/// Needs `audit:read`. The same filters as for the list; cursor and limit are left aside. The export is logged.
#[utoipa::path(
    get, path = "/api/audit/export.jsonl", tag = "audit", params(AuditQuery),
    responses((status = OK, description = "The entries.", body = AnyBytes, content_type = "application/jsonl"), Reading),
)]
async fn export_audit_json_lines(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<AuditQuery>,
) -> Answer<Response> {
    exported(&hub, &actor, query, ExportFormat::JsonLines).await
}

/// The entries of the log as a table, oldest first
///
/// Needs `audit:read`. The same filters as for the list; cursor and limit are left aside. The export is logged.
#[utoipa::path(
    get, path = "/api/audit/export.csv", tag = "audit", params(AuditQuery),
    responses((status = OK, description = "The entries.", body = AnyBytes, content_type = "text/csv"), Reading),
)]
async fn export_audit_csv(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<AuditQuery>,
) -> Answer<Response> {
    exported(&hub, &actor, query, ExportFormat::Csv).await
}

/// Answers with parts as they are read. A fault in the middle breaks the answer off, which no client takes for its end.
async fn exported(hub: &Hub, actor: &Actor, query: AuditQuery, format: ExportFormat) -> Answer<Response> {
    let parts = hub.audit().export(actor, query, format).await?;
    let media_type = match format {
        ExportFormat::JsonLines => "application/jsonl",
        ExportFormat::Csv => "text/csv; charset=utf-8",
    };
    let disposition = format!("attachment; filename=\"audit.{}\"", format.extension());
    let headers = [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(parts)).into_response())
}

/// An entry with everything that shows that it is in the log
///
/// Needs `audit:read`. `sbh verify` checks the file offline. Persons in the entry are sealed, as they are stored.
#[utoipa::path(
    get, path = "/api/audit/entries/{seq}/proof.json", tag = "audit", params(("seq" = u64, Path)),
    responses((status = OK, description = "The entry, its proof and the signed head.", body = serde_json::Value, content_type = "application/json"), Finding),
)]
async fn download_audit_entry(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(seq): ApiPath<u64>,
) -> Answer<Download> {
    let proof = hub.audit().proof_of(&actor, seq).await?;
    let bytes = serde_json::to_vec_pretty(&proof).map_err(hub::Error::from)?;
    Ok(Download { bytes, media_type: "application/json".to_owned(), name: format!("audit-entry-{seq}.json") })
}

/// In which tree.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct InTree {
    /// Entries of the tree; all of the log's when left out.
    size: Option<u64>,
}

/// A path through the tree (RFC 9162, section 2.1).
#[derive(Debug, Serialize, ToSchema)]
struct Proof {
    /// The entry's position, or the size of the older tree.
    from: u64,
    /// The size of the tree, or of the newer one.
    size: u64,
    /// Hashes in hex, from the leaf up.
    path: Vec<String>,
}

/// The proof that an entry is in the log
///
/// Needs `audit:read`.
#[utoipa::path(
    get, path = "/api/audit/entries/{seq}/proof", tag = "audit", params(("seq" = u64, Path), InTree),
    responses((status = OK, description = "An inclusion proof.", body = Proof), Finding, Reading),
)]
async fn get_audit_proof(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(seq): ApiPath<u64>,
    ApiQuery(tree): ApiQuery<InTree>,
) -> Answer<Json<Proof>> {
    let proof = hub.audit().inclusion(&actor, seq, tree.size).await?;
    let path = proof.path.iter().map(ToString::to_string).collect();
    Ok(Json(Proof { from: proof.index, size: proof.size, path }))
}

/// Between which trees.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Between {
    /// Entries of the older tree.
    from: u64,
    /// Entries of the newer one; all of the log's when left out.
    #[serde(default)]
    to: Option<u64>,
}

/// The proof that the log of now extends the log of then
///
/// Needs `audit:read`.
#[utoipa::path(
    get, path = "/api/audit/consistency", tag = "audit", params(Between),
    responses((status = OK, description = "A consistency proof.", body = Proof), Reading),
)]
async fn get_audit_consistency(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(between): ApiQuery<Between>,
) -> Answer<Json<Proof>> {
    let proof = hub.audit().consistency(&actor, between.from, between.to).await?;
    let path = proof.path.iter().map(ToString::to_string).collect();
    Ok(Json(Proof { from: proof.old_size, size: proof.new_size, path }))
}

/// The log's present head as a signed note
///
/// Needs `audit:read`. Keep it elsewhere: against it, `POST /api/audit/verify` finds what was cut off.
#[utoipa::path(
    get, path = "/api/audit/checkpoint", tag = "audit",
    responses((status = OK, description = "A C2SP checkpoint.", body = String, content_type = "text/plain"), Reading),
)]
async fn get_audit_checkpoint(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Download> {
    let note = hub.audit().checkpoint(&actor).await?;
    let (media_type, name) = ("text/plain; charset=utf-8".to_owned(), "audit.checkpoint".to_owned());
    Ok(Download { bytes: note.into_bytes(), media_type, name })
}

/// What the log is compared with.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct VerifyAudit {
    /// An earlier checkpoint.
    checkpoint: Option<String>,
}

/// Reads the whole log and compares every entry, its head and, if given, an earlier checkpoint
///
/// Needs `audit:read`. It changes nothing.
#[utoipa::path(
    post, path = "/api/audit/verify", tag = "audit", request_body = VerifyAudit,
    responses((status = OK, description = "What was found.", body = Verification), Making),
)]
async fn verify_audit(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(request): ApiJson<VerifyAudit>,
) -> Answer<Json<Verification>> {
    Ok(Json(hub.audit().verify(&actor, request.checkpoint.as_deref()).await?))
}
