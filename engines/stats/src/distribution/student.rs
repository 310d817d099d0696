//! Student's t distribution with a whole number of degrees of freedom.

use core::f64::consts::{FRAC_PI_2, PI};

use crate::StatsError;
use crate::interval::{confidence_level, real};

/// The value that `|t|` exceeds with probability `1 - confidence`: what a two-sided interval multiplies its standard
/// error by.
///
/// The root of [`within`] by bisection of the angle `arctan(t / √degrees)`; good to about nine digits up to a
/// confidence of 0.9999.
///
/// # Errors
/// [`StatsError::NotFinite`] or [`StatsError::OutOfRange`] unless `confidence` is strictly between 0 and 1;
/// [`StatsError::TooFew`] for 0 degrees of freedom.
pub fn reach(confidence: f64, degrees: usize) -> Result<f64, StatsError> {
    let confidence = confidence_level(confidence)?;
    if degrees == 0 {
        return Err(StatsError::TooFew { field: "degrees of freedom", needed: 1, given: 0 });
    }
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if covered(middle, degrees) < confidence { low = middle } else { high = middle }
    }
    Ok(libm::sqrt(real(degrees)) * libm::tan((low + high) / 2.0))
}

/// The probability of `|t| ≤ value`; NaN gives NaN.
#[must_use]
pub fn within(value: f64, degrees: usize) -> f64 {
    covered(libm::atan(value.abs() / libm::sqrt(real(degrees))), degrees)
}

/// The same of the angle `arctan(|t| / √degrees)`.
///
/// Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4.
fn covered(angle: f64, degrees: usize) -> f64 {
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let odd = degrees % 2 == 1;
    let terms = if odd { (degrees - 1) / 2 } else { degrees / 2 };
    let mut term = if odd { cosine } else { 1.0 };
    let mut sum = 0.0;
    for index in 1..=terms {
        sum += term;
        let even = 2.0 * real(index);
        term *= cosine * cosine * if odd { even / (even + 1.0) } else { (even - 1.0) / even };
    }
    let share = if odd { (angle + sine * sum) * 2.0 / PI } else { sine * sum };
    share.clamp(0.0, 1.0)
}
