//! The tables `schedules` and `scheduled_runs`.

use super::model::{RunOutcome, Schedule, ScheduleState, ScheduledRun};
use crate::{
    Error, Result,
    access::Scope,
    ids::{ScheduleId, ScheduledRunId, TenantId, UserId},
    page::{Page, PageRequest},
    platform::db::{Tx, is_duplicate, suspended_tenants},
    text,
};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ExprTrait as _, QueryOrder, QuerySelect, entity::prelude::*, sea_query::SimpleExpr};
use std::collections::BTreeMap;

mod schedules {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "schedules")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub name: String,
        pub name_key: String,
        pub kind: String,
        pub system_id: Uuid,
        pub environment_id: Uuid,
        pub request: Json,
        pub cron: String,
        pub time_zone: String,
        pub state: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub reason: Option<String>,
        pub owner_id: Uuid,
        pub owner: String,
        pub next_due_ms: Option<i64>,
        pub last_run_id: Option<Uuid>,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod runs {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "scheduled_runs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub schedule_id: Uuid,
        pub due_ms: i64,
        pub by_hand: bool,
        pub outcome: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub reason: Option<String>,
        pub passed_over: i32,
        pub version: Option<String>,
        pub benchmark_id: Option<Uuid>,
        pub validation_id: Option<Uuid>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use schedules::{Column, Entity};

/// A schedule with what its readers need not see.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub schedule: Schedule,
    pub owner_id: UserId,
    pub last_run_id: Option<ScheduledRunId>,
}

fn time(ms: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(ms).ok_or_else(|| Error::internal(format!("stored time {ms}")))
}

impl TryFrom<schedules::Model> for Stored {
    type Error = Error;

    fn try_from(row: schedules::Model) -> Result<Self> {
        use super::model::ScheduleKind;
        let broken = |what: &str| Error::internal(format!("schedule {}: stored {what}", row.id));
        let state = ScheduleState::parse(&row.state).ok_or_else(|| broken("state"))?;
        let (kind, benchmark, validation) = match row.kind.as_str() {
            "benchmark" => (ScheduleKind::Benchmark, Some(serde_json::from_value(row.request)?), None),
            "validation" => (ScheduleKind::Validation, None, Some(serde_json::from_value(row.request)?)),
            _ => return Err(broken("kind")),
        };
        let schedule = Schedule {
            id: row.id.into(),
            name: row.name,
            kind,
            system_id: row.system_id.into(),
            environment_id: row.environment_id.into(),
            benchmark,
            validation,
            cron: row.cron,
            time_zone: row.time_zone,
            state,
            reason: row.reason,
            owner: row.owner,
            next_due_at: row.next_due_ms.map(time).transpose()?,
            last_run: None,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        Ok(Self { schedule, owner_id: row.owner_id.into(), last_run_id: row.last_run_id.map(Into::into) })
    }
}

impl TryFrom<runs::Model> for ScheduledRun {
    type Error = Error;

    fn try_from(row: runs::Model) -> Result<Self> {
        let outcome = RunOutcome::parse(&row.outcome)
            .ok_or_else(|| Error::internal(format!("scheduled run {}: stored outcome", row.id)))?;
        Ok(Self {
            id: row.id.into(),
            schedule_id: row.schedule_id.into(),
            due_at: time(row.due_ms)?,
            settled_at: row.created_at,
            by_hand: row.by_hand,
            outcome,
            reason: row.reason,
            passed_over: u32::try_from(row.passed_over).unwrap_or_default(),
            version: row.version,
            benchmark_id: row.benchmark_id.map(Into::into),
            validation_id: row.validation_id.map(Into::into),
            result: None,
        })
    }
}

fn of(scope: &Scope, id: ScheduleId) -> SimpleExpr {
    Column::TenantId.eq(scope.tenant().uuid()).and(Column::Id.eq(id.uuid()))
}

fn row_of(scope: &Scope, stored: &Stored) -> Result<schedules::Model> {
    let schedule = &stored.schedule;
    let request = match (&schedule.benchmark, &schedule.validation) {
        (Some(benchmark), _) => serde_json::to_value(benchmark)?,
        (None, validation) => serde_json::to_value(validation)?,
    };
    Ok(schedules::Model {
        id: schedule.id.uuid(),
        tenant_id: scope.tenant().uuid(),
        created_at: schedule.created_at,
        name: schedule.name.clone(),
        name_key: text::key(&schedule.name),
        kind: schedule.kind.as_str().to_owned(),
        system_id: schedule.system_id.uuid(),
        environment_id: schedule.environment_id.uuid(),
        request,
        cron: schedule.cron.clone(),
        time_zone: schedule.time_zone.clone(),
        state: schedule.state.as_str().to_owned(),
        reason: schedule.reason.clone(),
        owner_id: stored.owner_id.uuid(),
        owner: schedule.owner.clone(),
        next_due_ms: schedule.next_due_at.map(|at| at.timestamp_millis()),
        last_run_id: stored.last_run_id.map(ScheduledRunId::uuid),
        updated_at: schedule.updated_at,
    })
}

/// The error of a statement that may break the unique index on names.
fn taken(error: DbErr, name: &str) -> Error {
    match is_duplicate(&error) {
        true => Error::invalid("/name", format!("The name {name:?} is taken; choose another.")),
        false => error.into(),
    }
}

pub(super) async fn create(tx: &Tx, scope: &Scope, stored: &Stored) -> Result<()> {
    let row = row_of(scope, stored)?;
    let insert = Entity::insert(schedules::ActiveModel::from(row)).exec_without_returning(tx);
    insert.await.map(drop).map_err(|error| taken(error, &stored.schedule.name))
}

/// Keeps every column as it is in `stored`.
pub(super) async fn save(tx: &Tx, scope: &Scope, stored: &Stored) -> Result<()> {
    let row = schedules::ActiveModel::from(row_of(scope, stored)?).reset_all();
    let update = Entity::update_many().set(row).filter(of(scope, stored.schedule.id)).exec(tx);
    update.await.map(drop).map_err(|error| taken(error, &stored.schedule.name))
}

pub(super) async fn count(tx: &Tx, scope: &Scope) -> Result<u64> {
    Ok(Entity::find().filter(Column::TenantId.eq(scope.tenant().uuid())).count(tx).await?)
}

pub(super) async fn find(tx: &Tx, scope: &Scope, id: ScheduleId) -> Result<Stored> {
    let row = Entity::find().filter(of(scope, id)).one(tx).await?;
    row.ok_or_else(|| Error::not_found(ScheduleId::WHAT))?.try_into()
}

/// The same, and nobody else changes it until the transaction ends.
pub(super) async fn lock(tx: &Tx, scope: &Scope, id: ScheduleId) -> Result<Stored> {
    let mut select = Entity::find().filter(of(scope, id));
    if tx.is_postgres() {
        select = select.lock_exclusive();
    }
    select.one(tx).await?.ok_or_else(|| Error::not_found(ScheduleId::WHAT))?.try_into()
}

pub(super) async fn list(tx: &Tx, scope: &Scope, page: &PageRequest) -> Result<Page<Stored>> {
    let limit = page.limit()?;
    let mut select = Entity::find().filter(Column::TenantId.eq(scope.tenant().uuid()));
    if let Some(after) = page.after()? {
        select = select.filter(Column::Id.lt(after));
    }
    let rows = select.order_by_desc(Column::Id).limit(limit + 1).all(tx).await?;
    Page::of(rows, limit, |row| row.id.to_string()).try_map(Stored::try_from)
}

pub(super) async fn remove(tx: &Tx, scope: &Scope, id: ScheduleId) -> Result<()> {
    runs::Entity::delete_many().filter(of_schedule(scope, id)).exec(tx).await?;
    Entity::delete_many().filter(of(scope, id)).exec(tx).await?;
    Ok(())
}

/// Schedules of every tenant that are due, the longest due first; those of suspended ones wait. The transaction is one of dispatch.
pub(super) async fn all_due(tx: &Tx, now_ms: i64, most: u64) -> Result<Vec<(TenantId, ScheduleId)>> {
    let rows: Vec<(Uuid, Uuid)> = Entity::find()
        .select_only()
        .columns([Column::TenantId, Column::Id])
        .filter(Column::State.eq(ScheduleState::On.as_str()))
        .filter(Column::NextDueMs.lte(now_ms))
        .filter(Column::TenantId.not_in_subquery(suspended_tenants()))
        .order_by_asc(Column::NextDueMs)
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(tenant, id)| (tenant.into(), id.into())).collect())
}

fn of_schedule(scope: &Scope, id: ScheduleId) -> SimpleExpr {
    runs::Column::TenantId.eq(scope.tenant().uuid()).and(runs::Column::ScheduleId.eq(id.uuid()))
}

/// Whether a due time was settled before, for example because the machine's clock went back.
pub(super) async fn is_settled(tx: &Tx, scope: &Scope, id: ScheduleId, due: DateTime<Utc>) -> Result<bool> {
    let same = runs::Column::DueMs.eq(due.timestamp_millis()).and(runs::Column::ByHand.eq(false));
    Ok(runs::Entity::find().filter(of_schedule(scope, id)).filter(same).count(tx).await? > 0)
}

/// Keeps what came of a due time.
///
/// # Errors
/// Conflict when it was settled already.
pub(super) async fn add_run(tx: &Tx, scope: &Scope, run: &ScheduledRun) -> Result<()> {
    let row = runs::ActiveModel {
        id: Set(run.id.uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(run.settled_at),
        schedule_id: Set(run.schedule_id.uuid()),
        due_ms: Set(run.due_at.timestamp_millis()),
        by_hand: Set(run.by_hand),
        outcome: Set(run.outcome.as_str().to_owned()),
        reason: Set(run.reason.clone()),
        passed_over: Set(i32::try_from(run.passed_over).unwrap_or(i32::MAX)),
        version: Set(run.version.clone()),
        benchmark_id: Set(run.benchmark_id.map(|id| id.uuid())),
        validation_id: Set(run.validation_id.map(|id| id.uuid())),
    };
    match runs::Entity::insert(row).exec_without_returning(tx).await {
        Err(error) if is_duplicate(&error) => Err(Error::conflict("This time was settled already.")),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(()),
    }
}

pub(super) async fn run(tx: &Tx, scope: &Scope, id: ScheduledRunId) -> Result<Option<ScheduledRun>> {
    Ok(runs_by_id(tx, scope, &[id]).await?.remove(&id))
}

/// The newest run that started something.
pub(super) async fn last_started(tx: &Tx, scope: &Scope, id: ScheduleId) -> Result<Option<ScheduledRun>> {
    let row = runs::Entity::find()
        .filter(of_schedule(scope, id))
        .filter(runs::Column::Outcome.eq(RunOutcome::Started.as_str()))
        .order_by_desc(runs::Column::Id)
        .one(tx)
        .await?;
    row.map(ScheduledRun::try_from).transpose()
}

pub(super) async fn runs_by_id(
    tx: &Tx,
    scope: &Scope,
    ids: &[ScheduledRunId],
) -> Result<BTreeMap<ScheduledRunId, ScheduledRun>> {
    let rows = runs::Entity::find()
        .filter(runs::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(runs::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .all(tx)
        .await?;
    rows.into_iter().map(|row| ScheduledRun::try_from(row).map(|run| (run.id, run))).collect()
}

pub(super) async fn runs(tx: &Tx, scope: &Scope, id: ScheduleId, page: &PageRequest) -> Result<Page<ScheduledRun>> {
    let limit = page.limit()?;
    let mut select = runs::Entity::find().filter(of_schedule(scope, id));
    if let Some(after) = page.after()? {
        select = select.filter(runs::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(runs::Column::Id).limit(limit + 1).all(tx).await?;
    Page::of(rows, limit, |row| row.id.to_string()).try_map(ScheduledRun::try_from)
}

/// Removes runs of every tenant that are older. The transaction is one of dispatch.
pub(super) async fn prune(tx: &Tx, before: DateTime<Utc>) -> Result<u64> {
    Ok(runs::Entity::delete_many().filter(runs::Column::CreatedAt.lt(before)).exec(tx).await?.rows_affected)
}
