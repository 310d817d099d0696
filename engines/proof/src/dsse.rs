//! Dead Simple Signing Envelope, protocol and JSON form of version 1.0.2 (secure-systems-lab/dsse).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::{Deserialize, Serialize};

use crate::{KeyError, PublicKey, SigningKey};

/// Why an envelope was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DsseError {
    /// The payload says it is something else than what was asked for.
    #[error("payloadType must be {expected:?}, not {found:?}")]
    PayloadType { expected: String, found: String },
    /// A field is not base64.
    #[error("{0} must be base64 with padding")]
    Base64(&'static str),
    /// No signature carries the key's id.
    #[error("no signature by key {0}")]
    NoSignature(String),
    /// The signature by the key does not hold.
    #[error(transparent)]
    Signature(#[from] KeyError),
}

/// A payload with its signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Envelope {
    /// The payload in base64.
    pub payload: String,
    /// What the payload is; a media type or a URI.
    pub payload_type: String,
    /// The signatures over the pre-authentication encoding of both.
    pub signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeSignature {
    /// Which key signed: [`PublicKey::key_id`] in hexadecimal.
    pub keyid: String,
    /// The DER signature in base64.
    pub sig: String,
}

/// The pre-authentication encoding: the bytes that are signed.
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

impl Envelope {
    /// Signs a payload.
    #[must_use]
    pub fn sign(payload_type: &str, payload: &[u8], key: &SigningKey) -> Self {
        let signature = EnvelopeSignature {
            keyid: key.public_key().key_id().to_string(),
            sig: STANDARD.encode(key.sign(&pae(payload_type, payload))),
        };
        Self { payload: STANDARD.encode(payload), payload_type: payload_type.to_owned(), signatures: vec![signature] }
    }

    /// Checks that `key` signed a payload of this type, and returns the payload.
    ///
    /// # Errors
    /// [`DsseError`]; signatures by other keys are ignored.
    pub fn verify(&self, payload_type: &str, key: &PublicKey) -> Result<Vec<u8>, DsseError> {
        if self.payload_type != payload_type {
            let (expected, found) = (payload_type.to_owned(), self.payload_type.clone());
            return Err(DsseError::PayloadType { expected, found });
        }
        let payload = decode("payload", &self.payload)?;
        let key_id = key.key_id().to_string();
        let signature = self.signatures.iter().find(|signature| signature.keyid == key_id);
        let signature = decode("sig", &signature.ok_or(DsseError::NoSignature(key_id))?.sig)?;
        key.verify(&pae(payload_type, &payload), &signature)?;
        Ok(payload)
    }
}

/// The standard allows either alphabet and asks readers to accept both.
fn decode(field: &'static str, text: &str) -> Result<Vec<u8>, DsseError> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).map_err(|_| DsseError::Base64(field))
}
