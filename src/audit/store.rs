//! The tables `audit_entries` and `audit_heads`.

use super::model::{AuditQuery, Entry, Outcome};
use crate::{
    Error, Result,
    access::Scope,
    page::Page,
    platform::{
        db::Tx,
        persons::{Opener, number_in},
    },
};
use chrono::{DateTime, Utc};
use sbh_proof::{Frontier, Hash};
use sea_orm::{
    ActiveValue::Set,
    QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait, LikeExpr, OnConflict},
};

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
    /// The entry as it is read, with whoever can be named.
    pub(super) fn into_entry(self, opener: &Opener) -> Result<Entry> {
        let mut body: serde_json::Value = serde_json::from_str(&self.body)?;
        opener.open_value(&mut body);
        Ok(Entry {
            seq: self.seq,
            at: self.at,
            person: number_in(&self.actor),
            actor: opener.open(&self.actor),
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

/// What opens whoever is named in these entries.
pub(super) async fn opener(tx: &Tx, scope: &Scope, rows: &[StoredEntry]) -> Result<Opener> {
    Opener::of(tx, scope, rows.iter().map(|row| row.body.as_str())).await
}

/// Whose entries are wanted, as the column has it.
#[derive(Clone, Debug)]
pub(super) enum Whose {
    /// Everybody's.
    All,
    /// Those of any of these.
    Of(Vec<String>),
    /// Those of the person whose key's id begins so.
    Numbered(String),
}

/// The entries that a query wants, whatever their order.
fn wanted(scope: &Scope, query: &AuditQuery, whose: &Whose) -> Select<entries::Entity> {
    use entries::Column;
    let mut select = entries::Entity::find().filter(Column::TenantId.eq(scope.tenant().uuid()));
    if let Some(action) = &query.action {
        let below = LikeExpr::new(format!("{}.%", crate::text::escaped(action))).escape('\\');
        select = select.filter(Column::Action.eq(action).or(Column::Action.like(below)));
    }
    if let Some(id) = &query.object_id {
        select = select.filter(Column::ObjectId.eq(id));
    }
    if let Some(object) = &query.object {
        select = select.filter(Column::Object.eq(object));
    }
    if let Some(since) = query.since {
        select = select.filter(Column::CreatedAt.gte(since));
    }
    if let Some(until) = query.until {
        select = select.filter(Column::CreatedAt.lt(until));
    }
    if let Some(outcome) = query.outcome {
        let ends = Outcome::NEGATIVE.iter().map(|end| Column::Action.like(format!("%.{end}")));
        let negative = ends.reduce(ExprTrait::or).unwrap_or_else(|| Expr::value(false));
        select = select.filter(if outcome == Outcome::Negative { negative } else { negative.not() });
    }
    match whose {
        Whose::All => select,
        Whose::Of(labels) => select.filter(Column::Actor.is_in(labels)),
        Whose::Numbered(number) => select.filter(Column::Actor.like(format!("person:{number}-%"))),
    }
}

/// Entries, newest first.
pub(super) async fn list(
    tx: &Tx,
    scope: &Scope,
    (query, whose): (&AuditQuery, &Whose),
    before: Option<u64>,
    limit: u64,
) -> Result<Page<Entry>> {
    use entries::Column;
    let mut select = wanted(scope, query, whose);
    if let Some(before) = before {
        select = select.filter(Column::Seq.lt(i64::try_from(before).unwrap_or(i64::MAX)));
    }
    let rows = select.order_by_desc(Column::Seq).limit(limit + 1).all(tx).await?;
    let rows: Vec<_> = rows.into_iter().map(StoredEntry::from).collect();
    let opener = opener(tx, scope, &rows).await?;
    Page::of(rows, limit, |row| row.seq.to_string()).try_map(|row| row.into_entry(&opener))
}

/// Up to [`SCAN_ROWS`] of the wanted entries from position `from` on and before `to`, oldest first.
pub(super) async fn part(
    tx: &Tx,
    scope: &Scope,
    (query, whose): (&AuditQuery, &Whose),
    (from, to): (u64, u64),
) -> Result<Vec<StoredEntry>> {
    let position = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
    let rows = wanted(scope, query, whose)
        .filter(entries::Column::Seq.gte(position(from)))
        .filter(entries::Column::Seq.lt(position(to)))
        .order_by_asc(entries::Column::Seq)
        .limit(SCAN_ROWS)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(StoredEntry::from).collect())
}

/// The entry at a position.
pub(super) async fn at(tx: &Tx, scope: &Scope, seq: u64) -> Result<Option<StoredEntry>> {
    let row = entries::Entity::find()
        .filter(entries::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(entries::Column::Seq.eq(i64::try_from(seq).unwrap_or(i64::MAX)))
        .one(tx)
        .await?;
    Ok(row.map(StoredEntry::from))
}

/// Entries by somebody or that hold one of these texts, newest first: what is kept about a person.
pub(super) async fn holding(tx: &Tx, scope: &Scope, texts: &[String], most: u64) -> Result<Vec<StoredEntry>> {
    let holds =
        texts.iter().map(|text| entries::Column::Body.like(LikeExpr::new(crate::text::holding(text)).escape('\\')));
    let Some(any) = holds.reduce(ExprTrait::or) else { return Ok(Vec::new()) };
    let rows = entries::Entity::find()
        .filter(entries::Column::TenantId.eq(scope.tenant().uuid()))
        .filter(any)
        .order_by_desc(entries::Column::Seq)
        .limit(most)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(StoredEntry::from).collect())
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
