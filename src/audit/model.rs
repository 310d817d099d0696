//! Entries and what a check of the log found.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Entry {
    /// Position in the log, from 0.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: an e-mail address, `key NAME` or `hub PART`; `erased person NUMBER` once somebody was erased.
    pub actor: String,
    /// The number by which evidence packs call the person who did it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What was done, for example `gate.policy.created`.
    pub action: String,
    /// The kind of thing that it was done to.
    pub object: String,
    /// Its id.
    pub object_id: String,
    /// The particulars; secrets are never among them.
    #[cfg_attr(feature = "backend", schema(value_type = Object))]
    pub detail: serde_json::Value,
    /// The entry's leaf hash in the tree, in hex. It is over what is stored, where persons are sealed.
    pub leaf_hash: String,
}

impl Entry {
    /// How it went.
    pub fn outcome(&self) -> Outcome {
        let negative =
            Outcome::NEGATIVE.iter().any(|end| self.action.strip_suffix(end).is_some_and(|rest| rest.ends_with('.')));
        if negative { Outcome::Negative } else { Outcome::Done }
    }
}

/// How something went, as the end of its action says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = AuditOutcome))]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused, failed, was skipped or stopped, or the answer was no.
    Negative,
}

impl Outcome {
    /// The ends of actions that did not go well.
    pub const NEGATIVE: [&str; 8] =
        ["refused", "failed", "invalid", "skipped", "stopped", "blocked", "rejected", "inconclusive"];

    /// The text in queries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Negative => "negative",
        }
    }

    /// Reads the query.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Done, Self::Negative].into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct AuditQuery {
    /// `next_cursor` of the page before.
    #[cfg_attr(feature = "backend", param(value_type = Option<u64>))]
    pub cursor: Option<String>,
    /// Most rows wanted, 1 to 200; 50 when left out.
    #[cfg_attr(feature = "backend", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// Only entries of this action or of actions that begin with it and a dot.
    pub action: Option<String>,
    /// Only entries about the thing with this id.
    pub object_id: Option<String>,
    /// Only entries about things of this kind, for example `policy`.
    pub object: Option<String>,
    /// Only what this one did: an e-mail address, `key NAME`, `hub PART`, or `person NUMBER`.
    pub actor: Option<String>,
    /// Only entries from this time on.
    pub since: Option<DateTime<Utc>>,
    /// Only entries before this time.
    pub until: Option<DateTime<Utc>>,
    /// Only what went this way.
    #[cfg_attr(feature = "backend", param(inline))]
    pub outcome: Option<Outcome>,
}

/// What a check of the whole log found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Verification {
    /// Entries that were read.
    pub size: u64,
    /// Root of the tree over them, in hex.
    pub root: String,
    /// Size of the checkpoint that was compared with, if one was given.
    pub checkpoint_size: Option<u64>,
    /// What is wrong; empty when the log is intact.
    pub damage: Vec<Damage>,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn intact(&self) -> bool {
        self.damage.is_empty()
    }
}

/// One thing that is wrong with the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum Damage {
    /// The entry is not what was hashed when it was written.
    Edited {
        /// Its position.
        seq: u64,
    },
    /// No entry has this position although later ones exist.
    Missing {
        /// The position.
        seq: u64,
    },
    /// The tree over the entries has another root or size than the log's head.
    Head {
        /// Size in the head.
        expected_size: u64,
        /// Root in the head, in hex.
        expected_root: String,
    },
    /// The log is shorter than the checkpoint.
    Truncated {
        /// Size in the checkpoint.
        expected_size: u64,
    },
    /// The entries up to the checkpoint make another root than the checkpoint's.
    Rewritten {
        /// Root in the checkpoint, in hex.
        expected_root: String,
    },
}
