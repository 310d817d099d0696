//! Whether the generator was the bottleneck.

use std::time::Duration;

/// The highest share of its threads' time that the generator may be busy in a valid run.
pub const MAX_CPU_FRACTION: f64 = 0.80;

/// The highest share of the schedule that the generator may miss in a valid run.
pub const MAX_MISSED_FRACTION: f64 = 0.005;

/// An arrival is missed when the generator sends it later than this after the moment at which it could have: when it was due and a
/// connection was free. Waiting for a connection is the server's delay and never counts.
pub const SCHEDULE_TOLERANCE: Duration = Duration::from_millis(10);

/// Why a run is invalid, or `None` for a valid one.
///
/// `cpu_fraction` is the CPU time of the generator's own threads by their wall time while measuring; `missed_fraction` is the share of measured
/// arrivals that were sent more than [`SCHEDULE_TOLERANCE`] late by the generator's own fault. What is not a number is not valid either.
///
/// ```
/// assert_eq!(sbh_load::judge_validity(0.80, 0.005), None);
/// assert!(sbh_load::judge_validity(0.81, 0.0).unwrap().contains("CPU"));
/// ```
#[must_use]
pub fn judge_validity(cpu_fraction: f64, missed_fraction: f64) -> Option<String> {
    let mut reasons = Vec::new();
    if !(0.0..=MAX_CPU_FRACTION).contains(&cpu_fraction) {
        reasons.push(format!(
            "its CPU was busy {:.1} % of the time (at most {:.0} %)",
            cpu_fraction * 100.0,
            MAX_CPU_FRACTION * 100.0
        ));
    }
    if !(0.0..=MAX_MISSED_FRACTION).contains(&missed_fraction) {
        reasons.push(format!(
            "it missed {:.2} % of the schedule by more than {} ms (at most {:.1} %)",
            missed_fraction * 100.0,
            SCHEDULE_TOLERANCE.as_millis(),
            MAX_MISSED_FRACTION * 100.0
        ));
    }
    (!reasons.is_empty()).then(|| format!("The load generator was the bottleneck: {}.", reasons.join(", and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_themselves_are_valid_and_what_exceeds_them_says_so() {
        assert_eq!(judge_validity(0.0, 0.0), None);
        assert_eq!(judge_validity(MAX_CPU_FRACTION, MAX_MISSED_FRACTION), None);
        assert!(judge_validity(0.801, 0.0).unwrap().contains("80.1 %"));
        assert!(judge_validity(0.1, 0.0051).unwrap().contains("0.51 % of the schedule"));
        let both = judge_validity(0.9, 0.5).unwrap();
        assert!(both.contains("CPU") && both.contains("schedule"));
    }

    #[test]
    fn an_unmeasured_generator_is_not_valid() {
        assert!(judge_validity(f64::NAN, 0.0).is_some());
        assert!(judge_validity(0.1, f64::NAN).is_some());
    }
}
