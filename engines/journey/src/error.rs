//! Why a text is no journey that may run.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in a journey's source and what is wrong there, as plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The journey's name.
    pub journey: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
    /// The line as it was written; empty at the end of the text.
    pub source_line: String,
}

impl Place {
    pub(crate) fn new(journey: &str, text: &str, line: usize, column: usize, message: String) -> Self {
        Self { journey: journey.to_owned(), line, column, message, source_line: source_line(text, line).to_owned() }
    }

    /// The source line with a caret below the column, for a preformatted block. Tabs are kept so that the caret stands right.
    #[must_use]
    pub fn annotated(&self) -> String {
        let indent: String = self
            .source_line
            .chars()
            .take(self.column.saturating_sub(1))
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        format!("{}\n{indent}^ {}", self.source_line, self.message)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { journey, line, column, message, .. } = self;
        write!(out, "{journey}, line {line}, column {column}: {message}")
    }
}

/// A text that is no journey, or one that asks for what a journey may not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JourneyError {
    /// The text does not follow the Hurl grammar.
    #[error("{0}")]
    Syntax(Place),
    /// An option, a query or a file that a journey may not use, or a count or pause above its limit.
    #[error("{0}")]
    Refused(Place),
    /// The text is longer than [`crate::limits::MAX_SOURCE`].
    #[error("the journey has {bytes} bytes; at most {limit} are allowed")]
    TooLong {
        /// Length of the text in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// There is no request in the text.
    #[error("the journey has no request; write at least one, for example: GET {{{{base_url}}}}/")]
    Empty,
}

impl JourneyError {
    /// Where in the source the problem is, if it has a place.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Syntax(place) | Self::Refused(place) => Some(place),
            Self::TooLong { .. } | Self::Empty => None,
        }
    }
}

/// The line with this number, from 1, without its line ending; empty past the end.
pub(crate) fn source_line(text: &str, line: usize) -> &str {
    text.lines().nth(line.saturating_sub(1)).unwrap_or_default()
}
