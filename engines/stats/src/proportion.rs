//! Wilson's score interval for a share of failures or successes.

use crate::StatsError;
use crate::distribution::hypergeometric::MAX_POPULATION;
use crate::interval::{Interval, normal_reach, real_u64};

/// Where the true share lies when `count` of `trials` were hits; between 0 and 1.
///
/// Unlike the textbook interval it stays between 0 and 1 and says something when nothing or everything was a hit.
///
/// Source: Wilson, Probable Inference, the Law of Succession, and Statistical Inference (Journal of the American
/// Statistical Association 22, 1927), without continuity correction.
///
/// # Errors
/// [`StatsError::Empty`] without trials, [`StatsError::OutOfRange`] for more hits than trials, more than 2^53 trials or
/// a `confidence` that is not strictly between 0 and 1.
pub fn wilson(count: u64, trials: u64, confidence: f64) -> Result<Interval, StatsError> {
    let reach = normal_reach(confidence)?;
    let (hits, n) = (real_u64(count), real_u64(trials));
    if trials == 0 {
        return Err(StatsError::Empty { field: "trials" });
    }
    if trials > MAX_POPULATION {
        return Err(StatsError::OutOfRange { field: "trials", value: n, min: 1.0, max: real_u64(MAX_POPULATION) });
    }
    if count > trials {
        return Err(StatsError::OutOfRange { field: "count", value: hits, min: 0.0, max: n });
    }
    let square = reach * reach;
    let centre = hits + square / 2.0;
    let half = reach * libm::sqrt(hits * ((n - hits) / n) + square / 4.0);
    let low = if count == 0 { 0.0 } else { ((centre - half) / (n + square)).max(0.0) };
    let high = if count == trials { 1.0 } else { ((centre + half) / (n + square)).min(1.0) };
    Ok(Interval { low, high, confidence })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_counts_are_refused() {
        assert_eq!(wilson(0, 0, 0.95), Err(StatsError::Empty { field: "trials" }));
        assert!(wilson(3, 2, 0.95).is_err() && wilson(1, 2, 0.0).is_err() && wilson(1, u64::MAX, 0.95).is_err());
    }
}
