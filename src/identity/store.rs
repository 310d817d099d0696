//! The tables `users` and `api_keys`, and what sign-in needs of `tenants`.

use crate::{
    Error, Result,
    access::{Permission, Role, Scope},
    identity::{
        factors::second_factors,
        model::{ApiKey, Member},
    },
    ids::{KeyId, TenantId, UserId},
    page::{Page, PageRequest},
    platform::db::Tx,
};
use chrono::{DateTime, Utc};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};
use std::collections::{BTreeMap, BTreeSet};

pub(super) use crate::tenants::store::tenants;

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
        pub sign_in_key: Option<String>,
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
        pub networks: Option<Json>,
        pub replaced_by: Option<Uuid>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl TryFrom<users::Model> for Member {
    type Error = Error;

    fn try_from(row: users::Model) -> Result<Self> {
        let role = row.role.parse().map_err(|_| Error::internal(format!("user {}: stored role", row.id)))?;
        Ok(Self {
            id: row.id.into(),
            email: row.email,
            name: row.name,
            role,
            created_at: row.created_at,
            disabled_at: row.disabled_at,
            second_factor: false,
        })
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
            networks: networks(row.networks),
            replaced_by: row.replaced_by.map(KeyId::from),
            rotation: None,
            rotates_at: None,
            secret_waits: false,
        }
    }
}

/// Stored networks.
pub(super) fn networks(stored: Option<serde_json::Value>) -> Vec<String> {
    stored.and_then(|stored| serde_json::from_value(stored).ok()).unwrap_or_default()
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

pub(super) async fn tenant_slug(tx: &Tx, scope: &Scope) -> Result<String> {
    let row = tenants::Entity::find_by_id(scope.tenant().uuid()).one(tx).await?;
    row.and_then(|row| row.slug).ok_or_else(|| Error::not_found(TenantId::WHAT))
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

/// The account that signs in with this address and a password.
pub(super) async fn user_by_email(tx: &Tx, email_key: &str) -> Result<Option<users::Model>> {
    Ok(users::Entity::find().filter(users::Column::SignInKey.eq(email_key)).one(tx).await?)
}

pub(super) async fn user(tx: &Tx, id: UserId) -> Result<Option<users::Model>> {
    Ok(users::Entity::find_by_id(id.uuid()).one(tx).await?)
}

/// An account of the tenant, ended or not.
pub(super) async fn own_user(tx: &Tx, scope: &Scope, id: UserId) -> Result<users::Model> {
    let row =
        users::Entity::find_by_id(id.uuid()).filter(users::Column::TenantId.eq(scope.tenant().uuid())).one(tx).await?;
    row.ok_or_else(|| Error::not_found(UserId::WHAT))
}

/// Sets what an account of the tenant is called.
pub(super) async fn set_name(tx: &Tx, scope: &Scope, id: UserId, name: &str) -> Result<()> {
    users::Entity::update_many()
        .col_expr(users::Column::Name, Expr::value(name))
        .filter(users::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(users::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// An account of the tenant, held until the transaction ends.
pub(super) async fn lock_user(tx: &Tx, scope: &Scope, id: UserId) -> Result<Option<users::Model>> {
    let mut select = users::Entity::find_by_id(id.uuid()).filter(users::Column::TenantId.eq(scope.tenant().uuid()));
    if tx.is_postgres() {
        select = select.lock_exclusive();
    }
    Ok(select.one(tx).await?)
}

/// The tenant's account with this address, ended or not.
pub(super) async fn own_user_by_email(tx: &Tx, scope: &Scope, email_key: &str) -> Result<Option<users::Model>> {
    let found = users::Entity::find()
        .filter(users::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(users::Column::EmailKey.eq(email_key))
        .one(tx)
        .await?;
    Ok(found)
}

/// Whether the address has an account in the tenant.
pub(super) async fn has_member(tx: &Tx, scope: &Scope, email_key: &str) -> Result<bool> {
    Ok(own_user_by_email(tx, scope, email_key).await?.is_some())
}

pub(super) async fn member(tx: &Tx, scope: &Scope, id: UserId) -> Result<Member> {
    let member = Member::try_from(own_user(tx, scope, id).await?)?;
    let with = with_second_factor(tx, scope, &[id.uuid()]).await?;
    Ok(Member { second_factor: !with.is_empty(), ..member })
}

/// A page of the tenant's accounts, newest first.
pub(super) async fn member_page(tx: &Tx, scope: &Scope, page: &PageRequest) -> Result<Page<Member>> {
    let limit = page.limit()?;
    let mut select = users::Entity::find().filter(users::Column::TenantId.eq(scope.tenant().uuid()));
    if let Some(after) = page.after()? {
        select = select.filter(users::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(users::Column::Id).limit(limit + 1).all(tx).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let with = with_second_factor(tx, scope, &ids).await?;
    let member = |row: users::Model| {
        let second_factor = with.contains(&row.id);
        Ok(Member { second_factor, ..row.try_into()? })
    };
    Page::of(rows, limit, |row| row.id.to_string()).try_map(member)
}

/// Those of the accounts that have a second factor.
async fn with_second_factor(tx: &Tx, scope: &Scope, ids: &[Uuid]) -> Result<BTreeSet<Uuid>> {
    let rows = second_factors::Entity::find()
        .select_only()
        .column(second_factors::Column::UserId)
        .distinct()
        .filter(second_factors::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(second_factors::Column::UserId.is_in(ids.iter().copied()))
        .filter(second_factors::Column::ConfirmedAt.is_not_null())
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn update_user(tx: &Tx, scope: &Scope, id: UserId, column: users::Column, value: sea_orm::Value) -> Result<()> {
    users::Entity::update_many()
        .col_expr(column, Expr::value(value))
        .filter(users::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(users::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Gives a member another role, unless they became the owner meanwhile: that role is handed over, and by its holder alone.
pub(super) async fn set_role(tx: &Tx, scope: &Scope, id: UserId, role: Role) -> Result<()> {
    users::Entity::update_many()
        .col_expr(users::Column::Role, Expr::value(role.as_str()))
        .filter(users::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(users::Column::Id.eq(id.uuid()))
        .filter(users::Column::Role.ne(Role::Owner.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Makes one member the owner in the place of another, who becomes an admin.
pub(super) async fn hand_over(tx: &Tx, scope: &Scope, from: UserId, to: UserId) -> Result<()> {
    update_user(tx, scope, from, users::Column::Role, Role::Admin.as_str().into()).await?;
    update_user(tx, scope, to, users::Column::Role, Role::Owner.as_str().into()).await
}

pub(super) async fn set_disabled(tx: &Tx, scope: &Scope, id: UserId, at: Option<DateTime<Utc>>) -> Result<()> {
    update_user(tx, scope, id, users::Column::DisabledAt, at.into()).await
}

pub(super) async fn set_password(tx: &Tx, scope: &Scope, id: UserId, hash: String) -> Result<()> {
    update_user(tx, scope, id, users::Column::PasswordHash, hash.into()).await
}

/// Revokes every key that somebody made; how many were live.
pub(super) async fn revoke_keys_of(tx: &Tx, scope: &Scope, user: UserId, now: DateTime<Utc>) -> Result<u64> {
    let revoked = api_keys::Entity::update_many()
        .col_expr(api_keys::Column::RevokedAt, Expr::value(now))
        .filter(api_keys::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(api_keys::Column::CreatedByUser.eq(user.uuid()))
        .filter(api_keys::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(revoked.rows_affected)
}

/// Accounts whose membership goes on.
pub(super) async fn members(tx: &Tx, scope: &Scope) -> Result<Vec<Member>> {
    let rows = users::Entity::find()
        .filter(users::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(users::Column::DisabledAt.is_null())
        .order_by_asc(users::Column::Id)
        .all(tx)
        .await?;
    rows.into_iter().map(Member::try_from).collect()
}

/// The accounts with these ids, ended or not.
pub(super) async fn accounts(tx: &Tx, scope: &Scope, ids: &[UserId]) -> Result<Vec<Member>> {
    let rows = users::Entity::find()
        .filter(users::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(users::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .all(tx)
        .await?;
    rows.into_iter().map(Member::try_from).collect()
}

/// Whether somebody owns the tenant.
pub(super) async fn has_owner(tx: &Tx, scope: &Scope) -> Result<bool> {
    let owner = users::Entity::find()
        .filter(users::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(users::Column::Role.eq(Role::Owner.as_str()))
        .filter(users::Column::DisabledAt.is_null())
        .one(tx)
        .await?;
    Ok(owner.is_some())
}

/// How many accounts whose membership goes on these tenants have. The transaction is one of those who run the hub.
pub(super) async fn count_members(tx: &Tx, tenants: &[TenantId]) -> Result<BTreeMap<TenantId, u64>> {
    let rows: Vec<(Uuid, i64)> = users::Entity::find()
        .select_only()
        .column(users::Column::TenantId)
        .column_as(users::Column::Id.count(), "members")
        .filter(users::Column::TenantId.is_in(tenants.iter().map(|id| id.uuid())))
        .filter(users::Column::DisabledAt.is_null())
        .group_by(users::Column::TenantId)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id, members)| (id.into(), u64::try_from(members).unwrap_or_default())).collect())
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

/// A live key that `user` made, or any live key of the tenant.
pub(super) async fn live_key(
    tx: &Tx,
    scope: &Scope,
    id: KeyId,
    user: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<api_keys::Model> {
    let mut select = api_keys::Entity::find_by_id(id.uuid())
        .filter(api_keys::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(api_keys::Column::RevokedAt.is_null());
    if let Some(user) = user {
        select = select.filter(api_keys::Column::CreatedByUser.eq(user.uuid()));
    }
    let live = select.one(tx).await?.filter(|key| key.expires_at.is_none_or(|end| end > now));
    live.ok_or_else(|| Error::not_found(KeyId::WHAT))
}

/// Lets a key end once another took its place; false when one did already, or it was revoked.
pub(super) async fn replace_key(
    tx: &Tx,
    scope: &Scope,
    id: Uuid,
    successor: Uuid,
    ends: DateTime<Utc>,
) -> Result<bool> {
    let replaced = api_keys::Entity::update_many()
        .col_expr(api_keys::Column::ReplacedBy, Expr::value(successor))
        .col_expr(api_keys::Column::ExpiresAt, Expr::value(ends))
        .filter(api_keys::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(api_keys::Column::Id.eq(id))
        .filter(api_keys::Column::ReplacedBy.is_null())
        .filter(api_keys::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(replaced.rows_affected == 1)
}

/// The role that a stored text names.
pub(super) fn role(stored: &str) -> Result<Role> {
    stored.parse().map_err(|_| Error::internal(format!("stored role {stored:?}")))
}
