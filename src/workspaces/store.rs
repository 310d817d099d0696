//! The tables `workspaces` and `workspace_members`.

use crate::{
    Error, Result,
    access::{Scope, WorkspaceRole},
    ids::{UserId, WorkspaceId},
    page::{Page, PageRequest},
    platform::db::{Tx, is_duplicate},
};
use sea_orm::{
    DbErr, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Query, SelectStatement},
};
use std::collections::BTreeMap;

pub(super) mod workspaces {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "workspaces")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub name: String,
        pub name_key: String,
        #[sea_orm(column_type = "Text")]
        pub description: String,
        pub review_changes: bool,
        pub created_by: String,
        pub updated_at: chrono::DateTime<chrono::Utc>,
        pub archived_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod members {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "workspace_members")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub workspace_id: Uuid,
        pub user_id: Uuid,
        pub role: String,
        pub added_by: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) async fn create(tx: &Tx, row: workspaces::Model) -> Result<workspaces::Model> {
    let made = workspaces::Entity::insert(workspaces::ActiveModel::from(row.clone())).exec_without_returning(tx).await;
    made.map_err(taken)?;
    Ok(row)
}

/// Keeps every column of a row that exists.
pub(super) async fn update(tx: &Tx, row: workspaces::Model) -> Result<workspaces::Model> {
    let active = workspaces::ActiveModel::from(row.clone()).reset_all();
    workspaces::Entity::update(active).exec(tx).await.map_err(taken)?;
    Ok(row)
}

fn taken(error: DbErr) -> Error {
    match is_duplicate(&error) {
        true => Error::invalid("/name", "Another workspace has this name."),
        false => error.into(),
    }
}

pub(super) async fn find(tx: &Tx, scope: &Scope, id: WorkspaceId) -> Result<workspaces::Model> {
    let row = workspaces::Entity::find_by_id(id.uuid()).filter(own(scope)).one(tx).await?;
    row.ok_or_else(|| Error::not_found(WorkspaceId::WHAT))
}

/// The same, and nobody else locks it until the transaction ends, so that counts below it stay true.
pub(super) async fn lock(tx: &Tx, scope: &Scope, id: WorkspaceId) -> Result<workspaces::Model> {
    let mut select = workspaces::Entity::find_by_id(id.uuid()).filter(own(scope));
    if tx.is_postgres() {
        select = select.lock_exclusive();
    }
    select.one(tx).await?.ok_or_else(|| Error::not_found(WorkspaceId::WHAT))
}

fn own(scope: &Scope) -> sea_orm::sea_query::SimpleExpr {
    workspaces::Column::TenantId.eq(scope.tenant().uuid())
}

/// All workspaces, or those that somebody is in, newest first.
pub(super) async fn list(
    tx: &Tx,
    scope: &Scope,
    of: Option<UserId>,
    page: &PageRequest,
) -> Result<Page<workspaces::Model>> {
    let limit = page.limit()?;
    let mut select = workspaces::Entity::find().filter(own(scope));
    if let Some(user) = of {
        select = select.filter(workspaces::Column::Id.in_subquery(joined(scope, user)));
    }
    if let Some(after) = page.after()? {
        select = select.filter(workspaces::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(workspaces::Column::Id).limit(limit + 1).all(tx).await?;
    Ok(Page::of(rows, limit, |row| row.id.to_string()))
}

/// The ids of the workspaces that somebody is in, as a part of another statement.
pub(super) fn joined(scope: &Scope, user: UserId) -> SelectStatement {
    Query::select()
        .column(members::Column::WorkspaceId)
        .from(members::Entity)
        .and_where(members::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(members::Column::UserId.eq(user.uuid()))
        .to_owned()
}

/// How many people are in each of these workspaces.
pub(super) async fn counts(tx: &Tx, scope: &Scope, ids: &[Uuid]) -> Result<BTreeMap<Uuid, u64>> {
    let rows: Vec<(Uuid, i64)> = members::Entity::find()
        .select_only()
        .column(members::Column::WorkspaceId)
        .column_as(members::Column::Id.count(), "people")
        .filter(members::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(members::Column::WorkspaceId.is_in(ids.iter().copied()))
        .group_by(members::Column::WorkspaceId)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id, count)| (id, u64::try_from(count).unwrap_or_default())).collect())
}

/// The roles of somebody in these workspaces.
pub(super) async fn roles_of(
    tx: &Tx,
    scope: &Scope,
    user: UserId,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, WorkspaceRole>> {
    let rows = members::Entity::find()
        .filter(members::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(members::Column::UserId.eq(user.uuid()))
        .filter(members::Column::WorkspaceId.is_in(ids.iter().copied()))
        .all(tx)
        .await?;
    rows.into_iter().map(|row| Ok((row.workspace_id, role(&row)?))).collect()
}

/// The role that a stored row names.
pub(super) fn role(row: &members::Model) -> Result<WorkspaceRole> {
    row.role.parse().map_err(|_| Error::internal(format!("workspace member {}: stored role", row.id)))
}

fn within(scope: &Scope, workspace: WorkspaceId) -> Select<members::Entity> {
    members::Entity::find()
        .filter(members::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(members::Column::WorkspaceId.eq(workspace.uuid()))
}

pub(super) async fn member(
    tx: &Tx,
    scope: &Scope,
    workspace: WorkspaceId,
    user: UserId,
) -> Result<Option<members::Model>> {
    Ok(within(scope, workspace).filter(members::Column::UserId.eq(user.uuid())).one(tx).await?)
}

pub(super) async fn count(tx: &Tx, scope: &Scope, workspace: WorkspaceId) -> Result<u64> {
    Ok(within(scope, workspace).count(tx).await?)
}

/// Members, those added last first.
pub(super) async fn member_page(
    tx: &Tx,
    scope: &Scope,
    workspace: WorkspaceId,
    page: &PageRequest,
) -> Result<Page<members::Model>> {
    let limit = page.limit()?;
    let mut select = within(scope, workspace);
    if let Some(after) = page.after()? {
        select = select.filter(members::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(members::Column::Id).limit(limit + 1).all(tx).await?;
    Ok(Page::of(rows, limit, |row| row.id.to_string()))
}

/// Who holds a role.
pub(super) async fn holders(
    tx: &Tx,
    scope: &Scope,
    workspace: WorkspaceId,
    role: WorkspaceRole,
) -> Result<Vec<UserId>> {
    let rows = within(scope, workspace).filter(members::Column::Role.eq(role.as_str())).all(tx).await?;
    Ok(rows.into_iter().map(|row| row.user_id.into()).collect())
}

pub(super) async fn add(tx: &Tx, row: members::Model) -> Result<()> {
    members::Entity::insert(members::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

pub(super) async fn set_role(tx: &Tx, scope: &Scope, id: Uuid, role: WorkspaceRole) -> Result<()> {
    members::Entity::update_many()
        .col_expr(members::Column::Role, Expr::value(role.as_str()))
        .filter(members::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(members::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn remove(tx: &Tx, scope: &Scope, id: Uuid) -> Result<()> {
    members::Entity::delete_many()
        .filter(members::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(members::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
