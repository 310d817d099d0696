//! Whether the hub is alive, what it stands on, and its figures. Load balancers and Prometheus ask without an identity;
//! therefore the state of each part is open, and what a part is and why it fails is for those who are signed in.

use crate::{
    edge::{identity::Identified, limits::Counted},
    problem::Answer,
    state::AppState,
};
use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use hub::platform::queue::{self, Priority};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Media type of Prometheus' text format.
const PROMETHEUS: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(api_health))
        .routes(routes!(detailed))
        .routes(routes!(metrics))
        .routes(routes!(api_metrics))
}

/// How the hub or a part of it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// It works.
    Ok,
    /// It works in a way that nobody chose.
    Degraded,
    /// It does not work.
    Failed,
}

/// That the hub is alive.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    status: Status,
    /// The hub's version.
    version: &'static str,
}

/// The hub and everything it stands on.
#[derive(Debug, Serialize, ToSchema)]
struct DetailedHealth {
    /// The worst of the parts.
    status: Status,
    /// The hub's version.
    version: &'static str,
    /// The parts: database, jobs, evidence, tracing, egress, rate_limits.
    parts: BTreeMap<&'static str, Part>,
}

/// One thing that the hub stands on.
#[derive(Debug, Serialize, ToSchema)]
struct Part {
    status: Status,
    /// What it is and, where it is not well, why; for those who are signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl Part {
    fn new(status: Status, detail: impl Into<String>) -> Self {
        Self { status, detail: Some(detail.into()) }
    }
}

/// Whether the hub is alive
#[utoipa::path(
    get, path = "/health", tag = "platform", security(()),
    responses((status = OK, description = "Alive.", body = Health)),
)]
async fn health() -> Json<Health> {
    Json(Health { status: Status::Ok, version: env!("CARGO_PKG_VERSION") })
}

/// Whether the hub is alive
#[utoipa::path(
    get, path = "/api/health", tag = "platform", security(()),
    responses((status = OK, description = "Alive.", body = Health)),
)]
async fn api_health() -> Json<Health> {
    health().await
}

/// Everything that the hub stands on
///
/// The states are open; details are for those who are signed in.
#[utoipa::path(
    get, path = "/health/detailed", tag = "platform", security(()),
    responses(
        (status = OK, description = "It works.", body = DetailedHealth),
        (status = SERVICE_UNAVAILABLE, description = "A part does not work.", body = DetailedHealth),
    ),
)]
async fn detailed(
    State(state): State<AppState>,
    Extension(identified): Extension<Identified>,
) -> (StatusCode, Json<DetailedHealth>) {
    let mut parts = parts(&state).await;
    if identified.actor.is_none() {
        parts.values_mut().for_each(|part| part.detail = None);
    }
    let status = parts.values().map(|part| part.status).max().unwrap_or(Status::Ok);
    let code = if status == Status::Failed { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (code, Json(DetailedHealth { status, version: env!("CARGO_PKG_VERSION"), parts }))
}

async fn parts(state: &AppState) -> BTreeMap<&'static str, Part> {
    let platform = state.hub.platform();
    let database = match platform.db.ping().await {
        Ok(()) => Part::new(Status::Ok, platform.db.name()),
        Err(error) => Part::new(Status::Failed, format!("{}: {error}", platform.db.name())),
    };
    let jobs = match queue::depth(&platform.db).await {
        Ok(depth) => Part::new(Status::Ok, jobs(state, &depth)),
        Err(error) => Part::new(Status::Failed, error.to_string()),
    };
    BTreeMap::from([
        ("database", database),
        ("jobs", jobs),
        ("evidence", evidence(state)),
        ("tracing", tracing_part(state)),
        ("egress", egress(state)),
        ("rate_limits", rate_limits(state).await),
    ])
}

fn jobs(state: &AppState, depth: &[(Priority, i64)]) -> String {
    let waiting: i64 = depth.iter().map(|(_, waiting)| waiting).sum();
    format!("{waiting} waiting, {} workers", state.config.job_workers)
}

fn evidence(state: &AppState) -> Part {
    match &state.notes.evidence {
        Some(note) => Part::new(Status::Degraded, note),
        None => Part::new(Status::Ok, state.config.evidence_dir.display().to_string()),
    }
}

fn tracing_part(state: &AppState) -> Part {
    let endpoint = state.config.otlp_endpoint.as_ref();
    Part::new(Status::Ok, endpoint.map_or("no export".to_owned(), |endpoint| format!("exports to {endpoint}")))
}

async fn rate_limits(state: &AppState) -> Part {
    match state.limits.counted().await {
        Counted::Here => Part::new(Status::Ok, "counted by this hub"),
        Counted::Together => Part::new(Status::Ok, "counted by all hubs together in Redis"),
        Counted::HereFor(why) => {
            Part::new(Status::Degraded, format!("Redis does not answer, so each hub counts alone: {why}"))
        }
    }
}

fn egress(state: &AppState) -> Part {
    let loopback = state.hub.platform().egress.allows_loopback();
    Part::new(Status::Ok, if loopback { "loopback addresses are allowed" } else { "public addresses only" })
}

/// The hub's figures as Prometheus text
#[utoipa::path(
    get, path = "/metrics", tag = "platform", security(()),
    responses((status = OK, description = "Exposition format 0.0.4.", body = String, content_type = "text/plain")),
)]
async fn metrics(State(state): State<AppState>) -> Answer<impl IntoResponse> {
    let platform = state.hub.platform();
    for (priority, waiting) in queue::depth(&platform.db).await? {
        platform.metrics.job_queue_depth.with_label_values(&[priority.as_str()]).set(waiting);
    }
    Ok(([(header::CONTENT_TYPE, PROMETHEUS)], platform.metrics.text()))
}

/// The hub's figures as Prometheus text
#[utoipa::path(
    get, path = "/api/metrics", tag = "platform", security(()),
    responses((status = OK, description = "Exposition format 0.0.4.", body = String, content_type = "text/plain")),
)]
async fn api_metrics(state: State<AppState>) -> Answer<impl IntoResponse> {
    metrics(state).await
}
