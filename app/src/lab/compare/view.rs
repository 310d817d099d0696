//! What the page of a comparison shows.

use hub::lab::Comparison;
use serde::{Deserialize, Serialize};

/// What can be compared, and what was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompareView {
    /// What was measured, newest first.
    pub choices: Vec<Side>,
    /// The two sides; none while fewer than two versions were measured.
    pub compared: Option<ComparedView>,
    /// The reader may start benchmarks.
    pub may_run: bool,
}

/// A version that can be one side of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// Its key in the address.
    pub key: String,
    /// Its name for people: system, environment and version.
    pub label: String,
    /// Its scorecard; none for a teardown.
    pub scorecard: Option<String>,
    /// Where it is measured again; none for a teardown.
    pub again: Option<String>,
}

/// A comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedView {
    /// What the candidate is compared with.
    pub baseline: Side,
    /// What is judged.
    pub candidate: Side,
    /// What was found.
    pub found: Comparison,
    /// The differences, drawn.
    pub drawn: Option<String>,
}
