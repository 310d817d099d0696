//! The chi-square distribution with a whole number of degrees of freedom.

use crate::StatsError;
use crate::distribution::density::{ln_poisson, sum_outwards};
use crate::interval::real;

/// The probability of a statistic of at least `statistic` with `degrees` degrees of freedom; 1 for 0 degrees.
///
/// Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.4.4 and 26.4.5: a finite sum of Poisson
/// densities, and `erfc(√(x/2))` before it when `degrees` is odd. All terms are positive, so small probabilities keep
/// their relative precision.
///
/// # Errors
/// [`StatsError::NotFinite`] for NaN, [`StatsError::OutOfRange`] for negative statistics. Infinity gives 0.
pub fn upper_tail(statistic: f64, degrees: usize) -> Result<f64, StatsError> {
    let field = "chi-square statistic";
    if statistic.is_nan() {
        return Err(StatsError::NotFinite { field, value: statistic });
    }
    if statistic < 0.0 {
        return Err(StatsError::OutOfRange { field, value: statistic, min: 0.0, max: f64::INFINITY });
    }
    if statistic == 0.0 || degrees == 0 {
        return Ok(1.0);
    }
    if statistic.is_infinite() {
        return Ok(0.0);
    }
    let x = statistic / 2.0;
    let (offset, before) = if degrees % 2 == 1 { (0.5, libm::erfc(libm::sqrt(x))) } else { (0.0, 0.0) };
    Ok((before + poisson_sum(x, offset, degrees / 2)).min(1.0))
}

/// The sum of the Poisson density at `offset`, `offset + 1`, … of `terms` terms.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the mode is clamped to the number of terms, which is far below 2^53"
)]
fn poisson_sum(x: f64, offset: f64, terms: usize) -> f64 {
    let Some(last) = terms.checked_sub(1) else {
        return 0.0;
    };
    let mode = (x - offset).floor().clamp(0.0, real(last)) as u64;
    let first = libm::exp(ln_poisson(offset + mode as f64, x));
    sum_outwards(0, last as u64, mode, first, |k| x / (offset + k as f64 + 1.0))
}
