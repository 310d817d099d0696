//! Golden paths, policies, validations.

use super::{
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    prefer::Wait,
    refusals::{Changing, Finding, Reading},
};
use crate::{problem::Answer, state::AppState};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
};
use hub::{
    Hub,
    access::Actor,
    gates::{
        DryRun, GoldenPath, ImportedPolicy, JourneyRequest, JourneyRun, NewBudget, NewGoldenPath, NewPolicy, Policy,
        Report, Validation, ValidationQuery, ValidationRequest,
    },
    ids::{GoldenPathId, SystemId, ValidationId},
    lab::METRICS,
    page::Page,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// How often a validation that somebody waits for is looked at.
const INTERVAL: Duration = Duration::from_millis(100);

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(register_golden_path))
        .routes(routes!(list_golden_paths))
        .routes(routes!(get_golden_path, remove_golden_path))
        .routes(routes!(try_golden_path))
        .routes(routes!(set_policy))
        .routes(routes!(get_policy))
        .routes(routes!(dry_run_policy))
        .routes(routes!(import_policy))
        .routes(routes!(list_metrics))
        .routes(routes!(validate))
        .routes(routes!(list_validations))
        .routes(routes!(get_validation))
        .routes(routes!(replay_validation))
}

/// Registers a golden path, or the next revision of the one with this name
///
/// Needs `gates:write`.
#[utoipa::path(
    post, path = "/api/gate/golden-path/register", tag = "gates", request_body = NewGoldenPath,
    responses((status = CREATED, description = "The golden path.", body = GoldenPath), Changing),
)]
async fn register_golden_path(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewGoldenPath>,
) -> Answer<(StatusCode, Json<GoldenPath>)> {
    Ok((StatusCode::CREATED, Json(hub.gates().register_path(&actor, new).await?)))
}

/// Whose golden paths.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OfSystem {
    /// The system.
    system_id: SystemId,
}

/// The golden paths of a system, by name
///
/// Needs `gates:read`.
#[utoipa::path(
    get, path = "/api/gate/golden-paths", tag = "gates", params(OfSystem),
    responses((status = OK, description = "The golden paths.", body = Vec<GoldenPath>), Finding, Reading),
)]
async fn list_golden_paths(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(of): ApiQuery<OfSystem>,
) -> Answer<Json<Vec<GoldenPath>>> {
    Ok(Json(hub.gates().paths(&actor, of.system_id).await?))
}

/// A golden path
///
/// Needs `gates:read`.
#[utoipa::path(
    get, path = "/api/gate/golden-path/{golden_path_id}", tag = "gates",
    params(("golden_path_id" = GoldenPathId, Path)),
    responses((status = OK, description = "The golden path.", body = GoldenPath), Finding),
)]
async fn get_golden_path(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<GoldenPathId>,
) -> Answer<Json<GoldenPath>> {
    Ok(Json(hub.gates().path(&actor, id).await?))
}

/// Removes a golden path
///
/// Needs `gates:write`. Validations that ran it keep what it did.
#[utoipa::path(
    delete, path = "/api/gate/golden-path/{golden_path_id}", tag = "gates",
    params(("golden_path_id" = GoldenPathId, Path)),
    responses((status = NO_CONTENT, description = "Removed."), Changing),
)]
async fn remove_golden_path(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<GoldenPathId>,
) -> Answer<StatusCode> {
    hub.gates().remove_path(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Runs a journey once without keeping it
///
/// Needs `gates:validate`. It may take up to 20 seconds.
#[utoipa::path(
    post, path = "/api/gate/golden-path/try", tag = "gates", request_body = JourneyRequest,
    responses((status = OK, description = "What the journey did.", body = JourneyRun), Changing),
)]
async fn try_golden_path(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(request): ApiJson<JourneyRequest>,
) -> Answer<Json<JourneyRun>> {
    Ok(Json(hub.gates().try_journey(&actor, request).await?))
}

/// Sets the policy of a system: its next revision
///
/// Needs `gates:write`.
#[utoipa::path(
    post, path = "/api/gate/policy", tag = "gates", request_body = NewPolicy,
    responses((status = CREATED, description = "The policy in force.", body = Policy), Changing),
)]
async fn set_policy(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewPolicy>,
) -> Answer<(StatusCode, Json<Policy>)> {
    Ok((StatusCode::CREATED, Json(hub.gates().set_policy(&actor, new).await?)))
}

/// The policy in force
///
/// Needs `gates:read`. 404 when the system has none.
#[utoipa::path(
    get, path = "/api/gate/policy/{system_id}", tag = "gates", params(("system_id" = SystemId, Path)),
    responses((status = OK, description = "The policy.", body = Policy), Finding),
)]
async fn get_policy(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(system): ApiPath<SystemId>,
) -> Answer<Json<Policy>> {
    let policy = hub.gates().policy(&actor, system).await?;
    Ok(Json(policy.ok_or_else(|| hub::Error::not_found("policy"))?))
}

/// What a policy would have said of the last five scorecards of its system
///
/// Needs `gates:read` and `lab:read`. Nothing is kept.
#[utoipa::path(
    post, path = "/api/gate/policy/dry-run", tag = "gates", request_body = NewPolicy,
    responses((status = OK, description = "A report per scorecard, newest first.", body = Vec<DryRun>), Changing),
)]
async fn dry_run_policy(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewPolicy>,
) -> Answer<Json<Vec<DryRun>>> {
    Ok(Json(hub.gates().dry_run(&actor, new).await?))
}

/// A performance budget of Lighthouse, Lighthouse CI or sitespeed.io as a policy
///
/// Needs `gates:read`. Nothing is kept: the answer is a document for `POST /api/gate/policy`, and names each entry of the
/// budget that became no rule with its reason.
#[utoipa::path(
    post, path = "/api/gate/policy/import", tag = "gates", request_body = NewBudget,
    responses((status = OK, description = "The policy.", body = ImportedPolicy), Changing),
)]
async fn import_policy(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiJson(new): ApiJson<NewBudget>,
) -> Answer<Json<ImportedPolicy>> {
    Ok(Json(hub.gates().import_budget(&actor, &new).await?))
}

/// A metric that policies can name.
#[derive(Debug, Serialize, ToSchema)]
struct MetricView {
    /// Its name in policies.
    key: &'static str,
    /// Its name for people.
    label: &'static str,
    /// The symbol behind its values.
    unit: &'static str,
    /// Whether more is better.
    higher_is_better: bool,
    /// Where it counts.
    dimension: &'static str,
}

/// The metrics that policies can name
#[utoipa::path(
    get, path = "/api/gate/metrics", tag = "gates",
    responses((status = OK, description = "The metrics.", body = Vec<MetricView>), Reading),
)]
async fn list_metrics(Caller(_): Caller) -> Json<Vec<MetricView>> {
    let view = |info: &hub::lab::MetricInfo| MetricView {
        key: info.key,
        label: info.label,
        unit: info.unit,
        higher_is_better: info.higher_is_better,
        dimension: info.dimension.key(),
    };
    Json(METRICS.iter().map(view).collect())
}

/// Asks whether a version may be released
///
/// Needs `gates:validate` and `systems:read`. Golden paths run, so the verdict takes a moment: with `Prefer: wait=N`
/// (RFC 7240; at most 20 seconds) the answer is 200 with the verdict when it is there in time. Otherwise it is 202, and
/// `Location` names the validation.
#[utoipa::path(
    post, path = "/api/gate/validate", tag = "gates", request_body = ValidationRequest,
    params(("Prefer" = Option<String>, Header, description = "`wait=N`: seconds to wait for the verdict.")),
    responses(
        (status = OK, description = "The validation with its verdict.", body = Validation,
            headers(("Location" = String, description = "Where the validation is."))),
        (status = ACCEPTED, description = "The validation, queued.", body = Validation,
            headers(("Location" = String, description = "Where the validation is."))),
        Changing,
    ),
)]
async fn validate(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    wait: Wait,
    ApiJson(request): ApiJson<ValidationRequest>,
) -> Answer<(StatusCode, HeaderMap, Json<Validation>)> {
    let accepted = hub.gates().validate(&actor, request).await?;
    let mut headers = HeaderMap::new();
    let location = format!("/api/gate/validations/{}", accepted.id);
    headers.insert(header::LOCATION, HeaderValue::from_str(&location).map_err(hub::Error::internal)?);
    let validation = match wait.0 {
        Some(patience) => {
            headers.insert(HeaderName::from_static("preference-applied"), HeaderValue::from_static("wait"));
            finished(&hub, &actor, accepted, patience).await?
        }
        None => accepted,
    };
    let status = if validation.state.is_final() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, headers, Json(validation)))
}

/// Waits for a verdict, but no longer than the caller wants to.
async fn finished(hub: &Hub, actor: &Actor, accepted: Validation, patience: Duration) -> hub::Result<Validation> {
    let id = accepted.id;
    // The caller may validate without reading validations; then there is nothing to wait for.
    let look = async {
        loop {
            match hub.gates().validation(actor, id).await {
                Ok(validation) if !validation.state.is_final() => tokio::time::sleep(INTERVAL).await,
                result => return result,
            }
        }
    };
    match tokio::time::timeout(patience, look).await {
        Ok(Ok(validation)) => Ok(validation),
        Ok(Err(error)) if error.kind() != hub::Kind::Forbidden => Err(error),
        _ => Ok(accepted),
    }
}

/// Validations, newest first
///
/// Needs `gates:read`.
#[utoipa::path(
    get, path = "/api/gate/validations", tag = "gates", params(ValidationQuery),
    responses((status = OK, description = "A page of validations.", body = Page<Validation>), Reading),
)]
async fn list_validations(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiQuery(query): ApiQuery<ValidationQuery>,
) -> Answer<Json<Page<Validation>>> {
    Ok(Json(hub.gates().validations(&actor, &query).await?))
}

/// A validation with its inputs and its report
///
/// Needs `gates:read`.
#[utoipa::path(
    get, path = "/api/gate/validations/{validation_id}", tag = "gates", params(("validation_id" = ValidationId, Path)),
    responses((status = OK, description = "The validation.", body = Validation), Finding),
)]
async fn get_validation(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ValidationId>,
) -> Answer<Json<Validation>> {
    Ok(Json(hub.gates().validation(&actor, id).await?))
}

/// A verdict that was reached again.
#[derive(Debug, Serialize, ToSchema)]
struct Replay {
    /// The report of now.
    report: Report,
    /// Whether it is the report of then.
    same: bool,
}

/// Judges the stored inputs of a validation again
///
/// Needs `gates:read`. It changes nothing.
#[utoipa::path(
    post, path = "/api/gate/validations/{validation_id}/replay", tag = "gates",
    params(("validation_id" = ValidationId, Path)),
    responses((status = OK, description = "The report of now beside that of then.", body = Replay), Changing),
)]
async fn replay_validation(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(id): ApiPath<ValidationId>,
) -> Answer<Json<Replay>> {
    let report = hub.gates().replay(&actor, id).await?;
    let same = hub.gates().validation(&actor, id).await?.report.as_ref() == Some(&report);
    Ok(Json(Replay { report, same }))
}
