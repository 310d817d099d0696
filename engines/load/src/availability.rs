//! In how many seconds of a run a target was there for its users, and how long it was not.

use serde::{Deserialize, Serialize};

use crate::outcome::{Outcome, SeriesPoint, share};

/// The share of failed requests from which on a second counts as an outage, unless stated otherwise: that at which stepped load stops as well.
pub const OUTAGE_ERROR_RATE: f64 = crate::steps::MAX_ERROR_RATE;

/// Availability by windows of one second.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Availability {
    /// The share of the seconds with something to answer that were good, 0 to 1.
    pub share: f64,
    /// Seconds in which at least one request was due, sent or waiting.
    pub seconds_due: u32,
    /// Those of them in which the target was available.
    pub seconds_up: u32,
    /// The longest outage in seconds, from the first bad second to the last before a good one.
    pub longest_outage_s: u32,
}

/// What one second says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Window {
    Up,
    Down,
    /// Nothing was due.
    Idle,
}

/// Availability over the measured seconds of a run, without its drain; `None` when nothing was ever due.
#[must_use]
pub fn of_run(outcome: &Outcome, error_rate: f64) -> Option<Availability> {
    of_series(&outcome.series, outcome.duration_s.ceil() as u32, error_rate)
}

/// Availability over the first `seconds` of a series.
///
/// A second is good when the share of failed requests among those that ended in it is below `error_rate`. When requests waited in it and none ended,
/// it is judged by the next second in which one did, since that is how its own requests ended; when none ever did, it is bad. So a slow
/// answer is no outage: latency tells of it. Seconds in which nothing was due say nothing, and those between two bad ones belong to the outage.
///
/// `None` when nothing was due in any of them.
#[must_use]
pub fn of_series(series: &[SeriesPoint], seconds: u32, error_rate: f64) -> Option<Availability> {
    let windows = windows(series, seconds, error_rate);
    let count = |wanted: &[Window]| windows.iter().filter(|window| wanted.contains(window)).count() as u64;
    let (up, due) = (count(&[Window::Up]), count(&[Window::Up, Window::Down]));
    let whole = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    Some(Availability {
        share: share(up, due)?,
        seconds_due: whole(due),
        seconds_up: whole(up),
        longest_outage_s: longest_outage(&windows),
    })
}

/// Each second's window. The series is read from its end, so that a second without an end of its own finds that of the next.
fn windows(series: &[SeriesPoint], seconds: u32, error_rate: f64) -> Vec<Window> {
    let mut windows = vec![Window::Idle; seconds as usize];
    let mut points: Vec<_> = series.iter().collect();
    points.sort_by_key(|point| std::cmp::Reverse(point.second));
    let mut next = Window::Down;
    for point in points {
        if let Some(rate) = point.error_rate() {
            next = if rate < error_rate { Window::Up } else { Window::Down };
        }
        if was_due(point)
            && let Some(window) = windows.get_mut(point.second as usize)
        {
            *window = next;
        }
    }
    windows
}

fn was_due(point: &SeriesPoint) -> bool {
    [point.started, point.completed, point.errors, point.in_flight, point.queued].iter().any(|count| *count > 0)
}

fn longest_outage(windows: &[Window]) -> u32 {
    let (mut longest, mut since) = (0, None);
    for (second, window) in (0u32..).zip(windows) {
        match window {
            Window::Up => since = None,
            Window::Down => longest = longest.max(second + 1 - *since.get_or_insert(second)),
            Window::Idle => {}
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One second per letter: `u`p, `d`own, `w`aiting without an end, `.` idle.
    fn series(seconds: &str) -> Vec<SeriesPoint> {
        let points = (0u32..).zip(seconds.chars()).map(|(second, kind)| match kind {
            'u' => SeriesPoint { second, started: 100, completed: 100, succeeded: 96, errors: 4, ..Default::default() },
            'd' => SeriesPoint { second, started: 100, completed: 100, succeeded: 95, errors: 5, ..Default::default() },
            'w' => SeriesPoint { second, in_flight: 1, ..Default::default() },
            _ => SeriesPoint { second, ..Default::default() },
        });
        points.collect()
    }

    #[track_caller]
    fn is(seconds: &str, up: u32, due: u32, longest_outage_s: u32) {
        let found = of_series(&series(seconds), u32::try_from(seconds.len()).unwrap(), 0.05).unwrap();
        assert_eq!((found.seconds_up, found.seconds_due, found.longest_outage_s), (up, due, longest_outage_s));
        assert!((found.share - f64::from(up) / f64::from(due)).abs() < 1e-8, "{found:?}");
    }

    #[test]
    fn seconds_below_the_limit_are_up_and_the_longest_outage_is_found() {
        is("uuuu", 4, 4, 0);
        is("dddd", 0, 4, 4);
        is("uddudddu", 3, 8, 3);
        is("dddudd", 1, 6, 3);
    }

    #[test]
    fn a_second_without_an_end_is_judged_by_the_next_that_has_one() {
        is("uwwu", 4, 4, 0);
        is("uwwd", 1, 4, 3);
        is("uuww", 2, 4, 2);
        is("ww", 0, 2, 2);
    }

    #[test]
    fn idle_seconds_say_nothing_and_do_not_end_an_outage() {
        is("u..u", 2, 2, 0);
        is("ud..du", 2, 4, 4);
        is("ud..uu", 3, 4, 1);
        is("ud....", 1, 2, 1);
        assert_eq!(of_series(&series("...."), 4, 0.05), None);
        assert_eq!(of_series(&[], 4, 0.05), None);
    }

    #[test]
    fn only_the_asked_seconds_count_and_gaps_in_a_series_are_idle() {
        let mut points = series("uudd");
        let found = |points: &[SeriesPoint], seconds| of_series(points, seconds, 0.05).unwrap();
        assert_eq!((found(&points, 2).share, found(&points, 2).longest_outage_s), (1.0, 0));
        // What waited in the last measured second ended badly in the drain.
        points[1] = SeriesPoint { second: 1, in_flight: 3, ..Default::default() };
        assert_eq!((found(&points, 2).seconds_up, found(&points, 2).longest_outage_s), (1, 1));
        points.remove(0);
        assert_eq!((found(&points, 4).seconds_due, found(&points, 4).seconds_up), (3, 0));
    }
}
