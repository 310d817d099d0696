//! Benchmarks and validations at stated times.

use super::{
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    refusals::{Changing, Finding, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State, http::StatusCode};
use hub::{
    Hub,
    ids::ScheduleId,
    page::{Page, PageRequest},
    schedules::{NewSchedule, Preview, PreviewQuery, Schedule, ScheduledRun},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_schedules, create_schedule))
        .routes(routes!(preview_schedule))
        .routes(routes!(get_schedule, update_schedule, remove_schedule))
        .routes(routes!(pause_schedule))
        .routes(routes!(resume_schedule))
        .routes(routes!(run_schedule))
        .routes(routes!(list_scheduled_runs))
}

/// Schedules, newest first
///
/// Needs `schedules:read`.
#[utoipa::path(
    get, path = "/api/schedules", tag = "schedules", params(PageRequest),
    responses((status = OK, description = "A page of schedules.", body = Page<Schedule>), Reading),
)]
async fn list_schedules(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(page): ApiQuery<PageRequest>,
) -> Answer<Json<Page<Schedule>>> {
    Ok(Json(hub.schedules().list(&actor, &page).await?))
}

/// Keeps a benchmark or a validation at stated times
///
/// Needs `schedules:write`, and `lab:run` or `gates:validate` for what it starts. It acts as the caller, or as the
/// member who made the caller's key.
#[utoipa::path(
    post, path = "/api/schedules", tag = "schedules", request_body = NewSchedule,
    responses((status = CREATED, description = "The schedule.", body = Schedule), Changing),
)]
async fn create_schedule(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewSchedule>,
) -> Answer<(StatusCode, Json<Schedule>)> {
    Ok((StatusCode::CREATED, Json(hub.schedules().create(&actor, new).await?)))
}

/// When a schedule would be due
///
/// Needs `schedules:read`. Nothing is kept.
#[utoipa::path(
    get, path = "/api/schedules/preview", tag = "schedules", params(PreviewQuery),
    responses((status = OK, description = "The next five times.", body = Preview), Reading),
)]
async fn preview_schedule(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<PreviewQuery>,
) -> Answer<Json<Preview>> {
    Ok(Json(hub.schedules().preview(&actor, &query)?))
}

/// A schedule with what came of it last
///
/// Needs `schedules:read`.
#[utoipa::path(
    get, path = "/api/schedules/{schedule_id}", tag = "schedules", params(("schedule_id" = ScheduleId, Path)),
    responses((status = OK, description = "The schedule.", body = Schedule), Finding),
)]
async fn get_schedule(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ScheduleId>,
) -> Answer<Json<Schedule>> {
    Ok(Json(hub.schedules().get(&actor, id).await?))
}

/// Defines a schedule anew
///
/// Needs what keeping one needs. It acts as the caller from now on.
#[utoipa::path(
    put, path = "/api/schedules/{schedule_id}", tag = "schedules", params(("schedule_id" = ScheduleId, Path)),
    request_body = NewSchedule,
    responses((status = OK, description = "The schedule.", body = Schedule), Changing),
)]
async fn update_schedule(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ScheduleId>,
    ApiJson(new): ApiJson<NewSchedule>,
) -> Answer<Json<Schedule>> {
    Ok(Json(hub.schedules().update(&actor, id, new).await?))
}

/// Removes a schedule with its history
///
/// Needs `schedules:write`. What it started stays.
#[utoipa::path(
    delete, path = "/api/schedules/{schedule_id}", tag = "schedules", params(("schedule_id" = ScheduleId, Path)),
    responses((status = NO_CONTENT, description = "It is gone."), Finding),
)]
async fn remove_schedule(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ScheduleId>,
) -> Answer<StatusCode> {
    hub.schedules().remove(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a schedule start nothing until it is resumed
///
/// Needs `schedules:write`.
#[utoipa::path(
    post, path = "/api/schedules/{schedule_id}/pause", tag = "schedules", params(("schedule_id" = ScheduleId, Path)),
    responses((status = OK, description = "The schedule.", body = Schedule), Finding),
)]
async fn pause_schedule(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ScheduleId>,
) -> Answer<Json<Schedule>> {
    Ok(Json(hub.schedules().pause(&actor, id).await?))
}

/// Lets a paused or stopped schedule run again
///
/// Needs what keeping one needs. It acts as the caller from now on.
#[utoipa::path(
    post, path = "/api/schedules/{schedule_id}/resume", tag = "schedules", params(("schedule_id" = ScheduleId, Path)),
    responses((status = OK, description = "The schedule.", body = Schedule), Changing),
)]
async fn resume_schedule(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ScheduleId>,
) -> Answer<Json<Schedule>> {
    Ok(Json(hub.schedules().resume(&actor, id).await?))
}

/// Runs a schedule now
///
/// Needs what keeping one needs, and acts as the caller. Its times stay as they are.
#[utoipa::path(
    post, path = "/api/schedules/{schedule_id}/run-now", tag = "schedules", params(("schedule_id" = ScheduleId, Path)),
    responses((status = ACCEPTED, description = "The run was queued.", body = ScheduledRun), Changing),
)]
async fn run_schedule(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ScheduleId>,
) -> Answer<(StatusCode, Json<ScheduledRun>)> {
    Ok((StatusCode::ACCEPTED, Json(hub.schedules().run_now(&actor, id).await?)))
}

/// What came of a schedule, newest first
///
/// Needs `schedules:read`. It is kept for 90 days.
#[utoipa::path(
    get, path = "/api/schedules/{schedule_id}/runs", tag = "schedules",
    params(("schedule_id" = ScheduleId, Path), PageRequest),
    responses((status = OK, description = "A page of runs.", body = Page<ScheduledRun>), Finding, Reading),
)]
async fn list_scheduled_runs(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ScheduleId>,
    ApiQuery(page): ApiQuery<PageRequest>,
) -> Answer<Json<Page<ScheduledRun>>> {
    Ok(Json(hub.schedules().runs(&actor, id, &page).await?))
}
