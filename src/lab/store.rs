//! The tables `benchmarks`, `artifacts` and `scorecards`.

use super::{
    browser::BrowserSummary,
    model::{
        Artifact, Benchmark, BenchmarkQuery, BenchmarkRequest, BenchmarkState, LoadSummary, Scorecard, ScorecardQuery,
        SecuritySummary,
    },
    rules::Card,
};
use crate::{
    Error, Result,
    access::Scope,
    ids::{ArtifactId, BenchmarkId, EnvironmentId, JobId, ScorecardId, SystemId, TeardownId},
    page::Page,
    platform::db::Tx,
    text,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait as _, LikeExpr},
};

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
        pub load: Option<Json>,
        pub probes: Option<Json>,
        pub browser: Option<Json>,
        #[sea_orm(column_type = "Text", nullable)]
        pub reason: Option<String>,
        pub created_by: String,
        pub started_at: Option<chrono::DateTime<chrono::Utc>>,
        pub finished_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod artifacts {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "artifacts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub benchmark_id: Uuid,
        pub name: String,
        pub media_type: String,
        pub sha256: String,
        pub size: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod scorecards {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "scorecards")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub benchmark_id: Uuid,
        pub system_id: Option<Uuid>,
        pub environment_id: Option<Uuid>,
        pub teardown_id: Option<Uuid>,
        pub version: String,
        pub curve_version: String,
        #[sea_orm(column_type = "Double", nullable)]
        pub score: Option<f64>,
        pub grade: Option<String>,
        pub card: Json,
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
            progress: None,
            cancel_requested: false,
            load: row.load.map(serde_json::from_value).transpose()?,
            security: row.probes.map(serde_json::from_value).transpose()?,
            browser: row.browser.map(serde_json::from_value).transpose()?,
            reason: row.reason,
            created_by: row.created_by,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        };
        Ok(Self { benchmark, job_id: row.job_id.into() })
    }
}

impl TryFrom<scorecards::Model> for Scorecard {
    type Error = Error;

    fn try_from(row: scorecards::Model) -> Result<Self> {
        let [dimensions, metrics]: [serde_json::Value; 2] = serde_json::from_value(row.card)?;
        Ok(Self {
            id: row.id.into(),
            benchmark_id: row.benchmark_id.into(),
            system_id: row.system_id.map(Into::into),
            environment_id: row.environment_id.map(Into::into),
            teardown_id: row.teardown_id.map(Into::into),
            version: row.version,
            curve_version: row.curve_version,
            score: row.score,
            grade: row.grade,
            dimensions: serde_json::from_value(dimensions)?,
            metrics: serde_json::from_value(metrics)?,
            created_at: row.created_at,
        })
    }
}

/// What a benchmark is of.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    pub system: Option<SystemId>,
    pub environment: Option<EnvironmentId>,
    pub teardown: Option<TeardownId>,
}

pub(super) async fn create(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    (id, job): (BenchmarkId, JobId),
    subject: Subject,
    (request, created_by): (&BenchmarkRequest, String),
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
    pub browser: Option<&'a BrowserSummary>,
}

pub(super) async fn finish(tx: &Tx, scope: &Scope, id: BenchmarkId, now: DateTime<Utc>, end: End<'_>) -> Result<()> {
    let load = end.load.map(serde_json::to_value).transpose()?;
    let probes = end.security.map(serde_json::to_value).transpose()?;
    let browser = end.browser.map(serde_json::to_value).transpose()?;
    benchmarks::Entity::update_many()
        .col_expr(benchmarks::Column::State, Expr::value(end.state.as_str()))
        .col_expr(benchmarks::Column::Reason, Expr::value(end.reason))
        .col_expr(benchmarks::Column::Load, Expr::value(load))
        .col_expr(benchmarks::Column::Probes, Expr::value(probes))
        .col_expr(benchmarks::Column::Browser, Expr::value(browser))
        .col_expr(benchmarks::Column::FinishedAt, Expr::value(now))
        .filter(benchmarks::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(benchmarks::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn add_artifact(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    benchmark: BenchmarkId,
    file: &Artifact,
) -> Result<()> {
    let row = artifacts::ActiveModel {
        id: Set(file.id.uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        benchmark_id: Set(benchmark.uuid()),
        name: Set(file.name.clone()),
        media_type: Set(file.media_type.clone()),
        sha256: Set(file.sha256.clone()),
        size: Set(i64::try_from(file.size).map_err(Error::internal)?),
    };
    artifacts::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub(super) async fn artifacts(tx: &Tx, scope: &Scope, benchmark: BenchmarkId) -> Result<Vec<Artifact>> {
    let rows = artifacts::Entity::find()
        .filter(artifacts::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(artifacts::Column::BenchmarkId.eq(benchmark.uuid()))
        .order_by_asc(artifacts::Column::Name)
        .all(tx)
        .await?;
    let artifact = |row: artifacts::Model| Artifact {
        id: ArtifactId::from(row.id),
        name: row.name,
        media_type: row.media_type,
        sha256: row.sha256,
        size: u64::try_from(row.size).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(artifact).collect())
}

pub(super) async fn add_scorecard(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    benchmark: &Benchmark,
    card: &Card,
) -> Result<ScorecardId> {
    let id = ScorecardId::generate();
    let row = scorecards::ActiveModel {
        id: Set(id.uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        benchmark_id: Set(benchmark.id.uuid()),
        system_id: Set(benchmark.system_id.map(SystemId::uuid)),
        environment_id: Set(benchmark.environment_id.map(EnvironmentId::uuid)),
        teardown_id: Set(benchmark.teardown_id.map(TeardownId::uuid)),
        version: Set(benchmark.version.clone()),
        curve_version: Set(card.curve_version.clone()),
        score: Set(card.score),
        grade: Set(card.grade.clone()),
        card: Set(serde_json::json!([card.dimensions, card.metrics])),
    };
    scorecards::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(id)
}

/// The newest scorecard of a system or, with the same id, of a teardown.
pub(super) async fn scorecard(
    tx: &Tx,
    scope: &Scope,
    subject: Uuid,
    query: &ScorecardQuery,
) -> Result<Option<Scorecard>> {
    let mine = scorecards::Column::SystemId.eq(subject);
    let mine = sea_orm::Condition::any().add(mine).add(scorecards::Column::TeardownId.eq(subject));
    let mut select =
        scorecards::Entity::find().filter(scorecards::Column::TenantId.eq(scope.tenant().uuid())).filter(mine);
    if let Some(version) = &query.version {
        select = select.filter(scorecards::Column::Version.eq(version));
    }
    if let Some(environment) = query.environment_id {
        select = select.filter(scorecards::Column::EnvironmentId.eq(environment.uuid()));
    }
    let row = select.order_by_desc(scorecards::Column::Id).one(tx).await?;
    row.map(Scorecard::try_from).transpose()
}

/// Scorecards of a system or one environment of it, newest first.
pub(super) async fn scorecards(
    tx: &Tx,
    scope: &Scope,
    system: SystemId,
    environment: Option<EnvironmentId>,
    limit: u64,
) -> Result<Vec<Scorecard>> {
    let mut select = scorecards::Entity::find()
        .filter(scorecards::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(scorecards::Column::SystemId.eq(system.uuid()));
    if let Some(environment) = environment {
        select = select.filter(scorecards::Column::EnvironmentId.eq(environment.uuid()));
    }
    let rows = select.order_by_desc(scorecards::Column::Id).limit(limit).all(tx).await?;
    rows.into_iter().map(Scorecard::try_from).collect()
}

/// The scorecard of one benchmark, if it has one.
pub(super) async fn scorecard_of(tx: &Tx, scope: &Scope, benchmark: BenchmarkId) -> Result<Option<Scorecard>> {
    let row = scorecards::Entity::find()
        .filter(scorecards::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(scorecards::Column::BenchmarkId.eq(benchmark.uuid()))
        .one(tx)
        .await?;
    row.map(Scorecard::try_from).transpose()
}
