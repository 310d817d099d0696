//! Benchmarks, scorecards, artifacts.

use super::{
    download::{AnyBytes, Download},
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    refusals::{Changing, Finding, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use hub::{
    Hub,
    ids::BenchmarkId,
    lab::{
        Artifact, Benchmark, BenchmarkQuery, BenchmarkRequest, Comparison, ComparisonQuery, CurvesQuery, NewImport,
        Scorecard, ScorecardQuery,
    },
    page::Page,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(run_benchmark))
        .routes(routes!(import_benchmark))
        .routes(routes!(list_benchmarks))
        .routes(routes!(get_benchmark))
        .routes(routes!(cancel_benchmark))
        .routes(routes!(get_scorecard))
        .routes(routes!(get_benchmark_scorecard))
        .routes(routes!(download_scorecard_json))
        .routes(routes!(download_scorecard_csv))
        .routes(routes!(compare_versions))
        .routes(routes!(list_artifacts))
        .routes(routes!(get_artifact))
}

/// Starts a benchmark of an environment or of a teardown
///
/// Needs `lab:run`. `Location` names the benchmark, whose progress can be read or followed there.
#[utoipa::path(
    post, path = "/api/teardown/benchmark/run", tag = "lab", request_body = BenchmarkRequest,
    responses(
        (status = ACCEPTED, description = "The benchmark, queued.", body = Benchmark,
            headers(("Location" = String, description = "Where the benchmark is."))),
        Changing,
    ),
)]
async fn run_benchmark(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(request): ApiJson<BenchmarkRequest>,
) -> Answer<(StatusCode, [(HeaderName, String); 1], Json<Benchmark>)> {
    let benchmark = hub.lab().start(&actor, request).await?;
    let location = format!("/api/teardown/benchmark/{}", benchmark.id);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(benchmark)))
}

/// Imports results of Lighthouse, k6, oha or JMeter as a benchmark of a version
///
/// Needs `lab:run`. Each file is sent as text; its format is recognised when it is not named. What the files hold makes a
/// scorecard; everything else is not measured. The benchmark, its scorecard and what gates judge from it are marked as
/// imported, and a policy decides whether they count (`accept_imported`). The body may have 8 MiB.
#[utoipa::path(
    post, path = "/api/teardown/benchmark/import", tag = "lab", request_body = NewImport,
    responses((status = CREATED, description = "The benchmark, finished.", body = Benchmark), Changing),
)]
async fn import_benchmark(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewImport>,
) -> Answer<(StatusCode, [(HeaderName, String); 1], Json<Benchmark>)> {
    let benchmark = hub.lab().import(&actor, new).await?;
    let location = format!("/api/teardown/benchmark/{}", benchmark.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(benchmark)))
}

/// Benchmarks, newest first
///
/// Needs `lab:read`.
#[utoipa::path(
    get, path = "/api/teardown/benchmarks", tag = "lab", params(BenchmarkQuery),
    responses((status = OK, description = "A page of benchmarks.", body = Page<Benchmark>), Reading),
)]
async fn list_benchmarks(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<BenchmarkQuery>,
) -> Answer<Json<Page<Benchmark>>> {
    Ok(Json(hub.lab().benchmarks(&actor, &query).await?))
}

/// A benchmark with its progress and what it measured
///
/// Needs `lab:read`.
#[utoipa::path(
    get, path = "/api/teardown/benchmark/{benchmark_id}", tag = "lab", params(("benchmark_id" = BenchmarkId, Path)),
    responses((status = OK, description = "The benchmark.", body = Benchmark), Finding),
)]
async fn get_benchmark(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<BenchmarkId>,
) -> Answer<Json<Benchmark>> {
    Ok(Json(hub.lab().benchmark(&actor, id).await?))
}

/// Asks for the end of a benchmark
///
/// Needs `lab:run`. A running one ends within a second or so.
#[utoipa::path(
    post, path = "/api/teardown/benchmark/{benchmark_id}/cancel", tag = "lab",
    params(("benchmark_id" = BenchmarkId, Path)),
    responses((status = OK, description = "The benchmark.", body = Benchmark), Changing),
)]
async fn cancel_benchmark(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<BenchmarkId>,
) -> Answer<Json<Benchmark>> {
    Ok(Json(hub.lab().cancel(&actor, id).await?))
}

/// The scorecard of a system's or a teardown's version, the newest when no version is named
///
/// Needs `lab:read`.
#[utoipa::path(
    get, path = "/api/teardown/scorecard/{system_id}", tag = "lab", params(("system_id" = Uuid, Path), ScorecardQuery),
    responses((status = OK, description = "The scorecard.", body = Scorecard), Finding, Reading),
)]
async fn get_scorecard(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(subject): ApiPath<Uuid>,
    ApiQuery(query): ApiQuery<ScorecardQuery>,
) -> Answer<Json<Scorecard>> {
    Ok(Json(hub.lab().scorecard(&actor, subject, &query).await?))
}

/// The scorecard of a benchmark, as it was made or by other curves
///
/// Needs `lab:read`. By other curves it is computed from what was measured, and not kept.
#[utoipa::path(
    get, path = "/api/teardown/benchmark/{benchmark_id}/scorecard", tag = "lab",
    params(("benchmark_id" = BenchmarkId, Path), CurvesQuery),
    responses((status = OK, description = "The scorecard.", body = Scorecard), Finding, Reading),
)]
async fn get_benchmark_scorecard(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<BenchmarkId>,
    ApiQuery(query): ApiQuery<CurvesQuery>,
) -> Answer<Json<Scorecard>> {
    Ok(Json(match query.curves {
        Some(curves) => hub.lab().rescored(&actor, id, &curves).await?,
        None => hub.lab().scorecard_of(&actor, id).await?,
    }))
}

/// The scorecard of a benchmark as a file
///
/// Needs `lab:read`.
#[utoipa::path(
    get, path = "/api/teardown/benchmark/{benchmark_id}/scorecard.json", tag = "lab",
    params(("benchmark_id" = BenchmarkId, Path)),
    responses((status = OK, description = "The file.", body = Scorecard), Finding),
)]
async fn download_scorecard_json(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<BenchmarkId>,
) -> Answer<Download> {
    let card = hub.lab().scorecard_of(&actor, id).await?;
    let bytes = serde_json::to_vec_pretty(&card).map_err(hub::Error::from)?;
    Ok(Download { bytes, media_type: "application/json".to_owned(), name: format!("scorecard-{id}.json") })
}

/// The scorecard of a benchmark as a table of comma-separated values
///
/// Needs `lab:read`. RFC 4180, with a head; the rows are the overall score, the dimensions, the metrics, and each
/// repetition's value of those that were measured more than once.
#[utoipa::path(
    get, path = "/api/teardown/benchmark/{benchmark_id}/scorecard.csv", tag = "lab",
    params(("benchmark_id" = BenchmarkId, Path)),
    responses((status = OK, description = "The file.", body = String, content_type = "text/csv"), Finding),
)]
async fn download_scorecard_csv(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<BenchmarkId>,
) -> Answer<Download> {
    let bytes = hub.lab().scorecard_csv(&actor, id).await?.into_bytes();
    let media_type = "text/csv; charset=utf-8; header=present".to_owned();
    Ok(Download { bytes, media_type, name: format!("scorecard-{id}.csv") })
}

/// Two versions side by side, of one system or of two
///
/// Needs `lab:read`. For each metric that both have: by how much the candidate differs, with an interval, and whether
/// it is better, worse, not different, or whether too little was measured to say. Repeat benchmarks (`repetitions`) to
/// get an answer.
#[utoipa::path(
    get, path = "/api/teardown/comparison", tag = "lab", params(ComparisonQuery),
    responses((status = OK, description = "The comparison.", body = Comparison), Finding, Reading),
)]
async fn compare_versions(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<ComparisonQuery>,
) -> Answer<Json<Comparison>> {
    Ok(Json(hub.lab().compare(&actor, &query).await?))
}

/// The files that a benchmark left
///
/// Needs `lab:read`.
#[utoipa::path(
    get, path = "/api/teardown/benchmark/artifacts/{benchmark_id}", tag = "lab",
    params(("benchmark_id" = BenchmarkId, Path)),
    responses((status = OK, description = "The files.", body = Vec<Artifact>), Finding),
)]
async fn list_artifacts(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<BenchmarkId>,
) -> Answer<Json<Vec<Artifact>>> {
    Ok(Json(hub.lab().artifacts(&actor, id).await?))
}

/// One of the files that a benchmark left
///
/// Needs `lab:read`.
#[utoipa::path(
    get, path = "/api/teardown/benchmark/artifacts/{benchmark_id}/{name}", tag = "lab",
    params(("benchmark_id" = BenchmarkId, Path), ("name" = String, Path)),
    responses(
        (status = OK, description = "The file.", content(
            (serde_json::Value = "application/json"), (String = "text/plain"),
            (AnyBytes = "image/jpeg"), (AnyBytes = "image/png"),
        )),
        Finding,
    ),
)]
async fn get_artifact(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath((id, name)): ApiPath<(BenchmarkId, String)>,
) -> Answer<Download> {
    let (file, bytes) = hub.lab().artifact(&actor, id, &name).await?;
    Ok(Download { bytes, media_type: file.media_type, name: format!("{id}-{}", file.name) })
}
