//! Holm's adjustment of the probabilities of several tests.

use crate::StatsError;
use crate::error::within;
use crate::interval::real;

/// The adjusted probabilities, in the order given: rejecting those up to a level keeps the chance of any wrong rejection
/// in the whole family at or below that level, however the tests depend on each other. An empty family stays empty.
///
/// Source: Holm, A Simple Sequentially Rejective Multiple Test Procedure (Scandinavian Journal of Statistics 6, 1979).
///
/// # Errors
/// [`StatsError::NotFinite`] or [`StatsError::OutOfRange`] when one is not between 0 and 1.
pub fn holm(probabilities: &[f64]) -> Result<Vec<f64>, StatsError> {
    for p in probabilities {
        within("p", *p, 0.0, 1.0)?;
    }
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|one, other| probabilities[*one].total_cmp(&probabilities[*other]));
    let mut adjusted = vec![0.0; probabilities.len()];
    let mut least: f64 = 0.0;
    for (step, index) in order.into_iter().enumerate() {
        least = least.max(probabilities[index] * real(probabilities.len() - step)).min(1.0);
        adjusted[index] = least;
    }
    Ok(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_counts_one_test_less_and_none_falls_below_the_last() {
        assert_eq!(holm(&[0.5, 0.0625, 0.25, 0.25]).unwrap(), [0.75, 0.25, 0.75, 0.75]);
        assert_eq!(holm(&[]).unwrap(), Vec::<f64>::new());
        assert!(holm(&[0.5, 1.5]).is_err() && holm(&[f64::NAN]).is_err());
    }
}
