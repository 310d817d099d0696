//! Exact quantiles and robust summaries of small samples.

use serde::{Deserialize, Serialize};

use crate::StatsError;
use crate::error::within;

/// Factor that makes the median absolute deviation estimate the standard deviation of normal data: `1 / Φ⁻¹(3/4)`
/// (Rousseeuw and Croux, Alternatives to the Median Absolute Deviation, 1993).
pub const MAD_TO_SIGMA: f64 = 1.482_602_218_505_602;

/// At least one finite number, sorted.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// Takes the values in any order.
    ///
    /// # Errors
    /// [`StatsError::Empty`] without values, [`StatsError::NotFinite`] when one is NaN or infinite.
    pub fn new(values: &[f64]) -> Result<Self, StatsError> {
        if values.is_empty() {
            return Err(StatsError::Empty { field: "sample" });
        }
        if let Some(value) = values.iter().copied().find(|value| !value.is_finite()) {
            return Err(StatsError::NotFinite { field: "sample", value });
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Ok(Self(sorted))
    }

    /// The values in ascending order.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// The smallest value.
    #[must_use]
    pub fn min(&self) -> f64 {
        self.0[0]
    }

    /// The largest value.
    #[must_use]
    pub fn max(&self) -> f64 {
        self.0[self.0.len() - 1]
    }

    /// The quantile at probability `p` by linear interpolation of the order statistics: type 7 of Hyndman and Fan,
    /// Sample Quantiles in Statistical Packages (1996), the default of R and NumPy.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`] or [`StatsError::OutOfRange`] unless `p` is between 0 and 1.
    pub fn quantile(&self, p: f64) -> Result<f64, StatsError> {
        Ok(self.at(within("p", p, 0.0, 1.0)?))
    }

    /// The middle value, or the mean of the two middle values.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// The arithmetic mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let count = self.count();
        let sum: f64 = self.0.iter().sum();
        let mean = if sum.is_finite() { sum / count } else { self.0.iter().map(|value| value / count).sum() };
        // Rounding must not carry the mean of equal values past them.
        mean.clamp(self.min(), self.max())
    }

    /// The median absolute deviation from the median, in the values' unit and not scaled; times [`MAD_TO_SIGMA`] it
    /// estimates the standard deviation of normal data.
    #[must_use]
    pub fn mad(&self) -> f64 {
        let median = self.median();
        let mut deviations: Vec<f64> = self.0.iter().map(|value| (value - median).abs().min(f64::MAX)).collect();
        deviations.sort_by(f64::total_cmp);
        Self(deviations).median()
    }

    /// The standard deviation with Bessel's correction; `None` for a single value.
    #[must_use]
    pub fn std_dev(&self) -> Option<f64> {
        let mean = self.mean();
        let squares: f64 = self.0.iter().map(|value| (value - mean) * (value - mean)).sum();
        (self.0.len() > 1).then(|| libm::sqrt(squares / (self.count() - 1.0)))
    }

    /// The usual numbers about the sample.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary {
            n: self.0.len(),
            min: self.min(),
            max: self.max(),
            mean: self.mean(),
            std_dev: self.std_dev(),
            median: self.median(),
            mad: self.mad(),
            p25: self.at(0.25),
            p75: self.at(0.75),
            p95: self.at(0.95),
            p99: self.at(0.99),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a sample that fits in memory has far fewer than 2^53 values")]
    fn count(&self) -> f64 {
        self.0.len() as f64
    }

    /// `p` is between 0 and 1.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the position is between 0 and the last index"
    )]
    fn at(&self, p: f64) -> f64 {
        let position = (self.count() - 1.0) * p;
        let below = (position.floor() as usize).min(self.0.len() - 1);
        let above = (below + 1).min(self.0.len() - 1);
        let share = position - position.floor();
        let (low, high) = (self.0[below], self.0[above]);
        (low * (1.0 - share) + high * share).clamp(low, high)
    }
}

/// The usual numbers about a sample, all but `n` in the values' unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// How many values.
    pub n: usize,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The arithmetic mean.
    pub mean: f64,
    /// The standard deviation with Bessel's correction; `None` for a single value.
    pub std_dev: Option<f64>,
    /// The median.
    pub median: f64,
    /// The median absolute deviation, not scaled.
    pub mad: f64,
    /// The first quartile.
    pub p25: f64,
    /// The third quartile.
    pub p75: f64,
    /// The 95th percentile.
    pub p95: f64,
    /// The 99th percentile.
    pub p99: f64,
}
