//! Codes by text message, as a second factor.

use super::{
    extract::{ApiJson, ApiPath, Caller},
    identity::origin,
    refusals::{Changing, Making, Open},
};
use crate::{problem::Answer, state::AppState};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use hub::{
    Hub,
    identity::{Factor, SentCode, StartedMessages},
    ids::FactorId,
};
use serde::Deserialize;
use tower_sessions::Session;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(start_messages))
        .routes(routes!(send_messages_code))
        .routes(routes!(confirm_messages))
        .routes(routes!(send_second_factor_code))
        .routes(routes!(send_confirmation_code))
}

/// A number to which codes are to be sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNumber {
    /// A mobile number with its country's code, such as `+49 1512 3456789`.
    #[schema(max_length = 40)]
    number: String,
    /// What it is called, up to 80 characters; what it is, when left out.
    #[serde(default)]
    #[schema(max_length = 80)]
    name: String,
}

/// Begins to add a number for codes by text message, and sends it one; it counts once that code was confirmed
///
/// Text messages are the weakest second factor: numbers can be taken over. The organisation's policy has to count them, and the hub
/// needs a gateway. A code goes out every 30 seconds at most, and five an hour to one number. Needs `account:manage`.
#[utoipa::path(
    post, path = "/api/auth/factors/sms", tag = "identity", request_body = NewNumber,
    responses((status = CREATED, description = "The factor to be confirmed.", body = StartedMessages), Making),
)]
async fn start_messages(
    State(state): State<AppState>,
    Caller(actor): Caller,
    headers: HeaderMap,
    ApiJson(new): ApiJson<NewNumber>,
) -> Answer<(StatusCode, Json<StartedMessages>)> {
    let place = origin(&state, &headers).ok();
    let started = state.hub.factors().start_messages(&actor, (&new.number, &new.name), place.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(started)))
}

/// Sends another code to a number that is being added; the one before counts no more
///
/// Needs `account:manage`.
#[utoipa::path(
    post, path = "/api/auth/factors/sms/{factor_id}/code", tag = "identity", params(("factor_id" = FactorId, Path)),
    responses((status = OK, description = "Sent.", body = SentCode), Changing),
)]
async fn send_messages_code(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<FactorId>,
) -> Answer<Json<SentCode>> {
    Ok(Json(hub.factors().send_again(&actor, id).await?))
}

/// The code that a message brought.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MessageCode {
    /// Six digits; spaces do no harm.
    #[schema(max_length = 64)]
    code: String,
}

/// Confirms a number by its code; it takes the place of the number before
///
/// Needs `account:manage`.
#[utoipa::path(
    post, path = "/api/auth/factors/sms/{factor_id}/confirm", tag = "identity", params(("factor_id" = FactorId, Path)),
    request_body = MessageCode,
    responses((status = OK, description = "The factor.", body = Factor), Changing),
)]
async fn confirm_messages(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<FactorId>,
    ApiJson(code): ApiJson<MessageCode>,
) -> Answer<Json<Factor>> {
    Ok(Json(hub.factors().confirm_messages(&actor, id, &code.code).await?))
}

/// A sign-in that waits for a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WaitingForCode {
    /// What the sign-in gave.
    #[schema(max_length = 128)]
    ceremony: String,
}

/// Sends a code by text message, for a sign-in that asks for one; the one before counts no more
#[utoipa::path(
    post, path = "/api/auth/second-factor/sms", tag = "identity", security(()), request_body = WaitingForCode,
    responses((status = OK, description = "Sent.", body = SentCode), Open),
)]
async fn send_second_factor_code(
    State(hub): State<Hub>,
    ApiJson(waiting): ApiJson<WaitingForCode>,
) -> Answer<Json<SentCode>> {
    Ok(Json(hub.identity().send_code(&waiting.ceremony).await?))
}

/// Sends a code by text message, to confirm who sits there
///
/// It is good in this session alone, and only for an account that has nothing stronger to confirm with. Needs `account:manage`.
#[utoipa::path(
    post, path = "/api/auth/confirm/sms", tag = "identity",
    responses((status = OK, description = "Sent.", body = SentCode), Making),
)]
async fn send_confirmation_code(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    session: Session,
) -> Answer<Json<SentCode>> {
    let session = session.id().map(|id| id.to_string());
    Ok(Json(hub.identity().send_confirmation(&actor, session.as_deref()).await?))
}
