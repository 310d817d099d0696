//! The least-squares fit of the law, and how certain it is.

use serde::{Deserialize, Serialize};

use super::solve::{Matrix, inverse, solve, variance};
use super::{Load, Scalability};
use crate::StatsError;
use crate::distribution::student;
use crate::error::within;
use crate::interval::{Interval, confidence_level, real};

/// The law that fits measurements best.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// The parameters with the smallest sum of squared residuals, among those with σ ≥ 0 and κ ≥ 0.
    pub law: Scalability,
    /// Where throughput is greatest; see [`Scalability::peak`].
    pub peak: Option<Load>,
    /// Where more load no longer pays; see [`Scalability::knee`].
    pub knee: Option<Load>,
    /// The sum of squared residuals, in the unit of throughput squared.
    pub squares: f64,
    /// How certain the parameters are; `None` with three measurements, which any three parameters fit.
    pub intervals: Option<FitIntervals>,
}

/// Intervals of the parameters, and of the peak.
///
/// By the delta method with Student's t at as many degrees of freedom as there are measurements beyond three, and cut at
/// the bounds of the parameters. A parameter that lies on its bound has an interval from there.
///
/// They take measurements to vary alike at every load. Where throughput varies in proportion to itself, an interval of
/// 95 % covers the peak in about 85 % of repetitions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FitIntervals {
    /// Of λ.
    pub lambda: Interval,
    /// Of σ.
    pub sigma: Interval,
    /// Of κ.
    pub kappa: Interval,
    /// Of the peak; `None` where the fit has no peak beyond a concurrency of 1.
    pub peak: Option<PeakInterval>,
}

/// Where the peak lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PeakInterval {
    /// The smallest concurrency of the interval.
    pub concurrency_low: f64,
    /// The largest; `None` when the measurements do not exclude that throughput never falls.
    pub concurrency_high: Option<f64>,
    /// The throughput at the peak.
    pub throughput: Interval,
}

/// Fits the law to measurements by least squares, with σ ≥ 0 and κ ≥ 0, and gives its intervals.
///
/// Levenberg and Marquardt's method (Marquardt, Journal of the Society for Industrial and Applied Mathematics 11, 1963)
/// on the interior and, since the best parameters may lie on a bound, on each of its faces; the best feasible result is
/// taken.
///
/// # Errors
/// [`StatsError::TooFew`] for fewer than three distinct concurrencies; [`StatsError::OutOfRange`] for a concurrency below
/// 1, a negative throughput or a `confidence` that is not strictly between 0 and 1; [`StatsError::NotFinite`];
/// [`StatsError::Undefined`] when nothing was done at any load.
pub fn fit(measured: &[Load], confidence: f64) -> Result<Fit, StatsError> {
    let confidence = confidence_level(confidence)?;
    check(measured)?;
    let best = FACES
        .iter()
        .flat_map(|free| starts(measured, *free).into_iter().map(|start| descend(measured, start, *free)))
        .filter(|found| found.sigma >= 0.0 && found.kappa >= 0.0 && found.lambda > 0.0)
        .min_by(|one, other| squares(measured, one).total_cmp(&squares(measured, other)));
    let law = best.ok_or(StatsError::Undefined { field: "scalability", reason: "no law fits the measurements" })?;
    let intervals = intervals(measured, &law, confidence)?;
    Ok(Fit { law, peak: law.peak(), knee: law.knee(), squares: squares(measured, &law), intervals })
}

fn check(measured: &[Load]) -> Result<(), StatsError> {
    for load in measured {
        within("concurrency", load.concurrency, 1.0, f64::INFINITY)?;
        within("throughput", load.throughput, 0.0, f64::INFINITY)?;
    }
    let mut distinct: Vec<f64> = measured.iter().map(|load| load.concurrency).collect();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    if distinct.len() < 3 {
        return Err(StatsError::TooFew { field: "distinct concurrencies", needed: 3, given: distinct.len() });
    }
    if measured.iter().all(|load| load.throughput == 0.0) {
        return Err(StatsError::Undefined { field: "scalability", reason: "throughput is 0 at every load" });
    }
    Ok(())
}

/// Which of λ, σ and κ are free; the others are 0.
type Face = [bool; 3];

const FACES: [Face; 4] = [[true, true, true], [true, true, false], [true, false, true], [true, false, false]];

/// Where to start: the law made linear, `N/X = 1/λ + σ/λ (N - 1) + κ/λ N(N - 1)`, solved with weights that undo what
/// the inversion does to the residuals; and, should that be far off, a gentle and a steep law.
fn starts(measured: &[Load], free: Face) -> Vec<Scalability> {
    let rows = measured.iter().filter(|load| load.throughput > 0.0).map(|load| {
        let (n, weight) = (load.concurrency, load.throughput * load.throughput / load.concurrency);
        (masked([weight, weight * (n - 1.0), weight * n * (n - 1.0)], free), weight * n / load.throughput)
    });
    let (matrix, right) = normal_equations(rows, free);
    let linear = solve(&matrix, right).map(|[alone, sigma, kappa]| [1.0 / alone, sigma / alone, kappa / alone]);
    let top = measured.iter().map(|load| load.throughput / load.concurrency).fold(0.0, f64::max);
    let others = [[top, 0.01, 1e-5], [top, 0.5, 1e-2]];
    let laws = linear.into_iter().chain(others).map(|parameters| law(masked(parameters, free)));
    laws.filter(|law| law.lambda > 0.0 && possible(measured, law)).collect()
}

/// Moves the free parameters downhill until the sum of squares no longer falls.
fn descend(measured: &[Load], start: Scalability, free: Face) -> Scalability {
    let (mut best, mut least, mut damping) = (start, squares(measured, &start), 1e-3);
    for _ in 0..500 {
        let rows = measured.iter().map(|load| {
            (masked(gradient(&best, load.concurrency), free), load.throughput - best.throughput(load.concurrency))
        });
        let (mut matrix, right) = normal_equations(rows, free);
        for (index, row) in matrix.iter_mut().enumerate() {
            row[index] *= 1.0 + damping;
        }
        let Some(step) = solve(&matrix, right) else { break };
        let next = law([best.lambda + step[0], best.sigma + step[1], best.kappa + step[2]]);
        let reached = squares(measured, &next);
        if next.lambda > 0.0 && possible(measured, &next) && reached <= least {
            let small = |step: f64, value: f64| step.abs() <= 1e-15 * value.abs();
            let settled = small(step[0], best.lambda) && small(step[1], best.sigma) && small(step[2], best.kappa);
            (best, least, damping) = (next, reached, (damping * 0.1).max(1e-12));
            if settled {
                break;
            }
        } else if damping > 1e9 {
            break;
        } else {
            damping *= 10.0;
        }
    }
    best
}

/// The law's slowdown is positive at every load, as it is for all laws without negative parameters.
fn possible(measured: &[Load], law: &Scalability) -> bool {
    measured.iter().all(|load| law.slowdown(load.concurrency) > 0.0)
}

fn squares(measured: &[Load], law: &Scalability) -> f64 {
    let residual = |load: &Load| load.throughput - law.throughput(load.concurrency);
    measured.iter().map(|load| residual(load) * residual(load)).sum()
}

/// The derivatives of the throughput by λ, σ and κ.
fn gradient(law: &Scalability, concurrency: f64) -> [f64; 3] {
    let share = concurrency / law.slowdown(concurrency);
    let slope = -law.lambda * share / law.slowdown(concurrency) * (concurrency - 1.0);
    [share, slope, slope * concurrency]
}

/// `JᵀJ` and `Jᵀr` of rows of `J` and elements of `r`; parameters that are not free stay where they are.
fn normal_equations(rows: impl Iterator<Item = ([f64; 3], f64)>, free: Face) -> (Matrix, [f64; 3]) {
    let (mut matrix, mut right) = ([[0.0; 3]; 3], [0.0; 3]);
    for (row, residual) in rows {
        for one in 0..3 {
            right[one] += row[one] * residual;
            for other in 0..3 {
                matrix[one][other] += row[one] * row[other];
            }
        }
    }
    for index in (0..3).filter(|index| !free[*index]) {
        matrix[index][index] = 1.0;
    }
    (matrix, right)
}

fn masked(parameters: [f64; 3], free: Face) -> [f64; 3] {
    [0, 1, 2].map(|index| if free[index] { parameters[index] } else { 0.0 })
}

const fn law([lambda, sigma, kappa]: [f64; 3]) -> Scalability {
    Scalability { lambda, sigma, kappa }
}

fn intervals(measured: &[Load], law: &Scalability, confidence: f64) -> Result<Option<FitIntervals>, StatsError> {
    let degrees = measured.len().saturating_sub(3);
    let rows = measured.iter().map(|load| (gradient(law, load.concurrency), 0.0));
    let Some(inverse) = inverse(&normal_equations(rows, FACES[0]).0).filter(|_| degrees > 0) else {
        return Ok(None);
    };
    let residual_variance = squares(measured, law) / real(degrees);
    let covariance = inverse.map(|row| row.map(|entry| entry * residual_variance));
    let reach = student::reach(confidence, degrees)?;
    let around = |value: f64, index: usize| {
        let half = reach * libm::sqrt(covariance[index][index]);
        Interval { low: (value - half).max(0.0), high: value + half, confidence }
    };
    Ok(Some(FitIntervals {
        lambda: around(law.lambda, 0),
        sigma: around(law.sigma, 1),
        kappa: around(law.kappa, 2),
        peak: peak_interval(law, &covariance, reach, confidence),
    }))
}

/// The delta method on `1 / N*² = κ / (1 - σ)`, which is nearly linear in the parameters and may reach 0, where the
/// peak is at infinity; and on the logarithm of the throughput `λ / (σ - κ + 2 √(κ (1 - σ)))` there.
fn peak_interval(law: &Scalability, covariance: &Matrix, reach: f64, confidence: f64) -> Option<PeakInterval> {
    let free = 1.0 - law.sigma;
    if law.kappa <= 0.0 || law.kappa >= free {
        return None;
    }
    let inverse_square = law.kappa / free;
    let half = reach * libm::sqrt(variance(covariance, [0.0, inverse_square / free, 1.0 / free]));
    let concurrency = |inverse_square: f64| (1.0 / libm::sqrt(inverse_square)).max(1.0);
    let low = inverse_square - half;
    let load = libm::sqrt(inverse_square);
    let share = law.sigma - law.kappa + 2.0 * libm::sqrt(law.kappa * free);
    let slope = [1.0 / law.lambda, -(1.0 - load) / share, -(1.0 / load - 1.0) / share];
    let factor = libm::exp(reach * libm::sqrt(variance(covariance, slope)));
    let throughput = law.lambda / share;
    Some(PeakInterval {
        concurrency_low: concurrency(inverse_square + half),
        concurrency_high: (low > 0.0).then(|| concurrency(low)),
        throughput: Interval { low: throughput / factor, high: throughput * factor, confidence },
    })
}
