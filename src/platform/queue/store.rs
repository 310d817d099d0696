//! The rows of the queue.

use super::model::{JobState, JobView, NewJob, Priority};
use crate::{
    Error, Result,
    access::Scope,
    ids::{JobId, TenantId},
    platform::db::{Db, Realm, Tx, suspended_tenants},
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ExprTrait as _, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{LockBehavior, LockType, SimpleExpr},
};
use serde_json::Value;
use std::time::Duration;

/// How long a job is kept after it was over.
pub const RETENTION: TimeDelta = TimeDelta::days(30);

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub(super) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub created_at: DateTime<Utc>,
    pub kind: String,
    pub payload: Json,
    pub priority: i16,
    pub state: String,
    pub attempt: i32,
    pub max_attempts: i32,
    pub run_at_ms: i64,
    pub lease_owner: Option<String>,
    pub lease_until_ms: Option<i64>,
    pub cancel_requested: bool,
    pub progress: Option<Json>,
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub traceparent: Option<String>,
    pub finished_at_ms: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Accepts work in the transaction of the change that wants it.
pub async fn enqueue(tx: &Tx, scope: &Scope, now: DateTime<Utc>, job: NewJob) -> Result<JobId> {
    enqueue_at(tx, scope, (now, now), job).await
}

/// The same for work that begins at a later time.
pub async fn enqueue_at(
    tx: &Tx,
    scope: &Scope,
    (now, begins): (DateTime<Utc>, DateTime<Utc>),
    job: NewJob,
) -> Result<JobId> {
    let id = JobId::generate();
    let row = ActiveModel {
        id: Set(id.uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        kind: Set(job.kind.to_owned()),
        payload: Set(job.payload),
        priority: Set(job.priority.rank()),
        state: Set(JobState::Queued.as_str().to_owned()),
        attempt: Set(0),
        max_attempts: Set(i32::try_from(job.max_attempts).unwrap_or(i32::MAX)),
        run_at_ms: Set(begins.timestamp_millis()),
        cancel_requested: Set(false),
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(id)
}

/// The job as its owner sees it.
pub async fn view(tx: &Tx, scope: &Scope, id: JobId) -> Result<JobView> {
    let row = find(tx, scope.tenant(), id).one(tx).await?.ok_or_else(|| Error::not_found(JobId::WHAT))?;
    Ok(JobView {
        id,
        state: JobState::parse(&row.state).ok_or_else(|| Error::internal(format!("job state {:?}", row.state)))?,
        attempt: u32::try_from(row.attempt).unwrap_or_default(),
        progress: row.progress,
        cancel_requested: row.cancel_requested,
        error: row.error,
    })
}

/// Asks for a job's end. `true` when it had not begun, so that it is ended now; otherwise its worker ends it.
///
/// # Errors
/// Conflict when the job is already over.
pub async fn cancel(tx: &Tx, scope: &Scope, now: DateTime<Utc>, id: JobId) -> Result<bool> {
    let waiting = Entity::update_many()
        .col_expr(Column::State, Expr::value(JobState::Cancelled.as_str()))
        .col_expr(Column::FinishedAtMs, Expr::value(now.timestamp_millis()))
        .col_expr(Column::CancelRequested, Expr::value(true))
        .filter(of(scope.tenant(), id).and(Column::State.eq(JobState::Queued.as_str())))
        .exec(tx)
        .await?;
    if waiting.rows_affected == 1 {
        return Ok(true);
    }
    let running = Entity::update_many()
        .col_expr(Column::CancelRequested, Expr::value(true))
        .filter(of(scope.tenant(), id).and(Column::State.eq(JobState::Running.as_str())))
        .exec(tx)
        .await?;
    match running.rows_affected {
        1 => Ok(false),
        _ => Err(Error::conflict("This is already over.")),
    }
}

/// How many jobs wait, by priority.
pub async fn depth(db: &Db) -> Result<Vec<(Priority, i64)>> {
    let tx = db.read_realm(Realm::Dispatch).await?;
    let rows: Vec<(i16, i64)> = Entity::find()
        .select_only()
        .column(Column::Priority)
        .column_as(Column::Id.count(), "waiting")
        .filter(Column::State.eq(JobState::Queued.as_str()))
        .group_by(Column::Priority)
        .into_tuple()
        .all(&tx)
        .await?;
    let waiting = |priority: Priority| rows.iter().find(|(rank, _)| *rank == priority.rank()).map_or(0, |row| row.1);
    Ok(Priority::ALL.into_iter().map(|priority| (priority, waiting(priority))).collect())
}

/// Removes jobs of every tenant that were over longer ago than [`RETENTION`]; how many. What came of them is with the
/// thing that they were for.
pub async fn prune(db: &Db, now: DateTime<Utc>) -> Result<u64> {
    let states = [JobState::Succeeded, JobState::Cancelled, JobState::Dead].map(JobState::as_str);
    let tx = db.realm(Realm::Dispatch).await?;
    let pruned = Entity::delete_many()
        .filter(Column::State.is_in(states))
        .filter(Column::FinishedAtMs.lt((now - RETENTION).timestamp_millis()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(pruned.rows_affected)
}

/// Takes every lease back, for a process that knows that it is the only one on this database.
pub async fn release_all(db: &Db) -> Result<u64> {
    let tx = db.realm(Realm::Dispatch).await?;
    let released = Entity::update_many()
        .col_expr(Column::LeaseUntilMs, Expr::value(0_i64))
        .filter(Column::State.eq(JobState::Running.as_str()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(released.rows_affected)
}

/// Whether a worker holds a job of the tenant.
pub(crate) async fn is_busy(tx: &Tx, scope: &Scope, now_ms: i64) -> Result<bool> {
    let held = Column::State.eq(JobState::Running.as_str()).and(Column::LeaseUntilMs.gte(now_ms));
    let job = Entity::find().filter(Column::TenantId.eq(scope.tenant().uuid())).filter(held).one(tx).await?;
    Ok(job.is_some())
}

/// Leases the next job: one that waits and is due, or one whose worker is gone. Jobs of suspended tenants wait.
pub(super) async fn lease(tx: &Tx, owner: &str, now_ms: i64, lease: Duration) -> Result<Option<Model>> {
    let due = Column::State.eq(JobState::Queued.as_str()).and(Column::RunAtMs.lte(now_ms));
    let lapsed = Column::State.eq(JobState::Running.as_str()).and(Column::LeaseUntilMs.lt(now_ms));
    // Two questions, each answered by its own index: asked as one, the whole backlog would be read and sorted for every job.
    let candidates = [first(tx, due).await?, first(tx, lapsed).await?];
    let next = candidates.into_iter().flatten().min_by_key(|row| (row.priority, row.run_at_ms, row.id));
    let Some(mut row) = next else { return Ok(None) };
    row.attempt += 1;
    row.state = JobState::Running.as_str().to_owned();
    row.lease_owner = Some(owner.to_owned());
    row.lease_until_ms = Some(until(now_ms, lease));
    Entity::update_many()
        .col_expr(Column::Attempt, Expr::value(row.attempt))
        .col_expr(Column::State, Expr::value(row.state.clone()))
        .col_expr(Column::LeaseOwner, Expr::value(row.lease_owner.clone()))
        .col_expr(Column::LeaseUntilMs, Expr::value(row.lease_until_ms))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(Some(row))
}

/// The first of the jobs that meet a condition, kept from the other workers until the transaction ends.
async fn first(tx: &Tx, condition: SimpleExpr) -> Result<Option<Model>> {
    let mut jobs = Entity::find()
        .filter(condition)
        .filter(Column::TenantId.not_in_subquery(suspended_tenants()))
        .order_by_asc(Column::Priority)
        .order_by_asc(Column::RunAtMs)
        .order_by_asc(Column::Id)
        .limit(1);
    if tx.is_postgres() {
        jobs = jobs.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    Ok(jobs.one(tx).await?)
}

/// Prolongs a lease. `None` when it was lost, otherwise whether somebody asked for the job's end.
pub(super) async fn heartbeat(tx: &Tx, held: &Held, now_ms: i64, lease: Duration) -> Result<Option<bool>> {
    let prolonged = Entity::update_many()
        .col_expr(Column::LeaseUntilMs, Expr::value(until(now_ms, lease)))
        .filter(held.condition())
        .exec(tx)
        .await?;
    if prolonged.rows_affected == 0 {
        return Ok(None);
    }
    let row = Entity::find_by_id(held.id.uuid()).one(tx).await?;
    Ok(row.map(|row| row.cancel_requested))
}

pub(super) async fn progress(tx: &Tx, held: &Held, progress: Value) -> Result<bool> {
    let updated = Entity::update_many()
        .col_expr(Column::Progress, Expr::value(progress))
        .filter(held.condition())
        .exec(tx)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Ends a lease in one of the ways that a job can go on. `false` when the lease was lost in the meantime.
pub(super) async fn end(tx: &Tx, held: &Held, now_ms: i64, ending: &super::Ending) -> Result<bool> {
    use super::Ending;
    let mut update = Entity::update_many()
        .col_expr(Column::State, Expr::value(ending.state().as_str()))
        .col_expr(Column::LeaseOwner, Expr::value(Option::<String>::None))
        .col_expr(Column::LeaseUntilMs, Expr::value(Option::<i64>::None));
    update = match ending {
        Ending::HandedBack => update.col_expr(Column::Attempt, Expr::col(Column::Attempt).sub(1)),
        Ending::Retry { error, wait } => update
            .col_expr(Column::Error, Expr::value(error.clone()))
            .col_expr(Column::RunAtMs, Expr::value(until(now_ms, *wait))),
        Ending::Dead { error } => update
            .col_expr(Column::Error, Expr::value(error.clone()))
            .col_expr(Column::FinishedAtMs, Expr::value(now_ms)),
        Ending::Succeeded | Ending::Cancelled => update.col_expr(Column::FinishedAtMs, Expr::value(now_ms)),
    };
    Ok(update.filter(held.condition()).exec(tx).await?.rows_affected == 1)
}

/// The proof of holding a lease: a later attempt or another owner does not match.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub id: JobId,
    pub owner: String,
    pub attempt: i32,
}

impl Held {
    fn condition(&self) -> sea_orm::sea_query::SimpleExpr {
        Column::Id
            .eq(self.id.uuid())
            .and(Column::LeaseOwner.eq(self.owner.clone()))
            .and(Column::Attempt.eq(self.attempt))
            .and(Column::State.eq(JobState::Running.as_str()))
    }
}

fn find(_tx: &Tx, tenant: TenantId, id: JobId) -> Select<Entity> {
    Entity::find().filter(of(tenant, id))
}

fn of(tenant: TenantId, id: JobId) -> sea_orm::sea_query::SimpleExpr {
    Column::TenantId.eq(tenant.uuid()).and(Column::Id.eq(id.uuid()))
}

fn until(now_ms: i64, lease: Duration) -> i64 {
    now_ms.saturating_add(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX))
}
