//! Statistics and score curves; pure, and WASM-safe.
//!
//! - [`lognormal`]: the log-normal score between 0 and 1 that two control points define.
//! - [`curve`]: the versioned table of score curves, one per metric.
//! - [`score`]: dimension and overall scores with contributions that add up as displayed.
//! - [`quantile`]: exact quantiles and robust summaries of small samples.
//! - [`rank`], [`shift`], [`cliff`]: does one sample lie above another, by how much, and how often.
//! - [`table`], [`proportion`]: counts of errors.
//! - [`holm`]: several tests at once.
//! - [`bootstrap`], [`random`]: intervals by resampling, repeatable from a seed.
//! - [`scalability`]: the Universal Scalability Law.
//! - [`compare`]: the verdict on a candidate against its baseline.
//! - [`distribution`]: the distributions behind the tests.

pub mod bootstrap;
pub mod cliff;
pub mod compare;
pub mod curve;
pub mod dimension;
pub mod distribution;
mod error;
pub mod holm;
pub mod interval;
pub mod lognormal;
pub mod metric;
pub mod points;
pub mod proportion;
pub mod quantile;
pub mod random;
pub mod rank;
pub mod scalability;
pub mod score;
pub mod shift;
pub mod table;

pub use curve::{Curve, CurveKind, Unscored};
pub use dimension::Dimension;
pub use error::StatsError;
pub use interval::{Alternative, Interval};
pub use lognormal::LogNormal;
pub use metric::{Direction, Metric, Unit};
pub use points::{Grade, Points};
pub use quantile::{Sample, Summary};
pub use score::{Contribution, DimensionContribution, DimensionScore, MeasuredScore, NotCovered, Overall};
