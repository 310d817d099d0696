//! What the proxy refused, for the report of the run.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// How many refusals are kept in full; all are counted.
const KEPT: usize = 100;
/// The longest target kept, in characters.
const MAX_TARGET: usize = 255;

/// One refused attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Host and port as requested; empty when the connection limit refused before a request was read.
    pub target: String,
    /// The code of the [`crate::EgressError`], or `egress_connections` for the connection limit.
    pub code: String,
    /// The reason as a sentence that may be shown.
    pub reason: String,
}

/// All refused attempts of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusals {
    /// How many there were.
    pub count: u64,
    /// The first hundred.
    pub first: Vec<Refusal>,
}

#[derive(Debug, Default)]
pub(super) struct Log(Mutex<Refusals>);

impl Log {
    pub fn record(&self, target: &str, code: &str, reason: &str) {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.count += 1;
        if log.first.len() < KEPT {
            let target = target.chars().take(MAX_TARGET).collect();
            log.first.push(Refusal { target, code: code.to_owned(), reason: reason.to_owned() });
        }
    }

    pub fn snapshot(&self) -> Refusals {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
