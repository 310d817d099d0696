//! Signing in and out, sessions, keys.

use super::{
    extract::{ApiJson, ApiPath, Caller},
    refusals::{Changing, Finding, Making, Open, Reading},
};
use crate::{
    edge::{cookie, forwarded::ClientIp, session},
    problem::Answer,
    state::AppState,
};
use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use hub::{
    Hub,
    access::{Actor, Permission, Principal, Role},
    identity::{
        ApiKey, Confirmation, CreatedKey, Credentials, FactorKind, Needed, NewKey, NewOwner, NewPassword, Offered,
        Origin, PendingSignIn, Proof, Proven, Rotation, SessionView, SignIn,
    },
    ids::{KeyId, SessionId, TenantId, UserId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tower_sessions::Session;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(first_run))
        .routes(routes!(sign_in))
        .routes(routes!(ask_second_factor))
        .routes(routes!(show_second_factor))
        .routes(routes!(sign_out))
        .routes(routes!(me))
        .routes(routes!(ask_to_confirm))
        .routes(routes!(confirm))
        .routes(routes!(change_password))
        .routes(routes!(list_sessions))
        .routes(routes!(end_session))
        .routes(routes!(list_keys, create_key))
        .routes(routes!(rotate_key))
        .routes(routes!(revoke_key))
}

/// Who asks, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// The organisation.
    tenant_id: TenantId,
    /// What the organisation is called.
    organisation: String,
    /// The account; absent for a key.
    user_id: Option<UserId>,
    /// The key; absent for an account. By this id it collects its successor's secret.
    key_id: Option<KeyId>,
    /// The address of the account, or the name of the key.
    name: String,
    /// The role in the organisation; a key has its maker's.
    role: Role,
    /// What it may do.
    permissions: BTreeSet<Permission>,
}

impl Me {
    pub(super) async fn of(hub: &Hub, actor: &Actor) -> hub::Result<Self> {
        Ok(Self {
            tenant_id: actor.tenant(),
            organisation: hub.identity().organisation(actor).await?,
            user_id: actor.user_id(),
            key_id: match actor.principal() {
                Principal::Key { id, .. } => Some(*id),
                Principal::User { .. } | Principal::Token { .. } | Principal::Hub { .. } => None,
            },
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

/// A sign-in whose password was right and that needs more.
#[derive(Serialize, ToSchema)]
struct Waiting {
    /// Comes back with what is needed; it is worth nothing without that.
    ceremony: String,
    /// What is needed: one of some second factors, or that one is added.
    needs: Needed,
    /// Until when.
    expires_at: DateTime<Utc>,
}

impl From<PendingSignIn> for Waiting {
    fn from(pending: PendingSignIn) -> Self {
        Self { ceremony: pending.secret, needs: pending.needs, expires_at: pending.expires_at }
    }
}

/// Signs in with e-mail and password
///
/// The answer sets the session's cookie, unless a second factor is needed: then it names what is, and nobody is signed in
/// yet. Repeated failures slow further attempts down.
#[utoipa::path(
    post, path = "/api/auth/sign-in", tag = "identity", security(()), request_body = Credentials,
    responses(
        (status = OK, description = "Signed in.", body = Me),
        (status = ACCEPTED, description = "A second factor is needed.", body = Waiting),
        Open,
    ),
)]
async fn sign_in(
    State(state): State<AppState>,
    Extension(from): Extension<ClientIp>,
    session: Session,
    headers: HeaderMap,
    ApiJson(credentials): ApiJson<Credentials>,
) -> Answer<Response> {
    let known = cookie::value(&state.config, &headers, cookie::DEVICE);
    match state.hub.identity().sign_in(&credentials, &from.subject(), known.as_deref()).await? {
        SignIn::Whole(actor) => {
            session::begin(&session, &actor, &headers).await?;
            Ok(Json(Me::of(&state.hub, &actor).await?).into_response())
        }
        SignIn::Pending(pending) => Ok((StatusCode::ACCEPTED, Json(Waiting::from(pending))).into_response()),
    }
}

/// Asks for a passkey or a security key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Asking {
    /// What the sign-in gave.
    #[schema(max_length = 128)]
    ceremony: String,
    /// `passkey` or `security_key`.
    kind: FactorKind,
}

/// Asks for the options of a passkey or a security key, for a sign-in that needs one
#[utoipa::path(
    post, path = "/api/auth/second-factor/options", tag = "identity", security(()), request_body = Asking,
    responses((status = OK, description = "The options for the browser.", body = Offered), Open),
)]
async fn ask_second_factor(
    State(state): State<AppState>,
    headers: HeaderMap,
    ApiJson(asking): ApiJson<Asking>,
) -> Answer<Json<Offered>> {
    let origin = origin(&state, &headers)?;
    Ok(Json(state.hub.identity().ask(&asking.ceremony, asking.kind, &origin).await?))
}

/// A second factor of a sign-in that needs one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Showing {
    /// What the sign-in gave.
    #[schema(max_length = 128)]
    ceremony: String,
    /// The second factor.
    proof: Proof,
    /// Whether this browser is to be remembered, as far as the organisation's policy allows it.
    #[serde(default)]
    remember: bool,
}

/// Shows the second factor of a sign-in, and signs in
///
/// A sign-in can be tried five times, and a code counts once. The answer sets the session's cookie.
#[utoipa::path(
    post, path = "/api/auth/second-factor", tag = "identity", security(()), request_body = Showing,
    responses((status = OK, description = "Signed in.", body = Me), Open),
)]
async fn show_second_factor(
    State(state): State<AppState>,
    session: Session,
    headers: HeaderMap,
    ApiJson(showing): ApiJson<Showing>,
) -> Answer<Response> {
    let origin = origin(&state, &headers).ok();
    let browser = showing.remember.then(|| session::browser(&headers));
    let identity = state.hub.identity();
    let proven = identity.prove(&showing.ceremony, &showing.proof, origin.as_ref(), browser.as_deref()).await?;
    signed_in(&state, &session, &headers, proven).await
}

/// Begins the session of somebody who showed everything that was needed.
async fn signed_in(state: &AppState, session: &Session, headers: &HeaderMap, proven: Proven) -> Answer<Response> {
    session::begin(session, &proven.actor, headers).await?;
    let mut response = Json(Me::of(&state.hub, &proven.actor).await?).into_response();
    if let Some(remembered) = &proven.device {
        response.headers_mut().append(header::SET_COOKIE, cookie::remember(&state.config, remembered));
    }
    Ok(response)
}

/// Where this browser sees the hub.
pub(super) fn origin(state: &AppState, headers: &HeaderMap) -> hub::Result<Origin> {
    let text = crate::pages::origin(state, headers);
    Origin::parse(&text).ok_or_else(|| hub::Error::conflict("The request names no host that the hub could be at."))
}

/// Asks who sits there for a passkey or a security key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskingAgain {
    /// `passkey` or `security_key`.
    kind: FactorKind,
}

/// Asks for the options of a passkey or a security key, to confirm who sits there
///
/// Needs `account:manage`.
#[utoipa::path(
    post, path = "/api/auth/confirm/options", tag = "identity", request_body = AskingAgain,
    responses((status = OK, description = "The options for the browser.", body = Offered), Making),
)]
async fn ask_to_confirm(
    State(state): State<AppState>,
    Caller(actor): Caller,
    headers: HeaderMap,
    ApiJson(asking): ApiJson<AskingAgain>,
) -> Answer<Json<Offered>> {
    let origin = origin(&state, &headers)?;
    Ok(Json(state.hub.identity().ask_again(&actor, asking.kind, &origin).await?))
}

/// What shows who sits there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirming {
    /// The password, or a second factor where the account has one.
    confirmation: Confirmation,
    /// What `/api/auth/confirm/options` gave, for a passkey or a security key.
    #[serde(default)]
    #[schema(max_length = 128)]
    ceremony: Option<String>,
}

/// Confirms who sits there
///
/// For fifteen minutes afterwards this session may change how people get in: factors, keys, members, the sign-in policy.
/// Needs `account:manage`.
#[utoipa::path(
    post, path = "/api/auth/confirm", tag = "identity", request_body = Confirming,
    responses((status = NO_CONTENT, description = "Confirmed."), Making),
)]
async fn confirm(
    State(state): State<AppState>,
    Caller(actor): Caller,
    session: Session,
    headers: HeaderMap,
    ApiJson(confirming): ApiJson<Confirming>,
) -> Answer<StatusCode> {
    let origin = confirming.ceremony.as_ref().map(|_| origin(&state, &headers)).transpose()?;
    let ceremony = confirming.ceremony.as_deref().zip(origin.as_ref());
    let id = session.id().map(|id| id.to_string());
    let at = state.hub.identity().confirm(&actor, &confirming.confirmation, ceremony, id.as_deref()).await?;
    session::confirm(&session, at).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes the own password
///
/// Every other session of the account ends. Needs `account:manage`.
#[utoipa::path(
    post, path = "/api/auth/password", tag = "identity", request_body = NewPassword,
    responses((status = NO_CONTENT, description = "Changed."), Making),
)]
async fn change_password(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    session: Session,
    ApiJson(new): ApiJson<NewPassword>,
) -> Answer<StatusCode> {
    let current = session.id().map(|id| id.to_string());
    hub.identity().change_password(&actor, new, current.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
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

/// Makes a key in the place of another, and shows its secret, this once
///
/// Both work until the overlap is over. Needs `account:manage`; for somebody else's key `members:manage`.
#[utoipa::path(
    post, path = "/api/keys/{key_id}/rotate", tag = "identity", params(("key_id" = KeyId, Path)), request_body = Rotation,
    responses((status = CREATED, description = "The new key with its secret.", body = CreatedKey), Changing),
)]
async fn rotate_key(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<KeyId>,
    ApiJson(rotation): ApiJson<Rotation>,
) -> Answer<(StatusCode, Json<CreatedKey>)> {
    Ok((StatusCode::CREATED, Json(hub.keys().rotate(&actor, id, rotation).await?)))
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
