//! The table `usage_days`, what the tier is, and what is there to be counted.

use super::{
    super::{Tier, store::tenants},
    model::{QuotaKind, QuotaOverrides, UsageDay},
};
use crate::{Error, Result, access::Scope, ids::TenantId, platform::db::Tx};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ExprTrait as _, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Alias, Func, InsertStatement, OnConflict, Query, SelectStatement},
};

mod usage_days {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "usage_days")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub day: chrono::NaiveDate,
        pub kind: String,
        pub count: i64,
        pub told: i16,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

use usage_days::{Column, Entity};

/// Rows of one statement: SQLite takes 32,766 parameters (limits.html, 9), PostgreSQL 65,535.
const ROWS_AT_ONCE: usize = 500;
/// The tables whose column `size` is storage.
const KEPT: [&str; 3] = ["artifacts", "evidence_packets", "shared_asset_versions"];

/// Something counted on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    pub tenant: TenantId,
    pub day: NaiveDate,
    pub count: u64,
}

fn kept(count: u64) -> Result<i64> {
    i64::try_from(count).map_err(Error::internal)
}

fn read(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

/// The tier, and what was agreed on beside it. With `lock`, nobody else locks them until the transaction ends, so that what
/// is counted meanwhile stays true.
pub(super) async fn agreement(tx: &Tx, scope: &Scope, lock: bool) -> Result<(Tier, QuotaOverrides)> {
    let mut select = tenants::Entity::find_by_id(scope.tenant().uuid())
        .select_only()
        .columns([tenants::Column::Tier, tenants::Column::Quotas]);
    if lock && tx.is_postgres() {
        select = select.lock_exclusive();
    }
    let row: Option<(String, Option<Json>)> = select.into_tuple().one(tx).await?;
    let (tier, quotas) = row.ok_or_else(|| Error::not_found(TenantId::WHAT))?;
    let broken = |what: &str| Error::internal(format!("organisation {}: stored {what}", scope.tenant()));
    let tier = tier.parse().map_err(|_| broken("tier"))?;
    let agreed = quotas.filter(|quotas| !quotas.is_null()).map(serde_json::from_value).transpose();
    Ok((tier, agreed.map_err(|_| broken("quotas"))?.unwrap_or_default()))
}

/// Every organisation. The transaction is one of signing in, which alone sees all of them.
pub(super) async fn all(tx: &Tx) -> Result<Vec<TenantId>> {
    let ids: Vec<Uuid> = tenants::Entity::find().select_only().column(tenants::Column::Id).into_tuple().all(tx).await?;
    Ok(ids.into_iter().map(TenantId::from).collect())
}

/// Keeps what was agreed on beside the tier.
pub(super) async fn set_overrides(tx: &Tx, tenant: TenantId, agreed: &QuotaOverrides) -> Result<()> {
    let agreed = if agreed.is_empty() { None } else { Some(serde_json::to_value(agreed)?) };
    let set = tenants::Entity::update_many()
        .col_expr(tenants::Column::Quotas, Expr::value(agreed))
        .filter(tenants::Column::Id.eq(tenant.uuid()))
        .exec(tx)
        .await?;
    if set.rows_affected == 0 { Err(Error::not_found(TenantId::WHAT)) } else { Ok(()) }
}

fn own(table: &str, scope: &Scope) -> SelectStatement {
    let mut select = Query::select();
    select.from(Alias::new(table)).and_where(column("tenant_id").eq(scope.tenant().uuid()));
    select
}

fn column(name: &str) -> Expr {
    Expr::col(Alias::new(name))
}

async fn number(tx: &Tx, select: &SelectStatement) -> Result<u64> {
    let row = tx.query_one_raw(tx.get_database_backend().build(select)).await?;
    Ok(row.map(|row| row.try_get::<i64>("", "n")).transpose()?.map(read).unwrap_or_default())
}

fn counting(mut select: SelectStatement) -> SelectStatement {
    select.expr_as(Expr::expr(Func::count(column("tenant_id"))), Alias::new("n"));
    select
}

/// How much there is of a kind that is not counted by the day.
pub(super) async fn there_is(tx: &Tx, scope: &Scope, now: DateTime<Utc>, kind: QuotaKind) -> Result<u64> {
    match kind {
        QuotaKind::Systems => number(tx, &counting(own("systems", scope))).await,
        QuotaKind::Members => {
            let mut members = own("users", scope);
            members.and_where(column("disabled_at").is_null());
            let mut invited = own("invitations", scope);
            invited
                .and_where(column("accepted_at").is_null())
                .and_where(column("revoked_at").is_null())
                .and_where(column("expires_at").gt(now));
            Ok(number(tx, &counting(members)).await? + number(tx, &counting(invited)).await?)
        }
        QuotaKind::Storage => {
            let mut bytes = 0;
            for table in KEPT {
                let mut sum = own(table, scope);
                let size = Func::coalesce([Func::sum(column("size")).into(), Expr::value(0_i64)]);
                // PostgreSQL adds 64 bits up to a number of any length.
                sum.expr_as(Expr::expr(size).cast_as(Alias::new("bigint")), Alias::new("n"));
                bytes += number(tx, &sum).await?;
            }
            Ok(bytes)
        }
        QuotaKind::Runs | QuotaKind::ApiCalls => counted(tx, scope, now.date_naive(), kind).await,
    }
}

/// What was counted of a kind on a day.
pub(super) async fn counted(tx: &Tx, scope: &Scope, day: NaiveDate, kind: QuotaKind) -> Result<u64> {
    let count: Option<i64> = Entity::find()
        .select_only()
        .column(Column::Count)
        .filter(Column::TenantId.eq(scope.tenant().uuid()))
        .filter(Column::Day.eq(day))
        .filter(Column::Kind.eq(kind.as_str()))
        .into_tuple()
        .one(tx)
        .await?;
    Ok(count.map(read).unwrap_or_default())
}

/// What was counted on the days from the first to the last one, where something was.
pub(super) async fn days(tx: &Tx, scope: &Scope, (from, until): (NaiveDate, NaiveDate)) -> Result<Vec<UsageDay>> {
    let rows = Entity::find()
        .filter(Column::TenantId.eq(scope.tenant().uuid()))
        .filter(Column::Day.between(from, until))
        .order_by_asc(Column::Day)
        .all(tx)
        .await?;
    let mut days: Vec<UsageDay> = Vec::new();
    for row in rows {
        // A kind that this release does not know is another release's.
        let Some(kind) = QuotaKind::parse(&row.kind) else { continue };
        if days.last().is_none_or(|last| last.day != row.day) {
            days.push(UsageDay::empty(row.day));
        }
        if let Some(last) = days.last_mut() {
            last.note(kind, read(row.count));
        }
    }
    Ok(days)
}

fn insert(now: DateTime<Utc>, kind: QuotaKind, rows: &[Counted]) -> Result<InsertStatement> {
    let mut insert = Query::insert();
    insert.into_table(Entity).columns([
        Column::Id,
        Column::TenantId,
        Column::CreatedAt,
        Column::Day,
        Column::Kind,
        Column::Count,
        Column::Told,
    ]);
    for row in rows {
        insert.values_panic([
            Expr::value(Uuid::now_v7()),
            Expr::value(row.tenant.uuid()),
            Expr::value(now),
            Expr::value(row.day),
            Expr::value(kind.as_str()),
            Expr::value(kept(row.count)?),
            Expr::value(0_i16),
        ]);
    }
    insert.returning(Query::returning().columns([Column::TenantId, Column::Day, Column::Count]));
    Ok(insert)
}

fn again() -> OnConflict {
    OnConflict::columns([Column::TenantId, Column::Day, Column::Kind])
}

fn before() -> Expr {
    Expr::col((Entity, Column::Count))
}

fn more() -> Expr {
    Expr::col((Alias::new("excluded"), Column::Count))
}

async fn written(tx: &Tx, insert: &InsertStatement) -> Result<Vec<Counted>> {
    let rows = tx.query_all_raw(tx.get_database_backend().build(insert)).await?;
    let counted = |row: sea_orm::QueryResult| -> Result<Counted> {
        let tenant: Uuid = row.try_get("", "tenant_id")?;
        Ok(Counted { tenant: tenant.into(), day: row.try_get("", "day")?, count: read(row.try_get("", "count")?) })
    };
    rows.into_iter().map(counted).collect()
}

/// Adds to what was counted of a kind, of several organisations at once; gives the sums. The transaction is one of dispatch.
pub(super) async fn add(tx: &Tx, now: DateTime<Utc>, kind: QuotaKind, rows: &[Counted]) -> Result<Vec<Counted>> {
    let mut sums = Vec::with_capacity(rows.len());
    for rows in rows.chunks(ROWS_AT_ONCE) {
        let mut insert = insert(now, kind, rows)?;
        insert.on_conflict(again().value(Column::Count, before().add(more())).to_owned());
        sums.extend(written(tx, &insert).await?);
    }
    Ok(sums)
}

/// Adds to what was counted of a kind on a day where the sum is within the limit; gives the sum, none where it would not be.
/// One statement asks and adds, so that two at the same time never get the last place both.
pub(super) async fn add_within(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    (kind, count): (QuotaKind, u64),
    limit: Option<u64>,
) -> Result<Option<u64>> {
    if limit.is_some_and(|limit| count > limit) {
        return Ok(None);
    }
    let row = Counted { tenant: scope.tenant(), day: now.date_naive(), count };
    let mut insert = insert(now, kind, &[row])?;
    let mut again = again();
    again.value(Column::Count, before().add(more()));
    if let Some(limit) = limit {
        again.action_and_where(before().add(more()).lte(kept(limit)?));
    }
    insert.on_conflict(again);
    Ok(written(tx, &insert).await?.pop().map(|sum| sum.count))
}

/// Notes how much there is of a kind today; the most of the day stays.
pub(super) async fn note(tx: &Tx, scope: &Scope, now: DateTime<Utc>, (kind, count): (QuotaKind, u64)) -> Result<()> {
    let row = Counted { tenant: scope.tenant(), day: now.date_naive(), count };
    let mut insert = insert(now, kind, &[row])?;
    let most = Expr::case(before().lt(more()), more()).finally(before());
    insert.on_conflict(again().value(Column::Count, most).to_owned());
    written(tx, &insert).await?;
    Ok(())
}

/// Whether nobody was told today that the share of a quota is reached; from now on somebody was.
pub(super) async fn claim_telling(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    (kind, share): (QuotaKind, u8),
) -> Result<bool> {
    let claimed = Entity::update_many()
        .col_expr(Column::Told, Expr::value(i16::from(share)))
        .filter(Column::TenantId.eq(scope.tenant().uuid()))
        .filter(Column::Day.eq(now.date_naive()))
        .filter(Column::Kind.eq(kind.as_str()))
        .filter(Column::Told.lt(i16::from(share)))
        .exec(tx)
        .await?;
    Ok(claimed.rows_affected == 1)
}
