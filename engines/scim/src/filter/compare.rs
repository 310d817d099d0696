//! Operators and what stands to their right.

use crate::schema::{Attribute, Kind};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::cmp::Ordering;

/// The operators of RFC 7644 table 3, but `pr`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Operator {
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "co" => Self::Contains,
            "sw" => Self::StartsWith,
            "ew" => Self::EndsWith,
            "gt" => Self::Greater,
            "ge" => Self::GreaterOrEqual,
            "lt" => Self::Less,
            "le" => Self::LessOrEqual,
            _ => return None,
        })
    }

    fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }

    fn is_order(self) -> bool {
        matches!(self, Self::Greater | Self::GreaterOrEqual | Self::Less | Self::LessOrEqual)
    }

    fn accepts(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Contains | Self::StartsWith | Self::EndsWith => false,
        }
    }
}

/// The value to compare with, ready for the attribute's type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Null,
    Boolean(bool),
    Number,
    Text {
        /// As the client wrote it.
        given: String,
        /// As it is compared where case does not matter.
        folded: String,
    },
    Moment(DateTime<Utc>),
}

impl Operand {
    pub(super) fn text(given: String) -> Self {
        Self::Text { folded: crate::case_folded(&given), given }
    }

    pub(super) fn to_json(&self) -> Option<Value> {
        match self {
            Self::Boolean(value) => Some(Value::Bool(*value)),
            Self::Text { given, .. } => Some(Value::String(given.clone())),
            Self::Null | Self::Number | Self::Moment(_) => None,
        }
    }

    /// The operand as the attribute's type needs it.
    ///
    /// # Errors
    /// What is allowed, where the attribute can't be compared like that (RFC 7644 section 3.4.2.2).
    pub(super) fn suit(self, attribute: &Attribute, operator: Operator) -> Result<Self, String> {
        let name = attribute.name;
        if self == Self::Null {
            return if operator.is_equality() { Ok(self) } else { Err("null is compared with eq and ne only".into()) };
        }
        match attribute.kind {
            Kind::Complex => {
                Err(format!("{name} has sub-attributes; compare one of them, such as {}", sample(attribute)))
            }
            Kind::Boolean if !operator.is_equality() => {
                Err(format!("{name} is true or false and is compared with eq and ne only"))
            }
            Kind::Boolean => match &self {
                Self::Boolean(_) => Ok(self),
                Self::Text { folded, .. } if folded == "true" || folded == "false" => {
                    Ok(Self::Boolean(folded == "true"))
                }
                _ => Err(format!("{name} is compared with true or false")),
            },
            Kind::DateTime => match &self {
                Self::Text { given, .. } if operator.is_equality() || operator.is_order() => {
                    let moment = DateTime::parse_from_rfc3339(given);
                    let moment = moment.map_err(|_| {
                        format!("{name} is compared with a date and time such as \"2011-05-13T04:42:34Z\"")
                    })?;
                    Ok(Self::Moment(moment.to_utc()))
                }
                Self::Text { .. } => Ok(self),
                _ => Err(format!("{name} is compared with a date and time in quotes")),
            },
            Kind::String | Kind::Reference => match &self {
                Self::Text { .. } => Ok(self),
                _ => Err(format!("{name} is compared with a text in double quotes")),
            },
        }
    }

    /// Whether one value passes.
    pub(super) fn accepts(&self, operator: Operator, case_exact: bool, value: &Value) -> bool {
        match (self, value) {
            (Self::Boolean(wanted), Value::Bool(value)) => operator.accepts(value.cmp(wanted)),
            (Self::Moment(wanted), Value::String(value)) => {
                DateTime::parse_from_rfc3339(value).is_ok_and(|value| operator.accepts(value.to_utc().cmp(wanted)))
            }
            (Self::Text { given, .. }, Value::String(value)) if case_exact => by_text(operator, value, given),
            (Self::Text { folded, .. }, Value::String(value)) => by_text(operator, &crate::case_folded(value), folded),
            _ => false,
        }
    }
}

fn by_text(operator: Operator, value: &str, wanted: &str) -> bool {
    match operator {
        Operator::Contains => value.contains(wanted),
        Operator::StartsWith => value.starts_with(wanted),
        Operator::EndsWith => value.ends_with(wanted),
        order => order.accepts(value.cmp(wanted)),
    }
}

fn sample(attribute: &Attribute) -> String {
    let sub = attribute.sub_attributes.first().map_or("value", |sub| sub.name);
    format!("{}.{sub}", attribute.name)
}
