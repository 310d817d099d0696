//! Values that the caller gives to a journey.

use std::fmt;

use hurl::runner::{Number, Value};

/// A value with its type; types matter in JSON bodies and in predicates.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// JSON's null.
    Null,
}

/// A variable's value. Secrets are text and are masked in every part of an outcome.
#[derive(Clone, PartialEq)]
pub enum Variable {
    /// May be shown.
    Public(Scalar),
    /// Must not be shown.
    Secret(String),
}

impl Variable {
    /// A public text.
    pub fn text(value: impl Into<String>) -> Self {
        Self::Public(Scalar::Text(value.into()))
    }

    /// A text that is never shown.
    pub fn secret(value: impl Into<String>) -> Self {
        Self::Secret(value.into())
    }

    /// The whole number, if it is a public one.
    pub(crate) fn integer(&self) -> Option<i64> {
        match self {
            Self::Public(Scalar::Integer(value)) => Some(*value),
            _ => None,
        }
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public(value) => out.debug_tuple("Public").field(value).finish(),
            Self::Secret(_) => out.write_str("Secret(***)"),
        }
    }
}

impl From<Scalar> for Value {
    fn from(value: Scalar) -> Self {
        match value {
            Scalar::Text(value) => Self::String(value),
            Scalar::Integer(value) => Self::Number(Number::Integer(value)),
            Scalar::Float(value) => Self::Number(Number::Float(value)),
            Scalar::Boolean(value) => Self::Bool(value),
            Scalar::Null => Self::Null,
        }
    }
}
