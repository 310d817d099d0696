//! A journey that may run.

use std::collections::BTreeMap;

use hurl_core::ast::Entry;
use serde::{Deserialize, Serialize};

use crate::bounds::{self, Known};
use crate::error::JourneyError;
use crate::references::References;
use crate::rules::{Source, check_entry, check_file};
use crate::syntax;
use crate::variable::Variable;

/// The first use of a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariableReference {
    /// The variable's name.
    pub name: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Whether the caller has to give it: nothing in the journey sets it before this use.
    pub required: bool,
}

/// What a file is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FileUse {
    /// The body of a request.
    RequestBody,
    /// A part of a multipart form.
    Multipart,
    /// The body that a response is compared with.
    ExpectedBody,
    /// A value that an assert compares with.
    Predicate,
    /// A certificate or a key of an option.
    Certificate,
}

/// A file that the journey reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReference {
    /// The path, relative to the journey's folder; with variables as `{{name}}`.
    pub path: String,
    /// Whether the path has variables, so that the file is known only during the run.
    pub templated: bool,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What it is used for.
    pub purpose: FileUse,
}

/// A Hurl file that was parsed and whose options, queries and file names are all allowed.
#[derive(Debug, Clone, PartialEq)]
pub struct Journey {
    name: String,
    text: String,
    entries: Vec<Entry>,
    references: References,
}

impl Journey {
    /// Reads a Hurl file. `name` appears in messages only; a byte-order mark at the start is ignored.
    ///
    /// # Errors
    /// [`JourneyError::Syntax`] with line and column where the grammar is not followed; [`JourneyError::Refused`] for an option, query, file
    /// name, count or pause that is not allowed (see the crate's table); [`JourneyError::TooLong`] and [`JourneyError::Empty`].
    pub fn parse(name: &str, text: &str) -> Result<Self, JourneyError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let source = Source { name, text };
        let entries = syntax::parse(name, text)?;
        entries.iter().try_for_each(|entry| check_entry(&source, entry))?;
        let references = References::of(&entries);
        references.files.iter().try_for_each(|file| check_file(&source, file))?;
        bounds::check(&entries, &Known::Assigned(&references.assigned), 0)
            .map_err(|(option, reason)| source.refuse_option(option, &reason))?;
        Ok(Self { name: name.to_owned(), text: text.to_owned(), entries, references })
    }

    /// The name given to [`Journey::parse`].
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The source text.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.text
    }

    /// The number of entries (a request with its expected response).
    #[must_use]
    pub fn entry_count(&self) -> usize {
        self.entries.len()
    }

    /// The files that the journey reads.
    #[must_use]
    pub fn files(&self) -> &[FileReference] {
        &self.references.files
    }

    /// The variables that the journey uses, each at its first use.
    #[must_use]
    pub fn variables(&self) -> &[VariableReference] {
        &self.references.variables
    }

    /// The required variables that `given` does not have. `base_url` counts as given only if it is in `given`.
    #[must_use]
    pub fn missing(&self, given: &BTreeMap<String, Variable>) -> Vec<&VariableReference> {
        let variables = self.references.variables.iter();
        variables.filter(|v| v.required && !given.contains_key(&v.name)).collect()
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Checks counts and pauses once their variables are known.
    pub(crate) fn check_bounds(
        &self,
        variables: &BTreeMap<String, Variable>,
        retries: u64,
    ) -> Result<(), JourneyError> {
        let source = Source { name: &self.name, text: &self.text };
        let value = |name: &str| variables.get(name).and_then(Variable::integer);
        bounds::check(&self.entries, &Known::Values(&value), retries)
            .map_err(|(option, reason)| source.refuse_option(option, &reason))
    }
}
