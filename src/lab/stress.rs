//! Load beyond the usual one: in steps, and in a burst.

use super::request::{LoadModel, MAX_RATE};
use crate::error::Faults;
use serde::{Deserialize, Serialize};

/// Load at 1, 2, 4, 8 and so on virtual users, who wait for nothing but their answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StepsRequest {
    /// The users of the last step: 4 to BENCH_MAX_VUS.
    #[cfg_attr(feature = "backend", schema(minimum = 4))]
    pub max_users: u32,
    /// How long each step is measured, in seconds; 2 when left out. All steps together never take more than
    /// BENCH_DURATION_S.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(minimum = 0.5))]
    pub step_s: Option<f64>,
}

impl StepsRequest {
    /// Measured seconds of a step when nothing else is asked for.
    pub const DEFAULT_STEP_S: f64 = 2.0;
    /// The fewest users of the last step: the law needs three levels.
    pub const FEWEST_USERS: u32 = 4;
    /// Shortest measured time of a step, in seconds.
    const MIN_STEP_S: f64 = 0.5;

    /// How many steps there are: 1, 2, 4 and so on, and the last.
    pub fn count(&self) -> u32 {
        self.max_users.clamp(1, 1 << 20).next_power_of_two().ilog2() + 1
    }

    pub(super) fn check(&mut self, faults: &mut Faults, max_vus: u32, max_duration_s: f64) {
        if !(Self::FEWEST_USERS..=max_vus).contains(&self.max_users) {
            let allowed = format!("Users of the last step must be {} to {max_vus}.", Self::FEWEST_USERS);
            return faults.add("/steps/max_users", allowed);
        }
        let most = (max_duration_s / f64::from(self.count()) * 10.0).floor() / 10.0;
        let step = *self.step_s.get_or_insert(Self::DEFAULT_STEP_S.min(most));
        if !(Self::MIN_STEP_S..=most).contains(&step) {
            let allowed = format!("A step must take {} s to {most} s; you sent {step} s.", Self::MIN_STEP_S);
            faults.add("/steps/step_s", allowed);
        }
    }
}

/// A steady rate, a multiple of it for some seconds, and the steady rate again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BurstRequest {
    /// How many times the steady rate the burst is: 1.5 to 100.
    #[cfg_attr(feature = "backend", schema(minimum = 1.5, maximum = 100))]
    pub multiple: f64,
    /// The steady rate in requests a second, 10 at the least; that of an open load when left out, and 20 for a closed one.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(minimum = 10, maximum = 50_000))]
    pub rate: Option<f64>,
    /// Seconds at the steady rate before the burst; 5 when left out, or less where BENCH_DURATION_S allows no more.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(minimum = 1))]
    pub baseline_s: Option<u32>,
    /// Seconds of the burst; 5 when left out, or less.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(minimum = 1))]
    pub burst_s: Option<u32>,
    /// Seconds at the steady rate in which the target may recover; 20 when left out, or less. All three together never take
    /// more than BENCH_DURATION_S.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(minimum = 3))]
    pub watch_s: Option<u32>,
}

impl BurstRequest {
    /// The smallest multiple.
    pub const LEAST_MULTIPLE: f64 = 1.5;
    /// The largest multiple.
    pub const MOST_MULTIPLE: f64 = 100.0;
    /// Seconds of the burst when nothing else is asked for.
    pub const DEFAULT_BURST_S: u32 = 5;
    /// Seconds that are watched after it when nothing else is asked for.
    const DEFAULT_WATCH_S: u32 = 20;
    /// The steady rate where the load has none.
    const DEFAULT_RATE: f64 = 20.0;
    /// The lowest steady rate: a second with fewer requests has no 95th percentile worth the name.
    const LEAST_RATE: f64 = 10.0;
    /// The fewest seconds that are watched: that many in a row make a recovery.
    const LEAST_WATCH_S: u32 = 3;

    /// A burst of this multiple, the rest as it is when it is left out.
    pub fn of(multiple: f64) -> Self {
        Self { multiple, ..Self::default() }
    }

    /// Checks the fields and fills in those that were left out.
    pub(super) fn check(&mut self, faults: &mut Faults, model: &LoadModel, max_duration_s: f64) {
        let (least, most) = (Self::LEAST_MULTIPLE, Self::MOST_MULTIPLE);
        if !(least..=most).contains(&self.multiple) {
            let asked = self.multiple;
            return faults.add(
                "/burst/multiple",
                format!("A burst must be {least} to {most} times the rate; you sent {asked}."),
            );
        }
        let usual = match model {
            LoadModel::Open { rate, .. } => rate.max(Self::LEAST_RATE),
            LoadModel::Closed { .. } => Self::DEFAULT_RATE,
        };
        let rate = *self.rate.get_or_insert(usual);
        if !(Self::LEAST_RATE..=MAX_RATE).contains(&rate) {
            let least = Self::LEAST_RATE;
            faults.add(
                "/burst/rate",
                format!("The steady rate must be {least} to {MAX_RATE} requests a second; you sent {rate}."),
            );
        } else if rate * self.multiple > MAX_RATE {
            faults.add("/burst/multiple", format!("The burst must stay at or below {MAX_RATE} requests a second."));
        }
        let whole = max_duration_s.floor() as u32;
        let share = |part: u32| part.min(whole / 6).max(1);
        let baseline = *self.baseline_s.get_or_insert(share(Self::DEFAULT_BURST_S));
        let burst = *self.burst_s.get_or_insert(share(Self::DEFAULT_BURST_S));
        let rest = whole.saturating_sub(baseline.saturating_add(burst));
        let watch = *self.watch_s.get_or_insert(Self::DEFAULT_WATCH_S.min(rest).max(Self::LEAST_WATCH_S));
        for (field, seconds, least) in
            [("baseline_s", baseline, 1), ("burst_s", burst, 1), ("watch_s", watch, Self::LEAST_WATCH_S)]
        {
            if seconds < least {
                faults.add(format!("/burst/{field}"), format!("It must be {least} s or more; you sent {seconds} s."));
            }
        }
        let together = baseline.saturating_add(burst).saturating_add(watch);
        if f64::from(together) > max_duration_s {
            let allowed = format!(
                "A burst with what is before and after it takes {together} s; BENCH_DURATION_S allows {max_duration_s} s."
            );
            faults.add("/burst/watch_s", allowed);
        }
    }

    /// The burst of the load engine; its fields were filled in by the request's check.
    #[cfg(feature = "backend")]
    pub(super) fn engine(&self) -> sbh_load::burst::Burst {
        let seconds = |value: Option<u32>, usual: u32| value.unwrap_or(usual);
        sbh_load::burst::Burst {
            rate: self.rate.unwrap_or(Self::DEFAULT_RATE),
            multiple: self.multiple,
            baseline_s: seconds(self.baseline_s, Self::DEFAULT_BURST_S),
            burst_s: seconds(self.burst_s, Self::DEFAULT_BURST_S),
            watch_s: seconds(self.watch_s, Self::DEFAULT_WATCH_S),
            band: sbh_load::burst::Band::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(burst: BurstRequest, model: &LoadModel, max_s: f64) -> (BurstRequest, Vec<String>) {
        let (mut burst, mut faults) = (burst, Faults::default());
        burst.check(&mut faults, model, max_s);
        let found =
            faults.finish().err().map(|error| error.fields().iter().map(|fault| fault.pointer.clone()).collect());
        (burst, found.unwrap_or_default())
    }

    #[test]
    fn a_burst_rests_on_the_rate_of_an_open_load_and_fits_into_what_is_allowed() {
        let open = |rate| LoadModel::Open { rate, ramp_to: None };
        let parts = |burst: BurstRequest| (burst.rate, burst.baseline_s, burst.burst_s, burst.watch_s);
        let (burst, faults) = checked(BurstRequest::of(5.0), &open(40.0), 120.0);
        assert_eq!((parts(burst), faults.len()), ((Some(40.0), Some(5), Some(5), Some(20)), 0));
        let (burst, faults) = checked(BurstRequest::of(5.0), &open(2.0), 12.0);
        assert_eq!((parts(burst), faults.len()), ((Some(10.0), Some(2), Some(2), Some(8)), 0));
        let (burst, _) = checked(BurstRequest::of(5.0), &LoadModel::Closed { vus: 2, think_time_s: 0.0 }, 120.0);
        assert_eq!(burst.rate, Some(20.0));
    }

    #[test]
    fn every_part_of_a_burst_is_checked() {
        let open = LoadModel::default();
        let of = |change: &dyn Fn(&mut BurstRequest)| {
            let mut burst = BurstRequest::of(5.0);
            change(&mut burst);
            checked(burst, &open, 60.0).1
        };
        assert_eq!(of(&|burst| burst.multiple = 1.0), ["/burst/multiple"]);
        assert_eq!(of(&|burst| burst.multiple = f64::NAN), ["/burst/multiple"]);
        assert_eq!(of(&|burst| burst.rate = Some(9.9)), ["/burst/rate"]);
        assert_eq!(of(&|burst| burst.rate = Some(20_000.0)), ["/burst/multiple"]);
        assert_eq!(of(&|burst| burst.burst_s = Some(0)), ["/burst/burst_s"]);
        assert_eq!(of(&|burst| burst.watch_s = Some(2)), ["/burst/watch_s"]);
        assert_eq!(of(&|burst| burst.watch_s = Some(u32::MAX)), ["/burst/watch_s"]);
        assert_eq!(checked(BurstRequest::of(5.0), &open, 2.0).1, ["/burst/watch_s"]);
    }
}
