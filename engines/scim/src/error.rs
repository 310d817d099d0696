//! What can be wrong with a request, as the client is told (RFC 7644 section 3.12).

use serde_json::{Value, json};
use std::fmt;

/// The URI of the error message.
pub const ERROR_URI: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// The keyword that says what kind of error a status 400 or 409 is (RFC 7644 table 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScimType {
    /// The filter can't be read, or compares what can't be compared.
    InvalidFilter,
    /// The path of a patch can't be read, or names no attribute.
    InvalidPath,
    /// The body is not of the shape that the request needs.
    InvalidSyntax,
    /// A value is missing or of another type.
    InvalidValue,
    /// The attribute can't be changed this way.
    Mutability,
    /// The path of a patch leads to nothing.
    NoTarget,
    /// More resources would have to be looked at than the service is willing to.
    TooMany,
    /// Another resource has this value.
    Uniqueness,
}

impl ScimType {
    /// The keyword on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::InvalidPath => "invalidPath",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidValue => "invalidValue",
            Self::Mutability => "mutability",
            Self::NoTarget => "noTarget",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
        }
    }
}

impl fmt::Display for ScimType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a request was refused. Its text is the `detail` that the client reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScimError {
    /// A filter.
    #[error("The filter is wrong at character {position}: {reason}.")]
    InvalidFilter {
        /// Where, in characters from 1.
        position: usize,
        /// What is wrong and what is allowed.
        reason: String,
    },
    /// The path of a patch.
    #[error("The path {path:?} is wrong: {reason}.")]
    InvalidPath {
        /// The path, cut short.
        path: String,
        /// What is wrong and what is allowed.
        reason: String,
    },
    /// The shape of a body.
    #[error("The request can't be read: {reason}.")]
    InvalidSyntax {
        /// What is wrong and what is allowed.
        reason: String,
    },
    /// A value.
    #[error("The attribute {attribute} has a wrong value: {reason}.")]
    InvalidValue {
        /// The attribute.
        attribute: String,
        /// What is wrong and what is allowed.
        reason: String,
    },
    /// A change of what can't be changed.
    #[error("The attribute {attribute} {reason}.")]
    Mutability {
        /// The attribute.
        attribute: String,
        /// Why it can't be changed.
        reason: &'static str,
    },
    /// A patch of what is not there.
    #[error("The operation has no target: {reason}.")]
    NoTarget {
        /// What is not there.
        reason: String,
    },
    /// A value that another resource has.
    #[error("Another resource has the same {attribute}.")]
    Uniqueness {
        /// The attribute.
        attribute: &'static str,
    },
    /// More than the limits allow.
    #[error("The request is too large: at most {limit} {what} are allowed.")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: usize,
    },
    /// A filter that no index answers, over too many resources.
    #[error(
        "The filter would have to be asked of more than {limit} resources; compare userName, externalId or id with eq."
    )]
    TooMany {
        /// How many are looked at.
        limit: usize,
    },
    /// No such resource.
    #[error("There is no {what} with the id {id:?}.")]
    NotFound {
        /// `User`, `Group`, `Schema` or `ResourceType`.
        what: &'static str,
        /// The id, cut short.
        id: String,
    },
    /// The resource has changed since the client read it (RFC 7644 section 3.14).
    #[error("The resource has changed since it was read; read it again.")]
    VersionMismatch,
    /// An operation that the service does not offer.
    #[error("{what} is not supported.")]
    NotImplemented {
        /// Bulk, for example.
        what: &'static str,
    },
}

impl ScimError {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::InvalidFilter { .. }
            | Self::InvalidPath { .. }
            | Self::InvalidSyntax { .. }
            | Self::InvalidValue { .. }
            | Self::Mutability { .. }
            | Self::NoTarget { .. }
            | Self::TooMany { .. } => 400,
            Self::NotFound { .. } => 404,
            Self::Uniqueness { .. } => 409,
            Self::VersionMismatch => 412,
            Self::TooLarge { .. } => 413,
            Self::NotImplemented { .. } => 501,
        }
    }

    /// The keyword, for the statuses that have one.
    pub fn scim_type(&self) -> Option<ScimType> {
        match self {
            Self::InvalidFilter { .. } => Some(ScimType::InvalidFilter),
            Self::InvalidPath { .. } => Some(ScimType::InvalidPath),
            Self::InvalidSyntax { .. } => Some(ScimType::InvalidSyntax),
            Self::InvalidValue { .. } => Some(ScimType::InvalidValue),
            Self::Mutability { .. } => Some(ScimType::Mutability),
            Self::NoTarget { .. } => Some(ScimType::NoTarget),
            Self::TooMany { .. } => Some(ScimType::TooMany),
            Self::Uniqueness { .. } => Some(ScimType::Uniqueness),
            Self::TooLarge { .. } | Self::NotFound { .. } | Self::VersionMismatch | Self::NotImplemented { .. } => None,
        }
    }

    /// The body of the response.
    pub fn to_json(&self) -> Value {
        error_json(self.status(), self.scim_type(), &self.to_string())
    }

    pub(crate) fn syntax(reason: impl Into<String>) -> Self {
        Self::InvalidSyntax { reason: reason.into() }
    }

    pub(crate) fn value(attribute: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::InvalidValue { attribute: attribute.into(), reason: reason.into() }
    }

    pub(crate) fn read_only(attribute: impl Into<String>) -> Self {
        Self::Mutability { attribute: attribute.into(), reason: "is read-only" }
    }

    pub(crate) fn path(path: &str, reason: impl Into<String>) -> Self {
        Self::InvalidPath { path: excerpt(path), reason: reason.into() }
    }

    /// No resource with this id.
    pub fn not_found(what: &'static str, id: &str) -> Self {
        Self::NotFound { what, id: excerpt(id) }
    }
}

/// The body of an error that is not this library's, such as a missing token: the status is a text (RFC 7644 section 3.12).
pub fn error_json(status: u16, scim_type: Option<ScimType>, detail: &str) -> Value {
    let mut body = json!({ "schemas": [ERROR_URI], "status": status.to_string(), "detail": detail });
    if let Some(scim_type) = scim_type {
        body["scimType"] = Value::from(scim_type.as_str());
    }
    body
}

/// The beginning of a text, for a message.
pub(crate) fn excerpt(text: &str) -> String {
    let shown: String = text.chars().take(80).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(80).is_some() { shown + "…" } else { shown }
}
