//! The exact null distribution of the Mann-Whitney U statistic, without ties.

use crate::StatsError;
use crate::interval::real;

/// The largest product of the two sample sizes for which the distribution is tabulated.
pub const MAX_PAIRS: usize = 4_000_000;

/// How many of the orderings of two samples have each value of U: the number of pairs in which the first sample's
/// value is the larger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankSum {
    /// At `u`, the number of orderings with a statistic of at most `u`.
    cumulative: Vec<u128>,
}

impl RankSum {
    /// The distribution for samples of `first` and `second` values, in time proportional to their product times the
    /// smaller.
    ///
    /// Source: Mann and Whitney (Annals of Mathematical Statistics 18, 1947): the orderings with `U = u` are as many as
    /// the partitions of `u` that fit a `first × second` box, which the Gaussian binomial coefficient
    /// `∏ (1 - q^(second + i)) / (1 - q^i)` generates. The coefficients are whole numbers, computed modulo 2^128, so
    /// they are exact whenever the number of all orderings is below 2^127.
    ///
    /// # Errors
    /// [`StatsError::Empty`] for an empty sample; [`StatsError::TooMany`] for more than [`MAX_PAIRS`] pairs or for more
    /// orderings than 2^127: 65 values against 65, or 8 against 200 000.
    pub fn new(first: usize, second: usize) -> Result<Self, StatsError> {
        let (small, large) = (first.min(second), first.max(second));
        if small == 0 {
            return Err(StatsError::Empty { field: "sample" });
        }
        let pairs = small.saturating_mul(large);
        if pairs > MAX_PAIRS {
            return Err(StatsError::TooMany { field: "pairs of an exact rank test", max: MAX_PAIRS, given: pairs });
        }
        if !countable(small, large) {
            return Err(StatsError::TooMany { field: "smaller sample of an exact rank test", max: 64, given: small });
        }
        let mut counts = vec![0_u128; pairs + 1];
        counts[0] = 1;
        for i in 1..=small {
            for u in (large + i..=pairs).rev() {
                counts[u] = counts[u].wrapping_sub(counts[u - large - i]);
            }
            for u in i..=pairs {
                counts[u] = counts[u].wrapping_add(counts[u - i]);
            }
        }
        for u in 1..=pairs {
            counts[u] += counts[u - 1];
        }
        Ok(Self { cumulative: counts })
    }

    /// The probability of a statistic of at most `u`.
    #[must_use]
    pub fn at_most(&self, u: usize) -> f64 {
        let last = self.cumulative.len() - 1;
        share(self.cumulative[u.min(last)], self.cumulative[last])
    }

    /// The probability of a statistic of at least `u`.
    #[must_use]
    pub fn at_least(&self, u: usize) -> f64 {
        let last = self.cumulative.len() - 1;
        // The distribution is symmetric, and its lower tail is the one that was summed from its small end.
        last.checked_sub(u).map_or(0.0, |mirrored| self.at_most(mirrored))
    }

    /// How many values have a probability of at most `tail` together, counted from the smallest.
    #[must_use]
    pub fn below(&self, tail: f64) -> usize {
        let last = self.cumulative.len() - 1;
        self.cumulative.partition_point(|count| share(*count, self.cumulative[last]) <= tail)
    }
}

#[expect(clippy::cast_precision_loss, reason = "rounding to the nearest double is what a probability needs")]
fn share(count: u128, all: u128) -> f64 {
    count as f64 / all as f64
}

/// Whether `large + small` values can be split in fewer than 2^127 ways.
fn countable(small: usize, large: usize) -> bool {
    let ln_ways: f64 = (1..=small).map(|i| libm::log(real(large + i) / real(i))).sum();
    ln_ways < 127.0 * core::f64::consts::LN_2 - 1e-6
}
