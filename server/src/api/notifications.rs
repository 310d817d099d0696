//! Members' inboxes.

use super::{
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    refusals::{Changing, Finding, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State};
use hub::{
    Hub,
    ids::NotificationId,
    notifications::{Choices, Notification, NotificationQuery, Unread},
    page::Page,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_notifications))
        .routes(routes!(count_notifications))
        .routes(routes!(read_notification))
        .routes(routes!(read_all_notifications))
        .routes(routes!(get_notification_choices, set_notification_choices))
}

/// The caller's notifications, newest first
///
/// Needs `notifications:read`. A key has those of the member who made it. They are kept for 90 days.
#[utoipa::path(
    get, path = "/api/notifications", tag = "notifications", params(NotificationQuery),
    responses((status = OK, description = "A page of notifications.", body = Page<Notification>), Reading),
)]
async fn list_notifications(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<NotificationQuery>,
) -> Answer<Json<Page<Notification>>> {
    Ok(Json(hub.notifications().list(&actor, &query).await?))
}

/// How many notifications the caller has not read
///
/// Needs `notifications:read`.
#[utoipa::path(
    get, path = "/api/notifications/unread", tag = "notifications",
    responses((status = OK, description = "How many.", body = Unread), Reading),
)]
async fn count_notifications(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Unread>> {
    Ok(Json(hub.notifications().unread(&actor).await?))
}

/// Marks a notification as read
///
/// Needs `notifications:read`.
#[utoipa::path(
    post, path = "/api/notifications/{notification_id}/read", tag = "notifications",
    params(("notification_id" = NotificationId, Path)),
    responses((status = OK, description = "The notification.", body = Notification), Finding),
)]
async fn read_notification(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<NotificationId>,
) -> Answer<Json<Notification>> {
    Ok(Json(hub.notifications().read(&actor, id).await?))
}

/// Marks all notifications of the caller as read
///
/// Needs `notifications:read`.
#[utoipa::path(
    post, path = "/api/notifications/read-all", tag = "notifications",
    responses((status = OK, description = "None is left.", body = Unread), Reading),
)]
async fn read_all_notifications(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Unread>> {
    Ok(Json(hub.notifications().read_all(&actor).await?))
}

/// What the caller wants to be told
///
/// Needs `notifications:read`.
#[utoipa::path(
    get, path = "/api/notifications/choices", tag = "notifications",
    responses((status = OK, description = "Kind by kind.", body = Choices), Reading),
)]
async fn get_notification_choices(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<Choices>> {
    Ok(Json(hub.notifications().choices(&actor).await?))
}

/// Chooses what the caller is told from now on
///
/// Needs `notifications:read`. What is left out is as for somebody who never chose.
#[utoipa::path(
    put, path = "/api/notifications/choices", tag = "notifications", request_body = Choices,
    responses((status = OK, description = "Kind by kind.", body = Choices), Changing),
)]
async fn set_notification_choices(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(chosen): ApiJson<Choices>,
) -> Answer<Json<Choices>> {
    Ok(Json(hub.notifications().choose(&actor, chosen).await?))
}
