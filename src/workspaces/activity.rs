//! What happens in a workspace: a line in its feed beside the entry in the audit log, in the same transaction.

use super::model::Activity;
use crate::{
    Result,
    access::{Actor, Scope},
    audit::{self, Change},
    ids::{ActivityId, WorkspaceId},
    page::{Page, PageRequest},
    platform::{Platform, db::Tx},
};
use chrono::{DateTime, Utc};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};
use serde_json::Value;

mod lines {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "workspace_activity")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub workspace_id: Uuid,
        pub actor: String,
        pub action: String,
        pub object: String,
        pub object_id: Uuid,
        #[sea_orm(column_type = "Text")]
        pub title: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Something that was done in a workspace.
pub(crate) struct Deed<'a> {
    /// What was done, for example `workspace.member.added`.
    pub action: &'a str,
    /// The kind of thing that it was done to.
    pub object: &'a str,
    /// Its id.
    pub object_id: Uuid,
    /// What that is called.
    pub title: &'a str,
    /// The particulars for the audit log; no secrets.
    pub detail: Value,
}

/// Writes a deed into the feed and into the audit log.
pub(crate) async fn note(
    tx: &Tx,
    scope: &Scope,
    actor: &Actor,
    now: DateTime<Utc>,
    workspace: WorkspaceId,
    deed: Deed<'_>,
) -> Result<()> {
    let line = lines::Model {
        id: ActivityId::generate().uuid(),
        tenant_id: scope.tenant().uuid(),
        created_at: now,
        workspace_id: workspace.uuid(),
        actor: actor.label(),
        action: deed.action.to_owned(),
        object: deed.object.to_owned(),
        object_id: deed.object_id,
        title: deed.title.to_owned(),
    };
    lines::Entity::insert(lines::ActiveModel::from(line)).exec_without_returning(tx).await?;
    let Deed { action, object, object_id, mut detail, .. } = deed;
    if let Value::Object(fields) = &mut detail {
        fields.insert("workspace_id".to_owned(), workspace.to_string().into());
    }
    let change = Change { action, object, object_id: object_id.to_string(), detail, event: None };
    audit::record(tx, scope, actor, now, change).await
}

/// Makes a transaction with one deed last, and counts the line.
pub(crate) async fn committed(platform: &Platform, tx: Tx) -> Result<()> {
    tx.commit().await?;
    platform.metrics.workspace_activity.inc();
    Ok(())
}

/// The feed of a workspace, newest first.
pub(super) async fn list(tx: &Tx, scope: &Scope, workspace: WorkspaceId, page: &PageRequest) -> Result<Page<Activity>> {
    let limit = page.limit()?;
    let mut select = lines::Entity::find()
        .filter(lines::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(lines::Column::WorkspaceId.eq(workspace.uuid()));
    if let Some(after) = page.after()? {
        select = select.filter(lines::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(lines::Column::Id).limit(limit + 1).all(tx).await?;
    Page::of(rows, limit, |row| row.id.to_string()).try_map(|row| {
        Ok(Activity {
            id: row.id.into(),
            at: row.created_at,
            actor: row.actor,
            action: row.action,
            object: row.object,
            object_id: row.object_id.to_string(),
            title: row.title,
        })
    })
}
