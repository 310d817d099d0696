//! The table `scorecards`.

use super::super::{
    compare::Measured,
    model::{Benchmark, Scorecard},
    request::ScorecardQuery,
    rules::Card,
};
use crate::{
    Error, Result,
    access::Scope,
    ids::{BenchmarkId, EnvironmentId, ScorecardId, SystemId, TeardownId},
    page::{Page, PageRequest},
    platform::db::{Tx, all_of},
};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, FromQueryResult, QueryOrder, QuerySelect, entity::prelude::*};

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
        pub imported: Option<Json>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl TryFrom<scorecards::Model> for Scorecard {
    type Error = Error;

    fn try_from(row: scorecards::Model) -> Result<Self> {
        let [dimensions, metrics, samples]: [serde_json::Value; 3] = serde_json::from_value(row.card)?;
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
            samples: serde_json::from_value(samples)?,
            imported: row.imported.map(serde_json::from_value).transpose()?,
            created_at: row.created_at,
        })
    }
}

pub(in crate::lab) async fn add_scorecard(
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
        card: Set(serde_json::json!([card.dimensions, card.metrics, card.samples])),
        imported: Set(benchmark.imported.as_ref().map(serde_json::to_value).transpose()?),
    };
    scorecards::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(id)
}

/// The newest scorecard of a system or, with the same id, of a teardown.
pub(in crate::lab) async fn scorecard(
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

/// The newest scorecard of a version in an environment that the hub measured itself.
pub(in crate::lab) async fn measured_here(
    tx: &Tx,
    scope: &Scope,
    (system, environment, version): (SystemId, EnvironmentId, &str),
) -> Result<Option<Scorecard>> {
    let row = scorecards::Entity::find()
        .filter(scorecards::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(scorecards::Column::SystemId.eq(system.uuid()))
        .filter(scorecards::Column::EnvironmentId.eq(environment.uuid()))
        .filter(scorecards::Column::Version.eq(version))
        .filter(scorecards::Column::Imported.is_null())
        .order_by_desc(scorecards::Column::Id)
        .one(tx)
        .await?;
    row.map(Scorecard::try_from).transpose()
}

/// The newest scorecards, `limit` at most, that are of the same subject, environment and version as this one.
pub(in crate::lab) async fn scorecards_beside(
    tx: &Tx,
    scope: &Scope,
    card: &Scorecard,
    limit: u64,
) -> Result<Vec<Scorecard>> {
    let rows = scorecards::Entity::find()
        .filter(scorecards::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(of(scorecards::Column::SystemId, card.system_id.map(SystemId::uuid)))
        .filter(of(scorecards::Column::TeardownId, card.teardown_id.map(TeardownId::uuid)))
        .filter(of(scorecards::Column::EnvironmentId, card.environment_id.map(EnvironmentId::uuid)))
        .filter(scorecards::Column::Version.eq(&card.version))
        .order_by_desc(scorecards::Column::Id)
        .limit(limit)
        .all(tx)
        .await?;
    rows.into_iter().map(Scorecard::try_from).collect()
}

fn of(column: scorecards::Column, id: Option<Uuid>) -> sea_orm::sea_query::SimpleExpr {
    id.map_or_else(|| column.is_null(), |id| column.eq(id))
}

#[derive(FromQueryResult)]
struct MeasuredRow {
    system_id: Option<Uuid>,
    teardown_id: Option<Uuid>,
    environment_id: Option<Uuid>,
    version: String,
    benchmark_id: Uuid,
}

/// What was measured last, without its figures: subject, environment and version of the newest `limit` scorecards.
pub(in crate::lab) async fn measured(tx: &Tx, scope: &Scope, limit: u64) -> Result<Vec<Measured>> {
    let rows = scorecards::Entity::find()
        .select_only()
        .columns([
            scorecards::Column::SystemId,
            scorecards::Column::TeardownId,
            scorecards::Column::EnvironmentId,
            scorecards::Column::Version,
            scorecards::Column::BenchmarkId,
        ])
        .filter(scorecards::Column::TenantId.eq(scope.tenant().uuid()))
        .order_by_desc(scorecards::Column::Id)
        .limit(limit)
        .into_model::<MeasuredRow>()
        .all(tx)
        .await?;
    let measured = |row: MeasuredRow| Measured {
        system_id: row.system_id.map(Into::into),
        teardown_id: row.teardown_id.map(Into::into),
        environment_id: row.environment_id.map(Into::into),
        version: row.version,
        benchmark_id: Some(row.benchmark_id.into()),
    };
    Ok(rows.into_iter().map(measured).collect())
}

/// Scorecards of a system or one environment of it, newest first.
pub(in crate::lab) async fn scorecards(
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

/// The newest scorecards of each of these systems.
pub(in crate::lab) async fn newest_cards(
    tx: &Tx,
    scope: &Scope,
    systems: &[SystemId],
    limit: u64,
) -> Result<Vec<Scorecard>> {
    let newest = |system: &SystemId| {
        scorecards::Entity::find()
            .filter(scorecards::Column::TenantId.eq(scope.tenant().uuid()))
            .filter(scorecards::Column::SystemId.eq(system.uuid()))
            .order_by_desc(scorecards::Column::Id)
            .limit(limit)
    };
    let rows = all_of(tx, systems.iter().map(newest)).await?;
    rows.into_iter().map(Scorecard::try_from).collect()
}

/// A part of the scorecards of a system or of one environment of it, newest first.
pub(in crate::lab) async fn scorecard_page(
    tx: &Tx,
    scope: &Scope,
    system: SystemId,
    environment: Option<EnvironmentId>,
    page: &PageRequest,
) -> Result<Page<Scorecard>> {
    let limit = page.limit()?;
    let mut select = scorecards::Entity::find()
        .filter(scorecards::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(scorecards::Column::SystemId.eq(system.uuid()));
    if let Some(environment) = environment {
        select = select.filter(scorecards::Column::EnvironmentId.eq(environment.uuid()));
    }
    if let Some(after) = page.after()? {
        select = select.filter(scorecards::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(scorecards::Column::Id).limit(limit + 1).all(tx).await?;
    Page::of(rows, limit, |row| row.id.to_string()).try_map(Scorecard::try_from)
}

/// The scorecard of one benchmark, if it has one.
pub(in crate::lab) async fn scorecard_of(tx: &Tx, scope: &Scope, benchmark: BenchmarkId) -> Result<Option<Scorecard>> {
    let row = scorecards::Entity::find()
        .filter(scorecards::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(scorecards::Column::BenchmarkId.eq(benchmark.uuid()))
        .one(tx)
        .await?;
    row.map(Scorecard::try_from).transpose()
}
