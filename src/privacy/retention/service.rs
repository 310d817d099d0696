//! One condition says of each kind which rows are over. The dry run counts by it; what no other capability removes is removed
//! by it.

use super::{super::service::Privacy, super::store, Aged, KindOfRows};
use crate::{
    Result,
    access::{Actor, Permission, Scope},
    notifications,
    platform::{
        db::{Realm, Tx},
        idempotency, queue,
    },
    schedules,
    tenants::quotas,
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ConnectionTrait as _, ExprTrait as _,
    sea_query::{Alias, Expr, Query},
};

/// How long events are kept.
const EVENTS: TimeDelta = TimeDelta::days(90);
/// How long invitations are kept after their end.
const INVITATIONS: TimeDelta = TimeDelta::days(90);
/// How long requests are kept after they were over: the time in which claims become barred in many places.
const REQUESTS: TimeDelta = TimeDelta::days(3 * 365);

/// What is removed here, because nothing else removes it in every organisation.
const REMOVED_HERE: [KindOfRows; 5] = [
    KindOfRows::Events,
    KindOfRows::RememberedBrowsers,
    KindOfRows::Invitations,
    KindOfRows::IdempotentAnswers,
    KindOfRows::UsageDays,
];

/// Which rows of a table are over.
struct Over {
    table: &'static str,
    kept: String,
    /// None: never.
    condition: Option<Expr>,
}

fn column(name: &str) -> Expr {
    Expr::col(Alias::new(name))
}

fn days(time: TimeDelta) -> String {
    format!("{} days", time.num_days())
}

/// Which files of benchmarks are over, where they are kept for so many days and the hub says so many.
fn old_files(days: Option<u32>, hub: Option<u32>, now: DateTime<Utc>) -> Over {
    let why = match (days, hub) {
        (Some(days), hub) if hub.is_none_or(|hub| days < hub) => "quota of the tier",
        _ => "ARTIFACT_RETENTION_DAYS",
    };
    Over {
        table: "artifacts",
        kept: days.map_or_else(|| format!("For ever ({why}=0)"), |days| format!("{days} days ({why})")),
        condition: days.map(|days| column("created_at").lte(now - TimeDelta::days(days.into()))),
    }
}

impl Privacy<'_> {
    fn over(&self, kind: KindOfRows, now: DateTime<Utc>) -> Over {
        let aged = |table, time: TimeDelta| Over {
            table,
            kept: days(time),
            condition: Some(column("created_at").lt(now - time)),
        };
        let ended = |table, kept: &str, ends: DateTime<Utc>| Over {
            table,
            kept: kept.to_owned(),
            condition: Some(column("expires_at").lt(ends)),
        };
        let forever = |table, kept: &str| Over { table, kept: kept.to_owned(), condition: None };
        match kind {
            KindOfRows::AuditEntries => forever("audit_entries", "For ever: entries are chained"),
            KindOfRows::Consents => forever("consents", "For ever: they show what was agreed to"),
            KindOfRows::Events => aged("events", EVENTS),
            KindOfRows::Notifications => aged("notifications", notifications::RETENTION),
            KindOfRows::ScheduledRuns => aged("scheduled_runs", schedules::RETENTION),
            KindOfRows::IdempotentAnswers => {
                Over { kept: "24 hours".to_owned(), ..aged("idempotent_answers", idempotency::KEPT) }
            }
            KindOfRows::Sessions => ended("sessions", "Until they end", now),
            KindOfRows::PendingSignIns => ended("pending_sign_ins", "Until they end", now),
            KindOfRows::RememberedBrowsers => ended("remembered_devices", "Until they end", now),
            KindOfRows::Invitations => ended("invitations", "90 days after their end", now - INVITATIONS),
            KindOfRows::FinishedJobs => Over {
                table: "jobs",
                kept: format!("{} after they were over", days(queue::RETENTION)),
                condition: Some(
                    column("state")
                        .is_in(["succeeded", "cancelled", "dead"])
                        .and(column("finished_at_ms").lt((now - queue::RETENTION).timestamp_millis())),
                ),
            },
            KindOfRows::PrivacyExports => Over {
                table: "privacy_requests",
                kept: format!("{} days", super::super::rules::EXPORT_KEPT_DAYS),
                condition: Some(
                    column("kind").eq("export").and(column("state").eq("ready")).and(column("due_at").lt(now)),
                ),
            },
            KindOfRows::PrivacyRequests => Over {
                table: "privacy_requests",
                kept: "3 years after they were over".to_owned(),
                condition: Some(
                    column("state").is_not_in(["waiting", "ready"]).and(column("finished_at").lt(now - REQUESTS)),
                ),
            },
            KindOfRows::UsageDays => Over { kept: "13 months".to_owned(), ..aged("usage_days", quotas::RETENTION) },
            KindOfRows::BenchmarkFiles => {
                let hub = self.platform.settings.artifact_retention_days;
                old_files(hub, hub, now)
            }
        }
    }

    /// What would be removed now as too old, kind by kind, without removing anything. Needs `privacy:read`.
    pub async fn retention(&self, actor: &Actor) -> Result<Vec<Aged>> {
        let scope = actor.require(Permission::PrivacyRead)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.read(&scope).await?;
        let mut kinds = Vec::new();
        for kind in KindOfRows::ALL {
            let over = match kind {
                KindOfRows::BenchmarkFiles => {
                    let days = quotas::retention_of(&tx, &scope, self.platform).await?;
                    old_files(days, self.platform.settings.artifact_retention_days, now)
                }
                _ => self.over(kind, now),
            };
            kinds.push(look(&tx, &scope, kind, over).await?);
        }
        Ok(kinds)
    }

    /// Removes what is over in every organisation and what nothing else removes; how many rows.
    pub async fn prune(&self) -> Result<u64> {
        let now = self.platform.clock.now();
        let tx = self.platform.db.realm(Realm::Dispatch).await?;
        let mut removed = store::prune(&tx, now - REQUESTS).await?;
        for kind in REMOVED_HERE {
            let Over { table, condition: Some(over), .. } = self.over(kind, now) else { continue };
            let delete = Query::delete().from_table(Alias::new(table)).and_where(over).to_owned();
            removed += tx.execute_raw(tx.get_database_backend().build(&delete)).await?.rows_affected();
        }
        tx.commit().await?;
        Ok(removed)
    }
}

async fn look(tx: &Tx, scope: &Scope, kind: KindOfRows, over: Over) -> Result<Aged> {
    let rows = count(tx, scope, (kind, over.table), None).await?;
    let would_remove = match &over.condition {
        Some(condition) => count(tx, scope, (kind, over.table), Some(condition.clone())).await?,
        None => 0,
    };
    let mut select = Query::select();
    select
        .expr_as(Expr::expr(sea_orm::sea_query::Func::min(column("created_at"))), Alias::new("oldest"))
        .from(Alias::new(over.table))
        .and_where(of(scope, kind));
    if let Some(condition) = over.condition {
        // Where a part of the condition is unknown, the row stays.
        select.and_where(Expr::expr(sea_orm::sea_query::Func::coalesce([condition, Expr::value(false)])).not());
    }
    let row = tx.query_one_raw(tx.get_database_backend().build(&select)).await?;
    let oldest_kept = row.map(|row| row.try_get::<Option<DateTime<Utc>>>("", "oldest")).transpose()?.flatten();
    Ok(Aged { kind, kept: over.kept, rows, would_remove, oldest_kept })
}

fn of(scope: &Scope, kind: KindOfRows) -> Expr {
    let own = column("tenant_id").eq(scope.tenant().uuid());
    match kind {
        KindOfRows::PrivacyExports => own.and(column("kind").eq("export")),
        _ => own,
    }
}

async fn count(tx: &Tx, scope: &Scope, (kind, table): (KindOfRows, &str), condition: Option<Expr>) -> Result<u64> {
    let mut select = Query::select();
    select
        .expr_as(Expr::expr(sea_orm::sea_query::Func::count(column("tenant_id"))), Alias::new("rows"))
        .from(Alias::new(table))
        .and_where(of(scope, kind));
    if let Some(condition) = condition {
        select.and_where(condition);
    }
    let row = tx.query_one_raw(tx.get_database_backend().build(&select)).await?;
    let rows = row.map(|row| row.try_get::<i64>("", "rows")).transpose()?.unwrap_or_default();
    Ok(u64::try_from(rows).unwrap_or_default())
}
