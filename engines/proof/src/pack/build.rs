use serde_json::Value;

use super::audit::{AuditTrail, in_part};
use super::{AUDIT_FOLDER, MANIFEST, PUBLIC_KEY, PackError, verify};
use crate::archive::{self, Files};
use crate::statement::{PAYLOAD_TYPE, Statement, Subject};
use crate::{Envelope, SigningKey, canonical};

/// Collects the files of a pack.
///
/// The same files, predicate and key give the same bytes.
#[derive(Debug, Clone)]
pub struct PackBuilder {
    predicate_type: String,
    predicate: Value,
    files: Files,
}

impl PackBuilder {
    /// A pack that states `predicate` (scope, time, controls and the like) of its files; `predicate_type` is a URI
    /// that says what the predicate's members mean.
    #[must_use]
    pub fn new(predicate_type: impl Into<String>, predicate: Value) -> Self {
        Self { predicate_type: predicate_type.into(), predicate, files: Files::new() }
    }

    /// Adds a file.
    ///
    /// # Errors
    /// [`PackError::Archive`] for names that are not allowed, [`PackError::Reserved`] for `manifest.dsse.json`,
    /// `public-key.pem` and names in `audit/`, [`PackError::Repeated`].
    pub fn file(mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Result<Self, PackError> {
        let name = name.into();
        archive::check_name(&name)?;
        let lower = name.to_ascii_lowercase();
        if lower == MANIFEST || lower == PUBLIC_KEY || lower.starts_with(AUDIT_FOLDER) {
            return Err(PackError::Reserved(name));
        }
        match self.files.insert(name.clone(), bytes.into()) {
            None => Ok(self),
            Some(_) => Err(PackError::Repeated(name)),
        }
    }

    /// Adds audit entries with their proofs, in place of those added before.
    ///
    /// # Errors
    /// [`PackError::Canonical`] for entries without a canonical form.
    pub fn audit(mut self, trail: AuditTrail) -> Result<Self, PackError> {
        self.files.extend(trail.into_files()?);
        Ok(self)
    }

    /// Signs the manifest and writes the pack.
    ///
    /// # Errors
    /// Whatever [`verify`] would refuse the pack for: it is verified before it is returned.
    pub fn seal(mut self, key: &SigningKey) -> Result<Vec<u8>, PackError> {
        let public_key = key.public_key();
        self.files.insert(PUBLIC_KEY.to_owned(), public_key.to_pem().into_bytes());
        let subjects = self.files.iter().map(|(name, bytes)| Subject::of(name.clone(), bytes)).collect();
        let statement = Statement::new(subjects, self.predicate_type, self.predicate);
        let payload = canonical::to_bytes(&statement).map_err(in_part("statement"))?;
        let envelope = Envelope::sign(PAYLOAD_TYPE, &payload, key);
        let manifest = canonical::to_bytes(&envelope).map_err(in_part(MANIFEST))?;
        self.files.insert(MANIFEST.to_owned(), manifest);
        let pack = archive::write(&self.files)?;
        verify(&pack, Some(&public_key))?;
        Ok(pack)
    }
}
