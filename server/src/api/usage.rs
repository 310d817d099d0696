//! What the organisation uses, and how much it may.

use super::{
    download::{AnyBytes, Download},
    extract::{ApiQuery, Caller},
    refusals::Reading,
};
use crate::{problem::Answer, state::AppState};
use axum::{Json, extract::State};
use hub::{
    Hub,
    tenants::quotas::{DaysQuery, UsageDays, UsageNow},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_usage))
        .routes(routes!(list_usage_days))
        .routes(routes!(download_usage_days))
}

/// What the organisation uses now, and how much its tier allows
///
/// Needs `usage:read`. Calls that other instances of the hub have counted in the last second may be missing.
#[utoipa::path(
    get, path = "/api/tenants/usage", tag = "usage",
    responses((status = OK, description = "Each quota with what is used of it.", body = UsageNow), Reading),
)]
async fn get_usage(State(hub): State<Hub>, Caller(actor): Caller) -> Answer<Json<UsageNow>> {
    Ok(Json(hub.usage().now(&actor).await?))
}

/// What the organisation used, day by day
///
/// Needs `usage:read`. Days are UTC, 92 at most, and kept for 13 months.
#[utoipa::path(
    get, path = "/api/tenants/usage/days", tag = "usage", params(DaysQuery),
    responses((status = OK, description = "Every day, the oldest first.", body = UsageDays), Reading),
)]
async fn list_usage_days(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<DaysQuery>,
) -> Answer<Json<UsageDays>> {
    Ok(Json(hub.usage().days(&actor, query).await?))
}

/// Downloads what the organisation used, day by day, as a table
///
/// Needs `usage:read`. Days are UTC, 92 at most, and kept for 13 months.
#[utoipa::path(
    get, path = "/api/tenants/usage/days.csv", tag = "usage", params(DaysQuery),
    responses((status = OK, description = "A line for each day.", body = AnyBytes, content_type = "text/csv"), Reading),
)]
async fn download_usage_days(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<DaysQuery>,
) -> Answer<Download> {
    let bytes = hub.usage().days_csv(&actor, query).await?;
    Ok(Download { bytes, media_type: "text/csv; charset=utf-8".to_owned(), name: "usage.csv".to_owned() })
}
