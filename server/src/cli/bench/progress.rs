//! The bar on standard error while a run goes on; nothing where that is no terminal.

use hub::lab::RunProgress;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// Phase, bar, and what is known of the run.
const TEMPLATE: &str = "{prefix:14} [{bar:20}] {msg}";

/// A bar as long as the load.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// A bar for this much load, warm-up included.
    pub(super) fn new(load_time: Duration) -> Self {
        let bar = ProgressBar::new(millis(load_time.as_secs_f64()));
        let style = ProgressStyle::with_template(TEMPLATE).expect("the template is valid");
        bar.set_style(style.progress_chars("=> "));
        Self(bar)
    }

    /// Shows a moment of the run.
    pub(super) fn show(&self, now: &RunProgress) {
        self.0.set_prefix(now.phase.label());
        self.0.set_position(millis(now.elapsed_s));
        self.0.set_message(message(now));
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}

fn message(now: &RunProgress) -> String {
    let p95 = now.p95_ms.map(|p95| format!(", p95 {p95:.1} ms")).unwrap_or_default();
    let errors = if now.errors > 0 { format!(", {} errors", now.errors) } else { String::new() };
    format!("{:.0} s, {:.0} s left, {:.0}/s{p95}{errors}", now.elapsed_s, now.remaining_s, now.rate_rps)
}

fn millis(seconds: f64) -> u64 {
    (seconds.max(0.0) * 1000.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_names_time_rate_and_latency() {
        let now = RunProgress {
            elapsed_s: 12.2,
            remaining_s: 20.8,
            rate_rps: 49.6,
            p95_ms: Some(4.24),
            errors: 3,
            ..RunProgress::default()
        };
        assert_eq!(message(&now), "12 s, 21 s left, 50/s, p95 4.2 ms, 3 errors");
        assert_eq!(message(&RunProgress::default()), "0 s, 0 s left, 0/s");
    }
}
