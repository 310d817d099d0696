//! Is a candidate better or worse than its baseline? The verdict for one metric, and for a family of them.
//!
//! A sample holds one value per repetition of a benchmark, such as the 95th percentile of each run. Requests of a single
//! run are not repetitions: they share its warm caches and its noisy neighbours, and as a sample they would make any two
//! runs differ.
//!
//! How many repetitions: see [`FEWEST_REPETITIONS`] for what is possible at all and [`ADVISED_REPETITIONS`] for what is
//! needed to see changes of ten percent.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::cliff::{CliffsDelta, cliffs_delta};
use crate::error::within;
use crate::holm::holm;
use crate::interval::{Alternative, Interval, open_share};
use crate::rank::{RankMethod, RankTest, mann_whitney};
use crate::shift::{Shift, hodges_lehmann};
use crate::{Direction, Sample, StatsError};

/// The fewest repetitions on either side for a verdict: with four against four, the smallest probability that the exact
/// test can give is 0.029, which no adjustment for two metrics survives; with five against five it is 0.008.
pub const FEWEST_REPETITIONS: usize = 5;

/// The fewest repetitions a side with which a load's metrics can be told apart: with six against six that do not overlap the
/// probability is 0.002, which survives an adjustment for 23 metrics; with five against five it survives one for six, and a
/// load has seven.
pub const FEWEST_FOR_LOAD: usize = 6;

/// How many repetitions a side are advised.
///
/// In simulations of latencies with a log-normal spread of 0.5, 500 requests a run and runs that drift by 2 %, twelve
/// repetitions on each side catch a 95th percentile that is 10 % larger in at least 90 of 100 comparisons in which three
/// metrics are adjusted together (`tests/simulations/compare.rs`).
///
/// To rule such a change out takes more. In the same simulations an unchanged 95th percentile is found to have no
/// difference of 5 % in a quarter of the comparisons with twelve repetitions, in two thirds with twenty and in nine
/// tenths with thirty; the others are inconclusive. No difference of 10 % is found in nearly all with twelve.
pub const ADVISED_REPETITIONS: usize = 12;

/// No family is as large as to need more repetitions than these of values that lie apart.
const ENOUGH_FOR_ANY: usize = 50;

/// The usual chance of calling any metric of a family better or worse when none differs.
pub const SIGNIFICANCE: f64 = 0.05;

/// The smallest change of a metric that matters; 0 when every change does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum Relevance {
    /// As a share of the baseline's median. When that is 0, every change matters.
    Relative(f64),
    /// In the metric's unit. Right for metrics near a bound: from 99.9 to 98 % availability is a large change, and a
    /// small share.
    Absolute(f64),
}

impl Relevance {
    fn threshold(self, median: f64) -> Result<f64, StatsError> {
        let least = |value: f64| within("relevant", value, 0.0, f64::INFINITY);
        match self {
            Self::Relative(share) => Ok((least(share)? * median.abs()).min(f64::MAX)),
            Self::Absolute(change) => least(change),
        }
    }
}

impl Default for Relevance {
    /// 5 % of the baseline's median: the hub's choice, since benchmarks on shared machines seldom repeat more closely.
    fn default() -> Self {
        Self::Relative(0.05)
    }
}

/// A metric's repetitions on both sides.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// What the candidate is compared with.
    pub baseline: &'a Sample,
    /// What is judged.
    pub candidate: &'a Sample,
    /// Which values are good.
    pub direction: Direction,
    /// The smallest change that matters.
    pub relevant: Relevance,
}

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// The candidate is better, by enough to matter.
    Better,
    /// The candidate is worse, by enough to matter.
    Worse,
    /// Changes that matter are ruled out; or, where every change matters, none was found.
    NoDifference,
    /// The samples do not say.
    Inconclusive {
        /// Why not.
        reason: Unclear,
    },
}

/// Why a comparison is inconclusive.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Unclear {
    /// One side has fewer repetitions than [`FEWEST_REPETITIONS`].
    TooFewRepetitions {
        /// How many each side needs.
        needed: usize,
        /// How many the baseline has.
        baseline: usize,
        /// How many the candidate has.
        candidate: usize,
    },
    /// All values of one side lie beyond all of the other, but with so few of them chance brings that about too often in a
    /// family of so many metrics.
    TooFewForFamily {
        /// How many metrics are adjusted together.
        metrics: usize,
        /// How many repetitions each side needs for a difference as clear as this one.
        needed: usize,
    },
    /// The interval of the change holds changes that matter and changes that do not.
    Imprecise,
}

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewRepetitions { needed, baseline, candidate } => write!(
                f,
                "Each side needs {needed} repetitions; the baseline has {baseline} and the candidate {candidate}."
            ),
            Self::TooFewForFamily { metrics, needed } => write!(
                f,
                "The difference is as clear as so few repetitions can show it, which is not enough for {metrics} metrics \
                 together: each side needs {needed}."
            ),
            Self::Imprecise => f.write_str(
                "The measurements vary too much to tell a change that matters from none; more repetitions would help.",
            ),
        }
    }
}

/// The comparison of one metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What follows from it.
    pub verdict: Verdict,
    /// By how much the candidate's values lie above the baseline's, whichever is good, in the metric's unit: the
    /// Hodges-Lehmann estimate. The interval has a confidence of 1 less the significance and is not adjusted.
    pub shift: Shift,
    /// The same as a share of the baseline's median; `None` when that is 0.
    pub relative: Option<RelativeShift>,
    /// Cliff's delta of the candidate against the baseline, whichever is good.
    pub delta: CliffsDelta,
    /// The two-sided Mann-Whitney test of the candidate against the baseline.
    pub test: RankTest,
    /// The test's probability, adjusted by Holm for the metrics of its family that had enough repetitions; `None` where
    /// this one had not, so that it takes no part.
    pub adjusted_p: Option<f64>,
}

/// A shift as a share of the baseline's median, which is taken as known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RelativeShift {
    /// The shift's estimate.
    pub estimate: f64,
    /// Its interval.
    pub interval: Interval,
}

/// Compares one metric that is a family of its own.
///
/// # Errors
/// Those of [`compare_family`].
pub fn compare(pair: Pair<'_>, significance: f64) -> Result<Comparison, StatsError> {
    let one = compare_family(&[pair], significance)?.pop();
    one.ok_or(StatsError::Empty { field: "comparisons" })
}

/// Compares the metrics of one family, in the order given. The chance that any of them is called better or worse when
/// none differs is at most `significance`.
///
/// # Errors
/// [`StatsError::OutOfRange`] for a `significance` that is not strictly between 0 and 1 or a negative relevance;
/// [`StatsError::NotFinite`] when one of them is, and for samples so far apart that their difference is no double.
pub fn compare_family(pairs: &[Pair<'_>], significance: f64) -> Result<Vec<Comparison>, StatsError> {
    open_share("significance", significance)?;
    let mut compared = pairs.iter().map(|pair| measure(pair, significance)).collect::<Result<Vec<_>, _>>()?;
    let tested: Vec<usize> = (0..pairs.len()).filter(|index| too_few(&pairs[*index]).is_none()).collect();
    let metrics = tested.len();
    let adjusted = holm(&tested.iter().map(|index| compared[*index].test.p).collect::<Vec<_>>())?;
    for (index, p) in tested.into_iter().zip(adjusted) {
        compared[index].adjusted_p = Some(p);
        compared[index].verdict = judge(&compared[index], (p, metrics), &pairs[index], significance)?;
    }
    Ok(compared)
}

/// Everything but the verdict and the adjustment, which need the family.
fn measure(pair: &Pair<'_>, significance: f64) -> Result<Comparison, StatsError> {
    let (candidate, baseline, confidence) = (pair.candidate, pair.baseline, 1.0 - significance);
    let shift = hodges_lehmann(candidate, baseline, confidence)?;
    let reason = too_few(pair).unwrap_or(Unclear::Imprecise);
    Ok(Comparison {
        verdict: Verdict::Inconclusive { reason },
        shift,
        relative: relative(shift, baseline.median()),
        delta: cliffs_delta(candidate, baseline, confidence)?,
        test: mann_whitney(candidate, baseline, Alternative::TwoSided, RankMethod::Auto)?,
        adjusted_p: None,
    })
}

fn too_few(pair: &Pair<'_>) -> Option<Unclear> {
    let (baseline, candidate) = (pair.baseline.values().len(), pair.candidate.values().len());
    let reason = Unclear::TooFewRepetitions { needed: FEWEST_REPETITIONS, baseline, candidate };
    (baseline.min(candidate) < FEWEST_REPETITIONS).then_some(reason)
}

/// `None` where a quotient is no finite number.
fn relative(shift: Shift, median: f64) -> Option<RelativeShift> {
    let share = |value: f64| value / median.abs();
    let interval = Interval { low: share(shift.interval.low), high: share(shift.interval.high), ..shift.interval };
    let relative = RelativeShift { estimate: share(shift.estimate), interval };
    [relative.estimate, interval.low, interval.high].iter().all(|bound| bound.is_finite()).then_some(relative)
}

/// A change must be significant, and large enough to matter; that there is none must be shown as well, by an interval
/// that holds no change that matters.
///
/// Source of the latter: Schuirmann, A Comparison of the Two One-Sided Tests Procedure and the Power Approach
/// (Journal of Pharmacokinetics and Biopharmaceutics 15, 1987).
fn judge(
    compared: &Comparison,
    (adjusted_p, metrics): (f64, usize),
    pair: &Pair<'_>,
    significance: f64,
) -> Result<Verdict, StatsError> {
    let threshold = pair.relevant.threshold(pair.baseline.median())?;
    let Shift { estimate, interval } = compared.shift;
    if adjusted_p <= significance && estimate.abs() >= threshold {
        // Of samples that are mostly tied, the median difference is 0 while one is the larger more often.
        let rises = estimate > 0.0 || (estimate == 0.0 && compared.delta.delta > 0.0);
        let better = rises == (pair.direction == Direction::HigherIsBetter);
        return Ok(if better { Verdict::Better } else { Verdict::Worse });
    }
    let ruled_out = interval.low.abs().max(interval.high.abs()) < threshold;
    let none_found = threshold == 0.0 && adjusted_p > significance;
    if ruled_out || none_found {
        return Ok(Verdict::NoDifference);
    }
    let is_apart = compared.delta.delta.abs() >= 1.0 && estimate.abs() >= threshold;
    let needed = if is_apart { repetitions_for(metrics, significance) } else { None };
    let reason = needed.map_or(Unclear::Imprecise, |needed| Unclear::TooFewForFamily { metrics, needed });
    Ok(Verdict::Inconclusive { reason })
}

/// The fewest repetitions on each side with which samples that lie apart are significant in a family of so many metrics.
/// Of n values against n, all of one side lie beyond all of the other with a probability of 2 / C(2n, n).
fn repetitions_for(metrics: usize, significance: f64) -> Option<usize> {
    let mut orders = 1.0;
    (1..=ENOUGH_FOR_ANY).find(|&n| {
        let size = n as f64;
        orders *= 2.0 * (2.0 * size - 1.0) / size;
        n >= FEWEST_REPETITIONS && 2.0 / orders * metrics as f64 <= significance
    })
}
