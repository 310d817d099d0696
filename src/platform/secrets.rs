//! Secrets: what the database must not hold in the clear is sealed with a key derived from `SECRET_KEY`; tokens are
//! random, and only their hash is kept.

use crate::{Error, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hkdf::Hkdf;
use rand::Rng;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Length of the nonce of XChaCha20-Poly1305, in bytes.
const NONCE_LENGTH: usize = 24;

/// Seals and opens values with XChaCha20-Poly1305 under a key from HKDF-SHA-256 (RFC 5869).
#[derive(Clone)]
pub struct Sealer(Arc<Zeroizing<[u8; 32]>>);

impl Sealer {
    /// Derives the sealing key from `SECRET_KEY`.
    pub fn new(secret_key: &str) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, secret_key.as_bytes())
            .expand(b"sbh sealed values v1", key.as_mut_slice())
            .expect("32 bytes are within what HKDF-SHA-256 gives");
        Self(Arc::new(key))
    }

    /// Seals `plain`; it opens only with the same `context`, so that a sealed value can't be moved to another row.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<String> {
        let nonce = random_bytes::<NONCE_LENGTH>();
        let payload = Payload { msg: plain, aad: context.as_bytes() };
        let sealed =
            self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::internal("sealing failed"))?;
        Ok(BASE64.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what [`Sealer::seal`] made.
    ///
    /// # Errors
    /// Unavailable when it was sealed with another `SECRET_KEY`, for another context, or was changed.
    pub fn open(&self, context: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>> {
        let refused = || Error::unavailable("A stored secret does not open with this SECRET_KEY.");
        let bytes = BASE64.decode(sealed).map_err(|_| refused())?;
        let (nonce, cipher_text) = bytes.split_first_chunk::<NONCE_LENGTH>().ok_or_else(refused)?;
        let payload = Payload { msg: cipher_text, aad: context.as_bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| refused())
    }

    /// What a value is found by again without being kept: a pseudorandom function of it (HKDF-Expand) that only the
    /// holder of `SECRET_KEY` can compute. In hex.
    pub fn blind(&self, context: &str, plain: &str) -> String {
        hex::encode(derive(self.0.as_slice(), &[b"sbh blind index v1\0", context.as_bytes(), b"\0", plain.as_bytes()]))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.as_slice().try_into().expect("the key has 32 bytes"))
    }
}

/// 32 bytes from a key of 32 bytes and what they are for (HKDF-Expand with SHA-256, RFC 5869).
pub(super) fn derive(key: &[u8], purpose: &[&[u8]]) -> [u8; 32] {
    let mut derived = [0; 32];
    Hkdf::<Sha256>::from_prk(key)
        .expect("a key of 32 bytes is as long as the digest")
        .expand_multi_info(purpose, &mut derived)
        .expect("32 bytes are within what HKDF-SHA-256 gives");
    derived
}

/// Random bytes from the operating system's generator.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// SHA-256 of a secret that is itself random, in hex: what is stored in its place.
pub fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// SHA-256 of some bytes, in hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
