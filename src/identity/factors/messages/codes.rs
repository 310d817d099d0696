//! The code that somebody waits for: one of each person, for one purpose, a few minutes and a few tries.

use crate::{Result, access::Scope, ids::UserId, platform::db::Tx};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ExprTrait as _, entity::prelude::*, sea_query::OnConflict};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sms_codes")]
pub(super) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub created_at: DateTime<Utc>,
    pub user_id: Uuid,
    pub purpose_hash: String,
    pub code_hash: String,
    pub attempts: i32,
    pub expires_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How long a code is good for.
pub(super) const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// How often one may be tried.
const ATTEMPTS: i32 = 5;

/// A code that was made.
pub(super) struct New {
    pub id: Uuid,
    pub purpose_hash: String,
    pub code_hash: String,
}

/// Keeps a code in the place of the one before.
pub(super) async fn put(tx: &Tx, scope: &Scope, user: UserId, new: New, now: DateTime<Utc>) -> Result<()> {
    let row = ActiveModel {
        id: Set(new.id),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        user_id: Set(user.uuid()),
        purpose_hash: Set(new.purpose_hash),
        code_hash: Set(new.code_hash),
        attempts: Set(0),
        expires_at: Set(now + LIFETIME),
    };
    let renewed =
        [Column::Id, Column::CreatedAt, Column::PurposeHash, Column::CodeHash, Column::Attempts, Column::ExpiresAt];
    let conflict = OnConflict::columns([Column::TenantId, Column::UserId]).update_columns(renewed).to_owned();
    Entity::insert(row).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(())
}

/// Counts a try at the code for this purpose before it is looked at; none where there is no code, or it was tried too often.
pub(super) async fn attempt(
    tx: &Tx,
    scope: &Scope,
    user: UserId,
    purpose_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<Model>> {
    let own = || {
        let whose = Column::TenantId.eq(scope.tenant().uuid()).and(Column::UserId.eq(user.uuid()));
        whose.and(Column::PurposeHash.eq(purpose_hash)).and(Column::ExpiresAt.gt(now))
    };
    let counted = Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(own().and(Column::Attempts.lt(ATTEMPTS)))
        .exec(tx)
        .await?;
    if counted.rows_affected == 0 {
        return Ok(None);
    }
    Ok(Entity::find().filter(own()).one(tx).await?)
}

/// Uses a code up; false when somebody else did.
pub(super) async fn use_up(tx: &Tx, id: Uuid) -> Result<bool> {
    Ok(Entity::delete_by_id(id).exec(tx).await?.rows_affected == 1)
}

/// Forgets the code of somebody, and those of the tenant that are over.
pub(super) async fn forget(tx: &Tx, scope: &Scope, user: UserId, now: DateTime<Utc>) -> Result<()> {
    Entity::delete_many()
        .filter(Column::TenantId.eq(scope.tenant().uuid()))
        .filter(Column::UserId.eq(user.uuid()).or(Column::ExpiresAt.lt(now)))
        .exec(tx)
        .await?;
    Ok(())
}
