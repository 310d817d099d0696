use std::fmt;

/// Why a statistic or a score could not be computed. Each variant names the input and what is allowed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum StatsError {
    /// A number is NaN or infinite.
    NotFinite { field: &'static str, value: f64 },
    /// A number lies outside `min..=max`; an infinite bound means there is none on that side.
    OutOfRange { field: &'static str, value: f64, min: f64, max: f64 },
    /// Control points of a curve that define no curve.
    ControlPoints { p10: f64, median: f64 },
    /// A list that must hold at least one value is empty.
    Empty { field: &'static str },
    /// No table of curves has this version.
    UnknownVersion { version: String, known: &'static [&'static str] },
    /// A text names none of the known values of a field.
    UnknownName { field: &'static str, value: String },
    /// The version has no curve for the metric in this dimension.
    WrongDimension { metric: &'static str, dimension: &'static str },
    /// The metric was given more than once.
    Repeated { field: &'static str, name: &'static str },
    /// A list holds fewer values than the method needs.
    TooFew { field: &'static str, needed: usize, given: usize },
    /// A list holds more values than the method can count exactly.
    TooMany { field: &'static str, max: usize, given: usize },
    /// The input is well formed, but the statistic has no value for it.
    Undefined { field: &'static str, reason: &'static str },
}

impl fmt::Display for StatsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFinite { field, value } => {
                write!(f, "{field} must be a finite number, not {value}")
            }
            Self::OutOfRange { field, value, min, max } => {
                write!(f, "{field} must be {}, not {value}", Range(*min, *max))
            }
            Self::ControlPoints { p10, median } => write!(
                f,
                "control points must satisfy 0 < p10 < median and be finite, not p10 {p10} and median {median}"
            ),
            Self::Empty { field } => write!(f, "{field} must hold at least one value"),
            Self::UnknownVersion { version, known } => {
                write!(f, "version must be one of {}, not {version:?}", known.join(", "))
            }
            Self::UnknownName { field, value } => write!(f, "{field} has no value named {value:?}"),
            Self::WrongDimension { metric, dimension } => {
                write!(f, "metric {metric} does not score in dimension {dimension}")
            }
            Self::Repeated { field, name } => write!(f, "{field} must name {name} once"),
            Self::TooFew { field, needed, given } => write!(f, "{field} must be at least {needed}, not {given}"),
            Self::TooMany { field, max, given } => write!(f, "{field} must be at most {max}, not {given}"),
            Self::Undefined { field, reason } => write!(f, "{field} is not defined: {reason}"),
        }
    }
}

impl std::error::Error for StatsError {}

struct Range(f64, f64);

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.is_finite(), self.1.is_finite()) {
            (true, true) => write!(f, "between {} and {}", self.0, self.1),
            (true, false) => write!(f, "at least {}", self.0),
            (false, true) => write!(f, "at most {}", self.1),
            (false, false) => write!(f, "a number"),
        }
    }
}

/// Passes a finite number within `min..=max` through.
pub(crate) fn within(field: &'static str, value: f64, min: f64, max: f64) -> Result<f64, StatsError> {
    if !value.is_finite() {
        return Err(StatsError::NotFinite { field, value });
    }
    if value < min || value > max {
        return Err(StatsError::OutOfRange { field, value, min, max });
    }
    Ok(value)
}
