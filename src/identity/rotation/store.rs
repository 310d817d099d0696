//! The tables `key_schedules` and `key_handovers`.

use crate::{
    Result,
    access::Scope,
    identity::model::{ApiKey, KeyRotation},
    ids::{KeyId, TenantId},
    platform::db::{Tx, suspended_tenants},
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, Condition, QueryOrder, QuerySelect, entity::prelude::*, sea_query::OnConflict};

pub(super) mod schedules {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "key_schedules")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub key_id: Uuid,
        pub every_days: i32,
        pub overlap_hours: i32,
        /// None while the secret of the last turn was not collected.
        pub next_due_ms: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod handovers {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "key_handovers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub old_key_id: Uuid,
        pub new_key_id: Uuid,
        /// None once it was collected, or can't be any more.
        #[sea_orm(column_type = "Text", nullable)]
        pub sealed_secret: Option<String>,
        pub collected_at: Option<chrono::DateTime<chrono::Utc>>,
        /// None once the old key's end was announced, or need not be.
        pub warn_at_ms: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl schedules::Model {
    /// What was asked for.
    pub fn rotation(&self) -> KeyRotation {
        KeyRotation { every_days: self.every_days.unsigned_abs(), overlap_hours: self.overlap_hours.unsigned_abs() }
    }
}

fn of_key(scope: &Scope, key: Uuid) -> Condition {
    Condition::all().add(schedules::Column::TenantId.eq(scope.tenant().uuid())).add(schedules::Column::KeyId.eq(key))
}

/// When the turn after this moment is: a key that ends earlier has it before its end, so that both work for the overlap.
fn next(rotation: KeyRotation, now: DateTime<Utc>, ends: Option<DateTime<Utc>>) -> i64 {
    let due = now + TimeDelta::days(rotation.every_days.into());
    let overlap = TimeDelta::hours(rotation.overlap_hours.into());
    ends.map_or(due, |end| due.min(end - overlap)).max(now).timestamp_millis()
}

/// Rotates a key from now on, every so many days.
pub(super) async fn set(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    (key, rotation, ends): (KeyId, KeyRotation, Option<DateTime<Utc>>),
) -> Result<()> {
    use schedules::Column;
    let row = schedules::ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        key_id: Set(key.uuid()),
        every_days: Set(i32::try_from(rotation.every_days).unwrap_or(i32::MAX)),
        overlap_hours: Set(i32::try_from(rotation.overlap_hours).unwrap_or(i32::MAX)),
        next_due_ms: Set(Some(next(rotation, now, ends))),
    };
    let again = OnConflict::columns([Column::TenantId, Column::KeyId])
        .update_columns([Column::EveryDays, Column::OverlapHours, Column::NextDueMs])
        .to_owned();
    schedules::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// The schedule of a key.
pub(super) async fn schedule(tx: &Tx, scope: &Scope, key: Uuid) -> Result<Option<schedules::Model>> {
    Ok(schedules::Entity::find().filter(of_key(scope, key)).one(tx).await?)
}

/// Rotates a key no more; whether it was.
pub(super) async fn remove(tx: &Tx, scope: &Scope, key: Uuid) -> Result<bool> {
    Ok(schedules::Entity::delete_many().filter(of_key(scope, key)).exec(tx).await?.rows_affected > 0)
}

/// Lets the schedule go on with the key that took the place of another. Its next turn counts from the moment in `from`, beside
/// which the new key's end stands; without it, there is none before the secret was collected.
pub(in crate::identity) async fn follow(
    tx: &Tx,
    scope: &Scope,
    (old, new): (Uuid, Uuid),
    from: Option<(DateTime<Utc>, Option<DateTime<Utc>>)>,
) -> Result<()> {
    let Some(schedule) = schedule(tx, scope, old).await? else { return Ok(()) };
    schedules::Entity::update_many()
        .col_expr(schedules::Column::KeyId, Expr::value(new))
        .col_expr(
            schedules::Column::NextDueMs,
            Expr::value(from.map(|(from, ends)| next(schedule.rotation(), from, ends))),
        )
        .filter(of_key(scope, old))
        .exec(tx)
        .await?;
    Ok(())
}

/// A key has ended: it is rotated no more, and its secret is given to nobody.
pub(in crate::identity) async fn end(tx: &Tx, scope: &Scope, key: Uuid) -> Result<()> {
    remove(tx, scope, key).await?;
    handovers::Entity::update_many()
        .col_expr(handovers::Column::SealedSecret, Expr::value(Option::<String>::None))
        .col_expr(handovers::Column::WarnAtMs, Expr::value(Option::<i64>::None))
        .filter(handovers::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(handovers::Column::NewKeyId.eq(key))
        .exec(tx)
        .await?;
    Ok(())
}

/// Adds to each key how it is rotated, and whether its secret waits.
pub(in crate::identity) async fn fill(tx: &Tx, scope: &Scope, keys: &mut [ApiKey]) -> Result<()> {
    let ids: Vec<Uuid> = keys.iter().map(|key| key.id.uuid()).collect();
    let schedules = schedules::Entity::find()
        .filter(schedules::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(schedules::Column::KeyId.is_in(ids.iter().copied()))
        .all(tx)
        .await?;
    let waiting: Vec<Uuid> = handovers::Entity::find()
        .select_only()
        .column(handovers::Column::NewKeyId)
        .filter(handovers::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(handovers::Column::NewKeyId.is_in(ids))
        .filter(handovers::Column::SealedSecret.is_not_null())
        .into_tuple()
        .all(tx)
        .await?;
    for key in keys {
        let id = key.id.uuid();
        let schedule = schedules.iter().find(|schedule| schedule.key_id == id);
        key.rotation = schedule.map(schedules::Model::rotation);
        let due = schedule.and_then(|schedule| schedule.next_due_ms);
        key.rotates_at = due.and_then(DateTime::from_timestamp_millis);
        key.secret_waits = waiting.contains(&id);
    }
    Ok(())
}

/// Keeps the sealed secret of a key that took the place of another.
pub(super) async fn keep(tx: &Tx, row: handovers::Model) -> Result<()> {
    handovers::Entity::insert(handovers::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// The secret that waits for whoever knows the old key or the new one by its id.
pub(super) async fn waiting(tx: &Tx, scope: &Scope, key: KeyId) -> Result<Option<handovers::Model>> {
    let either = Condition::any()
        .add(handovers::Column::OldKeyId.eq(key.uuid()))
        .add(handovers::Column::NewKeyId.eq(key.uuid()));
    let found = handovers::Entity::find()
        .filter(handovers::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(either)
        .filter(handovers::Column::SealedSecret.is_not_null())
        .order_by_asc(handovers::Column::Id)
        .one(tx)
        .await?;
    Ok(found)
}

/// Takes the secret out; false for whoever comes second. The next turn counts from now on.
pub(super) async fn take(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    (handover, ends): (&handovers::Model, Option<DateTime<Utc>>),
) -> Result<bool> {
    let taken = handovers::Entity::update_many()
        .col_expr(handovers::Column::SealedSecret, Expr::value(Option::<String>::None))
        .col_expr(handovers::Column::CollectedAt, Expr::value(now))
        .col_expr(handovers::Column::WarnAtMs, Expr::value(Option::<i64>::None))
        .filter(handovers::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(handovers::Column::Id.eq(handover.id))
        .filter(handovers::Column::SealedSecret.is_not_null())
        .exec(tx)
        .await?;
    follow(tx, scope, (handover.new_key_id, handover.new_key_id), Some((now, ends))).await?;
    Ok(taken.rows_affected == 1)
}

/// Keys of any tenant whose turn it is, but of suspended ones. The transaction is one of dispatch.
pub(super) async fn all_due(tx: &Tx, now_ms: i64, limit: u64) -> Result<Vec<(TenantId, Uuid)>> {
    let rows: Vec<(Uuid, Uuid)> = schedules::Entity::find()
        .select_only()
        .column(schedules::Column::TenantId)
        .column(schedules::Column::KeyId)
        .filter(schedules::Column::NextDueMs.lte(now_ms))
        .filter(schedules::Column::TenantId.not_in_subquery(suspended_tenants()))
        .order_by_asc(schedules::Column::NextDueMs)
        .limit(limit)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(tenant, key)| (tenant.into(), key)).collect())
}

/// Old keys of any tenant whose end is to be announced. The transaction is one of dispatch.
pub(super) async fn all_ending(tx: &Tx, now_ms: i64, limit: u64) -> Result<Vec<(TenantId, Uuid)>> {
    let rows: Vec<(Uuid, Uuid)> = handovers::Entity::find()
        .select_only()
        .column(handovers::Column::TenantId)
        .column(handovers::Column::Id)
        .filter(handovers::Column::WarnAtMs.lte(now_ms))
        .filter(handovers::Column::TenantId.not_in_subquery(suspended_tenants()))
        .order_by_asc(handovers::Column::WarnAtMs)
        .limit(limit)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(tenant, id)| (tenant.into(), id)).collect())
}

/// Takes a turn, so that no other hub does.
pub(super) async fn claim_turn(tx: &Tx, scope: &Scope, key: Uuid, now_ms: i64) -> Result<Option<schedules::Model>> {
    let claimed = schedules::Entity::update_many()
        .col_expr(schedules::Column::NextDueMs, Expr::value(Option::<i64>::None))
        .filter(of_key(scope, key))
        .filter(schedules::Column::NextDueMs.lte(now_ms))
        .exec(tx)
        .await?;
    if claimed.rows_affected == 1 { schedule(tx, scope, key).await } else { Ok(None) }
}

/// Takes an announcement, so that no other hub makes it.
pub(super) async fn claim_warning(tx: &Tx, scope: &Scope, id: Uuid, now_ms: i64) -> Result<Option<handovers::Model>> {
    let claimed = handovers::Entity::update_many()
        .col_expr(handovers::Column::WarnAtMs, Expr::value(Option::<i64>::None))
        .filter(handovers::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(handovers::Column::Id.eq(id))
        .filter(handovers::Column::WarnAtMs.lte(now_ms))
        .exec(tx)
        .await?;
    if claimed.rows_affected != 1 {
        return Ok(None);
    }
    let found = handovers::Entity::find_by_id(id).filter(handovers::Column::TenantId.eq(scope.tenant().uuid()));
    Ok(found.one(tx).await?)
}
