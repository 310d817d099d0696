//! Signing in and out, sessions, keys, members.

use super::{
    extract::{ApiJson, ApiPath, Caller},
    refusals::{Changing, Finding, Making, Open, Reading},
};
use crate::{
    edge::{forwarded::ClientIp, session},
    problem::Answer,
    state::AppState,
};
use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use hub::{
    Hub,
    access::{Actor, Permission, Role},
    identity::{ApiKey, CreatedKey, Credentials, Member, NewKey, NewMember, NewOwner, SessionView},
    ids::{KeyId, SessionId, TenantId, UserId},
};
use serde::Serialize;
use std::collections::BTreeSet;
use tower_sessions::Session;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(first_run))
        .routes(routes!(sign_in))
        .routes(routes!(sign_out))
        .routes(routes!(me))
        .routes(routes!(list_sessions))
        .routes(routes!(end_session))
        .routes(routes!(list_keys, create_key))
        .routes(routes!(revoke_key))
        .routes(routes!(list_members, add_member))
}

/// Who asks, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// The organisation.
    tenant_id: TenantId,
    /// What the organisation is called.
    organisation: String,
    /// The account; absent for a key.
    user_id: Option<UserId>,
    /// The address of the account, or the name of the key.
    name: String,
    /// The role in the organisation; a key has its maker's.
    role: Role,
    /// What it may do.
    permissions: BTreeSet<Permission>,
}

impl Me {
    async fn of(hub: &Hub, actor: &Actor) -> hub::Result<Self> {
        Ok(Self {
            tenant_id: actor.tenant(),
            organisation: hub.identity().organisation(actor).await?,
            user_id: actor.user_id(),
            name: actor.label(),
            role: actor.role(),
            permissions: actor.permissions().clone(),
        })
    }
}

/// Creates the first organisation and its owner, and signs the owner in
///
/// Open to whoever comes first, and to nobody afterwards.
#[utoipa::path(
    post, path = "/api/auth/first-run", tag = "identity", security(()), request_body = NewOwner,
    responses((status = CREATED, description = "The owner, signed in.", body = Me), Open),
)]
async fn first_run(
    State(hub): State<Hub>,
    session: Session,
    headers: HeaderMap,
    ApiJson(new): ApiJson<NewOwner>,
) -> Answer<(StatusCode, Json<Me>)> {
    let actor = hub.identity().create_first_owner(new).await?;
    session::begin(&session, &actor, &headers).await?;
    Ok((StatusCode::CREATED, Json(Me::of(&hub, &actor).await?)))
}

/// Signs in with e-mail and password
///
/// The answer sets the session's cookie. Repeated failures slow further attempts down.
#[utoipa::path(
    post, path = "/api/auth/sign-in", tag = "identity", security(()), request_body = Credentials,
    responses((status = OK, description = "Signed in.", body = Me), Open),
)]
async fn sign_in(
    State(hub): State<Hub>,
    Extension(from): Extension<ClientIp>,
    session: Session,
    headers: HeaderMap,
    ApiJson(credentials): ApiJson<Credentials>,
) -> Answer<Json<Me>> {
    let actor = hub.identity().sign_in(&credentials, &from.subject()).await?;
    session::begin(&session, &actor, &headers).await?;
    Ok(Json(Me::of(&hub, &actor).await?))
}

/// Signs out: ends the session of this browser
#[utoipa::path(
    post, path = "/api/auth/sign-out", tag = "identity",
    responses((status = NO_CONTENT, description = "Signed out."), Finding),
)]
async fn sign_out(State(hub): State<Hub>, Caller(actor): Caller, session: Session) -> Answer<StatusCode> {
    session::end(&session).await?;
    hub.identity().signed_out(&actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who asks, and what they may do
#[utoipa::path(
    get, path = "/api/auth/me", tag = "identity",
    responses((status = OK, description = "Who asks.", body = Me), Reading),
)]
async fn me(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Me>> {
    Ok(Json(Me::of(&hub, &actor).await?))
}

/// Own browser sessions, newest first
///
/// Needs `account:manage`.
#[utoipa::path(
    get, path = "/api/auth/sessions", tag = "identity",
    responses((status = OK, description = "The sessions.", body = Vec<SessionView>), Reading),
)]
async fn list_sessions(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    session: Session,
) -> Answer<Json<Vec<SessionView>>> {
    let current = session.id().map(|id| id.to_string());
    Ok(Json(hub.sessions().list(&actor, current.as_deref()).await?))
}

/// Ends one of the own browser sessions
///
/// Needs `account:manage`.
#[utoipa::path(
    delete, path = "/api/auth/sessions/{session_id}", tag = "identity", params(("session_id" = SessionId, Path)),
    responses((status = NO_CONTENT, description = "Ended."), Finding),
)]
async fn end_session(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<SessionId>,
) -> Answer<StatusCode> {
    hub.sessions().end(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Own API keys; all of the organisation's for those who manage members
///
/// Needs `account:manage`.
#[utoipa::path(
    get, path = "/api/keys", tag = "identity",
    responses((status = OK, description = "The keys, without their secrets.", body = Vec<ApiKey>), Reading),
)]
async fn list_keys(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Vec<ApiKey>>> {
    Ok(Json(hub.keys().list(&actor).await?))
}

/// Creates an API key and shows its secret, this once
///
/// Needs `account:manage`, and every scope that the key gets.
#[utoipa::path(
    post, path = "/api/keys", tag = "identity", request_body = NewKey,
    responses((status = CREATED, description = "The key with its secret.", body = CreatedKey), Making),
)]
async fn create_key(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewKey>,
) -> Answer<(StatusCode, Json<CreatedKey>)> {
    Ok((StatusCode::CREATED, Json(hub.keys().create(&actor, new).await?)))
}

/// Revokes an API key
///
/// Needs `account:manage`; for somebody else's key `members:manage`.
#[utoipa::path(
    delete, path = "/api/keys/{key_id}", tag = "identity", params(("key_id" = KeyId, Path)),
    responses((status = NO_CONTENT, description = "Revoked."), Changing),
)]
async fn revoke_key(State(hub): State<Hub>, Caller(actor): Caller, ApiPath(id): ApiPath<KeyId>) -> Answer<StatusCode> {
    hub.keys().revoke(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is in the organisation
///
/// Needs `members:read`.
#[utoipa::path(
    get, path = "/api/tenants/members", tag = "identity",
    responses((status = OK, description = "The members.", body = Vec<Member>), Reading),
)]
async fn list_members(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Vec<Member>>> {
    Ok(Json(hub.identity().members(&actor).await?))
}

/// Adds a member
///
/// Needs `members:manage`.
#[utoipa::path(
    post, path = "/api/tenants/members", tag = "identity", request_body = NewMember,
    responses((status = CREATED, description = "The member.", body = Member), Making),
)]
async fn add_member(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewMember>,
) -> Answer<(StatusCode, Json<Member>)> {
    Ok((StatusCode::CREATED, Json(hub.identity().add_member(&actor, new).await?)))
}
