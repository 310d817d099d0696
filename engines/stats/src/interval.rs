//! Confidence intervals and the direction of a test's alternative.

use serde::{Deserialize, Serialize};

use crate::StatsError;
use crate::distribution::normal;
use crate::error::within;

/// A range that covers the true value in the stated share of repetitions, in the unit of the value it is about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
    /// How often the method covers the truth, between 0 and 1; for small samples of ranks it may cover more often.
    pub confidence: f64,
}

impl Interval {
    /// Whether the value lies between the bounds or on one of them.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// The difference of the bounds.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.high - self.low
    }
}

/// What a test holds against the hypothesis that two samples come from one distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alternative {
    /// They differ, in either direction.
    TwoSided,
    /// The first tends to smaller values than the second.
    Less,
    /// The first tends to larger values than the second.
    Greater,
}

/// Passes a confidence level strictly between 0 and 1 through.
pub(crate) fn confidence_level(confidence: f64) -> Result<f64, StatsError> {
    open_share("confidence", confidence)
}

/// Passes a share strictly between 0 and 1 through.
pub(crate) fn open_share(field: &'static str, value: f64) -> Result<f64, StatsError> {
    let (min, max) = (0.0, 1.0);
    if value == min || value == max {
        return Err(StatsError::OutOfRange { field, value, min, max });
    }
    within(field, value, min, max)
}

/// How many standard errors a two-sided normal interval reaches to each side: `Φ⁻¹((1 + confidence) / 2)`.
pub(crate) fn normal_reach(confidence: f64) -> Result<f64, StatsError> {
    // Of the small tail, where doubles are dense.
    normal::quantile((1.0 - confidence_level(confidence)?) / 2.0).map(|z| -z)
}

/// A count as a real number.
#[expect(clippy::cast_precision_loss, reason = "what fits in memory has far fewer than 2^53 elements")]
pub(crate) const fn real(count: usize) -> f64 {
    count as f64
}

/// A count of up to 2^53 as a real number; larger ones are rounded.
#[expect(clippy::cast_precision_loss, reason = "callers refuse counts above 2^53, or only show them in an error")]
pub(crate) const fn real_u64(count: u64) -> f64 {
    count as f64
}
