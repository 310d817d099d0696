//! Two versions or two systems side by side: which metrics differ, by how much, and how sure that is.

mod model;
#[cfg(feature = "backend")]
mod rules;

pub use model::{
    ComparedSide, Comparison, ComparisonQuery, Effect, Measured, MetricComparison, MetricVerdict, Repetitions,
};
#[cfg(feature = "backend")]
pub use rules::compare_cards;
#[cfg(feature = "backend")]
pub(super) use rules::{Made, sides};
