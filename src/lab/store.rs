//! The table `benchmarks`, and in rooms of their own `artifacts`, `scorecards` and imports.

mod artifacts;
mod cards;
mod imports;

pub(super) use artifacts::{
    add_artifact, all_with_files, artifacts, known, lock as lock_artifacts, old, remove as remove_artifacts,
};
pub(super) use cards::{
    add_scorecard, measured, measured_here, newest_cards, scorecard, scorecard_of, scorecard_page, scorecards,
    scorecards_beside,
};
pub(super) use imports::add_imported;

use super::{
    browser::BrowserSummary,
    cost::CostSummary,
    load::LoadSummary,
    model::{Benchmark, BenchmarkState, FilesRemoved, Scorecard},
    request::{BenchmarkQuery, BenchmarkRequest},
    resilience::ResilienceSummary,
    scalability::ScalabilitySummary,
    security::SecuritySummary,
};
use crate::{
    Error, Result,
    access::Scope,
    ids::{BenchmarkId, EnvironmentId, JobId, SystemId, TeardownId},
    page::Page,
    platform::db::{Tx, all_of},
    text,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait as _, LikeExpr},
};
use std::collections::BTreeMap;

mod benchmarks {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "benchmarks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub system_id: Option<Uuid>,
        pub environment_id: Option<Uuid>,
        pub teardown_id: Option<Uuid>,
        pub version: String,
        pub state: String,
        pub job_id: Uuid,
        pub plan: Json,
        pub in_turns_with: Option<Uuid>,
        pub load: Option<Json>,
        pub probes: Option<Json>,
        pub scalability: Option<Json>,
        pub resilience: Option<Json>,
        pub cost: Option<Json>,
        pub browser: Option<Json>,
        pub imported: Option<Json>,
        pub files_removed: Option<Json>,
        #[sea_orm(column_type = "Text", nullable)]
        pub reason: Option<String>,
        pub created_by: String,
        pub started_at: Option<chrono::DateTime<chrono::Utc>>,
        pub finished_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// A benchmark with the job that carries it out.
pub(super) struct StoredBenchmark {
    pub benchmark: Benchmark,
    pub job_id: JobId,
}

impl TryFrom<benchmarks::Model> for StoredBenchmark {
    type Error = Error;

    fn try_from(row: benchmarks::Model) -> Result<Self> {
        let state = BenchmarkState::parse(&row.state)
            .ok_or_else(|| Error::internal(format!("benchmark {}: stored state", row.id)))?;
        let benchmark = Benchmark {
            id: row.id.into(),
            system_id: row.system_id.map(Into::into),
            environment_id: row.environment_id.map(Into::into),
            teardown_id: row.teardown_id.map(Into::into),
            version: row.version,
            state,
            request: serde_json::from_value(row.plan)?,
            in_turns_with: row.in_turns_with.map(Into::into),
            progress: None,
            cancel_requested: false,
            load: row.load.map(serde_json::from_value).transpose()?,
            security: row.probes.map(serde_json::from_value).transpose()?,
            scalability: row.scalability.map(serde_json::from_value).transpose()?,
            resilience: row.resilience.map(serde_json::from_value).transpose()?,
            cost: row.cost.map(serde_json::from_value).transpose()?,
            browser: row.browser.map(serde_json::from_value).transpose()?,
            imported: row.imported.map(serde_json::from_value).transpose()?,
            files_removed: row.files_removed.map(serde_json::from_value).transpose()?,
            reason: row.reason,
            created_by: row.created_by,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        };
        Ok(Self { benchmark, job_id: row.job_id.into() })
    }
}

/// What a benchmark is of.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    pub system: Option<SystemId>,
    pub environment: Option<EnvironmentId>,
    pub teardown: Option<TeardownId>,
}

/// A benchmark that was asked for.
pub(super) struct New<'a> {
    pub id: BenchmarkId,
    pub job: JobId,
    pub subject: Subject,
    pub request: &'a BenchmarkRequest,
    pub created_by: String,
    pub in_turns_with: Option<BenchmarkId>,
}

pub(super) async fn create(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    New { id, job, subject, request, created_by, in_turns_with }: New<'_>,
) -> Result<()> {
    let row = benchmarks::ActiveModel {
        id: Set(id.uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        system_id: Set(subject.system.map(SystemId::uuid)),
        environment_id: Set(subject.environment.map(EnvironmentId::uuid)),
        teardown_id: Set(subject.teardown.map(TeardownId::uuid)),
        version: Set(request.version.clone()),
        state: Set(BenchmarkState::Queued.as_str().to_owned()),
        job_id: Set(job.uuid()),
        plan: Set(serde_json::to_value(request)?),
        in_turns_with: Set(in_turns_with.map(BenchmarkId::uuid)),
        created_by: Set(created_by),
        ..Default::default()
    };
    benchmarks::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub(super) async fn find(tx: &Tx, scope: &Scope, id: BenchmarkId) -> Result<StoredBenchmark> {
    let row = benchmarks::Entity::find_by_id(id.uuid())
        .filter(benchmarks::Column::TenantId.eq(scope.tenant().uuid()))
        .one(tx)
        .await?;
    row.ok_or_else(|| Error::not_found(BenchmarkId::WHAT))?.try_into()
}

pub(super) async fn list(tx: &Tx, scope: &Scope, query: &BenchmarkQuery) -> Result<Page<StoredBenchmark>> {
    let page = query.page();
    let limit = page.limit()?;
    let mut select = benchmarks::Entity::find().filter(benchmarks::Column::TenantId.eq(scope.tenant().uuid()));
    if let Some(system) = query.system_id {
        select = select.filter(benchmarks::Column::SystemId.eq(system.uuid()));
    }
    if let Some(after) = page.after()? {
        select = select.filter(benchmarks::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(benchmarks::Column::Id).limit(limit + 1).all(tx).await?;
    Page::of(rows, limit, |row| row.id.to_string()).try_map(StoredBenchmark::try_from)
}

/// The newest benchmarks of each of these systems.
pub(super) async fn newest_of(
    tx: &Tx,
    scope: &Scope,
    systems: &[SystemId],
    limit: u64,
) -> Result<Vec<StoredBenchmark>> {
    let newest = |system: &SystemId| {
        benchmarks::Entity::find()
            .filter(benchmarks::Column::TenantId.eq(scope.tenant().uuid()))
            .filter(benchmarks::Column::SystemId.eq(system.uuid()))
            .order_by_desc(benchmarks::Column::Id)
            .limit(limit)
    };
    let rows = all_of(tx, systems.iter().map(newest)).await?;
    rows.into_iter().map(StoredBenchmark::try_from).collect()
}

/// The newest benchmarks whose version holds a text.
pub(super) async fn of_version(tx: &Tx, scope: &Scope, text: &str, limit: u64) -> Result<Vec<StoredBenchmark>> {
    let holds = LikeExpr::new(text::holding(text)).escape('\\');
    let select = benchmarks::Entity::find()
        .filter(benchmarks::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(Expr::col(benchmarks::Column::Version).like(holds));
    let rows = select.order_by_desc(benchmarks::Column::Id).limit(limit).all(tx).await?;
    rows.into_iter().map(StoredBenchmark::try_from).collect()
}

/// How many benchmarks wait or run.
pub(super) async fn under_way(tx: &Tx, scope: &Scope) -> Result<u64> {
    let states = [BenchmarkState::Queued, BenchmarkState::Running].map(BenchmarkState::as_str);
    let select = benchmarks::Entity::find()
        .filter(benchmarks::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(benchmarks::Column::State.is_in(states));
    Ok(select.count(tx).await?)
}

pub(super) async fn mark_running(tx: &Tx, scope: &Scope, id: BenchmarkId, now: DateTime<Utc>) -> Result<()> {
    benchmarks::Entity::update_many()
        .col_expr(benchmarks::Column::State, Expr::value(BenchmarkState::Running.as_str()))
        .col_expr(benchmarks::Column::StartedAt, Expr::value(now))
        .filter(benchmarks::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(benchmarks::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// How a benchmark ended.
pub(super) struct End<'a> {
    pub state: BenchmarkState,
    pub reason: Option<String>,
    pub load: Option<&'a LoadSummary>,
    pub security: Option<&'a SecuritySummary>,
    pub scalability: Option<&'a ScalabilitySummary>,
    pub resilience: Option<&'a ResilienceSummary>,
    pub cost: Option<&'a CostSummary>,
    pub browser: Option<&'a BrowserSummary>,
}

impl End<'_> {
    /// An end without a measurement.
    pub fn unmeasured(state: BenchmarkState, reason: String) -> Self {
        Self {
            state,
            reason: Some(reason),
            load: None,
            security: None,
            scalability: None,
            resilience: None,
            cost: None,
            browser: None,
        }
    }
}

pub(super) async fn finish(tx: &Tx, scope: &Scope, id: BenchmarkId, now: DateTime<Utc>, end: End<'_>) -> Result<()> {
    let load = end.load.map(serde_json::to_value).transpose()?;
    let probes = end.security.map(serde_json::to_value).transpose()?;
    let scalability = end.scalability.map(serde_json::to_value).transpose()?;
    let resilience = end.resilience.map(serde_json::to_value).transpose()?;
    let cost = end.cost.map(serde_json::to_value).transpose()?;
    let browser = end.browser.map(serde_json::to_value).transpose()?;
    benchmarks::Entity::update_many()
        .col_expr(benchmarks::Column::State, Expr::value(end.state.as_str()))
        .col_expr(benchmarks::Column::Reason, Expr::value(end.reason))
        .col_expr(benchmarks::Column::Load, Expr::value(load))
        .col_expr(benchmarks::Column::Probes, Expr::value(probes))
        .col_expr(benchmarks::Column::Scalability, Expr::value(scalability))
        .col_expr(benchmarks::Column::Resilience, Expr::value(resilience))
        .col_expr(benchmarks::Column::Cost, Expr::value(cost))
        .col_expr(benchmarks::Column::Browser, Expr::value(browser))
        .col_expr(benchmarks::Column::FinishedAt, Expr::value(now))
        .filter(benchmarks::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(benchmarks::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Writes down that a benchmark's files are gone.
pub(super) async fn mark_files_removed(tx: &Tx, scope: &Scope, id: BenchmarkId, removed: FilesRemoved) -> Result<()> {
    benchmarks::Entity::update_many()
        .col_expr(benchmarks::Column::FilesRemoved, Expr::value(serde_json::to_value(removed)?))
        .filter(benchmarks::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(benchmarks::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether the tenant has any benchmark.
pub(super) async fn any(tx: &Tx, scope: &Scope) -> Result<bool> {
    let select = benchmarks::Entity::find().filter(benchmarks::Column::TenantId.eq(scope.tenant().uuid()));
    Ok(select.select_only().column(benchmarks::Column::Id).into_tuple::<Uuid>().one(tx).await?.is_some())
}

/// What a benchmark was asked for, and what it was measured in turns with.
pub(super) type Planned = (BenchmarkRequest, Option<BenchmarkId>);

/// How the benchmarks of these scorecards were measured, in no order.
pub(super) async fn plans(tx: &Tx, scope: &Scope, cards: &[Scorecard]) -> Result<BTreeMap<BenchmarkId, Planned>> {
    let rows: Vec<(Uuid, Json, Option<Uuid>)> = benchmarks::Entity::find()
        .select_only()
        .columns([benchmarks::Column::Id, benchmarks::Column::Plan, benchmarks::Column::InTurnsWith])
        .filter(benchmarks::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(benchmarks::Column::Id.is_in(cards.iter().map(|card| card.benchmark_id.uuid())))
        .into_tuple()
        .all(tx)
        .await?;
    let planned = |(id, plan, with): (Uuid, Json, Option<Uuid>)| {
        Ok((id.into(), (serde_json::from_value(plan)?, with.map(Into::into))))
    };
    rows.into_iter().map(planned).collect()
}

/// Where benchmarks stand, and why.
pub(super) async fn stand(
    tx: &Tx,
    scope: &Scope,
    ids: &[BenchmarkId],
) -> Result<BTreeMap<BenchmarkId, (BenchmarkState, Option<String>)>> {
    let rows: Vec<(Uuid, String, Option<String>)> = benchmarks::Entity::find()
        .select_only()
        .columns([benchmarks::Column::Id, benchmarks::Column::State, benchmarks::Column::Reason])
        .filter(benchmarks::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(benchmarks::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .into_tuple()
        .all(tx)
        .await?;
    let read = |(id, state, reason): (Uuid, String, Option<String>)| {
        let state = BenchmarkState::parse(&state);
        let state = state.ok_or_else(|| Error::internal(format!("benchmark {id}: stored state")))?;
        Ok((id.into(), (state, reason)))
    };
    rows.into_iter().map(read).collect()
}
