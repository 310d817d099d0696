//! Versions of assets that wait for somebody else's approval.

use super::{
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    refusals::{Changing, Finding, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State};
use hub::{
    Hub,
    ids::ProposalId,
    library::{Decision, Proposal, ProposalDetail, ProposalQuery},
    page::Page,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_proposals))
        .routes(routes!(get_proposal))
        .routes(routes!(decide_proposal))
        .routes(routes!(withdraw_proposal))
}

/// Proposed versions in the workspaces that the caller is in, newest first
///
/// Needs `library:read`.
#[utoipa::path(
    get, path = "/api/library/proposals", tag = "library", params(ProposalQuery),
    responses((status = OK, description = "A page of proposals.", body = Page<Proposal>), Reading),
)]
async fn list_proposals(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<ProposalQuery>,
) -> Answer<Json<Page<Proposal>>> {
    Ok(Json(hub.library().proposals(&actor, &query).await?))
}

/// A proposed version with what it holds
///
/// Needs `library:read`.
#[utoipa::path(
    get, path = "/api/library/proposals/{proposal_id}", tag = "library", params(("proposal_id" = ProposalId, Path)),
    responses((status = OK, description = "The proposal.", body = ProposalDetail), Finding),
)]
async fn get_proposal(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ProposalId>,
) -> Answer<Json<ProposalDetail>> {
    Ok(Json(hub.library().proposal(&actor, id).await?))
}

/// Approves or rejects a proposed version
///
/// Needs `library:review`, and the role of a reviewer in its workspace. Nobody decides about what they proposed
/// themselves; a key counts as the member who made it. A rejection says why.
#[utoipa::path(
    post, path = "/api/library/proposals/{proposal_id}/decide", tag = "library",
    params(("proposal_id" = ProposalId, Path)), request_body = Decision,
    responses((status = OK, description = "The proposal.", body = Proposal), Changing),
)]
async fn decide_proposal(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ProposalId>,
    ApiJson(decision): ApiJson<Decision>,
) -> Answer<Json<Proposal>> {
    Ok(Json(hub.library().decide(&actor, id, decision).await?))
}

/// Takes one's own proposal back
///
/// Needs `library:write`.
#[utoipa::path(
    post, path = "/api/library/proposals/{proposal_id}/withdraw", tag = "library",
    params(("proposal_id" = ProposalId, Path)),
    responses((status = OK, description = "The proposal.", body = Proposal), Finding),
)]
async fn withdraw_proposal(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ProposalId>,
) -> Answer<Json<Proposal>> {
    Ok(Json(hub.library().withdraw(&actor, id).await?))
}
