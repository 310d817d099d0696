//! Latency figures from samples, and the check of those that a tool computed.

use super::{Figure, Latency, Percentile};
use crate::{ImportError, Place};
use hdrhistogram::Histogram;

/// The percentiles that are computed from raw samples.
const COMPUTED: [f64; 5] = [50.0, 90.0, 95.0, 99.0, 99.9];
/// Significant digits of a histogram.
const DIGITS: u8 = 3;

/// Samples of latencies in microseconds.
#[derive(Clone)]
pub(super) struct Samples {
    histogram: Histogram<u64>,
    sum_us: u128,
    min_us: u64,
    max_us: u64,
}

impl Samples {
    pub(super) fn new() -> Self {
        let histogram = Histogram::new(DIGITS).expect("three digits are allowed");
        Self { histogram, sum_us: 0, min_us: u64::MAX, max_us: 0 }
    }

    /// Adds a latency of at most a day.
    pub(super) fn add(&mut self, latency_us: u64) {
        self.histogram.record(latency_us).expect("a histogram that grows takes every value below a day");
        self.sum_us += u128::from(latency_us);
        self.min_us = self.min_us.min(latency_us);
        self.max_us = self.max_us.max(latency_us);
    }

    pub(super) fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// Mean, extremes and percentiles. A percentile is the upper end of its bucket, and never above the longest sample.
    pub(super) fn into_latency(self) -> Latency {
        if self.histogram.is_empty() {
            let absent = || Figure::absent("there is no sample");
            return Latency {
                mean_ms: absent(),
                min_ms: absent(),
                max_ms: absent(),
                percentiles: vec![],
                histogram: None,
            };
        }
        let at = |percent: f64| {
            let value_us = self.histogram.value_at_quantile(percent / 100.0).clamp(self.min_us, self.max_us);
            Percentile { percent, latency_ms: value_us as f64 / 1e3 }
        };
        Latency {
            mean_ms: Figure::Given(self.sum_us as f64 / self.count() as f64 / 1e3),
            min_ms: Figure::Given(self.min_us as f64 / 1e3),
            max_ms: Figure::Given(self.max_us as f64 / 1e3),
            percentiles: COMPUTED.map(at).to_vec(),
            histogram: Some(self.histogram),
        }
    }
}

/// Sorts the percentiles and checks that figures of a tool can be true together: the shortest is at most the mean and
/// every percentile, percentiles rise, and the longest is above them all.
pub(super) fn checked(mut latency: Latency, place: &Place) -> Result<Latency, ImportError> {
    latency.percentiles.sort_by(|a, b| a.percent.total_cmp(&b.percent));
    latency.percentiles.dedup_by(|a, b| a == b);
    let (min, mean, max) = (latency.min_ms.value(), latency.mean_ms.value(), latency.max_ms.value());
    let percentiles = latency.percentiles.iter().map(|point| (format!("p{}", point.percent), point.latency_ms));
    let named = |name: &str, value: Option<f64>| value.map(|value| (name.to_owned(), value));
    let rising: Vec<_> = named("min", min).into_iter().chain(percentiles).chain(named("max", max)).collect();
    let around: Vec<_> = [named("min", min), named("mean", mean), named("max", max)].into_iter().flatten().collect();
    for figures in [rising, around] {
        if let Some([(low, below), (high, above)]) = figures.array_windows().find(|[a, b]| a.1 > b.1 * (1.0 + 1e-9)) {
            let reason = format!("{low} of {below} ms is above {high} of {above} ms");
            return Err(ImportError::contradiction(place.clone(), reason));
        }
    }
    Ok(latency)
}
