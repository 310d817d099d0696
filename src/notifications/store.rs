//! The tables `notifications` and `notification_choices`.

use super::model::{About, Choices, Notification, NotificationKind, NotificationQuery};
use crate::{
    Error, Result,
    access::Scope,
    ids::{NotificationId, UserId},
    page::Page,
    platform::db::Tx,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait as _, OnConflict, SimpleExpr},
};
use std::collections::BTreeMap;

/// Rows of one statement: SQLite takes 32,766 parameters (limits.html, 9), PostgreSQL 65,535.
const ROWS_AT_ONCE: usize = 500;

mod notifications {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "notifications")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub user_id: Uuid,
        pub kind: String,
        pub title: String,
        #[sea_orm(column_type = "Text")]
        pub body: String,
        pub about: String,
        pub about_id: Uuid,
        pub read_at: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod choices {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "notification_choices")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub user_id: Uuid,
        pub choices: Json,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use notifications::{Column, Entity};

impl TryFrom<notifications::Model> for Notification {
    type Error = Error;

    fn try_from(row: notifications::Model) -> Result<Self> {
        let broken = |what: &str| Error::internal(format!("notification {}: stored {what}", row.id));
        let about = match row.about.as_str() {
            "benchmark" => About::Benchmark(row.about_id.into()),
            "validation" => About::Validation(row.about_id.into()),
            "schedule" => About::Schedule(row.about_id.into()),
            "key" => About::Key(row.about_id.into()),
            "privacy_request" => About::PrivacyRequest(row.about_id.into()),
            "usage" => About::Usage(row.about_id.into()),
            _ => return Err(broken("about")),
        };
        Ok(Self {
            id: row.id.into(),
            kind: NotificationKind::parse(&row.kind).ok_or_else(|| broken("kind"))?,
            title: row.title,
            body: row.body,
            about,
            created_at: row.created_at,
            read_at: row.read_at,
        })
    }
}

/// Writes the same line into the inboxes of `users`.
pub(super) async fn add(tx: &Tx, scope: &Scope, users: &[UserId], line: &Notification) -> Result<()> {
    let (about, about_id) = match line.about {
        About::Benchmark(id) => ("benchmark", id.uuid()),
        About::Validation(id) => ("validation", id.uuid()),
        About::Schedule(id) => ("schedule", id.uuid()),
        About::Key(id) => ("key", id.uuid()),
        About::PrivacyRequest(id) => ("privacy_request", id.uuid()),
        About::Usage(id) => ("usage", id.uuid()),
    };
    for users in users.chunks(ROWS_AT_ONCE) {
        let rows = users.iter().map(|user| notifications::ActiveModel {
            id: Set(NotificationId::generate().uuid()),
            tenant_id: Set(scope.tenant().uuid()),
            created_at: Set(line.created_at),
            user_id: Set(user.uuid()),
            kind: Set(line.kind.as_str().to_owned()),
            title: Set(line.title.clone()),
            body: Set(line.body.clone()),
            about: Set(about.to_owned()),
            about_id: Set(about_id),
            read_at: Set(None),
        });
        Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn own(scope: &Scope, user: UserId) -> SimpleExpr {
    Column::TenantId.eq(scope.tenant().uuid()).and(Column::UserId.eq(user.uuid()))
}

pub(super) async fn list(
    tx: &Tx,
    scope: &Scope,
    user: UserId,
    query: &NotificationQuery,
) -> Result<Page<Notification>> {
    let page = query.page();
    let limit = page.limit()?;
    let mut select = Entity::find().filter(own(scope, user));
    if query.unread == Some(true) {
        select = select.filter(Column::ReadAt.is_null());
    }
    if let Some(kind) = query.kind {
        select = select.filter(Column::Kind.eq(kind.as_str()));
    }
    if let Some(after) = page.after()? {
        select = select.filter(Column::Id.lt(after));
    }
    let rows = select.order_by_desc(Column::Id).limit(limit + 1).all(tx).await?;
    Page::of(rows, limit, |row| row.id.to_string()).try_map(Notification::try_from)
}

pub(super) async fn unread(tx: &Tx, scope: &Scope, user: UserId) -> Result<u64> {
    Ok(Entity::find().filter(own(scope, user)).filter(Column::ReadAt.is_null()).count(tx).await?)
}

pub(super) async fn find(tx: &Tx, scope: &Scope, user: UserId, id: NotificationId) -> Result<Notification> {
    let row = Entity::find_by_id(id.uuid()).filter(own(scope, user)).one(tx).await?;
    row.ok_or_else(|| Error::not_found(NotificationId::WHAT))?.try_into()
}

/// Marks one of the user's, or all of them, as read.
pub(super) async fn mark_read(
    tx: &Tx,
    scope: &Scope,
    user: UserId,
    id: Option<NotificationId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut update = Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(now))
        .filter(own(scope, user))
        .filter(Column::ReadAt.is_null());
    if let Some(id) = id {
        update = update.filter(Column::Id.eq(id.uuid()));
    }
    update.exec(tx).await?;
    Ok(())
}

/// Removes everybody's that are older. The transaction is one of dispatch.
pub(super) async fn prune(tx: &Tx, before: DateTime<Utc>) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::CreatedAt.lt(before)).exec(tx).await?.rows_affected)
}

/// What members of the tenant chose; who never did is not in it.
pub(super) async fn all_choices(tx: &Tx, scope: &Scope) -> Result<BTreeMap<UserId, Choices>> {
    let select = choices::Entity::find().filter(choices::Column::TenantId.eq(scope.tenant().uuid()));
    let rows = select.all(tx).await?;
    rows.into_iter().map(|row| Ok((row.user_id.into(), serde_json::from_value(row.choices)?))).collect()
}

pub(super) async fn choices(tx: &Tx, scope: &Scope, user: UserId) -> Result<Choices> {
    let row = choices::Entity::find()
        .filter(choices::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(choices::Column::UserId.eq(user.uuid()))
        .one(tx)
        .await?;
    Ok(row.map(|row| serde_json::from_value(row.choices)).transpose()?.unwrap_or_default())
}

pub(super) async fn choose(tx: &Tx, scope: &Scope, user: UserId, now: DateTime<Utc>, chosen: &Choices) -> Result<()> {
    let row = choices::ActiveModel {
        id: Set(NotificationId::generate().uuid()),
        tenant_id: Set(scope.tenant().uuid()),
        created_at: Set(now),
        user_id: Set(user.uuid()),
        choices: Set(serde_json::to_value(chosen)?),
    };
    let again = OnConflict::columns([choices::Column::TenantId, choices::Column::UserId])
        .update_column(choices::Column::Choices)
        .to_owned();
    choices::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}
