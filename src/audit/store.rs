//! The tables `audit_entries` and `audit_heads`.

use super::model::{AuditQuery, Entry};
use crate::{Error, Result, access::Scope, page::Page, platform::db::Tx};
use chrono::{DateTime, Utc};
use sbh_proof::{Frontier, Hash};
use sea_orm::{ActiveValue::Set, ExprTrait as _, QueryOrder, QuerySelect, entity::prelude::*, sea_query::OnConflict};

/// Rows that a scan of the whole log reads at once.
const SCAN_ROWS: u64 = 1_000;

mod entries {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_entries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub seq: i64,
        pub actor: String,
        pub action: String,
        pub object: String,
        pub object_id: String,
        #[sea_orm(column_type = "Text")]
        pub body: String,
        pub leaf_hash: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod heads {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_heads")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        pub size: i64,
        #[sea_orm(column_type = "Text")]
        pub root: String,
        pub frontier: Json,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// An entry as it is stored: the columns, and the canonical text that was hashed.
pub(super) struct StoredEntry {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    pub object: String,
    pub object_id: String,
    pub body: String,
    pub leaf_hash: String,
}

impl From<entries::Model> for StoredEntry {
    fn from(row: entries::Model) -> Self {
        Self {
            seq: u64::try_from(row.seq).unwrap_or(u64::MAX),
            at: row.created_at,
            actor: row.actor,
            action: row.action,
            object: row.object,
            object_id: row.object_id,
            body: row.body,
            leaf_hash: row.leaf_hash,
        }
    }
}

impl StoredEntry {
    pub(super) fn into_entry(self) -> Result<Entry> {
        let mut body: serde_json::Value = serde_json::from_str(&self.body)?;
        Ok(Entry {
            seq: self.seq,
            at: self.at,
            actor: self.actor,
            action: self.action,
            object: self.object,
            object_id: self.object_id,
            detail: body.get_mut("detail").map(serde_json::Value::take).unwrap_or_default(),
            leaf_hash: self.leaf_hash,
        })
    }
}

/// The head of the tenant's log, locked so that appends go one after the other.
pub(super) async fn lock_head(tx: &Tx, scope: &Scope) -> Result<Frontier> {
    let tenant = scope.tenant().uuid();
    if tx.is_postgres() {
        let empty = head_row(tenant, &Frontier::default())?;
        let conflict = OnConflict::column(heads::Column::TenantId).do_nothing().to_owned();
        heads::Entity::insert(empty).on_conflict(conflict).exec_without_returning(tx).await?;
    }
    let row = heads::Entity::find_by_id(tenant).lock_exclusive().one(tx).await?;
    row.map_or_else(|| Ok(Frontier::default()), |row| Ok(serde_json::from_value(row.frontier)?))
}

/// The head of the tenant's log.
pub(super) async fn head(tx: &Tx, scope: &Scope) -> Result<(u64, String, Frontier)> {
    let Some(row) = heads::Entity::find_by_id(scope.tenant().uuid()).one(tx).await? else {
        let empty = Frontier::default();
        return Ok((0, empty.root().to_string(), empty));
    };
    Ok((u64::try_from(row.size).unwrap_or_default(), row.root, serde_json::from_value(row.frontier)?))
}

fn head_row(tenant: Uuid, frontier: &Frontier) -> Result<heads::ActiveModel> {
    Ok(heads::ActiveModel {
        tenant_id: Set(tenant),
        size: Set(i64::try_from(frontier.size()).map_err(Error::internal)?),
        root: Set(frontier.root().to_string()),
        frontier: Set(serde_json::to_value(frontier)?),
    })
}

pub(super) async fn append(tx: &Tx, scope: &Scope, entry: StoredEntry, frontier: &Frontier) -> Result<()> {
    let tenant = scope.tenant().uuid();
    let row = entries::ActiveModel {
        id: Set(Uuid::now_v7()),
        tenant_id: Set(tenant),
        created_at: Set(entry.at),
        seq: Set(i64::try_from(entry.seq).map_err(Error::internal)?),
        actor: Set(entry.actor),
        action: Set(entry.action),
        object: Set(entry.object),
        object_id: Set(entry.object_id),
        body: Set(entry.body),
        leaf_hash: Set(entry.leaf_hash),
    };
    entries::Entity::insert(row).exec_without_returning(tx).await?;
    let renewed = OnConflict::column(heads::Column::TenantId)
        .update_columns([heads::Column::Size, heads::Column::Root, heads::Column::Frontier])
        .to_owned();
    heads::Entity::insert(head_row(tenant, frontier)?).on_conflict(renewed).exec_without_returning(tx).await?;
    Ok(())
}

/// Entries, newest first.
pub(super) async fn list(
    tx: &Tx,
    scope: &Scope,
    query: &AuditQuery,
    before: Option<u64>,
    limit: u64,
) -> Result<Page<Entry>> {
    use entries::Column;
    let mut select = entries::Entity::find().filter(Column::TenantId.eq(scope.tenant().uuid()));
    if let Some(before) = before {
        select = select.filter(Column::Seq.lt(i64::try_from(before).unwrap_or(i64::MAX)));
    }
    if let Some(action) = &query.action {
        let below = format!("{}.%", action.replace(['%', '_', '\\'], ""));
        select = select.filter(Column::Action.eq(action).or(Column::Action.like(below)));
    }
    if let Some(object) = &query.object_id {
        select = select.filter(Column::ObjectId.eq(object));
    }
    let rows = select.order_by_desc(Column::Seq).limit(limit + 1).all(tx).await?;
    Page::of(rows, limit, |row| row.seq.to_string()).try_map(|row| StoredEntry::from(row).into_entry())
}

/// Up to [`SCAN_ROWS`] entries from position `from` on, oldest first.
pub(super) async fn scan(tx: &Tx, scope: &Scope, from: u64) -> Result<Vec<StoredEntry>> {
    let rows = entries::Entity::find()
        .filter(entries::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(entries::Column::Seq.gte(i64::try_from(from).unwrap_or(i64::MAX)))
        .order_by_asc(entries::Column::Seq)
        .limit(SCAN_ROWS)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(StoredEntry::from).collect())
}

/// Entries about any of these things, oldest first.
pub(super) async fn about(tx: &Tx, scope: &Scope, object_ids: &[String]) -> Result<Vec<StoredEntry>> {
    let rows = entries::Entity::find()
        .filter(entries::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(entries::Column::ObjectId.is_in(object_ids))
        .order_by_asc(entries::Column::Seq)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(StoredEntry::from).collect())
}

/// The first `size` leaf hashes in their order.
pub(super) async fn leaves(tx: &Tx, scope: &Scope, size: u64) -> Result<Vec<Hash>> {
    let hashes: Vec<String> = entries::Entity::find()
        .select_only()
        .column(entries::Column::LeafHash)
        .filter(entries::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(entries::Column::Seq.lt(i64::try_from(size).unwrap_or(i64::MAX)))
        .order_by_asc(entries::Column::Seq)
        .into_tuple()
        .all(tx)
        .await?;
    hashes.iter().map(|hash| hash.parse().map_err(Error::internal)).collect()
}
