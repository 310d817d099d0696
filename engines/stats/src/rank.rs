//! The Mann-Whitney U test: whether values of one sample tend to be larger than those of another.
//!
//! It asks nothing of the shape of the distributions, which is why it suits latencies.
//!
//! Source: Mann and Whitney, On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other
//! (Annals of Mathematical Statistics 18, 1947); ties as in Hollander and Wolfe, Nonparametric Statistical Methods
//! (2nd ed., 1999), section 4.1. Results equal those of SciPy's `mannwhitneyu`.

use serde::{Deserialize, Serialize};

use crate::distribution::normal;
use crate::distribution::rank_sum::RankSum;
use crate::interval::{Alternative, real, real_u64};
use crate::{Sample, StatsError};

/// The sample size below which, on both sides, the exact distribution is preferred, as in R's `wilcox.test`.
///
/// The normal approximation is needlessly timid where several tests are adjusted and small probabilities count: 0.007
/// for 0.005 at 9 values against 9.
pub const EXACT_BELOW: usize = 50;

/// The size of one sample up to which the exact distribution is preferred whatever the other's, as in SciPy.
pub const EXACT_UP_TO: usize = 8;

/// Where the test's probability comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum RankMethod {
    /// Exact when there are no ties, the samples are small ([`EXACT_BELOW`], [`EXACT_UP_TO`]) and the distribution can
    /// be tabulated; otherwise the normal approximation with the continuity correction.
    Auto,
    /// The exact distribution; there must be no ties.
    Exact,
    /// The normal approximation, corrected for ties.
    Approximate {
        /// Whether half a step is taken off the distance from the mean, as for a discrete statistic it should.
        continuity: bool,
    },
}

/// The outcome of a Mann-Whitney U test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RankTest {
    /// In how many pairs the first sample's value is the larger; a tie counts one half.
    pub u: f64,
    /// The probability of a statistic at least as far out when both samples come from one distribution.
    pub p: f64,
    /// Where the probability comes from; never [`RankMethod::Auto`].
    pub method: RankMethod,
}

/// Tests the first sample against the second.
///
/// # Errors
/// For [`RankMethod::Exact`] only: [`StatsError::Undefined`] with ties, and [`StatsError::TooMany`] for samples that
/// [`RankSum::new`] refuses.
pub fn mann_whitney(
    first: &Sample,
    second: &Sample,
    alternative: Alternative,
    method: RankMethod,
) -> Result<RankTest, StatsError> {
    let pairs = Pairs::count(first, second);
    let exact = || RankSum::new(first.values().len(), second.values().len());
    let tied = tie_sum(first, second) > 0.0;
    match method {
        RankMethod::Exact if tied => {
            Err(StatsError::Undefined { field: "exact rank test", reason: "some values are equal" })
        }
        RankMethod::Exact => Ok(pairs.exact(&exact()?, alternative)),
        RankMethod::Approximate { continuity } => Ok(pairs.approximate(first, second, alternative, continuity)),
        RankMethod::Auto => Ok(match preferred(first, second) {
            Some(distribution) if !tied => pairs.exact(&distribution, alternative),
            _ => pairs.approximate(first, second, alternative, true),
        }),
    }
}

/// The exact distribution where it is preferred over the normal approximation.
pub(crate) fn preferred(first: &Sample, second: &Sample) -> Option<RankSum> {
    let (first, second) = (first.values().len(), second.values().len());
    let small = first.max(second) < EXACT_BELOW || first.min(second) <= EXACT_UP_TO;
    if small { RankSum::new(first, second).ok() } else { None }
}

/// How the pairs of one value of each sample compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pairs {
    /// Pairs in which the first sample's value is larger.
    pub greater: u64,
    /// Pairs of equal values.
    pub equal: u64,
    /// All pairs.
    pub all: u64,
}

impl Pairs {
    /// Counts the pairs in one pass over both sorted samples.
    pub fn count(first: &Sample, second: &Sample) -> Self {
        let (mut greater, mut equal) = (0, 0);
        for (below, level) in positions(first.values(), second.values()) {
            greater += below as u64;
            equal += level as u64;
        }
        Self { greater, equal, all: first.values().len() as u64 * second.values().len() as u64 }
    }

    /// The statistic of the first sample.
    fn u(self) -> f64 {
        real_u64(self.greater) + real_u64(self.equal) / 2.0
    }

    fn exact(self, distribution: &RankSum, alternative: Alternative) -> RankTest {
        let greater = usize::try_from(self.greater).unwrap_or(usize::MAX);
        let (above, below) = (distribution.at_least(greater), distribution.at_most(greater));
        let p = match alternative {
            Alternative::Greater => above,
            Alternative::Less => below,
            Alternative::TwoSided => (2.0 * above.min(below)).min(1.0),
        };
        RankTest { u: self.u(), p, method: RankMethod::Exact }
    }

    fn approximate(self, first: &Sample, second: &Sample, alternative: Alternative, continuity: bool) -> RankTest {
        let half = real_u64(self.all) / 2.0;
        let distance = match alternative {
            Alternative::Greater => self.u() - half,
            Alternative::Less => half - self.u(),
            Alternative::TwoSided => (self.u() - half).abs(),
        };
        let correction = if continuity { 0.5 } else { 0.0 };
        let deviation = standard_deviation(first, second);
        // Where all values are equal, nothing speaks against the hypothesis.
        let tail = if deviation > 0.0 { normal::upper_tail((distance - correction) / deviation) } else { 1.0 };
        let p = if alternative == Alternative::TwoSided { (2.0 * tail).min(1.0) } else { tail };
        RankTest { u: self.u(), p, method: RankMethod::Approximate { continuity } }
    }
}

/// For each value, in order, how many of `others` are smaller and how many are equal. Both ascend.
pub(crate) fn positions(values: &[f64], others: &[f64]) -> impl Iterator<Item = (usize, usize)> {
    let (mut smaller, mut up_to) = (0, 0);
    values.iter().map(move |value| {
        smaller += others[smaller..].iter().take_while(|other| *other < value).count();
        up_to = up_to.max(smaller);
        up_to += others[up_to..].iter().take_while(|other| *other <= value).count();
        (smaller, up_to - smaller)
    })
}

/// The standard deviation of U when both samples come from one distribution, given the ties that were seen.
///
/// Source: Hollander and Wolfe (1999), section 4.1.
pub(crate) fn standard_deviation(first: &Sample, second: &Sample) -> f64 {
    let (n, m) = (real(first.values().len()), real(second.values().len()));
    let all = n + m;
    let ties = if all > 1.0 { tie_sum(first, second) / (all * (all - 1.0)) } else { 0.0 };
    libm::sqrt((n * m / 12.0 * (all + 1.0 - ties)).max(0.0))
}

/// The sum of `t³ - t` over the groups of equal values in both samples together.
fn tie_sum(first: &Sample, second: &Sample) -> f64 {
    let mut all = [first.values(), second.values()].concat();
    all.sort_by(f64::total_cmp);
    let cubes = all.chunk_by(|one, next| one == next).map(|group| real(group.len()));
    cubes.map(|size| size * size * size - size).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_distribution_of_three_against_two_is_counted_by_hand() {
        let distribution = RankSum::new(3, 2).unwrap();
        let expected = [0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0];
        for (u, share) in expected.into_iter().enumerate() {
            assert!((distribution.at_most(u) - share).abs() < 1e-15, "{u}");
            assert!((distribution.at_least(u + 1) - (1.0 - share)).abs() < 1e-15, "{u}");
        }
    }

    #[test]
    fn ties_and_orderings_without_number_are_refused_by_the_exact_test_only() {
        let sample = |values: &[f64]| Sample::new(values).unwrap();
        let tied = (sample(&[1.0, 2.0]), sample(&[2.0, 3.0]));
        let test = |method| mann_whitney(&tied.0, &tied.1, Alternative::TwoSided, method);
        assert!(matches!(test(RankMethod::Exact), Err(StatsError::Undefined { .. })));
        assert_eq!(test(RankMethod::Auto).unwrap().method, RankMethod::Approximate { continuity: true });
        assert!(matches!(RankSum::new(66, 66), Err(StatsError::TooMany { .. })));
        assert!(matches!(RankSum::new(3000, 3000), Err(StatsError::TooMany { .. })));
        assert!(RankSum::new(64, 64).is_ok());
    }
}
