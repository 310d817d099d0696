//! One person's key.

use super::words::{MARK, parse_sealed};
use crate::{
    Error, Result,
    platform::secrets::{derive, random_bytes},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Length of the nonce of XChaCha20-Poly1305, in bytes.
const NONCE_LENGTH: usize = 24;

/// A person's key: 32 random bytes. Values are sealed with XChaCha20-Poly1305 under a key that is derived from it.
#[derive(Clone)]
pub struct PersonKey {
    id: Uuid,
    bytes: Zeroizing<[u8; 32]>,
}

impl PersonKey {
    /// A new key.
    pub(super) fn generate() -> Self {
        // Of version 4: the first digits are what the person is called by, and a time would be no name.
        Self { id: Uuid::new_v4(), bytes: Zeroizing::new(random_bytes()) }
    }

    /// The key that was kept.
    pub(super) fn from_bytes(id: Uuid, bytes: &[u8]) -> Result<Self> {
        let bytes = bytes.try_into().map_err(|_| Error::internal(format!("person key {id}: length")))?;
        Ok(Self { id, bytes: Zeroizing::new(bytes) })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// The key's id.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// What the person is called by where they can't be named.
    pub fn number(&self) -> String {
        number(self.id)
    }

    /// The beginning of every value that this key seals.
    pub fn mark(&self) -> String {
        format!("{MARK}{}:", self.id)
    }

    /// Seals a text. The same text gives the same sealed text, so that a column can be searched for it: the nonce is a
    /// pseudorandom function of the text under a key of its own (the construction of RFC 5297, SIV), and two texts never
    /// share one.
    pub fn seal(&self, plain: &str) -> Result<String> {
        let nonce = derive(self.bytes(), &[b"sbh person nonce v1\0", plain.as_bytes()]);
        let mut short = [0; NONCE_LENGTH];
        short.copy_from_slice(&nonce[..NONCE_LENGTH]);
        Ok(format!("{}{}", self.mark(), BASE64.encode(self.sealed(short, b"text", plain.as_bytes())?)))
    }

    /// Opens what [`PersonKey::seal`] made.
    ///
    /// # Errors
    /// Unavailable when another key sealed it, or it was changed.
    pub fn open(&self, sealed: &str) -> Result<String> {
        let found = parse_sealed(sealed).filter(|found| found.key == self.id && found.place.end == sealed.len());
        let encoded = found.and_then(|_| sealed.strip_prefix(&self.mark())).ok_or_else(refused)?;
        let plain = self.open_bytes(b"text", &BASE64.decode(encoded).map_err(|_| refused())?)?;
        String::from_utf8(plain).map_err(|_| refused())
    }

    /// Seals bytes for a context, under a random nonce.
    pub fn seal_bytes(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        self.sealed(random_bytes(), context, plain)
    }

    /// Opens what [`PersonKey::seal_bytes`] made for the same context.
    ///
    /// # Errors
    /// Unavailable when another key or context sealed it, or it was changed.
    pub fn open_bytes(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let (nonce, msg) = sealed.split_first_chunk::<NONCE_LENGTH>().ok_or_else(refused)?;
        let payload = Payload { msg, aad: &self.bound(context) };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| refused())
    }

    fn sealed(&self, nonce: [u8; NONCE_LENGTH], context: &[u8], msg: &[u8]) -> Result<Vec<u8>> {
        let payload = Payload { msg, aad: &self.bound(context) };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        Ok([nonce.as_slice(), &sealed.map_err(|_| Error::internal("sealing failed"))?].concat())
    }

    fn bound(&self, context: &[u8]) -> Vec<u8> {
        [self.id.as_bytes().as_slice(), context].concat()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        let key = Zeroizing::new(derive(self.bytes(), &[b"sbh person values v1"]));
        XChaCha20Poly1305::new(key.as_slice().try_into().expect("the key has 32 bytes"))
    }
}

fn refused() -> Error {
    Error::unavailable("What is kept of this person does not open with their key.")
}

/// The first eight digits of a key's id.
pub fn number(key: Uuid) -> String {
    key.simple().to_string().chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_what_it_sealed_and_no_other_does() {
        let (key, other) = (PersonKey::generate(), PersonKey::generate());
        let sealed = key.seal("ada@example.com").unwrap();
        assert!(!sealed.contains("ada@"), "{sealed}");
        assert_eq!(key.open(&sealed).unwrap(), "ada@example.com");
        assert_eq!(key.seal("ada@example.com").unwrap(), sealed, "a column can be searched for it");
        assert_ne!(key.seal("Ada@example.com").unwrap(), sealed);
        assert!(other.open(&sealed).is_err());
        let moved = sealed.replace(&key.id().to_string(), &other.id().to_string());
        assert!(other.open(&moved).is_err());
        let mut changed = sealed.clone();
        let last = changed.pop().unwrap();
        changed.push(if last == 'A' { 'E' } else { 'A' });
        assert!(key.open(&changed).is_err());
        assert!(key.open("person:").is_err());
    }

    #[test]
    fn bytes_open_for_their_context_alone() {
        let key = PersonKey::generate();
        let sealed = key.seal_bytes(b"export 1", b"all of it").unwrap();
        assert_eq!(key.open_bytes(b"export 1", &sealed).unwrap(), b"all of it");
        assert!(key.open_bytes(b"export 2", &sealed).is_err());
        assert!(PersonKey::generate().open_bytes(b"export 1", &sealed).is_err());
    }
}
