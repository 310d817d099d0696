//! Stepped load: the same mix at one level of concurrency after the other.
//!
//! Each step is a run of the closed model without think time, so that its users are at work all the time: then their number is the concurrency
//! `N` of the Universal Scalability Law (Gunther, Guerrilla Capacity Planning, 2007), and [`SteppedOutcome::points`] are the pairs of `N` and
//! throughput `X(N)` that the law is fitted to.

mod climb;

pub use climb::run;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{ErrorClass, PlanErrors};
use crate::outcome::Outcome;
use crate::plan::{Model, Plan};
use crate::progress::Progress;
use crate::seconds;
use crate::validate::{Findings, MAX_CONNECTIONS, MAX_DURATION};

/// The highest share of failed requests at which the next step still follows, unless a plan says otherwise. A target that fails more often is past
/// its capacity, and its throughput no longer that of the work it was given.
pub const MAX_ERROR_RATE: f64 = 0.05;

/// The most steps of a plan.
const MAX_LEVELS: usize = 64;

/// Which levels of concurrency are tried, and for how long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// The virtual users of each step, in ascending order. A level that is given again is measured again, which makes intervals narrower.
    pub levels: Vec<u32>,
    /// How long each step is measured.
    #[serde(rename = "step_s", with = "seconds")]
    pub step: Duration,
    /// How long each step runs before it is measured.
    #[serde(rename = "settle_s", with = "seconds", default = "one_second")]
    pub settle: Duration,
    /// The share of failed requests, 0 to 1, beyond which no further step follows.
    #[serde(default = "default_error_rate")]
    pub max_error_rate: f64,
}

impl Steps {
    /// 1, 2, 4, 8, … users, and at last `most`.
    #[must_use]
    pub fn doubling(most: u32, step: Duration) -> Self {
        let powers = (0..u32::BITS).map(|power| 1 << power).take_while(|level| *level < most);
        Self::of(powers.chain([most]).collect(), step)
    }

    /// `first` users, then `by` more each time, to at most `last`.
    #[must_use]
    pub fn range(first: u32, last: u32, by: u32, step: Duration) -> Self {
        // One more than is acceptable, so that a longer range is refused without being written out.
        Self::of((first..=last).step_by(by.max(1) as usize).take(MAX_LEVELS + 1).collect(), step)
    }

    fn of(levels: Vec<u32>, step: Duration) -> Self {
        Self { levels, step, settle: one_second(), max_error_rate: MAX_ERROR_RATE }
    }

    /// How long all steps take together, without their drains.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.time_of(self.levels.len())
    }

    fn time_of(&self, steps: usize) -> Duration {
        self.settle.saturating_add(self.step).saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`PlanErrors`] with each field that is not acceptable and what is allowed.
    pub fn validate(&self) -> Result<(), PlanErrors> {
        let mut found = Findings::default();
        if !(1..=MAX_LEVELS).contains(&self.levels.len()) || !self.levels.is_sorted() {
            found.add("steps.levels", format!("must be 1 to {MAX_LEVELS} numbers of users in ascending order"));
        }
        for (index, level) in self.levels.iter().enumerate() {
            found.number(&format!("steps.levels[{index}]"), *level, 1, MAX_CONNECTIONS);
        }
        found.duration("steps.step_s", self.step, Duration::from_millis(1), MAX_DURATION);
        found.duration("steps.settle_s", self.settle, Duration::ZERO, MAX_DURATION);
        found.share("steps.max_error_rate", self.max_error_rate);
        if self.duration() > MAX_DURATION {
            found.add("steps", format!("may take at most {} seconds together", MAX_DURATION.as_secs()));
        }
        found.finish()
    }

    /// The run of one step.
    fn plan(&self, plan: &Plan, concurrency: u32) -> Plan {
        let model = Model::Closed { vus: concurrency, think_time: Duration::ZERO, duration: self.step };
        Plan { model, warm_up: self.settle, ..plan.clone() }
    }

    /// Why no further step follows a run, if none does.
    fn stop_after(&self, outcome: &Outcome) -> Option<StopReason> {
        if outcome.cancelled {
            return Some(StopReason::Cancelled);
        }
        if outcome.error_classes.contains_key(&ErrorClass::Connect) {
            return Some(StopReason::Refused);
        }
        if outcome.statuses.is_empty() && outcome.throughput_rps <= 0.0 {
            return Some(StopReason::Silent);
        }
        let limit = self.max_error_rate;
        let error_rate = outcome.error_rate().filter(|rate| *rate > limit)?;
        Some(StopReason::Failing { error_rate, limit })
    }
}

/// What stepped load gave, up to the last level or to where it stopped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SteppedOutcome {
    /// The steps that took place, in their order, the one that stopped the load included.
    pub steps: Vec<Step>,
    /// Why later levels were not tried; `None` when all were.
    pub stopped: Option<Stop>,
}

impl SteppedOutcome {
    /// Concurrency and successful requests per second of each step that says how the target scales, in the order of the steps.
    #[must_use]
    pub fn points(&self) -> Vec<(f64, f64)> {
        let usable = self.steps.iter().filter(|step| step.usable);
        usable.map(|step| (f64::from(step.concurrency), step.outcome.throughput_rps)).collect()
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its virtual users.
    pub concurrency: u32,
    /// The share of its requests that failed, 0 to 1; `None` when none ended.
    pub error_rate: Option<f64>,
    /// Whether it says how the target scales: the generator was not the bottleneck, and the target neither failed nor fell silent.
    pub usable: bool,
    /// Its throughput, latency, errors, and what the generator says of itself.
    pub outcome: Outcome,
}

impl Step {
    fn new(concurrency: u32, stop: Option<&StopReason>, outcome: Outcome) -> Self {
        let usable = outcome.valid && stop.is_none() && outcome.throughput_rps > 0.0;
        Self { concurrency, error_rate: outcome.error_rate(), usable, outcome }
    }
}

/// Where stepped load ended before its last level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// The virtual users at which it ended.
    pub concurrency: u32,
    /// Why.
    pub reason: StopReason,
}

/// Why no further step followed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[non_exhaustive]
pub enum StopReason {
    /// Somebody cancelled it.
    Cancelled,
    /// The target did not accept a connection.
    Refused,
    /// Not one complete response came back.
    Silent,
    /// Too many requests failed.
    Failing {
        /// The share that failed.
        error_rate: f64,
        /// The largest that is allowed.
        limit: f64,
    },
    /// The generator could not run the step.
    NotRun {
        /// Why not.
        why: String,
    },
}

impl fmt::Display for Stop {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "At {} users {}.", self.concurrency, self.reason)
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => out.write_str("the load was cancelled"),
            Self::Refused => out.write_str("the target refused connections"),
            Self::Silent => out.write_str("no response came back"),
            Self::Failing { error_rate, limit } => {
                write!(out, "{:.1} % of the requests failed (at most {:.1} %)", error_rate * 100.0, limit * 100.0)
            }
            Self::NotRun { why } => write!(out, "the generator could not go on: {why}"),
        }
    }
}

/// A moment of stepped load, several times a second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StepProgress {
    /// Which step, from 1.
    pub step: u32,
    /// How many there are.
    pub steps: u32,
    /// The virtual users of this one.
    pub concurrency: u32,
    /// Seconds until the last step has been measured, drains not counted.
    pub remaining_s: f64,
    /// The step's own run.
    pub run: Progress,
}

fn one_second() -> Duration {
    Duration::from_secs(1)
}

fn default_error_rate() -> f64 {
    MAX_ERROR_RATE
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn levels_double_up_to_the_most_or_grow_evenly() {
        assert_eq!(Steps::doubling(20, SECOND).levels, [1, 2, 4, 8, 16, 20]);
        assert_eq!(Steps::doubling(16, SECOND).levels, [1, 2, 4, 8, 16]);
        assert_eq!(Steps::doubling(1, SECOND).levels, [1]);
        assert_eq!(Steps::range(5, 20, 5, SECOND).levels, [5, 10, 15, 20]);
        assert_eq!(Steps::range(5, 19, 5, SECOND).duration(), 6 * SECOND);
        assert!(Steps::doubling(50_000, SECOND).validate().is_ok());
    }

    #[test]
    fn what_is_not_acceptable_is_named() {
        let named = |change: &dyn Fn(&mut Steps)| -> Vec<String> {
            let mut steps = Steps::doubling(4, SECOND);
            change(&mut steps);
            let errors = steps.validate().expect_err("the change is not acceptable");
            errors.0.into_iter().map(|error| error.field).collect()
        };
        assert_eq!(named(&|s| s.levels = vec![]), ["steps.levels"]);
        assert_eq!(named(&|s| s.levels = vec![4, 2]), ["steps.levels"]);
        assert_eq!(named(&|s| s.levels = vec![0, 50_001]), ["steps.levels[0]", "steps.levels[1]"]);
        assert_eq!(named(&|s| *s = Steps::range(1, u32::MAX, 0, SECOND)), ["steps.levels"]);
        assert_eq!(named(&|s| s.step = Duration::ZERO), ["steps.step_s"]);
        assert_eq!(named(&|s| s.max_error_rate = f64::NAN), ["steps.max_error_rate"]);
        assert_eq!(named(&|s| s.step = 10_000 * SECOND), ["steps"]);
        assert_eq!(named(&|s| s.step = Duration::MAX), ["steps.step_s", "steps"]);
    }

    #[test]
    fn steps_are_read_as_people_say_them() {
        let steps: Steps = serde_json::from_str(r#"{"levels": [1, 2, 2], "step_s": 2.5}"#).unwrap();
        assert_eq!((steps.step, steps.settle), (Duration::from_millis(2_500), SECOND));
        assert_eq!(steps.max_error_rate, MAX_ERROR_RATE);
        assert!(steps.validate().is_ok());
    }

    #[test]
    fn a_stop_says_where_and_why() {
        let reason = StopReason::Failing { error_rate: 0.25, limit: 0.05 };
        let stop = Stop { concurrency: 8, reason };
        assert_eq!(stop.to_string(), "At 8 users 25.0 % of the requests failed (at most 5.0 %).");
        let json = serde_json::to_value(&stop).unwrap();
        assert_eq!(json["reason"]["kind"], "failing");
        assert_eq!(serde_json::from_value::<Stop>(json).unwrap(), stop);
    }
}
