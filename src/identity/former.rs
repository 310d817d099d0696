//! The table `former_names`: what somebody was called before, so that an erasure finds them under that too.

use crate::{Result, access::Scope, identity::store::users, platform::db::Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "former_names")]
struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub created_at: DateTime<Utc>,
    pub user_id: Uuid,
    pub email: String,
    pub email_key: String,
    pub name: String,
}

impl ActiveModelBehavior for ActiveModel {}

/// Remembers what an account is called, each address with each name once.
pub(super) async fn remember(tx: &Tx, scope: &Scope, now: DateTime<Utc>, account: &users::Model) -> Result<()> {
    let known = Entity::find()
        .filter(Column::TenantId.eq(scope.tenant().uuid()))
        .filter(Column::UserId.eq(account.id))
        .filter(Column::Email.eq(&account.email))
        .filter(Column::Name.eq(&account.name));
    if known.count(tx).await? > 0 {
        return Ok(());
    }
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        user_id: Set(account.id),
        email: Set(account.email.clone()),
        email_key: Set(account.email_key.clone()),
        name: Set(account.name.clone()),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}
