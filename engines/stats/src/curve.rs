//! The versioned table of score curves.
//!
//! A curve maps a metric's value to a score from 0 to 1. Curves are monotone: a better value never scores less. A
//! table never changes once released; a changed curve or weight makes a new version, and a scorecard names the version
//! that made it.

mod v2026_1;
mod v2026_2;

use serde::Serialize;

use crate::error::within;
use crate::{Dimension, Direction, LogNormal, Metric, StatsError, Unit};

/// The version of the curves that new scorecards use.
pub const CURRENT: &str = "2026.2";

/// Every version that can still be computed, oldest first.
pub const VERSIONS: &[&str] = &["2026.1", "2026.2"];

/// The shape of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "shape")]
pub enum CurveKind {
    /// Log-normal between two control points.
    LogNormal(LogNormal),
    /// The same as Lighthouse shows it, in whole hundredths: see [`LogNormal::lighthouse`].
    Lighthouse(LogNormal),
    /// Straight from `zero` (scores 0) to `full` (scores 1), constant beyond them.
    Linear { zero: f64, full: f64 },
    /// Straight between `(value, score)` points in order of value, constant beyond the first and the last.
    Points { points: &'static [(f64, f64)] },
}

/// How one metric scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Curve {
    /// The metric.
    pub metric: Metric,
    /// The dimension it scores in.
    pub dimension: Dimension,
    /// The unit of its values.
    pub unit: Unit,
    /// Which values are good.
    pub direction: Direction,
    /// The shape of the curve.
    pub kind: CurveKind,
    /// Its weight among the metrics of its dimension.
    pub weight: u32,
    /// Where the control points come from.
    pub source: &'static str,
}

impl Curve {
    /// The score of a value in the curve's unit, from 0 to 1.
    ///
    /// # Errors
    /// [`StatsError::NotFinite`] for NaN and infinities, [`StatsError::OutOfRange`] for values the unit excludes.
    pub fn score(&self, value: f64) -> Result<f64, StatsError> {
        let value = within(self.metric.key(), value, 0.0, self.unit.max())?;
        match self.kind {
            CurveKind::LogNormal(curve) => curve.score(value),
            CurveKind::Lighthouse(curve) => curve.lighthouse(value),
            CurveKind::Linear { zero, full } => Ok(((value - zero) / (full - zero)).clamp(0.0, 1.0)),
            CurveKind::Points { points } => Ok(interpolate(points, value)),
        }
    }

    /// The values that score 0.9 and 0.5, for a log-normal curve.
    #[must_use]
    pub const fn control_points(&self) -> Option<(f64, f64)> {
        match self.kind {
            CurveKind::LogNormal(curve) | CurveKind::Lighthouse(curve) => Some((curve.p10(), curve.median())),
            CurveKind::Linear { .. } | CurveKind::Points { .. } => None,
        }
    }
}

/// Straight between neighbouring points, constant outside; `points` ascend by value and are at least one.
fn interpolate(points: &[(f64, f64)], value: f64) -> f64 {
    let after = points.partition_point(|(at, _)| *at <= value);
    match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
        (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (value - x0) / (x1 - x0),
        (Some((_, y)), None) | (None, Some((_, y))) => *y,
        (None, None) => 0.0,
    }
}

/// A metric that is measured and shown but has no curve, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Unscored {
    /// The metric's key.
    pub metric: &'static str,
    /// Why no value of it is good or bad in itself.
    pub reason: &'static str,
}

/// Metrics without a curve.
pub const UNSCORED: &[Unscored] = &[Unscored {
    metric: "throughput",
    reason: "Under an open workload the benchmark sets the arrival rate, so achieved throughput says how much was \
             asked for rather than how good the service is. It is compared from version to version at equal load, \
             and a service that cannot keep up scores less through latency and errors.",
}];

/// The curves of a version.
///
/// # Errors
/// [`StatsError::UnknownVersion`] for a version that is not in [`VERSIONS`].
pub fn curves(version: &str) -> Result<&'static [Curve], StatsError> {
    match version {
        "2026.1" => Ok(v2026_1::CURVES),
        "2026.2" => Ok(v2026_2::CURVES),
        _ => Err(StatsError::UnknownVersion { version: version.to_owned(), known: VERSIONS }),
    }
}

/// The curve of a metric in a version.
///
/// # Errors
/// [`StatsError::UnknownVersion`], or [`StatsError::UnknownName`] when the version has no curve for the metric.
pub fn curve(version: &str, metric: Metric) -> Result<&'static Curve, StatsError> {
    let found = curves(version)?.iter().find(|curve| curve.metric == metric);
    found.ok_or_else(|| StatsError::UnknownName { field: "metric", value: metric.key().to_owned() })
}

const fn log_normal(p10: f64, median: f64) -> CurveKind {
    CurveKind::LogNormal(LogNormal::constant(p10, median))
}
