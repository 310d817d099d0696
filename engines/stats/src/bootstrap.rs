//! Bootstrap intervals: how a statistic varies when the sample is drawn again from itself.
//!
//! Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 13 and 14. Given the same resamples,
//! bounds equal those of SciPy's `bootstrap`.

use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

use crate::distribution::normal;
use crate::interval::{Interval, confidence_level, normal_reach, real};
use crate::random::Random;
use crate::{Sample, StatsError};

/// Fewer resamples than this say nothing about the tails.
pub const FEWEST_RESAMPLES: usize = 100;

/// How bounds are read off the statistics of the resamples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BootstrapMethod {
    /// Their quantiles. Simple; too narrow for small samples and skewed statistics.
    Percentile,
    /// Their quantiles at probabilities that are corrected for bias and skewness (BCa). Evaluates the statistic once
    /// more for each value of the sample. Not for extremes, or quantiles with few values beyond them.
    BiasCorrected,
}

/// How to resample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// How often; at least [`FEWEST_RESAMPLES`], and 1000 or more for intervals of 95 %.
    pub resamples: usize,
    /// Where the sequence of random numbers starts; the same seed gives the same interval.
    pub seed: u64,
    /// The confidence of the interval, strictly between 0 and 1.
    pub confidence: f64,
    /// How bounds are read off.
    pub method: BootstrapMethod,
}

impl Default for Bootstrap {
    /// 9999 resamples, as in SciPy, for a BCa interval of 95 %.
    fn default() -> Self {
        Self { resamples: 9999, seed: 0, confidence: 0.95, method: BootstrapMethod::BiasCorrected }
    }
}

/// A statistic with the interval that its resamples give, in the statistic's unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BootstrapEstimate {
    /// The statistic of the sample.
    pub estimate: f64,
    /// Where the statistic of the population lies.
    pub interval: Interval,
    /// The standard deviation of the statistic over the resamples.
    pub standard_error: f64,
}

impl Bootstrap {
    /// The statistic of the sample and its interval. `statistic` is given as many values as the sample has, in no order.
    ///
    /// # Errors
    /// [`StatsError::TooFew`] for fewer than [`FEWEST_RESAMPLES`] or a sample of one value; [`StatsError::NotFinite`]
    /// when the statistic is; [`StatsError::OutOfRange`] for a `confidence` that is not strictly between 0 and 1;
    /// [`StatsError::Undefined`] when all resamples lie on one side of the estimate, so that BCa has no bounds.
    pub fn estimate(
        &self,
        sample: &Sample,
        statistic: impl Fn(&[f64]) -> f64,
    ) -> Result<BootstrapEstimate, StatsError> {
        let finite = |values: &[f64]| Some(statistic(values)).filter(|value| value.is_finite()).ok_or(not_finite());
        at_least("resamples", FEWEST_RESAMPLES, self.resamples)?;
        at_least("values of the sample", 2, sample.values().len())?;
        let estimate = finite(sample.values())?;
        let resampled = self.resample(sample.values(), finite)?;
        let interval = match self.method {
            BootstrapMethod::Percentile => {
                let tail = (1.0 - confidence_level(self.confidence)?) / 2.0;
                bounds(&resampled, (tail, 1.0 - tail), self.confidence)?
            }
            BootstrapMethod::BiasCorrected => {
                let acceleration = acceleration(sample.values(), finite)?;
                bounds(&resampled, corrected(&resampled, estimate, acceleration, self.confidence)?, self.confidence)?
            }
        };
        Ok(BootstrapEstimate { estimate, interval, standard_error: resampled.std_dev().unwrap_or(0.0) })
    }

    #[expect(clippy::cast_possible_truncation, reason = "the number drawn is below a length")]
    fn resample(
        &self,
        values: &[f64],
        statistic: impl Fn(&[f64]) -> Result<f64, StatsError>,
    ) -> Result<Sample, StatsError> {
        let count = NonZeroU64::new(values.len() as u64).ok_or(StatsError::Empty { field: "sample" })?;
        let mut random = Random::seeded(self.seed);
        let mut drawn = values.to_vec();
        let mut statistics = Vec::with_capacity(self.resamples);
        for _ in 0..self.resamples {
            drawn.fill_with(|| values[random.below(count) as usize]);
            statistics.push(statistic(&drawn)?);
        }
        Sample::new(&statistics)
    }
}

fn bounds(resampled: &Sample, (low, high): (f64, f64), confidence: f64) -> Result<Interval, StatsError> {
    Ok(Interval { low: resampled.quantile(low)?, high: resampled.quantile(high)?, confidence })
}

/// The probabilities of the bounds: Efron and Tibshirani (1993), equation 14.10, with a resample that equals the
/// estimate counted half as below it.
fn corrected(resampled: &Sample, estimate: f64, acceleration: f64, confidence: f64) -> Result<(f64, f64), StatsError> {
    let values = resampled.values();
    let below = values.partition_point(|value| *value < estimate) + values.partition_point(|value| *value <= estimate);
    if below == 0 || below == 2 * values.len() {
        return Err(undefined("all resamples lie on one side of the estimate"));
    }
    let bias = normal::percentage_point(real(below) / real(2 * values.len()));
    let reach = normal_reach(confidence)?;
    let at = |z: f64| normal::cumulative(bias + (bias + z) / (1.0 - acceleration * (bias + z)));
    if acceleration.abs() * (bias.abs() + reach) >= 1.0 {
        return Err(undefined("the statistic is too skewed for the correction"));
    }
    Ok((at(-reach), at(reach)))
}

/// The skewness of the statistic, by leaving out each value in turn: Efron and Tibshirani (1993), equation 14.15.
fn acceleration(values: &[f64], statistic: impl Fn(&[f64]) -> Result<f64, StatsError>) -> Result<f64, StatsError> {
    let mut rest = values.get(1..).unwrap_or_default().to_vec();
    let mut without = Vec::with_capacity(values.len());
    for left_out in 0..values.len() {
        // `rest` lacks the value at `left_out`: it lacked the one before, which now takes the place of this one.
        if let Some(before) = left_out.checked_sub(1) {
            rest[before] = values[before];
        }
        without.push(statistic(&rest)?);
    }
    let mean = without.iter().sum::<f64>() / real(without.len());
    let (squares, cubes) = without.iter().fold((0.0, 0.0), |(squares, cubes), one| {
        let distance = mean - one;
        (squares + distance * distance, cubes + distance * distance * distance)
    });
    Ok(if squares > 0.0 { cubes / (6.0 * squares * libm::sqrt(squares)) } else { 0.0 })
}

fn at_least(field: &'static str, needed: usize, given: usize) -> Result<(), StatsError> {
    if given < needed { Err(StatsError::TooFew { field, needed, given }) } else { Ok(()) }
}

const fn not_finite() -> StatsError {
    StatsError::NotFinite { field: "statistic", value: f64::NAN }
}

const fn undefined(reason: &'static str) -> StatsError {
    StatsError::Undefined { field: "bias-corrected interval", reason }
}
