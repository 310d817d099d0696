//! Calls of the API as this process counts them: in memory, and written down in batches. What is not written yet another
//! instance does not know of, so that several together may let through more than the quota by as much: calls of one second,
//! and never 100 of an instance for an organisation that has a quota.

use super::{super::Tier, store::Counted};
use crate::ids::TenantId;
use chrono::NaiveDate;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Calls of an organisation with a quota that wait at most to be written down.
const BATCH: u64 = 100;
/// How long what was read of an organisation is good for.
const FRESH: Duration = Duration::from_secs(10);
/// The same once its quota is used up: it may have been raised.
const FRESH_WHEN_FULL: Duration = Duration::from_secs(1);

/// What this process has counted.
#[derive(Default)]
pub struct Meter {
    counts: Mutex<Counts>,
    /// Held while counts are written or read, so that none is on its way then.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// The day of which it was noted how much there is.
    noted: Mutex<Option<NaiveDate>>,
}

#[derive(Default)]
struct Counts {
    standings: HashMap<TenantId, Standing>,
    waiting: BTreeMap<(TenantId, NaiveDate), u64>,
}

/// What is known of an organisation.
#[derive(Clone, Copy, Debug)]
struct Standing {
    day: NaiveDate,
    tier: Tier,
    limit: Option<u64>,
    /// What the database had.
    total: u64,
    /// What is being written to it.
    on_its_way: u64,
    as_of: Instant,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// It was counted.
    Counted,
    /// It was counted, and so many wait that they are to be written down.
    Batched,
    /// It was not counted: too little is known.
    Unknown,
    /// It was not counted: this many are used of as many, in this tier.
    Full(u64, u64, Tier),
}

impl Meter {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Nothing below panics half way through a change.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call where there is room.
    pub(super) fn call(&self, tenant: TenantId, day: NaiveDate) -> Call {
        let mut counts = self.counts();
        let waiting = counts.waiting.get(&(tenant, day)).copied().unwrap_or_default();
        let Some(standing) = counts.standings.get(&tenant).filter(|standing| standing.day == day) else {
            return Call::Unknown;
        };
        let (used, age) = (standing.total + standing.on_its_way + waiting, standing.as_of.elapsed());
        let (limit, full) = (standing.limit, standing.limit.filter(|limit| used >= *limit));
        match full {
            Some(limit) if age < FRESH_WHEN_FULL => return Call::Full(used, limit, standing.tier),
            Some(_) => return Call::Unknown,
            None if age >= FRESH => return Call::Unknown,
            None => {}
        }
        *counts.waiting.entry((tenant, day)).or_default() += 1;
        if limit.is_some() && waiting + 1 >= BATCH { Call::Batched } else { Call::Counted }
    }

    /// Takes what waits, of one organisation or of all, in the order in which every instance writes it.
    pub(super) fn take(&self, only: Option<TenantId>) -> Vec<Counted> {
        let mut counts = self.counts();
        let wanted = |tenant: TenantId| only.is_none_or(|only| only == tenant);
        let counts = &mut *counts;
        let taken: Vec<_> = counts.waiting.extract_if(.., |(tenant, _), _| wanted(*tenant)).collect();
        let taken: Vec<_> = taken.into_iter().map(|((tenant, day), count)| Counted { tenant, day, count }).collect();
        for Counted { tenant, day, count } in &taken {
            if let Some(standing) = counts.standings.get_mut(tenant).filter(|standing| standing.day == *day) {
                standing.on_its_way += count;
            }
        }
        taken
    }

    /// What was taken was written down, and came to these sums.
    pub(super) fn written(&self, taken: &[Counted], sums: &[Counted]) {
        let mut counts = self.counts();
        counts.arrived(taken);
        for sum in sums {
            if let Some(standing) = counts.standings.get_mut(&sum.tenant).filter(|standing| standing.day == sum.day) {
                standing.total = standing.total.max(sum.count);
            }
        }
    }

    /// What was taken could not be written down, and waits again.
    pub(super) fn put_back(&self, taken: &[Counted]) {
        let mut counts = self.counts();
        counts.arrived(taken);
        for Counted { tenant, day, count } in taken {
            *counts.waiting.entry((*tenant, *day)).or_default() += count;
        }
    }

    /// What the database says of an organisation.
    pub(super) fn learn(&self, tenant: TenantId, day: NaiveDate, (tier, limit): (Tier, Option<u64>), total: u64) {
        let standing = Standing { day, tier, limit, total, on_its_way: 0, as_of: Instant::now() };
        self.counts().standings.insert(tenant, standing);
    }

    /// The limit of an organisation as it was read last.
    pub(super) fn limit(&self, tenant: TenantId) -> Option<u64> {
        self.counts().standings.get(&tenant).and_then(|standing| standing.limit)
    }

    /// Forgets organisations that have not called today.
    pub(super) fn forget(&self, today: NaiveDate) {
        self.counts().standings.retain(|_, standing| standing.day >= today);
    }

    /// Whether it was not noted yet on this day how much there is; from now on it was.
    pub(super) fn notes(&self, day: NaiveDate) -> bool {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.replace(day) != Some(day)
    }
}

impl Counts {
    fn arrived(&mut self, taken: &[Counted]) {
        for Counted { tenant, day, count } in taken {
            if let Some(standing) = self.standings.get_mut(tenant).filter(|standing| standing.day == *day) {
                standing.on_its_way = standing.on_its_way.saturating_sub(*count);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, number).unwrap()
    }

    #[test]
    fn the_last_call_is_counted_and_the_one_after_it_is_not() {
        let (meter, tenant) = (Meter::default(), TenantId::generate());
        assert_eq!(meter.call(tenant, day(1)), Call::Unknown);
        meter.learn(tenant, day(1), (Tier::Basic, Some(3)), 1);
        assert_eq!(
            [(); 3].map(|()| meter.call(tenant, day(1))),
            [Call::Counted, Call::Counted, Call::Full(3, 3, Tier::Basic)]
        );
        let taken = meter.take(None);
        assert_eq!(taken, [Counted { tenant, day: day(1), count: 2 }]);
        assert_eq!(meter.call(tenant, day(1)), Call::Full(3, 3, Tier::Basic), "what is on its way is used");
        meter.put_back(&taken);
        assert_eq!(meter.call(tenant, day(1)), Call::Full(3, 3, Tier::Basic), "what comes back is used");
        let taken = meter.take(Some(tenant));
        meter.written(&taken, &[Counted { tenant, day: day(1), count: 7 }]);
        assert_eq!(meter.call(tenant, day(1)), Call::Full(7, 3, Tier::Basic), "others wrote four");
        assert_eq!(meter.take(None), []);
        assert_eq!(meter.call(tenant, day(2)), Call::Unknown, "a day begins anew");
    }

    #[test]
    fn calls_are_written_by_the_hundred_where_there_is_a_quota() {
        let (meter, [few, many]) = (Meter::default(), [(); 2].map(|()| TenantId::generate()));
        meter.learn(few, day(1), (Tier::Basic, Some(1_000)), 0);
        meter.learn(many, day(1), (Tier::Enterprise, None), 0);
        for at in 1..=BATCH {
            let expected = if at == BATCH { Call::Batched } else { Call::Counted };
            assert_eq!(meter.call(few, day(1)), expected);
            assert_eq!(meter.call(many, day(1)), Call::Counted);
        }
        assert_eq!(meter.take(Some(few)).len(), 1);
        assert_eq!(meter.take(None), [Counted { tenant: many, day: day(1), count: BATCH }]);
    }

    #[test]
    fn what_there_is_gets_noted_once_a_day() {
        let meter = Meter::default();
        assert_eq!([1, 1, 2].map(|number| meter.notes(day(number))), [true, false, true]);
    }
}
