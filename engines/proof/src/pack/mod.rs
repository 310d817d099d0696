//! Evidence packs: a zip archive whose every byte is covered by one signature.
//!
//! A pack holds the named files, `public-key.pem`, and `manifest.dsse.json`: a DSSE envelope over an in-toto statement
//! whose subjects are all other files with their SHA-256 digests. Verification leaves no byte free:
//!
//! - the archive must equal the one zip form of its files, rebuilt from them;
//! - the files must be exactly the statement's subjects;
//! - the envelope and the statement must be canonical JSON, the base64 standard and padded, the signature in low-s form;
//! - `public-key.pem` is a subject as well, and its key id is the envelope's `keyid`.
//!
//! Audit entries travel as `audit/entries.jsonl`, `audit/proofs.json` and `audit/checkpoint`; see [`AuditTrail`].

mod audit;
mod build;
mod error;
mod verify;

pub use audit::{AuditEntry, AuditSummary, AuditTrail};
pub use build::PackBuilder;
pub use error::PackError;
pub use verify::{PackedFile, Report, Trust, verify};

/// The signed manifest's file name.
pub const MANIFEST: &str = "manifest.dsse.json";

/// The signer's public key's file name.
pub const PUBLIC_KEY: &str = "public-key.pem";

/// The folder of the audit trail.
pub const AUDIT_FOLDER: &str = "audit/";
