//! What intervals and verdicts promise, tried on samples of which the truth is known. Seeded, so they never waver.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod compare;
mod coverage;

use sbh_stats::Sample;
use sbh_stats::random::Random;

/// A sample of values drawn one by one.
fn sample(count: usize, draw: impl FnMut() -> f64) -> Sample {
    Sample::new(&std::iter::repeat_with(draw).take(count).collect::<Vec<_>>()).unwrap()
}

/// A log-normal value, as response times are.
fn log_normal(random: &mut Random, median: f64, spread: f64) -> f64 {
    median * (spread * random.normal()).exp()
}
