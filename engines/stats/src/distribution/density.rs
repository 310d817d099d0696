//! Loader's densities, and sums of a density over a range of counts.

use core::f64::consts::TAU;

/// The logarithm of `x^s e^-x / Γ(s + 1)`, for `s ≥ 0` and `x > 0`: the Poisson density, continued to real `s`.
///
/// Source: Loader (2000): `-stirling_error(s) - deviance(s, x) - ln(2πs) / 2`.
pub fn ln_poisson(s: f64, x: f64) -> f64 {
    if s == 0.0 { -x } else { -stirling_error(s) - deviance(s, x) - libm::log(TAU * s) / 2.0 }
}

/// The logarithm of the binomial density of `x` successes in `n` trials of probability `p`, with `0 < p < 1` and
/// `0 ≤ x ≤ n`; `q` is `1 - p`.
///
/// Source: Loader (2000).
pub fn ln_binomial(x: f64, n: f64, p: f64, q: f64) -> f64 {
    if n == 0.0 {
        return 0.0;
    }
    if x == 0.0 {
        return if p < 0.1 { -deviance(n, n * q) - n * p } else { n * libm::log(q) };
    }
    if x == n {
        return if q < 0.1 { -deviance(n, n * p) - n * q } else { n * libm::log(p) };
    }
    let errors = stirling_error(n) - stirling_error(x) - stirling_error(n - x);
    let deviances = deviance(x, n * p) + deviance(n - x, n * q);
    errors - deviances - libm::log(TAU * x * ((n - x) / n)) / 2.0
}

/// `ln Γ(n + 1)` less Stirling's approximation `(n + 1/2) ln n - n + ln(2π) / 2`; the series from 15 on is Loader's.
fn stirling_error(n: f64) -> f64 {
    if n <= 15.0 {
        return libm::lgamma(n + 1.0) - ((n + 0.5) * libm::log(n) - n + libm::log(TAU) / 2.0);
    }
    let square = n * n;
    let series = [1.0 / 1188.0, 1.0 / 1680.0, 1.0 / 1260.0, 1.0 / 360.0, 1.0 / 12.0];
    series.into_iter().fold(0.0, |sum, coefficient| coefficient - sum / square) / n
}

/// `x ln(x / m) + m - x`, without the cancellation where `x` is close to `m`.
///
/// Source: Loader (2000): with `v = (x - m) / (x + m)` it is
/// `(x - m) v + 2 x (v³/3 + v⁵/5 + …)`.
fn deviance(x: f64, m: f64) -> f64 {
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * libm::log(x / m) + m - x;
    }
    let v = (x - m) / (x + m);
    let mut sum = (x - m) * v;
    let mut power = 2.0 * x * v;
    for odd in (3..2000).step_by(2) {
        power *= v * v;
        let next = sum + power / f64::from(odd);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// The sum of a unimodal density over the whole numbers from `low` to `high`.
///
/// `start` is where the density is greatest in that range, `first` its value there and `ratio(k)` its value at `k + 1`
/// over its value at `k`. Terms that no longer change the sum are left out.
pub fn sum_outwards(low: u64, high: u64, start: u64, first: f64, ratio: impl Fn(u64) -> f64) -> f64 {
    let negligible = |term: f64, sum: f64| term <= sum * 1e-22;
    let (mut sum, mut term) = (first, first);
    for k in start..high {
        term *= ratio(k);
        sum += term;
        if negligible(term, sum) {
            break;
        }
    }
    term = first;
    for k in (low..start).rev() {
        term /= ratio(k);
        sum += term;
        if negligible(term, sum) {
            break;
        }
    }
    sum
}
