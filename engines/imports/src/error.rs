//! What can be wrong with a file, and where.

use std::fmt;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The file as a whole.
    File,
    /// A value of a JSON document, as a pointer (RFC 6901).
    Pointer(String),
    /// Line and column, both from 1; column 0 stands for the whole line.
    Line {
        /// The line.
        line: u64,
        /// The column in bytes, or the number of the field in a table.
        column: u64,
    },
    /// A byte of an XML document, from 0.
    Byte(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("the file"),
            Self::Pointer(pointer) if pointer.is_empty() => f.write_str("the document"),
            Self::Pointer(pointer) => f.write_str(pointer),
            Self::Line { line, column: 0 } => write!(f, "line {line}"),
            Self::Line { line, column } => write!(f, "line {line}, column {column}"),
            Self::Byte(byte) => write!(f, "byte {byte}"),
        }
    }
}

/// Why a file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// No format that is known.
    #[error("the format is not known; known are {known}")]
    UnknownFormat {
        /// The formats.
        known: &'static str,
    },
    /// The bytes are not of the format's grammar.
    #[error("{place}: not {format}: {reason}")]
    Syntax {
        /// Where.
        place: Place,
        /// The format's name.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A value is missing or of another kind.
    #[error("{place}: {found}; allowed is {allowed}")]
    Value {
        /// Where.
        place: Place,
        /// What is there.
        found: String,
        /// What is allowed.
        allowed: String,
    },
    /// Figures that can't all be true.
    #[error("{place}: {reason}")]
    Contradiction {
        /// Where.
        place: Place,
        /// Which figures.
        reason: String,
    },
    /// More than the limits allow.
    #[error("{place}: at most {limit} {what}")]
    TooLarge {
        /// Where.
        place: Place,
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: u64,
    },
    /// The tool itself says that its run failed.
    #[error("the run failed: {code}: {message}")]
    RunFailed {
        /// The tool's code.
        code: String,
        /// The tool's message.
        message: String,
    },
    /// What the file asks for is not carried over as a whole.
    #[error("{place}: {reason}")]
    Unsupported {
        /// Where.
        place: Place,
        /// What, and what to do.
        reason: String,
    },
}

impl ImportError {
    pub(crate) fn value(place: Place, found: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self::Value { place, found: found.into(), allowed: allowed.into() }
    }

    pub(crate) fn contradiction(place: Place, reason: impl Into<String>) -> Self {
        Self::Contradiction { place, reason: reason.into() }
    }
}
