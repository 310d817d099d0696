//! The tables `tenants`, `users`, `api_keys` and `sessions`.

use crate::{
    Error, Result,
    access::{Permission, Role, Scope},
    identity::model::{ApiKey, Member},
    ids::{KeyId, TenantId, UserId},
    platform::db::Tx,
};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect, entity::prelude::*};
use std::collections::BTreeSet;

pub(super) mod tenants {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tenants")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub created_at: chrono::DateTime<chrono::Utc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod users {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub email: String,
        pub email_key: String,
        pub name: String,
        #[sea_orm(column_type = "Text")]
        pub password_hash: String,
        pub role: String,
        pub disabled_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod api_keys {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "api_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub name: String,
        pub hint: String,
        pub secret_hash: String,
        pub scopes: Json,
        pub role: String,
        pub created_by: String,
        pub created_by_user: Option<Uuid>,
        pub expires_at: Option<chrono::DateTime<chrono::Utc>>,
        pub last_used_at: Option<chrono::DateTime<chrono::Utc>>,
        pub revoked_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl TryFrom<users::Model> for Member {
    type Error = Error;

    fn try_from(row: users::Model) -> Result<Self> {
        let role = row.role.parse().map_err(|_| Error::internal(format!("user {}: stored role", row.id)))?;
        Ok(Self { id: row.id.into(), email: row.email, name: row.name, role, created_at: row.created_at })
    }
}

impl From<api_keys::Model> for ApiKey {
    fn from(row: api_keys::Model) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            hint: row.hint,
            scopes: scopes(row.scopes),
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// Stored scopes; a scope that this release does not know grants nothing.
pub(super) fn scopes(stored: serde_json::Value) -> BTreeSet<Permission> {
    let texts: Vec<String> = serde_json::from_value(stored).unwrap_or_default();
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

pub(super) async fn any_tenant(tx: &Tx) -> Result<Option<TenantId>> {
    let row = tenants::Entity::find().order_by_asc(tenants::Column::CreatedAt).one(tx).await?;
    Ok(row.map(|row| row.id.into()))
}

pub(super) async fn tenant_name(tx: &Tx, scope: &Scope) -> Result<String> {
    let row = tenants::Entity::find_by_id(scope.tenant().uuid()).one(tx).await?;
    row.map(|row| row.name).ok_or_else(|| Error::not_found(TenantId::WHAT))
}

pub(super) async fn create_tenant(tx: &Tx, id: TenantId, name: &str, now: DateTime<Utc>) -> Result<()> {
    let row = tenants::ActiveModel { id: Set(id.uuid()), name: Set(name.to_owned()), created_at: Set(now) };
    tenants::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub(super) async fn create_user(tx: &Tx, row: users::Model) -> Result<Member> {
    match users::Entity::insert(users::ActiveModel::from(row.clone())).exec_without_returning(tx).await {
        Ok(_) => row.try_into(),
        Err(error) if crate::platform::db::is_duplicate(&error) => {
            Err(Error::invalid("/email", "This address has an account already."))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn user_by_email(tx: &Tx, email_key: &str) -> Result<Option<users::Model>> {
    Ok(users::Entity::find().filter(users::Column::EmailKey.eq(email_key)).one(tx).await?)
}

pub(super) async fn user(tx: &Tx, id: UserId) -> Result<Option<users::Model>> {
    Ok(users::Entity::find_by_id(id.uuid()).one(tx).await?)
}

pub(super) async fn members(tx: &Tx, scope: &Scope) -> Result<Vec<Member>> {
    let rows = users::Entity::find()
        .filter(users::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(users::Column::DisabledAt.is_null())
        .order_by_asc(users::Column::Id)
        .all(tx)
        .await?;
    rows.into_iter().map(Member::try_from).collect()
}

pub(super) async fn create_key(tx: &Tx, row: api_keys::Model) -> Result<ApiKey> {
    api_keys::Entity::insert(api_keys::ActiveModel::from(row.clone())).exec_without_returning(tx).await?;
    Ok(row.into())
}

pub(super) async fn key_by_hash(tx: &Tx, hash: &str) -> Result<Option<api_keys::Model>> {
    Ok(api_keys::Entity::find().filter(api_keys::Column::SecretHash.eq(hash)).one(tx).await?)
}

/// The member who made a key of the tenant, where one did.
pub(super) async fn maker(tx: &Tx, scope: &Scope, id: KeyId) -> Result<Option<UserId>> {
    let key = api_keys::Entity::find_by_id(id.uuid())
        .filter(api_keys::Column::TenantId.eq(scope.tenant().uuid()))
        .one(tx)
        .await?;
    Ok(key.and_then(|key| key.created_by_user).map(UserId::from))
}

pub(super) async fn touch_key(tx: &Tx, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    api_keys::Entity::update_many()
        .col_expr(api_keys::Column::LastUsedAt, Expr::value(now))
        .filter(api_keys::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Keys that `user` made, or all keys of the tenant, newest first.
pub(super) async fn keys(tx: &Tx, scope: &Scope, user: Option<UserId>) -> Result<Vec<ApiKey>> {
    let mut select = api_keys::Entity::find().filter(api_keys::Column::TenantId.eq(scope.tenant().uuid()));
    if let Some(user) = user {
        select = select.filter(api_keys::Column::CreatedByUser.eq(user.uuid()));
    }
    let rows = select.order_by_desc(api_keys::Column::Id).limit(500).all(tx).await?;
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// Revokes a key that `user` made, or any key of the tenant.
pub(super) async fn revoke_key(
    tx: &Tx,
    scope: &Scope,
    id: KeyId,
    user: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut update = api_keys::Entity::update_many()
        .col_expr(api_keys::Column::RevokedAt, Expr::value(now))
        .filter(api_keys::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(api_keys::Column::Id.eq(id.uuid()))
        .filter(api_keys::Column::RevokedAt.is_null());
    if let Some(user) = user {
        update = update.filter(api_keys::Column::CreatedByUser.eq(user.uuid()));
    }
    match update.exec(tx).await?.rows_affected {
        0 => Err(Error::not_found(KeyId::WHAT)),
        _ => Ok(()),
    }
}

/// The role that a stored text names.
pub(super) fn role(stored: &str) -> Result<Role> {
    stored.parse().map_err(|_| Error::internal(format!("stored role {stored:?}")))
}
