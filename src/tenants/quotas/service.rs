//! Asking for a place, counting, and showing what is used.

use super::{
    super::Tier,
    meter::{Call, Meter},
    model::{DaysQuery, QuotaKind, QuotaOverrides, QuotaUse, UsageDay, UsageDays, UsageNow},
    rules::{Quotas, figure, fits, next_day, refusal, seconds_until, shorter, told_at},
    store::{self, Counted},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    ids::TenantId,
    notifications::{self, About, News, NotificationKind},
    platform::{
        Platform,
        db::{Realm, Tx},
    },
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::sync::Arc;

/// How long it is kept what was used on a day: 13 months.
pub const RETENTION: TimeDelta = TimeDelta::days(396);

/// What an organisation may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InForce {
    /// Its tier.
    pub tier: Tier,
    /// The tier's quotas with what was agreed on beside it.
    pub quotas: Quotas,
    /// Whether anything was.
    pub agreed: bool,
}

/// What an organisation may use, as of now.
pub(crate) async fn in_force(tx: &Tx, scope: &Scope) -> Result<InForce> {
    read(tx, scope, false).await
}

async fn read(tx: &Tx, scope: &Scope, lock: bool) -> Result<InForce> {
    let (tier, agreed) = store::agreement(tx, scope, lock).await?;
    Ok(InForce { tier, quotas: Quotas::of(tier).with(&agreed), agreed: !agreed.is_empty() })
}

/// Sets what an organisation may use beside its tier; with nothing in it, everything is the tier's again. Whoever calls this audits
/// it in the same transaction.
///
/// # Errors
/// Invalid for what is out of range; not found for an organisation that the transaction does not reach.
pub async fn set_overrides(tx: &Tx, tenant: TenantId, overrides: QuotaOverrides) -> Result<QuotaOverrides> {
    let overrides = overrides.parse()?;
    store::set_overrides(tx, tenant, &overrides).await?;
    Ok(overrides)
}

/// Days for which files of benchmarks are kept: the shorter of the tier's and the hub's.
pub(crate) async fn retention_of(tx: &Tx, scope: &Scope, platform: &Platform) -> Result<Option<u32>> {
    let own = in_force(tx, scope).await?.quotas.retention_days;
    Ok(shorter(own, platform.settings.artifact_retention_days))
}

/// Takes `more` of a kind in the transaction of what it is for; of storage none where it is not known yet how much it will be.
///
/// # Errors
/// Quota where there is no room.
pub(crate) async fn take(tx: &Tx, scope: &Scope, now: DateTime<Utc>, kind: QuotaKind, more: u64) -> Result<()> {
    let InForce { tier, quotas, .. } = in_force(tx, scope).await?;
    if kind.is_daily() {
        let limit = quotas.limit(kind);
        let Some(sum) = store::add_within(tx, scope, now, (kind, more), limit).await? else {
            let used = store::counted(tx, scope, now.date_naive(), kind).await?;
            return Err(Error::quota(refusal(kind, (used, limit.unwrap_or_default()), tier)));
        };
        return tell(tx, scope, now, kind, (sum, limit)).await;
    }
    if quotas.limit(kind).is_none() {
        return Ok(());
    }
    // What is counted from here on stays so until the transaction ends.
    let InForce { tier, quotas, .. } = read(tx, scope, true).await?;
    let Some(limit) = quotas.limit(kind) else { return Ok(()) };
    let used = store::there_is(tx, scope, now, kind).await?;
    if !fits(used, more, limit) {
        return Err(Error::quota(refusal(kind, (used, limit), tier)));
    }
    store::note(tx, scope, now, (kind, used + more)).await?;
    tell(tx, scope, now, kind, (used + more, Some(limit))).await
}

/// Tells admins where a quota is nearly or wholly used up, once a day and share.
async fn tell(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    kind: QuotaKind,
    (used, limit): (u64, Option<u64>),
) -> Result<()> {
    let Some((share, limit)) = limit.and_then(|limit| Some((told_at(used, limit)?, limit))) else { return Ok(()) };
    if !store::claim_telling(tx, scope, now, (kind, share)).await? {
        return Ok(());
    }
    let (news, word) = match share {
        100.. => (NotificationKind::QuotaFull, "used up".to_owned()),
        _ => (NotificationKind::QuotaNear, format!("{share} % used")),
    };
    let title = format!("Quota {word}: {}", kind.words());
    let end = if kind.is_daily() { " It begins anew at midnight UTC." } else { "" };
    let body = format!(
        "{} of {} are used. What is over it is refused; those who run the hub can raise it.{end}",
        figure(kind, used),
        figure(kind, limit)
    );
    let about = About::Usage(scope.tenant());
    notifications::tell(tx, scope, now, News { kind: news, whose: "", title, body, about }).await
}

/// What the actor's organisation uses.
pub struct Usage<'a> {
    platform: &'a Platform,
    meter: &'a Arc<Meter>,
}

impl<'a> Usage<'a> {
    pub(crate) fn new(platform: &'a Platform, meter: &'a Arc<Meter>) -> Self {
        Self { platform, meter }
    }

    /// How much of each quota is used now, calls that this process has counted among it. Needs `usage:read`.
    pub async fn now(&self, actor: &Actor) -> Result<UsageNow> {
        let scope = actor.require(Permission::UsageRead)?;
        let now = self.platform.clock.now();
        self.learn(&scope, now).await?;
        let tx = self.platform.db.read(&scope).await?;
        let InForce { tier, quotas, agreed } = in_force(&tx, &scope).await?;
        let mut uses = Vec::new();
        for kind in QuotaKind::ALL {
            uses.push(QuotaUse {
                kind,
                used: store::there_is(&tx, &scope, now, kind).await?,
                limit: quotas.limit(kind),
                resets_at: kind.is_daily().then(|| next_day(now)),
            });
        }
        let retention_days = shorter(quotas.retention_days, self.platform.settings.artifact_retention_days);
        Ok(UsageNow { tier, agreed, quotas: uses, retention_days, at: now })
    }

    /// What was used day by day, 92 days at most. Needs `usage:read`.
    ///
    /// # Errors
    /// Invalid where the last day is before the first, or too far from it.
    pub async fn days(&self, actor: &Actor, query: DaysQuery) -> Result<UsageDays> {
        let scope = actor.require(Permission::UsageRead)?;
        let now = self.platform.clock.now();
        let (from, until) = query.parse(now.date_naive())?;
        self.flush(Some(scope.tenant())).await?;
        let tx = self.platform.db.read(&scope).await?;
        let mut known = store::days(&tx, &scope, (from, until)).await?.into_iter().peekable();
        let day = |day: NaiveDate| known.next_if(|known| known.day == day).unwrap_or_else(|| UsageDay::empty(day));
        let days = from.iter_days().take_while(|day| *day <= until).map(day).collect();
        Ok(UsageDays { from, until, days })
    }

    /// The same as a table of comma-separated values. Needs `usage:read`.
    pub async fn days_csv(&self, actor: &Actor, query: DaysQuery) -> Result<Vec<u8>> {
        let days = self.days(actor, query).await?.days;
        let mut table = csv::Writer::from_writer(Vec::new());
        for day in days {
            table.serialize(day).map_err(Error::internal)?;
        }
        table.into_inner().map_err(|error| Error::internal(error.to_string()))
    }

    /// Counts a call of the API.
    ///
    /// # Errors
    /// Too many where the quota of the day is used up, with the time until midnight UTC.
    pub async fn call(&self, tenant: TenantId) -> Result<()> {
        let now = self.platform.clock.now();
        let day = now.date_naive();
        let mut call = self.meter.call(tenant, day);
        if call == Call::Unknown {
            self.learn(&Scope::of_tenant(tenant), now).await?;
            call = self.meter.call(tenant, day);
        }
        match call {
            Call::Counted => Ok(()),
            Call::Batched => {
                if let Err(error) = self.flush(Some(tenant)).await {
                    tracing::warn!(?error, "calls could not be written down and wait");
                }
                Ok(())
            }
            Call::Full(used, limit, tier) => {
                let words = refusal(QuotaKind::ApiCalls, (used, limit), tier);
                Err(Error::too_many(words, seconds_until(next_day(now), now)))
            }
            Call::Unknown => Err(Error::unavailable("The hub can't count this call. Try again.")),
        }
    }

    /// Writes down what waits of an organisation, and reads what the database says of it.
    async fn learn(&self, scope: &Scope, now: DateTime<Utc>) -> Result<()> {
        self.flush(Some(scope.tenant())).await?;
        let _turn = self.meter.turn.lock().await;
        let tx = self.platform.db.read(scope).await?;
        let InForce { tier, quotas, .. } = in_force(&tx, scope).await?;
        let limit = quotas.limit(QuotaKind::ApiCalls);
        let total = store::counted(&tx, scope, now.date_naive(), QuotaKind::ApiCalls).await?;
        self.meter.learn(scope.tenant(), now.date_naive(), (tier, limit), total);
        Ok(())
    }

    /// Writes down the calls that wait, of one organisation or of all; of how many days of organisations.
    pub async fn flush(&self, only: Option<TenantId>) -> Result<u64> {
        let (platform, meter) = (self.platform.clone(), self.meter.clone());
        // Whoever asked may leave; what was taken is written all the same.
        tokio::spawn(async move { write_down(&platform, &meter, only).await }).await.map_err(Error::internal)?
    }

    /// Notes once a day how much there is of what is not counted by the day; of how many organisations.
    pub async fn note_levels(&self) -> Result<u64> {
        let now = self.platform.clock.now();
        self.meter.forget(now.date_naive());
        if !self.meter.notes(now.date_naive()) {
            return Ok(0);
        }
        let tenants = store::all(&self.platform.db.read_realm(Realm::SignIn).await?).await?;
        let mut noted = 0;
        for tenant in tenants {
            match self.note_level(&Scope::of_tenant(tenant), now).await {
                Ok(()) => noted += 1,
                Err(error) => tracing::warn!(%tenant, ?error, "it could not be noted how much there is"),
            }
        }
        Ok(noted)
    }

    async fn note_level(&self, scope: &Scope, now: DateTime<Utc>) -> Result<()> {
        let tx = self.platform.db.read(scope).await?;
        let quotas = in_force(&tx, scope).await?.quotas;
        let mut levels = Vec::new();
        for kind in QuotaKind::ALL.into_iter().filter(|kind| !kind.is_daily()) {
            levels.push((kind, store::there_is(&tx, scope, now, kind).await?));
        }
        drop(tx);
        let tx = self.platform.db.write(scope).await?;
        for (kind, used) in levels {
            store::note(&tx, scope, now, (kind, used)).await?;
            tell(&tx, scope, now, kind, (used, quotas.limit(kind))).await?;
        }
        tx.commit().await
    }
}

async fn write_down(platform: &Platform, meter: &Meter, only: Option<TenantId>) -> Result<u64> {
    let _turn = meter.turn.lock().await;
    let taken = meter.take(only);
    if taken.is_empty() {
        return Ok(0);
    }
    let now = platform.clock.now();
    let sums = match add(platform, now, &taken).await {
        Ok(sums) => sums,
        Err(error) => {
            meter.put_back(&taken);
            return Err(error);
        }
    };
    meter.written(&taken, &sums);
    let today = sums.iter().filter(|sum| sum.day == now.date_naive());
    for sum in today {
        let limit = meter.limit(sum.tenant);
        if limit.is_some_and(|limit| told_at(sum.count, limit).is_some())
            && let Err(error) = tell_of_calls(platform, now, sum, limit).await
        {
            tracing::warn!(tenant = %sum.tenant, ?error, "nobody could be told of a quota");
        }
    }
    Ok(taken.len() as u64)
}

async fn add(platform: &Platform, now: DateTime<Utc>, taken: &[Counted]) -> Result<Vec<Counted>> {
    let tx = platform.db.realm(Realm::Dispatch).await?;
    let sums = store::add(&tx, now, QuotaKind::ApiCalls, taken).await?;
    tx.commit().await?;
    Ok(sums)
}

async fn tell_of_calls(platform: &Platform, now: DateTime<Utc>, sum: &Counted, limit: Option<u64>) -> Result<()> {
    let scope = Scope::of_tenant(sum.tenant);
    let tx = platform.db.write(&scope).await?;
    tell(&tx, &scope, now, QuotaKind::ApiCalls, (sum.count, limit)).await?;
    tx.commit().await
}
