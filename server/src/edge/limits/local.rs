//! Limits that this process counts alone: GCRA by `governor`.

use super::{Charge, Verdict};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use std::{
    collections::BTreeMap,
    num::NonZeroU32,
    sync::{Arc, PoisonError, RwLock},
};

type Keyed = RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// A limiter for each figure that a policy has.
#[derive(Default)]
pub struct Local {
    limiters: RwLock<BTreeMap<(&'static str, u32), Arc<Keyed>>>,
    clock: DefaultClock,
}

impl Local {
    /// Charges each in its order, up to the one that refuses.
    pub fn charge(&self, charges: &[Charge]) -> Vec<Verdict> {
        let mut verdicts = Vec::with_capacity(charges.len());
        for charge in charges {
            let verdict = self.one(charge);
            let refuses = verdict.refuses();
            verdicts.push(verdict);
            if refuses {
                break;
            }
        }
        verdicts
    }

    fn one(&self, charge: &Charge) -> Verdict {
        match self.limiter(charge.policy, charge.per_minute).check_key(&charge.subject) {
            Ok(state) => Verdict { remaining: state.remaining_burst_capacity(), wait_us: 0 },
            Err(refused) => {
                let wait = refused.wait_time_from(self.clock.now()).as_micros();
                Verdict { remaining: 0, wait_us: u64::try_from(wait).unwrap_or(u64::MAX).max(1) }
            }
        }
    }

    fn limiter(&self, policy: &'static str, per_minute: u32) -> Arc<Keyed> {
        let key = (policy, per_minute);
        if let Some(known) = self.limiters.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let make = || {
            let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
            Arc::new(RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>())
        };
        self.limiters.write().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert_with(make).clone()
    }

    /// Forgets callers that have been quiet for long enough.
    pub fn sweep(&self) {
        for limiter in self.limiters.read().unwrap_or_else(PoisonError::into_inner).values() {
            limiter.retain_recent();
        }
    }
}
