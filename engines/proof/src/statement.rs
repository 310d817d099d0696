//! In-toto statements, version 1 (in-toto Attestation Framework).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Hash;

/// The `_type` of a version 1 statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The DSSE payload type of a statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// A claim (the predicate) about subjects that are named by digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Statement {
    /// Always [`STATEMENT_TYPE`].
    #[serde(rename = "_type")]
    pub statement_type: String,
    /// What the claim is about.
    pub subject: Vec<Subject>,
    /// A URI that says what the predicate's fields mean.
    pub predicate_type: String,
    /// The claim.
    pub predicate: Value,
}

/// One subject of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Its name; unique within the statement.
    pub name: String,
    /// Its digest.
    pub digest: DigestSet,
}

/// The digests of a subject; we write and read SHA-256 alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestSet {
    /// SHA-256.
    pub sha256: Hash,
}

impl Statement {
    /// A statement of version 1.
    #[must_use]
    pub fn new(subject: Vec<Subject>, predicate_type: impl Into<String>, predicate: Value) -> Self {
        let (statement_type, predicate_type) = (STATEMENT_TYPE.to_owned(), predicate_type.into());
        Self { statement_type, subject, predicate_type, predicate }
    }
}

impl Subject {
    /// A subject with these bytes.
    #[must_use]
    pub fn of(name: impl Into<String>, bytes: &[u8]) -> Self {
        Self { name: name.into(), digest: DigestSet { sha256: Hash::of(&[bytes]) } }
    }
}
