//! Organisations, for those who run the hub; and how an owner has their own removed.

use super::{
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    refusals::{Changing, Finding, Making, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State, http::StatusCode};
use hub::{
    Hub,
    ids::TenantId,
    page::{Page, PageRequest},
    tenants::{
        CreatedOrganisation, NewOrganisation, NewOwnerInvitation, Organisation, OwnDeletion, OwnerInvitation,
        Suspension, TierChange, quotas::QuotaOverrides,
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_organisations, create_organisation))
        .routes(routes!(get_organisation, delete_organisation))
        .routes(routes!(set_organisation_tier))
        .routes(routes!(set_organisation_quotas))
        .routes(routes!(invite_organisation_owner))
        .routes(routes!(suspend_organisation))
        .routes(routes!(resume_organisation))
        .routes(routes!(restore_organisation))
        .routes(routes!(delete_own_organisation))
}

/// All organisations, newest first
///
/// Needs `hub:operate` in the organisation that runs the hub.
#[utoipa::path(
    get, path = "/api/tenants", tag = "organisations", params(PageRequest),
    responses((status = OK, description = "A page of organisations.", body = Page<Organisation>), Reading),
)]
async fn list_organisations(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(page): ApiQuery<PageRequest>,
) -> Answer<Json<Page<Organisation>>> {
    Ok(Json(hub.tenants().list(&actor, &page).await?))
}

/// Makes an organisation with its first owner
///
/// With a password the owner can sign in at once; without one, the secret of an invitation's link is shown this once. Needs
/// `hub:operate` in the organisation that runs the hub.
#[utoipa::path(
    post, path = "/api/tenants", tag = "organisations", request_body = NewOrganisation,
    responses((status = CREATED, description = "The organisation.", body = CreatedOrganisation), Making),
)]
async fn create_organisation(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewOrganisation>,
) -> Answer<(StatusCode, Json<CreatedOrganisation>)> {
    Ok((StatusCode::CREATED, Json(hub.tenants().create(&actor, new).await?)))
}

/// An organisation
///
/// Needs `hub:operate`; for everybody outside of the organisation that runs the hub there is none.
#[utoipa::path(
    get, path = "/api/tenants/{tenant_id}", tag = "organisations", params(("tenant_id" = TenantId, Path)),
    responses((status = OK, description = "The organisation.", body = Organisation), Finding),
)]
async fn get_organisation(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<TenantId>,
) -> Answer<Json<Organisation>> {
    Ok(Json(hub.tenants().get(&actor, id).await?))
}

/// Decides that everything of an organisation goes
///
/// Nobody of it gets in from now on; it can be restored until `delete_after`. Needs `hub:operate`.
#[utoipa::path(
    delete, path = "/api/tenants/{tenant_id}", tag = "organisations", params(("tenant_id" = TenantId, Path)),
    responses((status = OK, description = "The organisation.", body = Organisation), Changing),
)]
async fn delete_organisation(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<TenantId>,
) -> Answer<Json<Organisation>> {
    Ok(Json(hub.tenants().delete(&actor, id).await?))
}

/// Gives an organisation another tier
///
/// Needs `hub:operate`.
#[utoipa::path(
    put, path = "/api/tenants/{tenant_id}/tier", tag = "organisations", params(("tenant_id" = TenantId, Path)),
    request_body = TierChange,
    responses((status = OK, description = "The organisation.", body = Organisation), Changing),
)]
async fn set_organisation_tier(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<TenantId>,
    ApiJson(change): ApiJson<TierChange>,
) -> Answer<Json<Organisation>> {
    Ok(Json(hub.tenants().set_tier(&actor, id, change).await?))
}

/// Says what an organisation may use beside its tier
///
/// A number, or `unlimited`; what is left out is the tier's. Needs `hub:operate`.
#[utoipa::path(
    put, path = "/api/tenants/{tenant_id}/quotas", tag = "organisations", params(("tenant_id" = TenantId, Path)),
    request_body = QuotaOverrides,
    responses((status = OK, description = "The organisation.", body = Organisation), Changing),
)]
async fn set_organisation_quotas(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<TenantId>,
    ApiJson(agreed): ApiJson<QuotaOverrides>,
) -> Answer<Json<Organisation>> {
    Ok(Json(hub.tenants().set_quotas(&actor, id, agreed).await?))
}

/// Invites somebody else to own an organisation that nobody owns yet
///
/// The link of before ends; the secret of the new one is shown this once. Needs `hub:operate`.
#[utoipa::path(
    post, path = "/api/tenants/{tenant_id}/owner-invitation", tag = "organisations",
    params(("tenant_id" = TenantId, Path)), request_body = NewOwnerInvitation,
    responses((status = CREATED, description = "The invitation.", body = OwnerInvitation), Changing),
)]
async fn invite_organisation_owner(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<TenantId>,
    ApiJson(new): ApiJson<NewOwnerInvitation>,
) -> Answer<(StatusCode, Json<OwnerInvitation>)> {
    Ok((StatusCode::CREATED, Json(hub.tenants().invite_owner(&actor, id, new).await?)))
}

/// Suspends an organisation
///
/// Its sessions, keys and tokens open nothing from now on, and its schedules and jobs wait. Needs `hub:operate`.
#[utoipa::path(
    post, path = "/api/tenants/{tenant_id}/suspend", tag = "organisations", params(("tenant_id" = TenantId, Path)),
    request_body = Suspension,
    responses((status = OK, description = "The organisation.", body = Organisation), Changing),
)]
async fn suspend_organisation(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<TenantId>,
    ApiJson(suspension): ApiJson<Suspension>,
) -> Answer<Json<Organisation>> {
    Ok(Json(hub.tenants().suspend(&actor, id, suspension).await?))
}

/// Resumes a suspended organisation
///
/// Sessions and keys open again what they did, and what waited goes on. Needs `hub:operate`.
#[utoipa::path(
    post, path = "/api/tenants/{tenant_id}/resume", tag = "organisations", params(("tenant_id" = TenantId, Path)),
    responses((status = OK, description = "The organisation.", body = Organisation), Changing),
)]
async fn resume_organisation(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<TenantId>,
) -> Answer<Json<Organisation>> {
    Ok(Json(hub.tenants().resume(&actor, id).await?))
}

/// Takes back that an organisation goes
///
/// One that was suspended before stays so. Needs `hub:operate`.
#[utoipa::path(
    post, path = "/api/tenants/{tenant_id}/restore", tag = "organisations", params(("tenant_id" = TenantId, Path)),
    responses((status = OK, description = "The organisation.", body = Organisation), Changing),
)]
async fn restore_organisation(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<TenantId>,
) -> Answer<Json<Organisation>> {
    Ok(Json(hub.tenants().restore(&actor, id).await?))
}

/// Decides that everything of one's own organisation goes
///
/// Nobody of it gets in from now on, the caller included; those who run the hub can restore it until `delete_after`. Needs
/// `tenant:own`.
#[utoipa::path(
    post, path = "/api/tenants/deletion", tag = "organisations", request_body = OwnDeletion,
    responses((status = OK, description = "The organisation.", body = Organisation), Making),
)]
async fn delete_own_organisation(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(typed): ApiJson<OwnDeletion>,
) -> Answer<Json<Organisation>> {
    Ok(Json(hub.tenants().leave(&actor, &typed).await?))
}
