//! The hypergeometric distribution: how many marked items a draw without replacement holds.

use crate::StatsError;
use crate::distribution::density::{ln_binomial, sum_outwards};
use crate::interval::real_u64;

/// The largest population: counts up to here are exact as doubles.
pub const MAX_POPULATION: u64 = 1 << 53;

/// A draw of `drawn` items from `marked` and `unmarked` ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hypergeometric {
    marked: u64,
    unmarked: u64,
    drawn: u64,
}

impl Hypergeometric {
    /// A draw from a population.
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] for a population above [`MAX_POPULATION`] or a draw of more than there is.
    pub fn new(marked: u64, unmarked: u64, drawn: u64) -> Result<Self, StatsError> {
        let max = MAX_POPULATION;
        let population = marked.checked_add(unmarked).filter(|population| *population <= max);
        let population = population
            .ok_or_else(|| out_of_range("population", real_u64(marked) + real_u64(unmarked), real_u64(max)))?;
        if drawn > population {
            return Err(out_of_range("drawn", real_u64(drawn), real_u64(population)));
        }
        Ok(Self { marked, unmarked, drawn })
    }

    /// The smallest possible number of marked items.
    #[must_use]
    pub const fn min(&self) -> u64 {
        self.drawn.saturating_sub(self.unmarked)
    }

    /// The largest possible number of marked items.
    #[must_use]
    pub const fn max(&self) -> u64 {
        if self.drawn < self.marked { self.drawn } else { self.marked }
    }

    /// The most likely number of marked items; of two, the larger.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "at most the number of drawn items")]
    pub const fn mode(&self) -> u64 {
        let ways = (self.drawn as u128 + 1) * (self.marked as u128 + 1);
        (ways / (self.marked as u128 + self.unmarked as u128 + 2)) as u64
    }

    /// The logarithm of the probability of exactly `count` marked items; negative infinity where that cannot be.
    ///
    /// Source: Loader (2000): a product of two binomial densities over a third.
    #[must_use]
    pub fn ln_density(&self, count: u64) -> f64 {
        if count < self.min() || count > self.max() {
            return f64::NEG_INFINITY;
        }
        if self.min() == self.max() {
            return 0.0;
        }
        let population = real_u64(self.marked + self.unmarked);
        let p = real_u64(self.drawn) / population;
        let q = real_u64(self.marked + self.unmarked - self.drawn) / population;
        let with = ln_binomial(real_u64(count), real_u64(self.marked), p, q);
        let without = ln_binomial(real_u64(self.drawn - count), real_u64(self.unmarked), p, q);
        with + without - ln_binomial(real_u64(self.drawn), population, p, q)
    }

    /// The probability of `low` to `high` marked items, both included.
    #[must_use]
    pub fn between(&self, low: u64, high: u64) -> f64 {
        let (low, high) = (low.max(self.min()), high.min(self.max()));
        if low > high {
            return 0.0;
        }
        let start = self.mode().clamp(low, high);
        let first = libm::exp(self.ln_density(start));
        sum_outwards(low, high, start, first, |count| self.ratio(count)).min(1.0)
    }

    /// The density at `count + 1` over the density at `count`.
    fn ratio(&self, count: u64) -> f64 {
        let up = real_u64(self.marked - count) * real_u64(self.drawn - count);
        up / (real_u64(count + 1) * real_u64(self.unmarked + count + 1 - self.drawn))
    }
}

const fn out_of_range(field: &'static str, value: f64, max: f64) -> StatsError {
    StatsError::OutOfRange { field, value, min: 0.0, max }
}
