//! The tables `scim_users`, `scim_groups` and `scim_group_members`, and which role groups give in a tenant.

use super::model::DirectoryRoles;
use crate::{
    Error, Result,
    access::Scope,
    identity::store::{tenants, users},
    ids::{GroupId, TenantId},
    platform::db::Tx,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    QueryOrder, QuerySelect, QueryTrait as _,
    entity::prelude::*,
    sea_query::{OnConflict, SelectStatement},
};
use std::collections::BTreeMap;

/// Rows of one statement: SQLite takes 32,766 parameters (limits.html, 9), PostgreSQL 65,535.
const ROWS_AT_ONCE: usize = 500;

pub(super) mod entries {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "scim_users")]
    pub struct Model {
        /// The account.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub user_name_key: String,
        pub external_id: Option<String>,
        pub document: Json,
        pub role_given: bool,
        pub updated_at: chrono::DateTime<chrono::Utc>,
        pub removed_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod groups {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "scim_groups")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub display_name: String,
        pub display_key: String,
        pub external_id: Option<String>,
        pub version: i64,
        pub updated_at: chrono::DateTime<chrono::Utc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod memberships {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "scim_group_members")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub group_id: Uuid,
        pub user_id: Uuid,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Which role groups give.
pub(super) async fn roles(tx: &Tx, scope: &Scope) -> Result<DirectoryRoles> {
    let row = tenants::Entity::find_by_id(scope.tenant().uuid()).one(tx).await?;
    let row = row.ok_or_else(|| Error::not_found(TenantId::WHAT))?;
    Ok(row.directory_roles.map(serde_json::from_value).transpose()?.unwrap_or_default())
}

pub(super) async fn set_roles(tx: &Tx, scope: &Scope, roles: &DirectoryRoles) -> Result<()> {
    tenants::Entity::update_many()
        .col_expr(tenants::Column::DirectoryRoles, Expr::value(serde_json::to_value(roles)?))
        .filter(tenants::Column::Id.eq(scope.tenant().uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// What the directory says of one account, removed or not.
pub(super) async fn entry(tx: &Tx, scope: &Scope, user: Uuid) -> Result<Option<entries::Model>> {
    let found =
        entries::Entity::find_by_id(user).filter(entries::Column::TenantId.eq(scope.tenant().uuid())).one(tx).await?;
    Ok(found)
}

/// What the directory says of these accounts.
pub(super) async fn entries_of(tx: &Tx, scope: &Scope, users: &[Uuid]) -> Result<BTreeMap<Uuid, entries::Model>> {
    let rows = entries::Entity::find()
        .filter(entries::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(entries::Column::Id.is_in(users.iter().copied()))
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The entry with this user name in the form in which it is compared, removed or not.
pub(super) async fn entry_named(tx: &Tx, scope: &Scope, user_name_key: &str) -> Result<Option<entries::Model>> {
    let found = entries::Entity::find()
        .filter(entries::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(entries::Column::UserNameKey.eq(user_name_key))
        .one(tx)
        .await?;
    Ok(found)
}

/// The accounts with this external id that the directory did not remove.
pub(super) async fn entries_by_external_id(tx: &Tx, scope: &Scope, external_id: &str) -> Result<Vec<Uuid>> {
    let rows = entries::Entity::find()
        .filter(entries::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(entries::Column::ExternalId.eq(external_id))
        .filter(entries::Column::RemovedAt.is_null())
        .order_by_asc(entries::Column::Id)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Writes an entry, in the place of the one that is there.
pub(super) async fn save_entry(tx: &Tx, row: entries::Model) -> std::result::Result<(), DbErr> {
    use entries::Column;
    let changed = [
        Column::UserNameKey,
        Column::ExternalId,
        Column::Document,
        Column::RoleGiven,
        Column::UpdatedAt,
        Column::RemovedAt,
    ];
    let again = OnConflict::column(Column::Id).update_columns(changed).to_owned();
    entries::Entity::insert(entries::ActiveModel::from(row)).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// Changes the address and the name of an account.
pub(super) async fn set_account(
    tx: &Tx,
    scope: &Scope,
    id: Uuid,
    (email, key, name): (&str, &str, &str),
) -> Result<(), DbErr> {
    // Who has a password signs in with the new address from then on.
    let sign_in_key =
        Expr::case(users::Column::SignInKey.is_null(), Expr::value(Option::<String>::None)).finally(Expr::value(key));
    users::Entity::update_many()
        .col_expr(users::Column::SignInKey, sign_in_key.into())
        .col_expr(users::Column::Email, Expr::value(email))
        .col_expr(users::Column::EmailKey, Expr::value(key))
        .col_expr(users::Column::Name, Expr::value(name))
        .filter(users::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(users::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The ids of accounts that the directory removed.
fn removed(scope: &Scope) -> SelectStatement {
    entries::Entity::find()
        .select_only()
        .column(entries::Column::Id)
        .filter(entries::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(entries::Column::RemovedAt.is_not_null())
        .into_query()
}

fn visible(scope: &Scope) -> Select<users::Entity> {
    users::Entity::find()
        .filter(users::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(users::Column::Id.not_in_subquery(removed(scope)))
        .order_by_asc(users::Column::Id)
}

/// How many accounts a directory sees.
pub(super) async fn count_accounts(tx: &Tx, scope: &Scope) -> Result<u64> {
    Ok(visible(scope).count(tx).await?)
}

/// Accounts that a directory sees, oldest first.
pub(super) async fn accounts(tx: &Tx, scope: &Scope, offset: u64, limit: u64) -> Result<Vec<users::Model>> {
    Ok(visible(scope).offset(offset).limit(limit).all(tx).await?)
}

/// The accounts that follow one in the same order.
pub(super) async fn accounts_after(
    tx: &Tx,
    scope: &Scope,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<users::Model>> {
    let mut select = visible(scope);
    if let Some(after) = after {
        select = select.filter(users::Column::Id.gt(after));
    }
    Ok(select.limit(limit).all(tx).await?)
}

/// Those of the accounts that a directory sees.
pub(super) async fn accounts_with(tx: &Tx, scope: &Scope, ids: &[Uuid]) -> Result<Vec<users::Model>> {
    let mut found = Vec::new();
    for ids in ids.chunks(ROWS_AT_ONCE) {
        found.extend(visible(scope).filter(users::Column::Id.is_in(ids.iter().copied())).all(tx).await?);
    }
    Ok(found)
}

/// A group, held until the transaction ends.
pub(super) async fn lock_group(tx: &Tx, scope: &Scope, id: GroupId) -> Result<Option<groups::Model>> {
    let mut select = all_groups(scope).filter(groups::Column::Id.eq(id.uuid()));
    if tx.is_postgres() {
        select = select.lock_exclusive();
    }
    Ok(select.one(tx).await?)
}

/// A group.
pub(super) async fn group(tx: &Tx, scope: &Scope, id: Uuid) -> Result<Option<groups::Model>> {
    Ok(all_groups(scope).filter(groups::Column::Id.eq(id)).one(tx).await?)
}

fn all_groups(scope: &Scope) -> Select<groups::Entity> {
    groups::Entity::find().filter(groups::Column::TenantId.eq(scope.tenant().uuid())).order_by_asc(groups::Column::Id)
}

/// How many groups there are.
pub(super) async fn count_groups(tx: &Tx, scope: &Scope) -> Result<u64> {
    Ok(all_groups(scope).count(tx).await?)
}

/// Groups, oldest first.
pub(super) async fn groups_from(tx: &Tx, scope: &Scope, offset: u64, limit: u64) -> Result<Vec<groups::Model>> {
    Ok(all_groups(scope).offset(offset).limit(limit).all(tx).await?)
}

/// The groups that follow one in the same order.
pub(super) async fn groups_after(
    tx: &Tx,
    scope: &Scope,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<groups::Model>> {
    let mut select = all_groups(scope);
    if let Some(after) = after {
        select = select.filter(groups::Column::Id.gt(after));
    }
    Ok(select.limit(limit).all(tx).await?)
}

/// The groups whose column is this text.
pub(super) async fn groups_where(
    tx: &Tx,
    scope: &Scope,
    column: groups::Column,
    text: &str,
) -> Result<Vec<groups::Model>> {
    Ok(all_groups(scope).filter(column.eq(text)).all(tx).await?)
}

/// Makes a group.
pub(super) async fn create_group(tx: &Tx, row: groups::Model) -> Result<()> {
    groups::Entity::insert(groups::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// Changes a group.
pub(super) async fn save_group(tx: &Tx, scope: &Scope, row: &groups::Model) -> Result<()> {
    groups::Entity::update_many()
        .col_expr(groups::Column::DisplayName, Expr::value(row.display_name.as_str()))
        .col_expr(groups::Column::DisplayKey, Expr::value(row.display_key.as_str()))
        .col_expr(groups::Column::ExternalId, Expr::value(row.external_id.clone()))
        .col_expr(groups::Column::Version, Expr::value(row.version))
        .col_expr(groups::Column::UpdatedAt, Expr::value(row.updated_at))
        .filter(groups::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(groups::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Removes a group; its members stay members of the tenant.
pub(super) async fn remove_group(tx: &Tx, scope: &Scope, id: Uuid) -> Result<()> {
    memberships::Entity::delete_many().filter(of_group(scope, id)).exec(tx).await?;
    groups::Entity::delete_many()
        .filter(groups::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(groups::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

fn of_group(scope: &Scope, group: Uuid) -> sea_orm::Condition {
    sea_orm::Condition::all()
        .add(memberships::Column::TenantId.eq(scope.tenant().uuid()))
        .add(memberships::Column::GroupId.eq(group))
}

/// The ids of a group's members.
pub(super) async fn member_ids(tx: &Tx, scope: &Scope, group: Uuid) -> Result<Vec<Uuid>> {
    let ids = memberships::Entity::find()
        .select_only()
        .column(memberships::Column::UserId)
        .filter(of_group(scope, group))
        .order_by_asc(memberships::Column::UserId)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(ids)
}

/// How many members each of the groups has.
pub(super) async fn member_counts(tx: &Tx, scope: &Scope, groups: &[Uuid]) -> Result<BTreeMap<Uuid, i64>> {
    let counts: Vec<(Uuid, i64)> = memberships::Entity::find()
        .select_only()
        .column(memberships::Column::GroupId)
        .column_as(memberships::Column::UserId.count(), "members")
        .filter(memberships::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(memberships::Column::GroupId.is_in(groups.iter().copied()))
        .group_by(memberships::Column::GroupId)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(counts.into_iter().collect())
}

/// The groups of each of the accounts, by account: id and name.
pub(super) async fn groups_of(tx: &Tx, scope: &Scope, users: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<(Uuid, String)>>> {
    let pairs: Vec<(Uuid, Uuid)> = memberships::Entity::find()
        .select_only()
        .column(memberships::Column::UserId)
        .column(memberships::Column::GroupId)
        .filter(memberships::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(memberships::Column::UserId.is_in(users.iter().copied()))
        .order_by_asc(memberships::Column::GroupId)
        .into_tuple()
        .all(tx)
        .await?;
    let mut ids: Vec<Uuid> = pairs.iter().map(|(_, group)| *group).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut names = BTreeMap::new();
    for ids in ids.chunks(ROWS_AT_ONCE) {
        let rows = all_groups(scope).filter(groups::Column::Id.is_in(ids.iter().copied())).all(tx).await?;
        names.extend(rows.into_iter().map(|row| (row.id, row.display_name)));
    }
    let mut found: BTreeMap<Uuid, Vec<(Uuid, String)>> = BTreeMap::new();
    for (user, group) in pairs {
        if let Some(name) = names.get(&group) {
            found.entry(user).or_default().push((group, name.clone()));
        }
    }
    Ok(found)
}

/// Adds members to a group; who is one already stays one.
pub(super) async fn add_members(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    (group, users): (Uuid, &[Uuid]),
) -> Result<()> {
    for users in users.chunks(ROWS_AT_ONCE) {
        let rows = users.iter().map(|user| memberships::ActiveModel {
            id: Set(Uuid::now_v7()),
            tenant_id: Set(scope.tenant().uuid()),
            created_at: Set(now),
            group_id: Set(group),
            user_id: Set(*user),
        });
        let columns = [memberships::Column::TenantId, memberships::Column::GroupId, memberships::Column::UserId];
        let again = OnConflict::columns(columns).do_nothing().to_owned();
        memberships::Entity::insert_many(rows).on_conflict(again).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Takes members out of a group.
pub(super) async fn remove_members(tx: &Tx, scope: &Scope, group: Uuid, users: &[Uuid]) -> Result<()> {
    for users in users.chunks(ROWS_AT_ONCE) {
        memberships::Entity::delete_many()
            .filter(of_group(scope, group))
            .filter(memberships::Column::UserId.is_in(users.iter().copied()))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Takes an account out of all groups.
pub(super) async fn leave_groups(tx: &Tx, scope: &Scope, user: Uuid) -> Result<()> {
    memberships::Entity::delete_many()
        .filter(memberships::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(memberships::Column::UserId.eq(user))
        .exec(tx)
        .await?;
    Ok(())
}
