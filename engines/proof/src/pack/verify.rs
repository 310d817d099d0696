use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

use super::audit::{self, AuditSummary, in_part};
use super::{MANIFEST, PUBLIC_KEY, PackError};
use crate::archive::{self, Files};
use crate::statement::{PAYLOAD_TYPE, STATEMENT_TYPE, Statement, Subject};
use crate::{Envelope, Hash, PublicKey, canonical};

/// How far a verified pack can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Signed with the key that the reader trusts.
    TrustedKey,
    /// Complete and unchanged since it was signed, by whoever owns the enclosed key: anybody can make such a pack.
    SelfConsistent,
}

/// A file of a verified pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackedFile {
    /// Its name.
    pub name: String,
    /// Its digest.
    pub sha256: Hash,
    /// Its length in bytes.
    pub bytes: usize,
}

/// What a verified pack holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// How far it can be trusted.
    pub trust: Trust,
    /// The key it was signed with.
    pub key_id: Hash,
    /// What its predicate's members mean.
    pub predicate_type: String,
    /// What it states of its files.
    pub predicate: Value,
    /// Its files but for the manifest, by name.
    pub files: Vec<PackedFile>,
    /// Its audit trail.
    pub audit: Option<AuditSummary>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.trust {
            Trust::TrustedKey => write!(f, "verified: signed with the trusted key {}", self.key_id)?,
            Trust::SelfConsistent => {
                write!(f, "self-consistent; key {} not checked against a trusted one", self.key_id)?;
            }
        }
        write!(f, "; {} files", self.files.len())?;
        match &self.audit {
            Some(audit) => write!(f, "; {} audit entries of {} at size {}", audit.entries, audit.origin, audit.size),
            None => Ok(()),
        }
    }
}

/// Verifies a pack offline.
///
/// Without a trusted key the report says [`Trust::SelfConsistent`]: the pack is whole, but who made it is open.
///
/// # Errors
/// [`PackError`] for any byte that is not as it was sealed.
pub fn verify(pack: &[u8], trusted_key: Option<&PublicKey>) -> Result<Report, PackError> {
    let mut files = archive::read(pack)?;
    let key = enclosed_key(&files)?;
    if let Some(trusted) = trusted_key.filter(|trusted| **trusted != key) {
        return Err(PackError::WrongKey { expected: trusted.key_id(), found: key.key_id() });
    }
    let manifest = files.remove(MANIFEST).ok_or_else(|| PackError::Missing(MANIFEST.to_owned()))?;
    let statement = open_manifest(&manifest, &key)?;
    match_subjects(&statement.subject, &files)?;
    let audit = audit::verify_files(&files, &key)?;
    let bytes = |subject: &Subject| files.get(&subject.name).map_or(0, Vec::len);
    Ok(Report {
        trust: if trusted_key.is_some() { Trust::TrustedKey } else { Trust::SelfConsistent },
        key_id: key.key_id(),
        predicate_type: statement.predicate_type,
        predicate: statement.predicate,
        files: statement
            .subject
            .into_iter()
            .map(|subject| PackedFile { bytes: bytes(&subject), sha256: subject.digest.sha256, name: subject.name })
            .collect(),
        audit,
    })
}

fn enclosed_key(files: &Files) -> Result<PublicKey, PackError> {
    let bytes = files.get(PUBLIC_KEY).ok_or_else(|| PackError::Missing(PUBLIC_KEY.to_owned()))?;
    let pem = std::str::from_utf8(bytes).map_err(|_| PackError::PublicKeyForm)?;
    let key = PublicKey::from_pem(pem).map_err(|source| PackError::PublicKey { source })?;
    if key.to_pem() == pem { Ok(key) } else { Err(PackError::PublicKeyForm) }
}

fn open_manifest(manifest: &[u8], key: &PublicKey) -> Result<Statement, PackError> {
    let envelope: Envelope = canonical::parse(manifest).map_err(in_part(MANIFEST))?;
    let payload = envelope.verify(PAYLOAD_TYPE, key)?;
    let [signature] = &envelope.signatures[..] else {
        return Err(PackError::Manifest("there must be exactly one signature"));
    };
    // The envelope may be written with either base64 alphabet; a pack has one spelling only.
    let standard = |text: &str| STANDARD.decode(text).is_ok_and(|bytes| STANDARD.encode(bytes) == text);
    if !standard(&envelope.payload) || !standard(&signature.sig) {
        return Err(PackError::Manifest("base64 must be in the standard alphabet with padding"));
    }
    let statement: Statement = canonical::parse(&payload).map_err(in_part("statement"))?;
    if statement.statement_type != STATEMENT_TYPE {
        return Err(PackError::Manifest("the payload must be an in-toto statement of version 1"));
    }
    Ok(statement)
}

/// The subjects must be the files, in order of name.
fn match_subjects(subjects: &[Subject], files: &Files) -> Result<(), PackError> {
    if !subjects.is_sorted_by(|earlier, later| earlier.name < later.name) {
        return Err(PackError::Manifest("subjects must ascend by name"));
    }
    for subject in subjects {
        let bytes = files.get(&subject.name).ok_or_else(|| PackError::Missing(subject.name.clone()))?;
        let (expected, found) = (subject.digest.sha256, Hash::of(&[bytes]));
        if expected != found {
            return Err(PackError::Digest { name: subject.name.clone(), expected, found });
        }
    }
    match files.keys().find(|name| subjects.binary_search_by(|subject| subject.name.cmp(name)).is_err()) {
        Some(extra) => Err(PackError::Extra(extra.clone())),
        None => Ok(()),
    }
}
