//! The tables `systems`, `environments` and `teardowns`, and in a room of its own `price_models`.

mod prices;

pub(super) use prices::{newest as prices, set as set_prices};

use super::model::{
    Environment, EnvironmentKind, NewSystem, NewTeardown, Ownership, OwnershipMethod, PrivateAllowed, System, Teardown,
};
use crate::{
    Error, Result,
    access::Scope,
    ids::{EnvironmentId, SystemId, TeardownId},
    page::{Page, PageRequest},
    platform::db::{Tx, is_duplicate},
    text,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait as _, LikeExpr},
};
use url::Url;

mod systems {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "systems")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub name: String,
        pub name_key: String,
        #[sea_orm(column_type = "Text")]
        pub description: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod environments {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "environments")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub system_id: Uuid,
        pub kind: String,
        pub name: String,
        pub name_key: String,
        #[sea_orm(column_type = "Text")]
        pub base_url: String,
        pub verification_token: String,
        pub verified_by: Option<String>,
        pub verified_at: Option<chrono::DateTime<chrono::Utc>>,
        pub private_allowed_by: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub private_allowed_reason: Option<String>,
        pub private_allowed_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod teardowns {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "teardowns")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub target_name: String,
        pub domain: String,
        #[sea_orm(column_type = "Text")]
        pub notes: String,
        pub jobs_to_be_done: Json,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl From<systems::Model> for System {
    fn from(row: systems::Model) -> Self {
        Self { id: row.id.into(), name: row.name, description: row.description, created_at: row.created_at }
    }
}

impl TryFrom<environments::Model> for Environment {
    type Error = Error;

    fn try_from(row: environments::Model) -> Result<Self> {
        let broken = |what: &str| Error::internal(format!("environment {}: stored {what}", row.id));
        let method = row.verified_by.as_deref().and_then(OwnershipMethod::parse);
        let ownership = match (method, row.verified_at) {
            (Some(method), Some(at)) => Ownership::Verified { method, at },
            _ => Ownership::Unverified,
        };
        let private_allowed = row.private_allowed_by.zip(row.private_allowed_at).map(|(by, at)| PrivateAllowed {
            by,
            reason: row.private_allowed_reason.clone().unwrap_or_default(),
            at,
        });
        Ok(Self {
            id: row.id.into(),
            system_id: row.system_id.into(),
            kind: EnvironmentKind::parse(&row.kind).map_err(|_| broken("kind"))?,
            name: row.name.clone(),
            base_url: row.base_url.parse().map_err(|_| broken("base_url"))?,
            ownership,
            verification_token: row.verification_token.clone(),
            private_allowed,
            created_at: row.created_at,
        })
    }
}

impl From<teardowns::Model> for Teardown {
    fn from(row: teardowns::Model) -> Self {
        Self {
            id: row.id.into(),
            target_name: row.target_name,
            domain: row.domain,
            notes: row.notes,
            jobs_to_be_done: serde_json::from_value(row.jobs_to_be_done).unwrap_or_default(),
            created_at: row.created_at,
        }
    }
}

/// The error of a statement that may break the unique index on names.
fn taken(error: DbErr, name: &str) -> Error {
    if is_duplicate(&error) {
        Error::invalid("/name", format!("The name {name:?} is taken; choose another."))
    } else {
        error.into()
    }
}

pub(super) async fn create_system(tx: &Tx, scope: &Scope, now: DateTime<Utc>, new: NewSystem) -> Result<System> {
    let row = systems::Model {
        id: SystemId::generate().uuid(),
        tenant_id: scope.tenant().uuid(),
        created_at: now,
        name_key: text::key(&new.name),
        name: new.name,
        description: new.description,
    };
    let insert = systems::Entity::insert(systems::ActiveModel::from(row.clone()));
    insert.exec_without_returning(tx).await.map_err(|error| taken(error, &row.name))?;
    Ok(row.into())
}

pub(super) async fn systems(tx: &Tx, scope: &Scope, page: &PageRequest) -> Result<Page<System>> {
    let limit = page.limit()?;
    let mut select = systems::Entity::find().filter(systems::Column::TenantId.eq(scope.tenant().uuid()));
    if let Some(after) = page.after()? {
        select = select.filter(systems::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(systems::Column::Id).limit(limit + 1).all(tx).await?;
    Page::of(rows, limit, |row| row.id.to_string()).try_map(|row| Ok(row.into()))
}

/// The newest systems whose name holds a text.
pub(super) async fn systems_called(tx: &Tx, scope: &Scope, text: &str, limit: u64) -> Result<Vec<System>> {
    let holds = LikeExpr::new(text::holding(&text::key(text))).escape('\\');
    let select = systems::Entity::find()
        .filter(systems::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(Expr::col(systems::Column::NameKey).like(holds));
    let rows = select.order_by_desc(systems::Column::Id).limit(limit).all(tx).await?;
    Ok(rows.into_iter().map(System::from).collect())
}

/// The systems with these ids.
pub(super) async fn systems_of(tx: &Tx, scope: &Scope, ids: &[SystemId]) -> Result<Vec<System>> {
    let rows = systems::Entity::find()
        .filter(systems::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(systems::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(System::from).collect())
}

pub(super) async fn system(tx: &Tx, scope: &Scope, id: SystemId) -> Result<System> {
    let row = systems::Entity::find_by_id(id.uuid())
        .filter(systems::Column::TenantId.eq(scope.tenant().uuid()))
        .one(tx)
        .await?;
    row.map(System::from).ok_or_else(|| Error::not_found(SystemId::WHAT))
}

/// The same, and nobody else locks or changes it until the transaction ends.
pub(super) async fn lock_system(tx: &Tx, scope: &Scope, id: SystemId) -> Result<System> {
    let mut select = systems::Entity::find_by_id(id.uuid()).filter(systems::Column::TenantId.eq(scope.tenant().uuid()));
    if tx.is_postgres() {
        select = select.lock_exclusive();
    }
    select.one(tx).await?.map(System::from).ok_or_else(|| Error::not_found(SystemId::WHAT))
}

pub(super) async fn create_environment(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    system: SystemId,
    (kind, name, base_url): (EnvironmentKind, String, Url),
    token: String,
) -> Result<Environment> {
    let row = environments::Model {
        id: EnvironmentId::generate().uuid(),
        tenant_id: scope.tenant().uuid(),
        created_at: now,
        system_id: system.uuid(),
        kind: kind.as_str().to_owned(),
        name_key: text::key(&name),
        name,
        base_url: base_url.to_string(),
        verification_token: token,
        verified_by: None,
        verified_at: None,
        private_allowed_by: None,
        private_allowed_reason: None,
        private_allowed_at: None,
    };
    let insert = environments::Entity::insert(environments::ActiveModel::from(row.clone()));
    insert.exec_without_returning(tx).await.map_err(|error| taken(error, &row.name))?;
    row.try_into()
}

/// The environments of these systems, oldest first.
pub(super) async fn environments(tx: &Tx, scope: &Scope, systems: &[SystemId]) -> Result<Vec<Environment>> {
    let rows = environments::Entity::find()
        .filter(environments::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(environments::Column::SystemId.is_in(systems.iter().map(|system| system.uuid())))
        .order_by_asc(environments::Column::Id)
        .all(tx)
        .await?;
    rows.into_iter().map(Environment::try_from).collect()
}

pub(super) async fn environment(tx: &Tx, scope: &Scope, id: EnvironmentId) -> Result<Environment> {
    let row = environments::Entity::find_by_id(id.uuid())
        .filter(environments::Column::TenantId.eq(scope.tenant().uuid()))
        .one(tx)
        .await?;
    row.ok_or_else(|| Error::not_found(EnvironmentId::WHAT))?.try_into()
}

pub(super) async fn mark_verified(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    id: EnvironmentId,
    method: OwnershipMethod,
) -> Result<()> {
    environments::Entity::update_many()
        .col_expr(environments::Column::VerifiedBy, Expr::value(method.as_str()))
        .col_expr(environments::Column::VerifiedAt, Expr::value(now))
        .filter(environments::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(environments::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn mark_private_allowed(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    id: EnvironmentId,
    by: &str,
    reason: &str,
) -> Result<()> {
    environments::Entity::update_many()
        .col_expr(environments::Column::PrivateAllowedBy, Expr::value(by))
        .col_expr(environments::Column::PrivateAllowedReason, Expr::value(reason))
        .col_expr(environments::Column::PrivateAllowedAt, Expr::value(now))
        .filter(environments::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(environments::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn create_teardown(tx: &Tx, scope: &Scope, now: DateTime<Utc>, new: NewTeardown) -> Result<Teardown> {
    let row = teardowns::Model {
        id: TeardownId::generate().uuid(),
        tenant_id: scope.tenant().uuid(),
        created_at: now,
        target_name: new.target_name,
        domain: new.domain,
        notes: new.notes,
        jobs_to_be_done: serde_json::to_value(new.jobs_to_be_done)?,
    };
    teardowns::Entity::insert(teardowns::ActiveModel::from(row.clone())).exec_without_returning(tx).await?;
    Ok(row.into())
}

pub(super) async fn teardown(tx: &Tx, scope: &Scope, id: TeardownId) -> Result<Teardown> {
    let row = teardowns::Entity::find_by_id(id.uuid())
        .filter(teardowns::Column::TenantId.eq(scope.tenant().uuid()))
        .one(tx)
        .await?;
    row.map(Teardown::from).ok_or_else(|| Error::not_found(TeardownId::WHAT))
}
