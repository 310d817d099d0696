//! How long the files of benchmarks are kept: the shorter of what the hub and what the organisation's tier say. What is judged by, what is shared and what evidence packs hold rests on the
//! figures in the rows of benchmark and scorecard, which stay; see `docs/decisions/0025-retention.md`.

#[cfg(test)]
mod tests;

use super::{
    model::{Benchmark, FilesRemoved},
    service::Lab,
    store,
};
use crate::{
    Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    ids::{BenchmarkId, TenantId},
    platform::db::Realm,
    tenants::quotas,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::time::Duration;

/// Most benchmarks of one look for those whose files are old.
const MOST_AT_ONCE: u64 = 100;
/// How long a file that no benchmark has stays: a database that was restored to the wrong day can still be put right.
const ORPHANED: Duration = Duration::from_secs(7 * 24 * 3_600);

impl Lab<'_> {
    /// Until when the files of a benchmark are kept; none when it has none (any more), or for ever.
    pub async fn files_kept_until(&self, actor: &Actor, benchmark: &Benchmark) -> Result<Option<DateTime<Utc>>> {
        let scope = actor.require(Permission::LabRead)?;
        let Some(kept_at) = benchmark.finished_at.filter(|_| benchmark.files_removed.is_none()) else {
            return Ok(None);
        };
        let tx = self.platform.db.read(&scope).await?;
        let days = quotas::retention_of(&tx, &scope, self.platform).await?;
        Ok(days.and_then(|days| kept_at.checked_add_signed(TimeDelta::days(days.into()))))
    }

    /// Removes the files of benchmarks of every tenant that are older than `ARTIFACT_RETENTION_DAYS` or than its tier allows;
    /// of how many benchmarks. Benchmarks and scorecards stay and say so. Any number of hubs may do this at the same time.
    pub async fn remove_old_files(&self) -> Result<u64> {
        let now = self.platform.clock.now();
        let tx = self.platform.db.read_realm(Realm::Dispatch).await?;
        // Whoever has no file of an earlier day than this has none that is old.
        let tenants = store::all_with_files(&tx, now - TimeDelta::days(1)).await?;
        drop(tx);
        let mut benchmarks = 0;
        for tenant in tenants {
            let scope = Scope::of_tenant(tenant);
            match self.remove_old_files_of(&scope, now).await {
                Ok(removed) => benchmarks += removed,
                Err(error) => tracing::error!(%tenant, ?error, "old files could not be removed; tried again later"),
            }
        }
        Ok(benchmarks)
    }

    async fn remove_old_files_of(&self, scope: &Scope, now: DateTime<Utc>) -> Result<u64> {
        let tx = self.platform.db.read(scope).await?;
        let Some(days) = quotas::retention_of(&tx, scope, self.platform).await? else { return Ok(0) };
        drop(tx);
        let Some(before) = now.checked_sub_signed(TimeDelta::days(days.into())) else { return Ok(0) };
        let mut benchmarks = 0;
        loop {
            let old = store::old(&self.platform.db.read(scope).await?, scope, before, MOST_AT_ONCE).await?;
            let mut removed = 0;
            for benchmark in &old {
                match self.remove_files(scope, *benchmark, (now, days)).await {
                    Ok(done) => removed += u64::from(done),
                    Err(error) => tracing::error!(%benchmark, ?error, "files could not be removed; tried again later"),
                }
            }
            benchmarks += removed;
            if removed == 0 || (old.len() as u64) < MOST_AT_ONCE {
                return Ok(benchmarks);
            }
        }
    }

    /// The rows go first: a crash in between leaves files that no row has, which [`Lab::remove_orphans`] finds.
    async fn remove_files(&self, scope: &Scope, id: BenchmarkId, (now, days): (DateTime<Utc>, u32)) -> Result<bool> {
        let tx = self.platform.db.write(scope).await?;
        let files = store::lock_artifacts(&tx, scope, id).await?;
        if files.is_empty() {
            return Ok(false);
        }
        let by_tier = self.platform.settings.artifact_retention_days.is_none_or(|hub| days < hub);
        store::remove_artifacts(&tx, scope, id).await?;
        let count = u32::try_from(files.len()).unwrap_or(u32::MAX);
        store::mark_files_removed(&tx, scope, id, FilesRemoved { at: now, after_days: days, by_tier, files: count })
            .await?;
        let listed = files.iter().map(|file| json!({ "name": file.name, "sha256": file.sha256, "size": file.size }));
        let change = Change {
            action: "benchmark.files.removed",
            object: BenchmarkId::WHAT,
            object_id: id.to_string(),
            detail: json!({ "after_days": days, "by_tier": by_tier, "files": listed.collect::<Vec<_>>() }),
            event: None,
        };
        audit::record(&tx, scope, &Actor::hub(scope.tenant(), "retention"), now, change).await?;
        tx.commit().await?;
        self.remove_unknown(scope, files.into_iter().map(|file| file.sha256).collect()).await?;
        Ok(true)
    }

    /// Removes files that no benchmark has, of organisations that this database knows: what a crash left behind. How
    /// many.
    pub async fn remove_orphans(&self) -> Result<u64> {
        let mut removed = 0;
        for tenant in self.platform.artifacts.tenants().await? {
            let Ok(tenant) = TenantId::parse(&tenant) else { continue };
            let scope = Scope::of_tenant(tenant);
            let tx = self.platform.db.read(&scope).await?;
            let is_known = store::any(&tx, &scope).await?;
            let some_go = is_known && quotas::retention_of(&tx, &scope, self.platform).await?.is_some();
            drop(tx);
            if some_go {
                let unkept = self.platform.artifacts.unkept_for(&scope, ORPHANED).await?;
                removed += self.remove_unknown(&scope, unkept).await?;
            }
        }
        Ok(removed)
    }

    /// Removes those of the files that no benchmark of the tenant has. A file may belong to several.
    async fn remove_unknown(&self, scope: &Scope, mut digests: Vec<String>) -> Result<u64> {
        let tx = self.platform.db.read(scope).await?;
        let known = store::known(&tx, scope, &digests).await?;
        drop(tx);
        digests.retain(|digest| !known.contains(digest));
        let mut removed = 0;
        for digest in digests {
            removed += u64::from(self.platform.artifacts.remove(scope, &digest).await?);
        }
        Ok(removed)
    }
}
