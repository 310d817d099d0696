//! Proof: Merkle log, DSSE envelopes, in-toto statements, evidence packs and their offline verification.
//!
//! - [`canonical`]: one byte sequence per JSON value (RFC 8785), the form in which entries are hashed and signed.
//! - [`merkle`]: the audit log's tree (RFC 9162) with inclusion and consistency proofs.
//! - [`checkpoint`]: signed tree heads as C2SP signed notes.
//! - [`key`]: ECDSA P-256 keys.
//! - [`dsse`] and [`statement`]: signed in-toto statements.
//! - [`entry`]: one entry of the audit log with everything that shows that it is in it.
//! - [`pack`]: evidence packs, in which no byte can change unnoticed.

mod archive;
pub mod canonical;
pub mod checkpoint;
pub mod dsse;
pub mod entry;
mod hash;
pub mod key;
pub mod merkle;
pub mod pack;
pub mod statement;

pub use archive::{ArchiveError, MAX_FILES, MAX_NAME_BYTES, MAX_PACK_BYTES};
pub use canonical::CanonicalError;
pub use checkpoint::{Checkpoint, CheckpointError};
pub use dsse::{DsseError, Envelope};
pub use entry::{EntryProof, EntryProofError, ProvenEntry};
pub use hash::{Hash, HashError};
pub use key::{KeyError, PublicKey, SigningKey};
pub use merkle::{ConsistencyProof, Frontier, InclusionProof, MerkleError};
pub use pack::{AuditEntry, AuditTrail, PackBuilder, PackError, Report, Trust, verify};
pub use statement::{Statement, Subject};
