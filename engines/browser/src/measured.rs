//! A value, or the reason why there is none.

use serde::{Deserialize, Serialize};

/// A measured value. Exactly one of the fields is present.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured<T> {
    /// The value.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub value: Option<T>,
    /// Why there is no value, as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl<T> Measured<T> {
    /// It was measured.
    pub(crate) fn value(value: T) -> Self {
        Self { value: Some(value), reason: None }
    }

    /// It was not measured.
    pub(crate) fn missing(reason: impl Into<String>) -> Self {
        Self { value: None, reason: Some(reason.into()) }
    }
}

impl Measured<f64> {
    /// A time in milliseconds, or `reason` where there is none.
    pub(crate) fn ms(time: Option<f64>, reason: &str) -> Self {
        time.map_or_else(|| Self::missing(reason), |time| Self::value(thousandths(time)))
    }
}

/// `value` to three decimals: microseconds, for a time in milliseconds. Clocks are no finer, and such numbers survive being stored as text.
pub(crate) fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
