//! Total Blocking Time.

use crate::observation::Task;

/// A task blocks for the time that it takes longer than this, in milliseconds (W3C Long Tasks; Lighthouse, `tbt-utils.js`).
const SHORT: f64 = 50.0;

/// The blocking time of every task after `fcp`; of a task that was running then, the rest of it.
///
/// Lighthouse ends at Time to Interactive, the end of the last long task before a quiet window of 5 s. The observation ends with a quiet
/// window, so every task that was seen lies before it.
pub(super) fn total(tasks: &[Task], fcp: f64) -> f64 {
    let blocking = |task: &Task| (task.start + task.duration - task.start.max(fcp) - SHORT).max(0.0);
    tasks.iter().fold(0.0, |sum, task| sum + blocking(task))
}

#[cfg(test)]
mod tests {
    use super::{Task, total};

    #[test]
    fn only_what_exceeds_50_ms_after_the_paint_blocks() {
        let task = |start: f64, duration: f64| Task { start, duration };
        let tasks = [task(0.0, 90.0), task(80.0, 100.0), task(200.0, 50.0), task(300.0, 300.0)];
        // The second task has 80 ms after the paint, of which 30 block; the last blocks for 250.
        assert!((total(&tasks, 100.0) - 280.0).abs() < 1e-9);
    }
}
