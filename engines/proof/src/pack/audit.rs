use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::PackError;
use crate::archive::Files;
use crate::canonical::{self, CanonicalError};
use crate::{Checkpoint, Hash, InclusionProof, PublicKey};

const ENTRIES: &str = "audit/entries.jsonl";
const PROOFS: &str = "audit/proofs.json";
const CHECKPOINT: &str = "audit/checkpoint";

/// Audit log entries with the proof that each is in the log.
///
/// In a pack this is three files. `audit/entries.jsonl` has one line per entry, in ascending order of index: the
/// canonical JSON of an [`AuditEntry`]. `audit/proofs.json` is the canonical JSON of the list of [`InclusionProof`]s in
/// the same order, all for the checkpoint's size. `audit/checkpoint` is the signed note of [`Checkpoint::sign`], made
/// with the key that signs the pack. An entry's leaf is the canonical JSON of its `entry` member.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditTrail {
    /// The signed note.
    pub checkpoint: String,
    /// The entries, in ascending order of index.
    pub entries: Vec<AuditEntry>,
    /// One proof per entry, in the same order.
    pub proofs: Vec<InclusionProof>,
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditEntry {
    /// Its position in the log, from 0.
    pub index: u64,
    /// What was logged.
    pub entry: Value,
}

/// What a verified audit trail shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditSummary {
    /// The log's name.
    pub origin: String,
    /// How many entries the log had.
    pub size: u64,
    /// The root of the log's tree.
    pub root: Hash,
    /// How many entries the pack holds and proves.
    pub entries: usize,
}

impl AuditTrail {
    /// The three files.
    pub(super) fn into_files(self) -> Result<Files, PackError> {
        let mut lines = Vec::new();
        for entry in &self.entries {
            lines.extend(canonical::to_bytes(entry).map_err(in_part(ENTRIES))?);
            lines.push(b'\n');
        }
        let proofs = canonical::to_bytes(&self.proofs).map_err(in_part(PROOFS))?;
        let files = [(ENTRIES, lines), (PROOFS, proofs), (CHECKPOINT, self.checkpoint.into_bytes())];
        Ok(files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect())
    }

    /// The trail in a pack's files; `None` when there is none.
    fn from_files(files: &Files) -> Result<Option<Self>, PackError> {
        let names: Vec<&str> =
            files.keys().map(String::as_str).filter(|name| name.starts_with(super::AUDIT_FOLDER)).collect();
        if names.is_empty() {
            return Ok(None);
        }
        if names != [CHECKPOINT, ENTRIES, PROOFS] {
            return Err(PackError::Audit(format!("must be the files {CHECKPOINT}, {ENTRIES} and {PROOFS}")));
        }
        let checkpoint = String::from_utf8(files[CHECKPOINT].clone());
        Ok(Some(Self {
            checkpoint: checkpoint.map_err(|_| PackError::Audit("the checkpoint is not UTF-8".to_owned()))?,
            entries: parse_lines(&files[ENTRIES])?,
            proofs: canonical::parse(&files[PROOFS]).map_err(in_part(PROOFS))?,
        }))
    }

    fn verify(&self, key: &PublicKey) -> Result<AuditSummary, PackError> {
        let checkpoint = Checkpoint::open(&self.checkpoint, key)?;
        if self.entries.len() != self.proofs.len() {
            return Err(PackError::Audit("there must be one proof for each entry".to_owned()));
        }
        if !self.entries.is_sorted_by(|earlier, later| earlier.index < later.index) {
            return Err(PackError::Audit("entries must ascend by index".to_owned()));
        }
        for (entry, proof) in self.entries.iter().zip(&self.proofs) {
            entry.verify(proof, &checkpoint)?;
        }
        Ok(AuditSummary {
            origin: checkpoint.origin().to_owned(),
            size: checkpoint.size(),
            root: *checkpoint.root(),
            entries: self.entries.len(),
        })
    }
}

impl AuditEntry {
    fn verify(&self, proof: &InclusionProof, checkpoint: &Checkpoint) -> Result<(), PackError> {
        let index = self.index;
        if proof.index != index || proof.size != checkpoint.size() {
            return Err(PackError::Audit(format!("the proof of entry {index} is for another entry or tree")));
        }
        let leaf = canonical::leaf_hash(&self.entry).map_err(in_part(ENTRIES))?;
        proof.verify(&leaf, checkpoint.root()).map_err(|source| PackError::Inclusion { index, source })
    }
}

/// Verifies the trail in a pack's files, when there is one.
pub(super) fn verify_files(files: &Files, key: &PublicKey) -> Result<Option<AuditSummary>, PackError> {
    AuditTrail::from_files(files)?.map(|trail| trail.verify(key)).transpose()
}

fn parse_lines(bytes: &[u8]) -> Result<Vec<AuditEntry>, PackError> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| {
            let line = line.strip_suffix(b"\n").ok_or_else(|| PackError::Audit("each line must end".to_owned()))?;
            canonical::parse(line).map_err(in_part(ENTRIES))
        })
        .collect()
}

pub(super) fn in_part(part: &'static str) -> impl Fn(CanonicalError) -> PackError {
    move |source| PackError::Canonical { part, source }
}
