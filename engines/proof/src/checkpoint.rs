//! Signed tree heads: C2SP tlog-checkpoint bodies in C2SP signed notes.
//!
//! The note's text is three lines: origin, size in decimal, root in base64. One signature line follows, whose key name
//! is the origin. Signatures are ECDSA as Sigstore's Rekor writes them: the key id is the first four bytes of the
//! SHA-256 digest of the SubjectPublicKeyInfo DER, the rest is the DER signature of the text. Extension lines and
//! further signatures (witnesses) are refused, so that a checkpoint has one form.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::canonical::MAX_INTEGER;
use crate::{Hash, KeyError, PublicKey, SigningKey};

/// Why a checkpoint was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The origin cannot be a key name.
    #[error("origin must be a non-empty name without spaces, control characters or plus signs, not {0:?}")]
    Origin(String),
    /// The size is too large for the JSON that proofs are written in.
    #[error("size must be at most 2^53 - 1, not {0}")]
    Size(u64),
    /// The text is no checkpoint in the one form we write.
    #[error("not a signed checkpoint: {0}")]
    Form(&'static str),
    /// The signature was made with another key.
    #[error("the checkpoint is not signed by key {0}")]
    OtherKey(Hash),
    /// The signature does not hold.
    #[error(transparent)]
    Signature(#[from] KeyError),
}

/// The head of a log: how many entries it has and which root they make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
}

impl Checkpoint {
    /// A head of the log named `origin`, a schema-less URL such as `hub.example/audit`.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`] or [`CheckpointError::Size`].
    pub fn new(origin: impl Into<String>, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        let origin = origin.into();
        let excluded = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '+';
        if origin.is_empty() || origin.contains(excluded) {
            return Err(CheckpointError::Origin(origin));
        }
        if size > MAX_INTEGER {
            return Err(CheckpointError::Size(size));
        }
        Ok(Self { origin, size, root })
    }

    /// The log's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries the log has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the log's tree.
    #[must_use]
    pub const fn root(&self) -> &Hash {
        &self.root
    }

    /// The text that is signed.
    #[must_use]
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.as_bytes()))
    }

    /// The signed note.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        let body = self.body();
        let mut signature = key_hint(&key.public_key()).to_vec();
        signature.extend(key.sign(body.as_bytes()));
        format!("{body}\n— {} {}\n", self.origin, STANDARD.encode(signature))
    }

    /// Reads a signed note and checks its signature.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn open(note: &str, key: &PublicKey) -> Result<Self, CheckpointError> {
        let (body, signatures) = note.split_once("\n\n").ok_or(CheckpointError::Form("no signature"))?;
        let body = format!("{body}\n");
        let checkpoint = Self::parse_body(&body)?;
        let signature = signature_bytes(signatures, &checkpoint.origin)?;
        let (hint, signature) = signature.split_at_checked(4).ok_or(CheckpointError::Form("signature too short"))?;
        if hint != key_hint(key) {
            return Err(CheckpointError::OtherKey(key.key_id()));
        }
        key.verify(body.as_bytes(), signature)?;
        Ok(checkpoint)
    }

    fn parse_body(body: &str) -> Result<Self, CheckpointError> {
        let lines: Vec<&str> = body.lines().collect();
        let [origin, size, root] = lines[..] else {
            return Err(CheckpointError::Form("the text must be origin, size and root"));
        };
        let size = size.parse().map_err(|_| CheckpointError::Form("size must be a decimal number"))?;
        let root = STANDARD.decode(root).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let root = root.ok_or(CheckpointError::Form("root must be 32 bytes in base64"))?;
        let checkpoint = Self::new(origin, size, Hash::from_bytes(root))?;
        // Catches leading zeros, plus signs and carriage returns, which the parsers let pass.
        if checkpoint.body() == body { Ok(checkpoint) } else { Err(CheckpointError::Form("unusual spelling")) }
    }
}

/// The bytes of the one signature line, `— <origin> <base64>`.
fn signature_bytes(signatures: &str, origin: &str) -> Result<Vec<u8>, CheckpointError> {
    let line = signatures.strip_suffix('\n').filter(|line| !line.contains('\n'));
    let line = line.ok_or(CheckpointError::Form("there must be exactly one signature line"))?;
    let encoded = line.strip_prefix("— ").and_then(|line| line.strip_prefix(origin)?.strip_prefix(' '));
    let encoded = encoded.ok_or(CheckpointError::Form("the signature line must name the origin"))?;
    STANDARD.decode(encoded).map_err(|_| CheckpointError::Form("the signature must be base64"))
}

fn key_hint(key: &PublicKey) -> [u8; 4] {
    let mut hint = [0; 4];
    hint.copy_from_slice(&key.key_id().as_bytes()[..4]);
    hint
}
