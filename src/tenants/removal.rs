//! Removing organisations whose time has come, to the last row and file.

use super::{
    service::{Tenants, log},
    store::{self, tenants::Model},
};
use crate::{
    Result,
    access::{Actor, Scope},
    ids::TenantId,
    platform::{
        db::{Realm, Tx},
        queue,
    },
    privacy,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait as _,
    sea_query::{Alias, DeleteStatement, Expr, ExprTrait as _},
};
use serde_json::{Map, Value, json};

/// Most organisations of one look; the others wait for the next.
const MOST_AT_ONCE: u64 = 20;

impl Tenants<'_> {
    /// Removes the organisations whose time has come; how many. Any number of hubs may do this at the same time.
    pub async fn remove_due(&self) -> Result<u64> {
        let now = self.platform.clock.now();
        let tx = self.platform.db.read_realm(Realm::Operate).await?;
        let due = store::due(&tx, now, MOST_AT_ONCE).await?;
        let operator = store::operator(&tx).await?;
        drop(tx);
        let Some(operator) = operator else { return Ok(0) };
        let mut removed = 0;
        for row in due {
            let id = row.id;
            match self.remove(&Scope::of_tenant(operator), row, now).await {
                Ok(done) => removed += u64::from(done),
                Err(error) => tracing::error!(%id, ?error, "an organisation could not be removed and is tried again"),
            }
        }
        if removed > 0 {
            self.platform.db.settle().await?;
        }
        Ok(removed)
    }

    /// Removes one: its files first, for nothing leads to them any more when its rows are gone; then all of its rows, its own
    /// last, in one transaction with what is written down of it.
    async fn remove(&self, ours: &Scope, row: Model, now: DateTime<Utc>) -> Result<bool> {
        let theirs = Scope::of_tenant(row.id.into());
        let tx = self.platform.db.read(&theirs).await?;
        if queue::is_busy(&tx, &theirs, now.timestamp_millis()).await? {
            return Ok(false);
        }
        drop(tx);
        let files = self.platform.artifacts.remove_all(&theirs).await?;
        let packs = self.platform.evidence.remove_all(&theirs).await?;
        let tx = self.platform.db.operate(ours).await?;
        tx.turn_to(&theirs).await?;
        let rows = empty(&tx, &theirs).await?;
        if !store::remove(&tx, theirs.tenant(), now).await? {
            return Ok(false);
        }
        tx.turn_to(ours).await?;
        let detail = json!({
            "organisation": row.name, "slug": row.slug, "rows": rows, "files": files, "evidence_files": packs,
        });
        let (actor, id) = (Actor::hub(ours.tenant(), "removal"), TenantId::from(row.id));
        log(&tx, ours, &actor, now, ("organisation.removed", id), detail).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Removes the tenant's rows of every table; how many of each that had some.
async fn empty(tx: &Tx, scope: &Scope) -> Result<Map<String, Value>> {
    let mut rows = Map::new();
    for table in privacy::tables_of_tenants() {
        let own = Expr::col(Alias::new("tenant_id")).eq(scope.tenant().uuid());
        let delete = DeleteStatement::new().from_table(Alias::new(table)).and_where(own).to_owned();
        let removed = tx.execute(&delete).await?.rows_affected();
        if removed > 0 {
            rows.insert(table.to_owned(), removed.into());
        }
    }
    Ok(rows)
}
