//! The tables `second_factors`, `recovery_codes` and `remembered_devices`, and the policy of a tenant.

use super::model::{FactorKind, RecoveryState, RememberedDevice, SignInPolicy};
use crate::{
    Error, Result,
    access::Scope,
    identity::store::tenants,
    ids::{DeviceId, FactorId, TenantId, UserId},
    platform::db::Tx,
};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ExprTrait as _, QueryOrder, QuerySelect, entity::prelude::*};

pub(in crate::identity) mod second_factors {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "second_factors")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub user_id: Uuid,
        pub kind: String,
        pub name: String,
        #[sea_orm(column_type = "Text")]
        pub record: String,
        pub last_step: i64,
        pub confirmed_at: Option<chrono::DateTime<chrono::Utc>>,
        pub last_used_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod recovery_codes {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "recovery_codes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub user_id: Uuid,
        pub code_hash: String,
        pub used_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod remembered_devices {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "remembered_devices")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub user_id: Uuid,
        pub secret_hash: String,
        pub user_agent: String,
        pub last_used_at: Option<chrono::DateTime<chrono::Utc>>,
        pub expires_at: chrono::DateTime<chrono::Utc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Most second factors of one account.
pub(super) const FACTORS_MAX: usize = 20;

pub(super) fn kind(row: &second_factors::Model) -> Result<FactorKind> {
    row.kind.parse().map_err(|_| Error::internal(format!("second factor {}: stored kind", row.id)))
}

impl From<remembered_devices::Model> for RememberedDevice {
    fn from(row: remembered_devices::Model) -> Self {
        Self {
            id: row.id.into(),
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
        }
    }
}

fn of_user(scope: &Scope, user: UserId) -> Select<second_factors::Entity> {
    second_factors::Entity::find()
        .filter(second_factors::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(second_factors::Column::UserId.eq(user.uuid()))
}

pub(super) async fn add_factor(tx: &Tx, row: second_factors::Model) -> Result<()> {
    second_factors::Entity::insert(second_factors::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// The factors that count, oldest first.
pub(super) async fn factors(tx: &Tx, scope: &Scope, user: UserId) -> Result<Vec<second_factors::Model>> {
    let rows = of_user(scope, user)
        .filter(second_factors::Column::ConfirmedAt.is_not_null())
        .order_by_asc(second_factors::Column::Id)
        .limit(FACTORS_MAX as u64)
        .all(tx);
    Ok(rows.await?)
}

/// A factor of a kind that still has to be confirmed.
pub(super) async fn started(
    tx: &Tx,
    scope: &Scope,
    user: UserId,
    (id, kind): (FactorId, FactorKind),
) -> Result<second_factors::Model> {
    let row = of_user(scope, user)
        .filter(second_factors::Column::Id.eq(id.uuid()))
        .filter(second_factors::Column::Kind.eq(kind.as_str()))
        .filter(second_factors::Column::ConfirmedAt.is_null())
        .one(tx)
        .await?;
    row.ok_or_else(|| Error::not_found(FactorId::WHAT))
}

/// Removes what was begun and not confirmed, so that it can be begun again.
pub(super) async fn remove_started(tx: &Tx, scope: &Scope, user: UserId) -> Result<()> {
    second_factors::Entity::delete_many()
        .filter(second_factors::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(second_factors::Column::UserId.eq(user.uuid()))
        .filter(second_factors::Column::ConfirmedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn confirm(tx: &Tx, id: Uuid, step: i64, now: DateTime<Utc>) -> Result<()> {
    second_factors::Entity::update_many()
        .col_expr(second_factors::Column::ConfirmedAt, Expr::value(now))
        .col_expr(second_factors::Column::LastStep, Expr::value(step))
        .filter(second_factors::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Uses up a step of an authenticator app and all before it; false when somebody else did (RFC 6238 §5.2).
pub(super) async fn use_step(tx: &Tx, id: Uuid, step: i64, now: DateTime<Utc>) -> Result<bool> {
    let used = second_factors::Entity::update_many()
        .col_expr(second_factors::Column::LastStep, Expr::value(step))
        .col_expr(second_factors::Column::LastUsedAt, Expr::value(now))
        .filter(second_factors::Column::Id.eq(id).and(second_factors::Column::LastStep.lt(step)))
        .exec(tx)
        .await?;
    Ok(used.rows_affected == 1)
}

/// Notes that a factor whose code was right was used.
pub(super) async fn used(tx: &Tx, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    second_factors::Entity::update_many()
        .col_expr(second_factors::Column::LastUsedAt, Expr::value(now))
        .filter(second_factors::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn use_credential(tx: &Tx, id: Uuid, record: String, now: DateTime<Utc>) -> Result<()> {
    second_factors::Entity::update_many()
        .col_expr(second_factors::Column::Record, Expr::value(record))
        .col_expr(second_factors::Column::LastUsedAt, Expr::value(now))
        .filter(second_factors::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn remove_factor(tx: &Tx, scope: &Scope, user: UserId, id: FactorId) -> Result<()> {
    let removed = second_factors::Entity::delete_many()
        .filter(second_factors::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(second_factors::Column::UserId.eq(user.uuid()))
        .filter(second_factors::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    if removed.rows_affected == 0 { Err(Error::not_found(FactorId::WHAT)) } else { Ok(()) }
}

/// Puts fresh codes in the place of all others.
pub(super) async fn replace_codes(
    tx: &Tx,
    scope: &Scope,
    user: UserId,
    hashes: Vec<String>,
    now: DateTime<Utc>,
) -> Result<()> {
    remove_codes(tx, scope, user).await?;
    let row = |code_hash| recovery_codes::ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        user_id: Set(user.uuid()),
        code_hash: Set(code_hash),
        used_at: Set(None),
    };
    recovery_codes::Entity::insert_many(hashes.into_iter().map(row)).exec_without_returning(tx).await?;
    Ok(())
}

pub(super) async fn remove_codes(tx: &Tx, scope: &Scope, user: UserId) -> Result<()> {
    recovery_codes::Entity::delete_many()
        .filter(recovery_codes::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(recovery_codes::Column::UserId.eq(user.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Uses up a code; false when there is no such code, or it was used.
pub(super) async fn use_code(tx: &Tx, scope: &Scope, user: UserId, hash: &str, now: DateTime<Utc>) -> Result<bool> {
    let used = recovery_codes::Entity::update_many()
        .col_expr(recovery_codes::Column::UsedAt, Expr::value(now))
        .filter(recovery_codes::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(recovery_codes::Column::UserId.eq(user.uuid()))
        .filter(recovery_codes::Column::CodeHash.eq(hash))
        .filter(recovery_codes::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(used.rows_affected == 1)
}

pub(super) async fn recovery_state(tx: &Tx, scope: &Scope, user: UserId) -> Result<RecoveryState> {
    let rows = recovery_codes::Entity::find()
        .filter(recovery_codes::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(recovery_codes::Column::UserId.eq(user.uuid()))
        .all(tx)
        .await?;
    let left = rows.iter().filter(|row| row.used_at.is_none()).count();
    Ok(RecoveryState {
        left: u32::try_from(left).unwrap_or(u32::MAX),
        made_at: rows.iter().map(|row| row.created_at).max(),
    })
}

/// Remembers a browser under the hash of its secret.
pub(super) async fn add_device(
    tx: &Tx,
    scope: &Scope,
    user: UserId,
    (secret_hash, user_agent): (String, String),
    (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<DeviceId> {
    let id = DeviceId::generate();
    let row = remembered_devices::ActiveModel {
        id: Set(id.uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        user_id: Set(user.uuid()),
        secret_hash: Set(secret_hash),
        user_agent: Set(user_agent),
        last_used_at: Set(None),
        expires_at: Set(expires_at),
    };
    remembered_devices::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(id)
}

/// Notes that a remembered browser signed in; false when it is not remembered.
pub(super) async fn use_device(tx: &Tx, scope: &Scope, user: UserId, hash: &str, now: DateTime<Utc>) -> Result<bool> {
    let used = remembered_devices::Entity::update_many()
        .col_expr(remembered_devices::Column::LastUsedAt, Expr::value(now))
        .filter(remembered_devices::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(remembered_devices::Column::UserId.eq(user.uuid()))
        .filter(remembered_devices::Column::SecretHash.eq(hash))
        .filter(remembered_devices::Column::ExpiresAt.gt(now))
        .exec(tx)
        .await?;
    Ok(used.rows_affected == 1)
}

/// The browsers that are remembered, newest first.
pub(super) async fn devices(tx: &Tx, scope: &Scope, user: UserId, now: DateTime<Utc>) -> Result<Vec<RememberedDevice>> {
    let rows = remembered_devices::Entity::find()
        .filter(remembered_devices::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(remembered_devices::Column::UserId.eq(user.uuid()))
        .filter(remembered_devices::Column::ExpiresAt.gt(now))
        .order_by_desc(remembered_devices::Column::Id)
        .limit(100)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(RememberedDevice::from).collect())
}

/// Forgets one browser of somebody, or all of them; how many were forgotten.
pub(super) async fn forget_devices(tx: &Tx, scope: &Scope, user: UserId, id: Option<DeviceId>) -> Result<u64> {
    let mut delete = remembered_devices::Entity::delete_many()
        .filter(remembered_devices::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(remembered_devices::Column::UserId.eq(user.uuid()));
    if let Some(id) = id {
        delete = delete.filter(remembered_devices::Column::Id.eq(id.uuid()));
    }
    Ok(delete.exec(tx).await?.rows_affected)
}

/// Forgets all browsers of somebody; how many.
pub(in crate::identity) async fn forget_browsers(tx: &Tx, scope: &Scope, user: UserId) -> Result<u64> {
    forget_devices(tx, scope, user, None).await
}

/// What the tenant asks of those who sign in.
pub(super) async fn policy(tx: &Tx, scope: &Scope) -> Result<SignInPolicy> {
    let row = tenants::Entity::find_by_id(scope.tenant().uuid()).one(tx).await?;
    let row = row.ok_or_else(|| Error::not_found(TenantId::WHAT))?;
    Ok(row.sign_in_policy.map(serde_json::from_value).transpose()?.unwrap_or_default())
}

pub(super) async fn set_policy(tx: &Tx, scope: &Scope, policy: &SignInPolicy) -> Result<()> {
    tenants::Entity::update_many()
        .col_expr(tenants::Column::SignInPolicy, Expr::value(serde_json::to_value(policy)?))
        .filter(tenants::Column::Id.eq(scope.tenant().uuid()))
        .exec(tx)
        .await?;
    Ok(())
}
