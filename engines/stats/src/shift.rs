//! The Hodges-Lehmann estimate of the shift between two samples: the median of all pairwise differences.
//!
//! Source: Hodges and Lehmann, Estimates of Location Based on Rank Tests (Annals of Mathematical Statistics 34, 1963);
//! the interval is Moses', as in Hollander and Wolfe, Nonparametric Statistical Methods (2nd ed., 1999), sections 4.2
//! and 4.3, and in R's `wilcox.test(conf.int = TRUE)`.

use serde::{Deserialize, Serialize};

use crate::interval::{Interval, confidence_level, normal_reach, real};
use crate::rank::{preferred, standard_deviation};
use crate::{Sample, StatsError};

/// By how much one sample lies above another, in the values' unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// The median of the differences of every value of the first sample and every value of the second.
    pub estimate: f64,
    /// The shifts that the two-sided Mann-Whitney test does not reject. Its `confidence` is the one asked for, or less
    /// where the samples are too small for it.
    pub interval: Interval,
}

/// The shift of `first` against `second`, with an interval.
///
/// The interval's ranks come from the exact distribution where [`RankMethod::Auto`](crate::rank::RankMethod::Auto) may
/// use it, and from the normal approximation with the continuity and the tie correction otherwise. The differences are
/// never stored: time grows with the sum of the two sizes, not with their product.
///
/// # Errors
/// [`StatsError::NotFinite`] or [`StatsError::OutOfRange`] unless `confidence` is strictly between 0 and 1;
/// [`StatsError::NotFinite`] when a difference is too large for a double.
pub fn hodges_lehmann(first: &Sample, second: &Sample, confidence: f64) -> Result<Shift, StatsError> {
    let differences = Differences::new(first, second)?;
    let (rank, confidence) = lower_rank(first, second, confidence_level(confidence)?)?;
    let count = differences.count();
    let estimate = f64::midpoint(differences.nth((count - 1) / 2), differences.nth(count / 2));
    let interval = Interval { low: differences.nth(rank - 1), high: differences.nth(count - rank), confidence };
    Ok(Shift { estimate, interval })
}

/// The rank of the difference at which the interval begins, counted from 1, and the confidence it reaches.
fn lower_rank(first: &Sample, second: &Sample, confidence: f64) -> Result<(u64, f64), StatsError> {
    if let Some(distribution) = preferred(first, second) {
        let rank = distribution.below((1.0 - confidence) / 2.0).max(1);
        let outside = 2.0 * distribution.at_most(rank - 1);
        return Ok((rank as u64, if outside > 1.0 - confidence { (1.0 - outside).max(0.0) } else { confidence }));
    }
    let half = real(first.values().len()) * real(second.values().len()) / 2.0;
    let rank = half - normal_reach(confidence)? * standard_deviation(first, second) + 0.5;
    Ok((whole(rank.min(half).max(1.0)), confidence))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and the pairs' number")]
fn whole(rank: f64) -> u64 {
    rank.floor() as u64
}

/// All pairwise differences in ascending order, by number and not by list.
struct Differences<'a> {
    first: &'a [f64],
    second: &'a [f64],
    smallest: f64,
    largest: f64,
}

impl<'a> Differences<'a> {
    fn new(first: &'a Sample, second: &'a Sample) -> Result<Self, StatsError> {
        let (smallest, largest) = (first.min() - second.max(), first.max() - second.min());
        let infinite = [smallest, largest].into_iter().find(|difference| !difference.is_finite());
        if let Some(value) = infinite {
            return Err(StatsError::NotFinite { field: "difference", value });
        }
        Ok(Self { first: first.values(), second: second.values(), smallest, largest })
    }

    fn count(&self) -> u64 {
        self.first.len() as u64 * self.second.len() as u64
    }

    /// The difference with `index` others before it.
    ///
    /// Bisects the doubles themselves: rounding keeps subtraction monotone, so the differences up to a bound are
    /// counted in one pass over both samples, and 64 passes find the difference exactly.
    fn nth(&self, index: u64) -> f64 {
        let (mut low, mut high) = (ordinal(self.smallest), ordinal(self.largest));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.up_to(from_ordinal(middle)) > index { high = middle } else { low = middle + 1 }
        }
        from_ordinal(low)
    }

    /// How many differences are at most `bound`.
    fn up_to(&self, bound: f64) -> u64 {
        let mut from = 0;
        let count_for = |value: &f64| {
            from += self.second[from..].iter().take_while(|other| *value - **other > bound).count();
            (self.second.len() - from) as u64
        };
        self.first.iter().map(count_for).sum()
    }
}

const SIGN: u64 = 1 << 63;

/// The place of a number among all doubles in ascending order.
const fn ordinal(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The double at a place; zero is never negative.
fn from_ordinal(place: u64) -> f64 {
    f64::from_bits(if place & SIGN == 0 { !place } else { place & !SIGN }) + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_keep_the_order_of_numbers() {
        let ascending = [f64::MIN, -1.5, -f64::MIN_POSITIVE, -5e-324, 0.0, 5e-324, 1.0, f64::MAX];
        assert!(ascending.windows(2).all(|pair| ordinal(pair[0]) < ordinal(pair[1])));
        assert!(ascending.into_iter().all(|value| from_ordinal(ordinal(value)) == value));
    }

    #[test]
    fn the_nth_difference_is_the_one_that_sorting_finds() {
        let first = Sample::new(&[1.0, 1.0, 2.5, -3.0, 7.0]).unwrap();
        let second = Sample::new(&[0.0, 1.0, 1.0, 12.25]).unwrap();
        let mut all: Vec<f64> =
            first.values().iter().flat_map(|x| second.values().iter().map(move |y| x - y)).collect();
        all.sort_by(f64::total_cmp);
        let differences = Differences::new(&first, &second).unwrap();
        for (index, difference) in (0..).zip(all) {
            assert_eq!(differences.nth(index), difference, "{index}");
        }
    }

    #[test]
    fn samples_too_small_for_the_confidence_say_so() {
        let shift =
            hodges_lehmann(&Sample::new(&[3.0, 4.0]).unwrap(), &Sample::new(&[1.0, 1.5]).unwrap(), 0.95).unwrap();
        assert_eq!((shift.estimate, shift.interval.low, shift.interval.high), (2.25, 1.5, 3.0));
        assert!((shift.interval.confidence - 2.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn differences_beyond_all_doubles_are_refused() {
        let (huge, low) = (Sample::new(&[f64::MAX]).unwrap(), Sample::new(&[f64::MIN]).unwrap());
        assert!(matches!(hodges_lehmann(&huge, &low, 0.95), Err(StatsError::NotFinite { .. })));
        assert!(hodges_lehmann(&huge, &huge, 1.0).is_err());
    }
}
