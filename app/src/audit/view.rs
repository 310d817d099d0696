//! What the pages of the audit log show.

use crate::moment::Moment;
use hub::audit::Verification;
use serde::{Deserialize, Serialize};

/// Which entries are wanted, as the address says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    /// The cursor of a later part.
    pub cursor: Option<String>,
    /// An action, or the beginning of some.
    pub action: Option<String>,
    /// The id of a thing.
    pub object_id: Option<String>,
    /// A kind of thing.
    pub object: Option<String>,
    /// Who did it.
    pub actor: Option<String>,
    /// The first day, as `2026-03-01` or with a time.
    pub since: Option<String>,
    /// The last day.
    pub until: Option<String>,
    /// How it went.
    pub outcome: Option<String>,
}

impl AuditFilter {
    /// Whether entries are left out.
    pub fn narrows(&self) -> bool {
        *self != Self { cursor: self.cursor.clone(), ..Self::default() }
    }
}

/// A part of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditView {
    /// The entries, newest first.
    pub entries: Vec<EntryView>,
    /// The cursor of the next part.
    pub next: Option<String>,
    /// The same filter as the export's parameters.
    pub export: String,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryView {
    /// Its position.
    pub seq: u64,
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: String,
    /// The number by which evidence packs call that person.
    pub person: Option<String>,
    /// What was done.
    pub action: String,
    /// The kind of thing.
    pub object: String,
    /// Its id.
    pub object_id: String,
    /// The particulars as indented JSON; empty when there are none.
    pub detail: String,
    /// The leaf hash in the tree, in hex.
    pub leaf_hash: String,
}

/// What a check of the log found, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckView {
    /// What was found.
    pub found: Verification,
    /// When it was looked at.
    pub at: Moment,
}
