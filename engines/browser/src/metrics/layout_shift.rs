//! Cumulative Layout Shift.

use crate::observation::Shift;

/// A session window ends when no shift follows for so long, in milliseconds, and
const GAP: f64 = 1000.0;
/// when it is so long, in milliseconds (web.dev, "Evolving the CLS metric", 2021).
const WINDOW: f64 = 5000.0;

/// The largest sum of a session window. Shifts that follow an input are expected and do not count.
///
/// Chromium takes the simulated screen's size, which it announces as a page begins, for an input as well. So shifts that are marked count
/// until the first that is not, as in Lighthouse 13 (`core/computed/metrics/cumulative-layout-shift.js`; crbug.com/1302667).
pub(super) fn cumulative(shifts: &[Shift]) -> f64 {
    let mut in_order = shifts.to_vec();
    in_order.sort_by(|a, b| a.start.total_cmp(&b.start));
    let begun = in_order.iter().position(|shift| !shift.input).unwrap_or(in_order.len());
    let unexpected = in_order.iter().enumerate().filter(|(at, shift)| *at < begun || !shift.input);
    let (mut worst, mut sum, mut first, mut last) = (0.0_f64, 0.0, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (_, shift) in unexpected {
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
        let expected = Shift { input: true, ..at(900.0, 0.9) };
        assert!((cumulative(&[at(0.0, 0.1), expected]) - 0.1).abs() < 1e-9);
    }

    #[test]
    fn the_simulated_screen_is_no_input() {
        let early = Shift { input: true, ..at(100.0, 0.06) };
        assert!((cumulative(&[early]) - 0.06).abs() < 1e-9);
        assert!((cumulative(&[early, at(600.0, 0.1)]) - 0.16).abs() < 1e-9);
    }
}
