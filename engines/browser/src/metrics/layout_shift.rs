//! Cumulative Layout Shift.

use crate::observation::Shift;

/// A session window ends when no shift follows for so long, in milliseconds, and
const GAP: f64 = 1000.0;
/// when it is so long, in milliseconds (web.dev, "Evolving the CLS metric", 2021).
const WINDOW: f64 = 5000.0;

/// The largest sum of a session window. Shifts that follow an input are expected and do not count.
pub(super) fn cumulative(shifts: &[Shift]) -> f64 {
    let mut unexpected: Vec<Shift> = shifts.iter().filter(|shift| !shift.input).copied().collect();
    unexpected.sort_by(|a, b| a.start.total_cmp(&b.start));
    let (mut worst, mut sum, mut first, mut last) = (0.0_f64, 0.0, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for shift in unexpected {
        if shift.start - last >= GAP || shift.start - first >= WINDOW {
            (sum, first) = (0.0, shift.start);
        }
        sum += shift.value;
        last = shift.start;
        worst = worst.max(sum);
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::{Shift, cumulative};

    fn at(start: f64, value: f64) -> Shift {
        Shift { start, value, input: false }
    }

    #[test]
    fn shifts_within_a_second_add_up_and_a_pause_begins_a_window() {
        assert!((cumulative(&[at(0.0, 0.1), at(900.0, 0.2), at(2000.0, 0.25)]) - 0.3).abs() < 1e-9);
        assert!(cumulative(&[]).abs() < 1e-9);
    }

    #[test]
    fn a_window_ends_after_five_seconds_without_a_pause() {
        let steady: Vec<Shift> = (0..12).map(|step| at(f64::from(step) * 500.0, 0.1)).collect();
        assert!((cumulative(&steady) - 1.0).abs() < 1e-9, "ten shifts lie within the first five seconds");
    }

    #[test]
    fn shifts_after_an_input_do_not_count() {
        assert!(cumulative(&[Shift { input: true, ..at(0.0, 0.9) }]).abs() < 1e-9);
    }
}
