//! Cliff's delta: how much more often a value of one sample is larger than one of the other than the reverse.
//!
//! Source: Cliff, Answering Ordinal Questions with Ordinal Data Using Ordinal Statistics (Multivariate Behavioral
//! Research 31, 1996); the interval is the asymmetric one of Feng and Cliff, Monte Carlo Evaluation of Ordinal d with
//! Improved Confidence Interval (Journal of Modern Applied Statistical Methods 3, 2004).

use serde::{Deserialize, Serialize};

use crate::interval::{Interval, normal_reach, real, real_u64};
use crate::rank::{Pairs, positions};
use crate::{Sample, StatsError};

/// Cliff's delta of a sample against another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CliffsDelta {
    /// The share of pairs in which the first sample's value is larger, less the share in which it is smaller: -1 to 1.
    pub delta: f64,
    /// Where the delta of the two populations lies; `None` when a sample has a single value.
    pub interval: Option<Interval>,
    /// The size of the effect in words.
    pub magnitude: Magnitude,
}

/// The size of an effect in words.
///
/// Source of the bounds 0.147, 0.33 and 0.474: Romano, Kromrey, Coraggio and Skowronek, Appropriate Statistics for
/// Ordinal Level Data (Florida Association of Institutional Research, 2006), who carry Cohen's 0.2, 0.5 and 0.8 over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Magnitude {
    /// Below 0.147.
    Negligible,
    /// From 0.147, below 0.33.
    Small,
    /// From 0.33, below 0.474.
    Medium,
    /// From 0.474.
    Large,
}

impl Magnitude {
    /// The words for a delta; its sign does not matter.
    #[must_use]
    pub fn of(delta: f64) -> Self {
        match delta.abs() {
            size if size < 0.147 => Self::Negligible,
            size if size < 0.33 => Self::Small,
            size if size < 0.474 => Self::Medium,
            _ => Self::Large,
        }
    }
}

/// Cliff's delta of `first` against `second`: positive when the first sample's values are the larger ones.
///
/// # Errors
/// [`StatsError::NotFinite`] or [`StatsError::OutOfRange`] unless `confidence` is strictly between 0 and 1.
pub fn cliffs_delta(first: &Sample, second: &Sample, confidence: f64) -> Result<CliffsDelta, StatsError> {
    let reach = normal_reach(confidence)?;
    let pairs = Pairs::count(first, second);
    let delta = (real_u64(pairs.greater) - real_u64(pairs.all - pairs.greater - pairs.equal)) / real_u64(pairs.all);
    let smaller = first.values().len().min(second.values().len());
    let bounds = match smaller {
        1 => None,
        _ if delta.abs() == 1.0 => Some(separated(delta, smaller, reach)),
        _ => Some(asymmetric(delta, variance(first, second, pairs, delta), reach)),
    };
    let interval = bounds.map(|(low, high)| Interval { low, high, confidence });
    Ok(CliffsDelta { delta, interval, magnitude: Magnitude::of(delta) })
}

/// Bounds around a delta of which the variance is estimated: Feng and Cliff (2004).
fn asymmetric(delta: f64, variance: f64, reach: f64) -> (f64, f64) {
    let (centre, spread) = (delta - delta * delta * delta, reach * reach * variance);
    let free = 1.0 - delta * delta;
    let half = reach * libm::sqrt(variance * (free * free + spread));
    ((centre - half) / (free + spread), (centre + half) / (free + spread))
}

/// Bounds when the samples do not overlap, so that no variance can be estimated: those of a proportion that was seen in
/// each of the smaller sample's values (Wilson's interval, from shares to delta by `2 p - 1`).
fn separated(delta: f64, smaller: usize, reach: f64) -> (f64, f64) {
    let bound = (real(smaller) - reach * reach) / (real(smaller) + reach * reach);
    if delta > 0.0 { (bound, 1.0) } else { (-1.0, -bound) }
}

/// The unbiased estimate of delta's variance, not less than its smallest possible value: Cliff (1996).
fn variance(first: &Sample, second: &Sample, pairs: Pairs, delta: f64) -> f64 {
    let (n, m) = (real(first.values().len()), real(second.values().len()));
    let of_first = dominance_squares(first, second, delta);
    let of_second = dominance_squares(second, first, -delta);
    let of_pairs = real_u64(pairs.all - pairs.equal) - n * m * delta * delta;
    let unbiased = (m * m * of_first + n * n * of_second - of_pairs) / (n * m * (n - 1.0) * (m - 1.0));
    unbiased.max((1.0 - delta * delta) / (n * m - 1.0))
}

/// The squared deviations from `delta` of each value's own delta against the other sample.
fn dominance_squares(values: &Sample, others: &Sample, delta: f64) -> f64 {
    let all = others.values().len();
    let own = positions(values.values(), others.values())
        .map(|(below, level)| (real(below) - real(all - below - level)) / real(all));
    own.map(|own| (own - delta) * (own - delta)).sum()
}
