//! How steady this host is, measured right before a run: on a noisy one, differences between runs say more about its other tenants than about the
//! target.
//!
//! Four questions, each with a limit of its own: does the same work take the same time; is the processor there when it is wanted; do timers ring
//! when they should; and what do the kernel's own figures say of hypervisor and run queue. What a platform does not tell is `None`.

mod kernel;
mod readings;

pub use readings::Readings;

use serde::{Deserialize, Serialize};

use crate::error::LoadError;
use crate::outcome::decimal;

/// The largest variation of the same work on a steady host. The hub takes changes of 5 % to matter, so a host whose own speed wanders by more cannot
/// show them.
pub const MAX_CPU_VARIATION: f64 = 0.05;

/// The largest share of its time that work may wait for the processor on a steady host: what waits is measured as latency, and 5 % of it is the
/// smallest change that matters.
pub const MAX_CPU_WAIT: f64 = 0.05;

/// How much later than asked a short sleep may end in 99 of 100 cases on a steady host, in milliseconds: half of what a valid run may be late by
/// ([`crate::SCHEDULE_TOLERANCE`]).
pub const MAX_TIMER_P99_MS: f64 = 5.0;

/// The largest share of processor time that a hypervisor may take away on a steady host. Two hundredths are the least that ticks of 10 ms tell
/// from a single one on two cores in half a second.
pub const MAX_STEAL_SHARE: f64 = 0.02;

/// The highest load average per core on a steady host. In an M/M/1 queue work waits ρ/(1 − ρ) times as long as it takes (Kleinrock, Queueing
/// Systems 1, 1975), which at 0.7 is more than twice; the generator and the target need what is left.
pub const MAX_LOAD_PER_CORE: f64 = 0.7;

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// How much the time of the same work varies: its median absolute deviation, scaled to that of a normal distribution, as a share of its median.
    pub cpu_variation: f64,
    /// The share of its time in which that work was not running, because others were; 0 to 1.
    pub cpu_wait: f64,
    /// How much later than asked a sleep of a millisecond ended, 99th percentile in milliseconds.
    pub timer_p99_ms: f64,
    /// The share of all processor time that the hypervisor took away meanwhile, 0 to 1; `None` where the kernel does not say.
    pub steal_share: Option<f64>,
    /// The load average of the last minute by the number of cores; `None` where there is none.
    pub load_per_core: Option<f64>,
    /// Whether the host is too noisy to be measured on.
    pub noisy: bool,
    /// Why, a sentence each.
    pub reasons: Vec<String>,
}

impl Calibration {
    /// Judges what was read. What is not a number is noisy.
    #[must_use]
    pub fn of(readings: &Readings) -> Self {
        let mut found = Self {
            cpu_variation: decimal(readings.cpu_variation()),
            cpu_wait: decimal(readings.cpu_wait()),
            timer_p99_ms: decimal(readings.timer_p99_ms()),
            steal_share: readings.steal_share.map(decimal),
            load_per_core: readings.load_per_core.map(decimal),
            noisy: false,
            reasons: Vec::new(),
        };
        found.reasons = found.judge();
        found.noisy = !found.reasons.is_empty();
        found
    }

    fn judge(&self) -> Vec<String> {
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let mut reasons = Vec::new();
        let mut limit = |value: f64, most: f64, sentence: &dyn Fn() -> String| {
            if !(0.0..=most).contains(&value) {
                reasons.push(sentence());
            }
        };
        limit(self.cpu_variation, MAX_CPU_VARIATION, &|| {
            let (found, most) = (percent(self.cpu_variation), percent(MAX_CPU_VARIATION));
            format!("The same work took times that vary by {found} (at most {most}).")
        });
        limit(self.cpu_wait, MAX_CPU_WAIT, &|| {
            let (found, most) = (percent(self.cpu_wait), percent(MAX_CPU_WAIT));
            format!("Work waited for a processor {found} of its time (at most {most}).")
        });
        limit(self.timer_p99_ms, MAX_TIMER_P99_MS, &|| {
            format!("Timers were {:.1} ms late (at most {MAX_TIMER_P99_MS:.0} ms).", self.timer_p99_ms)
        });
        if let Some(steal) = self.steal_share {
            limit(steal, MAX_STEAL_SHARE, &|| {
                let (found, most) = (percent(steal), percent(MAX_STEAL_SHARE));
                format!("The hypervisor took {found} of the processor time away (at most {most}).")
            });
        }
        if let Some(load) = self.load_per_core {
            limit(load, MAX_LOAD_PER_CORE, &|| {
                format!("The load average is {load:.2} per core (at most {MAX_LOAD_PER_CORE}).")
            });
        }
        reasons
    }
}

/// Measures this host for half a second or so, up to a second on a very noisy one. It keeps one core busy: not while a run goes on.
///
/// # Errors
/// [`LoadError::Worker`] when the runtime is shutting down.
pub async fn calibrate() -> Result<Calibration, LoadError> {
    let read = tokio::task::spawn_blocking(Readings::take).await;
    read.map(|readings| Calibration::of(&readings)).map_err(|e| LoadError::Worker(e.to_string()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Forty rounds of 4 ms and a hundred sleeps that end 60 µs late, on a host without neighbours.
    fn steady() -> Readings {
        Readings {
            rounds: vec![Duration::from_millis(4); 40],
            cpu: Duration::from_millis(160),
            overshoots: vec![Duration::from_micros(60); 100],
            steal_share: Some(0.0),
            load_per_core: Some(0.2),
        }
    }

    #[track_caller]
    fn only_reason(readings: &Readings, words: &str) {
        let found = Calibration::of(readings);
        assert!(found.noisy && found.reasons.len() == 1 && found.reasons[0].contains(words), "{found:?}");
    }

    #[test]
    fn a_steady_host_is_not_noisy() {
        let found = Calibration::of(&steady());
        assert!(!found.noisy && found.reasons.is_empty(), "{found:?}");
        assert_eq!((found.cpu_variation, found.cpu_wait, found.timer_p99_ms), (0.0, 0.0, 0.06));
        assert_eq!((found.steal_share, found.load_per_core), (Some(0.0), Some(0.2)));
    }

    #[test]
    fn work_that_takes_different_times_is_noisy_and_one_odd_round_is_not() {
        let mut readings = steady();
        readings.rounds[7] = Duration::from_millis(6);
        readings.cpu = readings.rounds.iter().sum();
        assert!(!Calibration::of(&readings).noisy, "{readings:?}");
        // A clock that goes up and down: the rounds lie evenly between 3 and 5 ms.
        readings.rounds = (0..41).map(|n| Duration::from_micros(3_000 + n * 50)).collect();
        readings.cpu = readings.rounds.iter().sum();
        only_reason(&readings, "vary by 18.5 %");
    }

    #[test]
    fn work_that_waits_for_the_processor_is_noisy() {
        let mut readings = steady();
        readings.cpu = Duration::from_millis(120);
        only_reason(&readings, "25.0 % of its time");
        readings.cpu = Duration::from_millis(152);
        assert!(!Calibration::of(&readings).noisy);
    }

    #[test]
    fn late_timers_are_noisy_but_for_the_latest() {
        let mut readings = steady();
        readings.overshoots[3] = Duration::from_millis(80);
        assert!(!Calibration::of(&readings).noisy, "1 of 100 may be late");
        readings.overshoots[4] = Duration::from_millis(8);
        only_reason(&readings, "8.0 ms late");
    }

    #[test]
    fn the_kernels_figures_have_limits_and_may_be_absent() {
        only_reason(&Readings { steal_share: Some(0.03), ..steady() }, "3.0 % of the processor time");
        only_reason(&Readings { load_per_core: Some(1.25), ..steady() }, "1.25 per core");
        let found = Calibration::of(&Readings { steal_share: None, load_per_core: None, ..steady() });
        assert_eq!((found.steal_share, found.load_per_core, found.noisy), (None, None, false));
        let json = serde_json::to_value(&found).unwrap();
        assert!(json["steal_share"].is_null() && json["load_per_core"].is_null());
    }

    #[test]
    fn a_host_that_could_not_be_measured_is_noisy() {
        let found = Calibration::of(&Readings { rounds: vec![], overshoots: vec![], ..steady() });
        assert_eq!((found.noisy, found.reasons.len()), (true, 3), "{found:?}");
    }

    #[tokio::test]
    async fn this_host_is_measured_in_a_bounded_time() {
        let begun = std::time::Instant::now();
        let found = calibrate().await.unwrap();
        // However it is judged, there are figures, and twice the budget is far more than the last round and sleep may add.
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        assert!(found.cpu_variation >= 0.0 && (0.0..=1.0).contains(&found.cpu_wait), "{found:?}");
        assert!(found.timer_p99_ms > 0.0 && found.timer_p99_ms.is_finite(), "{found:?}");
        assert_eq!(found.noisy, !found.reasons.is_empty());
        assert_eq!(found.load_per_core.is_some(), std::path::Path::new("/proc/loadavg").exists());
        assert!(found.steal_share.is_none_or(|share| (0.0..=1.0).contains(&share)), "{found:?}");
    }
}
