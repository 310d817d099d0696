//! Latency histograms: what they summarise to and how they travel.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer};
use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A day: no latency is longer, and a histogram that reaches it stays small.
const HIGHEST_NS: u64 = 86_400_000_000_000;

/// A histogram of times in nanoseconds.
///
/// As JSON it is the base64 of the HdrHistogram V2 encoding with deflate, the payload of a line of the HdrHistogram log format. Histograms merge
/// exactly: the merged one equals the one that would have recorded all samples itself.
#[derive(Debug, Clone, PartialEq)]
pub struct LatencyHistogram(Histogram<u64>);

impl Default for LatencyHistogram {
    fn default() -> Self {
        Self::fine()
    }
}

impl LatencyHistogram {
    /// Nanoseconds with three significant digits.
    #[must_use]
    pub fn fine() -> Self {
        Self::with_bounds(1, 3)
    }

    /// Two significant digits and half a microsecond at best: a tenth of the memory, for one per second.
    #[must_use]
    pub fn coarse() -> Self {
        Self::with_bounds(1_000, 2)
    }

    fn with_bounds(lowest: u64, digits: u8) -> Self {
        let mut histogram = Histogram::new_with_bounds(lowest, lowest * 2, digits)
            .expect("lowest is above 0, highest is twice that, and digits are 2 or 3");
        histogram.auto(true);
        Self(histogram)
    }

    /// Adds one sample.
    pub fn record(&mut self, time: Duration) {
        self.record_n(time, 1);
    }

    fn record_n(&mut self, time: Duration, count: u64) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        // A resizing histogram takes every value up to the bound.
        let _ = self.0.record_n(nanos.min(HIGHEST_NS), count);
    }

    /// Adds all samples of another histogram, exactly.
    pub fn merge(&mut self, other: &Self) {
        // Adding fails only for values outside a histogram that may not grow; this one may.
        let _ = self.0.add(&other.0);
    }

    /// The number of samples.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// Corrected for coordinated omission: every sample longer than `interval` adds one that is `interval` shorter, and so on down to it.
    /// (Gil Tene's HdrHistogram, `copyCorrectedForCoordinatedOmission`.)
    #[must_use]
    pub fn corrected(&self, interval: Duration) -> Self {
        let nanos = u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.clone_correct(nanos.max(1)))
    }

    /// The value in milliseconds below or at which the share `quantile` (0 to 1) of the samples is; `None` without samples.
    #[must_use]
    pub fn quantile_ms(&self, quantile: f64) -> Option<f64> {
        (!self.0.is_empty()).then(|| to_ms(self.0.value_at_quantile(quantile)))
    }

    /// The median; `None` without samples.
    #[must_use]
    pub fn median(&self) -> Option<Duration> {
        (!self.0.is_empty()).then(|| Duration::from_nanos(self.0.value_at_quantile(0.5)))
    }

    /// Percentiles, mean and spread; `None` without samples.
    #[must_use]
    pub fn summary(&self) -> Option<LatencySummary> {
        let at = |quantile| self.quantile_ms(quantile);
        Some(LatencySummary {
            count: self.count(),
            p50_ms: at(0.50)?,
            p90_ms: at(0.90)?,
            p95_ms: at(0.95)?,
            p99_ms: at(0.99)?,
            p999_ms: at(0.999)?,
            max_ms: to_ms(self.0.max()),
            mean_ms: self.0.mean().round() / 1e6,
            stdev_ms: self.0.stdev().round() / 1e6,
        })
    }

    pub(crate) fn inner(&self) -> &Histogram<u64> {
        &self.0
    }

    fn encode(&self) -> String {
        let mut bytes = Vec::new();
        V2DeflateSerializer::new().serialize(&self.0, &mut bytes).expect("writing into memory does not fail");
        STANDARD.encode(bytes)
    }

    /// Reads what a line of the HdrHistogram log format carries.
    pub(crate) fn decode(text: &str) -> Result<Self, String> {
        let bytes = STANDARD.decode(text).map_err(|e| e.to_string())?;
        let mut histogram: Histogram<u64> =
            Deserializer::new().deserialize(&mut bytes.as_slice()).map_err(|e| e.to_string())?;
        histogram.auto(true);
        Ok(Self(histogram))
    }
}

impl Serialize for LatencyHistogram {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.encode())
    }
}

impl<'de> Deserialize<'de> for LatencyHistogram {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        Self::decode(&text)
            .map_err(|e| D::Error::custom(format!("a histogram is base64 of HdrHistogram V2 with deflate: {e}")))
    }
}

fn to_ms(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}

/// What a histogram of times comes to, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LatencySummary {
    /// The number of samples.
    pub count: u64,
    /// Median.
    pub p50_ms: f64,
    /// 90th percentile.
    pub p90_ms: f64,
    /// 95th percentile.
    pub p95_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
    /// 99.9th percentile.
    pub p999_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// Arithmetic mean.
    pub mean_ms: f64,
    /// Standard deviation.
    pub stdev_ms: f64,
}

/// Raw and corrected latency of the same requests.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Histograms {
    /// From sending to the last byte.
    pub raw: LatencyHistogram,
    /// Corrected for coordinated omission.
    pub corrected: LatencyHistogram,
}

impl Histograms {
    /// Adds all samples of another pair, exactly.
    pub fn merge(&mut self, other: &Self) {
        self.raw.merge(&other.raw);
        self.corrected.merge(&other.corrected);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(seed: u64, count: u64) -> impl Iterator<Item = Duration> {
        (1..=count).map(move |n| Duration::from_nanos(n * n * seed + 17))
    }

    #[test]
    fn merging_equals_recording_everything_in_one() {
        for fresh in [LatencyHistogram::fine, LatencyHistogram::coarse] {
            let (mut a, mut b, mut union) = (fresh(), fresh(), fresh());
            samples(3, 5_000).for_each(|s| a.record(s));
            samples(90_001, 5_000).for_each(|s| b.record(s));
            samples(3, 5_000).chain(samples(90_001, 5_000)).for_each(|s| union.record(s));
            a.merge(&b);
            assert_eq!(a, union);
        }
    }

    #[test]
    fn merging_after_a_round_trip_through_json_is_exact_too() {
        let (mut a, mut b) = (LatencyHistogram::fine(), LatencyHistogram::fine());
        samples(5, 1_000).for_each(|s| a.record(s));
        samples(70_000, 1_000).for_each(|s| b.record(s));
        let through = |h: &LatencyHistogram| -> LatencyHistogram {
            serde_json::from_str(&serde_json::to_string(h).unwrap()).unwrap()
        };
        let mut merged = through(&a);
        merged.merge(&through(&b));
        a.merge(&b);
        assert_eq!(merged, a);
        assert_eq!(merged.summary(), a.summary());
    }

    #[test]
    fn a_damaged_histogram_is_refused() {
        assert!(serde_json::from_str::<LatencyHistogram>("\"aGVsbG8=\"").is_err());
        assert!(serde_json::from_str::<LatencyHistogram>("\"***\"").is_err());
    }

    #[test]
    fn correction_adds_the_requests_that_a_stall_kept_from_being_sent() {
        let mut raw = LatencyHistogram::fine();
        raw.record_n(Duration::from_millis(1), 900);
        raw.record(Duration::from_secs(1));
        let corrected = raw.corrected(Duration::from_millis(10));
        // 1000 ms stands for 990, 980, … 10 ms as well: 99 more.
        assert_eq!(corrected.count(), raw.count() + 99);
        let p95 = corrected.quantile_ms(0.95).unwrap();
        // The slowest 5 % of 1,000 are 50 of the hundred evenly spaced ones.
        assert!((p95 - 500.0).abs() <= 10.0, "{p95}");
        assert!(raw.quantile_ms(0.99).unwrap() < 1.1);
    }

    #[test]
    fn no_sample_has_no_percentiles() {
        assert_eq!(LatencyHistogram::fine().summary(), None);
        assert_eq!(LatencyHistogram::fine().median(), None);
    }
}
