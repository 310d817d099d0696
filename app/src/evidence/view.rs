//! What the pages of evidence show.

use crate::moment::Moment;
use hub::{compliance::EvidencePacket, gates::Verdict};
use serde::{Deserialize, Serialize};

/// A part of the list of packs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvidenceList {
    /// The packs, newest first.
    pub packs: Vec<PackView>,
    /// The cursor of the next part.
    pub next: Option<String>,
}

/// A pack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackView {
    /// The pack.
    pub packet: EvidencePacket,
    /// Its system's name.
    pub system: String,
    /// The verdict of its validation.
    pub verdict: Option<Verdict>,
    /// When it was made.
    pub made: Moment,
}
