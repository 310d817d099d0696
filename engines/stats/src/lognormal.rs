//! The log-normal score that Lighthouse introduced for page metrics.
//!
//! Source: `getLogNormalScore` in Lighthouse's shared statistics (GoogleChrome/lighthouse, `shared/statistics.js`) and
//! the description in its scoring documentation. What Lighthouse shows is that score after two more steps, see
//! [`LogNormal::lighthouse`].

use serde::Serialize;

use crate::StatsError;
use crate::error::within;

/// `erfc⁻¹(1/5)`: the argument at which the complementary log-normal distribution is 0.9, so that `p10` scores 0.9.
/// Computed as the root of `erfc(x) = 0.2`; the tests check it.
const INVERSE_ERFC_ONE_FIFTH: f64 = 0.906_193_802_436_823_2;

/// The score at `p10`.
const PASSING: f64 = 0.9;
/// The score at the median.
const MIDDLING: f64 = 0.5;
/// By which share Lighthouse stretches what a score has above [`PASSING`].
const STRETCH: f64 = 0.05;

/// A log-normal score curve for a metric whose small values are good.
///
/// `p10` is the value that scores 0.9 (a tenth of the reference population is better), `median` the one that scores 0.5.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LogNormal {
    p10: f64,
    median: f64,
}

impl LogNormal {
    /// A curve through the two control points, in the metric's unit.
    ///
    /// # Errors
    /// [`StatsError::ControlPoints`] unless `0 < p10 < median` and both are finite.
    pub const fn new(p10: f64, median: f64) -> Result<Self, StatsError> {
        if Self::valid(p10, median) { Ok(Self { p10, median }) } else { Err(StatsError::ControlPoints { p10, median }) }
    }

    /// A curve from constants, checked while compiling.
    pub(crate) const fn constant(p10: f64, median: f64) -> Self {
        assert!(Self::valid(p10, median), "control points must satisfy 0 < p10 < median");
        Self { p10, median }
    }

    const fn valid(p10: f64, median: f64) -> bool {
        p10 > 0.0 && p10 < median && median.is_finite()
    }

    /// The value that scores 0.9.
    #[must_use]
    pub const fn p10(&self) -> f64 {
        self.p10
    }

    /// The value that scores 0.5.
    #[must_use]
    pub const fn median(&self) -> f64 {
        self.median
    }

    /// The score of `value`, from 1 (best, at zero) falling towards 0.
    ///
    /// `erf` is `libm`'s, a port of FreeBSD msun's rational approximations (Sun Microsystems, 1993) with an error
    /// under one unit in the last place.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`] for NaN and infinities, [`StatsError::OutOfRange`] for negative values.
    pub fn score(&self, value: f64) -> Result<f64, StatsError> {
        let value = within("value", value, 0.0, f64::INFINITY)?;
        if value == 0.0 {
            return Ok(1.0);
        }
        // Differences of logarithms: the quotient would underflow for denormal values.
        let log_ratio = libm::log(value) - libm::log(self.median);
        let log_spread = libm::log(self.median) - libm::log(self.p10);
        let standardized = log_ratio * INVERSE_ERFC_ONE_FIFTH / log_spread;
        Ok((libm::erfc(standardized) / 2.0).clamp(0.0, 1.0))
    }

    /// The score of an audit as Lighthouse shows it: a whole number of hundredths.
    ///
    /// Above 0.9 the score is stretched, so that values other than zero reach 1; then it is rounded down. A value that
    /// meets a control point is never put below that point's score.
    ///
    /// Source: `computeLogNormalScore` in Lighthouse 13 (GoogleChrome/lighthouse, `shared/util.js`).
    ///
    /// # Errors
    /// Those of [`LogNormal::score`].
    pub fn lighthouse(&self, value: f64) -> Result<f64, StatsError> {
        let score = self.score(value)?;
        let met = if value <= self.p10 {
            score.max(PASSING)
        } else if value <= self.median {
            score.clamp(MIDDLING, PASSING.next_down())
        } else {
            score.min(MIDDLING.next_down())
        };
        let stretched = met + STRETCH * (met - PASSING).max(0.0);
        Ok((stretched * 100.0).floor() / 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(p10: f64, median: f64, value: f64) -> f64 {
        LogNormal::new(p10, median).unwrap().score(value).unwrap()
    }

    #[test]
    fn lighthouse_mobile_values_are_met() {
        for (p10, median, value, expected) in [
            (2500.0, 4000.0, 3000.0, 0.7836),
            (2500.0, 4000.0, 6000.0, 0.1345),
            (200.0, 600.0, 350.0, 0.7352),
            (200.0, 600.0, 1000.0, 0.2756),
        ] {
            assert!((score(p10, median, value) - expected).abs() < 5e-5, "{value}: {}", score(p10, median, value));
        }
    }

    #[test]
    fn control_points_score_nine_tenths_and_one_half() {
        for (p10, median) in [(2500.0, 4000.0), (100.0, 600.0), (0.1, 0.25), (1e-6, 1e6)] {
            assert!((score(p10, median, p10) - 0.9).abs() < 1e-12);
            assert!((score(p10, median, median) - 0.5).abs() < 1e-12);
        }
    }

    /// Reference values: Abramowitz and Stegun, table 7.1, and NIST DLMF 7.23, to the digits of a double.
    #[test]
    fn error_function_is_accurate() {
        for (x, erf) in [
            (0.0, 0.0),
            (0.1, 0.112_462_916_018_284_9),
            (0.5, 0.520_499_877_813_046_5),
            (1.0, 0.842_700_792_949_714_9),
            (1.5, 0.966_105_146_475_310_8),
            (2.0, 0.995_322_265_018_952_7),
            (3.0, 0.999_977_909_503_001_4),
        ] {
            assert!((libm::erf(x) - erf).abs() < 1e-15, "erf({x})");
            assert!((libm::erf(-x) + erf).abs() < 1e-15, "erf(-{x})");
            assert!((libm::erfc(x) - (1.0 - erf)).abs() < 1e-15, "erfc({x})");
        }
    }

    #[test]
    fn control_points_out_of_order_are_refused() {
        for (p10, median) in [(0.0, 1.0), (-1.0, 1.0), (2.0, 1.0), (1.0, 1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
            assert!(LogNormal::new(p10, median).is_err(), "{p10} {median}");
        }
    }

    #[test]
    fn values_that_are_no_measurement_are_refused() {
        let curve = LogNormal::new(1.0, 2.0).unwrap();
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e-300, -1.0] {
            assert!(curve.score(value).is_err(), "{value}");
        }
    }
}
