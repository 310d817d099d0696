//! The table `scorecard_shares`.

use super::model::Share;
use crate::{
    Error, Result,
    access::Scope,
    ids::{ShareId, SystemId},
    page::{Page, PageRequest},
    platform::db::Tx,
};
use chrono::{DateTime, Utc};
use sea_orm::{Condition, QueryOrder, QuerySelect, entity::prelude::*};

pub(super) mod shares {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "scorecard_shares")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub system_id: Uuid,
        pub environment_id: Option<Uuid>,
        pub version: Option<String>,
        pub name: String,
        #[sea_orm(unique)]
        pub secret_hash: String,
        pub created_by: String,
        pub expires_at: Option<chrono::DateTime<chrono::Utc>>,
        pub revoked_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl From<shares::Model> for Share {
    fn from(row: shares::Model) -> Self {
        Self {
            id: row.id.into(),
            system_id: row.system_id.into(),
            name: row.name,
            version: row.version,
            environment_id: row.environment_id.map(Into::into),
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        }
    }
}

pub(super) async fn create(tx: &Tx, row: shares::Model) -> Result<Share> {
    shares::Entity::insert(shares::ActiveModel::from(row.clone())).exec_without_returning(tx).await?;
    Ok(row.into())
}

/// The link with the token of this hash, whosesoever it is.
pub(super) async fn by_hash(tx: &Tx, hash: &str) -> Result<Option<shares::Model>> {
    Ok(shares::Entity::find().filter(shares::Column::SecretHash.eq(hash)).one(tx).await?)
}

/// Links to a system's scorecards, newest first.
pub(super) async fn list(tx: &Tx, scope: &Scope, system: SystemId, page: &PageRequest) -> Result<Page<Share>> {
    let limit = page.limit()?;
    let mut select = of_system(scope, system);
    if let Some(after) = page.after()? {
        select = select.filter(shares::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(shares::Column::Id).limit(limit + 1).all(tx).await?;
    Page::of(rows, limit, |row| row.id.to_string()).try_map(|row| Ok(row.into()))
}

/// How many links to a system's scorecards show something.
pub(super) async fn live(tx: &Tx, scope: &Scope, system: SystemId, now: DateTime<Utc>) -> Result<u64> {
    let not_over = Condition::any().add(shares::Column::ExpiresAt.is_null()).add(shares::Column::ExpiresAt.gt(now));
    let select = of_system(scope, system).filter(shares::Column::RevokedAt.is_null()).filter(not_over);
    Ok(select.count(tx).await?)
}

/// Revokes a link that was not revoked before, and gives its name.
pub(super) async fn revoke(
    tx: &Tx,
    scope: &Scope,
    system: SystemId,
    id: ShareId,
    now: DateTime<Utc>,
) -> Result<String> {
    let missing = || Error::not_found(ShareId::WHAT);
    let row = of_system(scope, system).filter(shares::Column::Id.eq(id.uuid())).one(tx).await?.ok_or_else(missing)?;
    let update = shares::Entity::update_many()
        .col_expr(shares::Column::RevokedAt, Expr::value(now))
        .filter(shares::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(shares::Column::Id.eq(id.uuid()))
        .filter(shares::Column::RevokedAt.is_null());
    match update.exec(tx).await?.rows_affected {
        0 => Err(missing()),
        _ => Ok(row.name),
    }
}

fn of_system(scope: &Scope, system: SystemId) -> Select<shares::Entity> {
    shares::Entity::find()
        .filter(shares::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(shares::Column::SystemId.eq(system.uuid()))
}
