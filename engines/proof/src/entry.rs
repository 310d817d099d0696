//! One entry of the audit log with everything that shows that it is in it: its inclusion proof and the signed head.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::merkle::MerkleError;
use crate::pack::Trust;
use crate::{CanonicalError, Checkpoint, CheckpointError, Hash, InclusionProof, KeyError, PublicKey, canonical};

/// Why the proof of an entry does not hold.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EntryProofError {
    /// It is no such file.
    #[error("not the proof of an audit entry: {0}")]
    Shape(#[from] serde_json::Error),
    /// It is another kind of file.
    #[error("the kind is {0:?}, not {kind:?}", kind = EntryProof::KIND)]
    Kind(String),
    /// The enclosed key can't be read.
    #[error("public_key: {0}")]
    Key(#[from] KeyError),
    /// It is signed with another key than the one trusted.
    #[error("the checkpoint is signed with key {found}, the trusted key is {expected}")]
    WrongKey { expected: Hash, found: Hash },
    /// The head is not signed as it should be.
    #[error("checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The entry has no canonical form.
    #[error("entry: {0}")]
    Entry(#[from] CanonicalError),
    /// The proof is for another entry or another head.
    #[error("the proof is of entry {index} in {size} entries; the entry says {seq}, the checkpoint {head}")]
    Other { index: u64, size: u64, seq: String, head: u64 },
    /// The entry is not in the log that the checkpoint signs.
    #[error("proof: {0}")]
    Inclusion(#[from] MerkleError),
}

/// An entry with its proof. The leaf is the canonical JSON of `entry`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryProof {
    /// [`EntryProof::KIND`].
    pub kind: String,
    /// The entry as it is stored, with its position as `seq`.
    pub entry: Value,
    /// The proof that it is in the tree.
    pub proof: InclusionProof,
    /// The tree's head as a signed note.
    pub checkpoint: String,
    /// The key that signed it, in PEM, for convenience: whoever verifies takes it from where they trust it.
    pub public_key: String,
}

/// What a verified proof shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProvenEntry {
    /// How far it can be trusted.
    pub trust: Trust,
    /// The key that signed the head.
    pub key_id: Hash,
    /// The log's name.
    pub origin: String,
    /// How many entries the log had.
    pub size: u64,
    /// The root of the log's tree.
    pub root: Hash,
    /// The entry's position.
    pub seq: u64,
    /// The entry.
    pub entry: Value,
}

impl EntryProof {
    /// What the file says that it is.
    pub const KIND: &str = "sbh audit entry proof v1";

    /// Verifies a file offline.
    ///
    /// # Errors
    /// [`EntryProofError`] for any part that does not fit the others.
    pub fn verify(file: &[u8], trusted_key: Option<&PublicKey>) -> Result<ProvenEntry, EntryProofError> {
        let this: Self = serde_json::from_slice(file)?;
        if this.kind != Self::KIND {
            return Err(EntryProofError::Kind(this.kind));
        }
        let key = PublicKey::from_pem(&this.public_key)?;
        if let Some(trusted) = trusted_key.filter(|trusted| **trusted != key) {
            return Err(EntryProofError::WrongKey { expected: trusted.key_id(), found: key.key_id() });
        }
        let checkpoint = Checkpoint::open(&this.checkpoint, &key)?;
        let (index, size) = (this.proof.index, this.proof.size);
        if this.entry["seq"] != index || size != checkpoint.size() {
            let seq = this.entry["seq"].to_string();
            return Err(EntryProofError::Other { index, size, seq, head: checkpoint.size() });
        }
        this.proof.verify(&canonical::leaf_hash(&this.entry)?, checkpoint.root())?;
        Ok(ProvenEntry {
            trust: if trusted_key.is_some() { Trust::TrustedKey } else { Trust::SelfConsistent },
            key_id: key.key_id(),
            origin: checkpoint.origin().to_owned(),
            size,
            root: *checkpoint.root(),
            seq: index,
            entry: this.entry,
        })
    }
}

impl std::fmt::Display for ProvenEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.trust {
            Trust::TrustedKey => write!(f, "verified: signed with the trusted key {}", self.key_id)?,
            Trust::SelfConsistent => {
                write!(f, "self-consistent; key {} not checked against a trusted one", self.key_id)?;
            }
        }
        write!(f, "; entry {} of {} is in the log of {} entries", self.seq, self.origin, self.size)
    }
}
