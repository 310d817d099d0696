//! ECDSA keys on P-256 (FIPS 186-5) with SHA-256.
//!
//! Signatures are DER (`ECDSA-Sig-Value`, RFC 3279), deterministic (RFC 6979) and have the lower of the two possible
//! values of `s`. Verification demands the lower one, so that nobody can make a second valid signature from a first.

use std::fmt;

use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey as EcdsaKey, VerifyingKey};
use p256::elliptic_curve::Generate;
use p256::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding};
use zeroize::Zeroizing;

use crate::Hash;

/// Why a key could not be read or made, or a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text is no private key of the kind we use.
    #[error("the private key must be a PKCS#8 PEM (BEGIN PRIVATE KEY) of an EC key on P-256")]
    PrivatePem,
    /// The text is no public key of the kind we use.
    #[error("the public key must be a SubjectPublicKeyInfo PEM (BEGIN PUBLIC KEY) of an EC key on P-256")]
    PublicPem,
    /// The operating system has no randomness to give.
    #[error("the operating system's random number generator failed")]
    Randomness,
    /// The bytes are no DER signature.
    #[error("the signature is not a DER-encoded ECDSA signature on P-256")]
    SignatureForm,
    /// The signature has the higher `s` of two, a sign of somebody having changed it.
    #[error("the signature is not in low-s form")]
    HighS,
    /// The signature was not made over these bytes with this key.
    #[error("the signature does not match the key and the signed bytes")]
    SignatureMismatch,
}

/// A private key. Its memory is wiped when dropped; its debug form shows the key id alone.
#[derive(Clone)]
pub struct SigningKey(EcdsaKey);

impl SigningKey {
    /// A new key from the operating system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Randomness`].
    pub fn generate() -> Result<Self, KeyError> {
        EcdsaKey::try_generate().map(Self).map_err(|_| KeyError::Randomness)
    }

    /// Reads a PKCS#8 PEM.
    ///
    /// # Errors
    /// [`KeyError::PrivatePem`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        EcdsaKey::from_pkcs8_pem(pem).map(Self).map_err(|_| KeyError::PrivatePem)
    }

    /// The key as PKCS#8 PEM, wiped from memory when dropped.
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<String> {
        self.0.to_pkcs8_pem(LineEnding::LF).expect("a P-256 key always has a PKCS#8 form")
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(*self.0.verifying_key())
    }

    /// The DER signature of a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(message);
        signature.normalize_s().to_der().as_bytes().to_vec()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public_key().key_id())
    }
}

/// A public key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo PEM.
    ///
    /// # Errors
    /// [`KeyError::PublicPem`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        VerifyingKey::from_public_key_pem(pem).map(Self).map_err(|_| KeyError::PublicPem)
    }

    /// The key as SubjectPublicKeyInfo PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        self.0.to_public_key_pem(LineEnding::LF).expect("a P-256 key always has a PEM form")
    }

    /// The key as SubjectPublicKeyInfo DER, point uncompressed.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        self.0.to_public_key_der().expect("a P-256 key always has a DER form").into_vec()
    }

    /// The key's id: the SHA-256 digest of its DER form.
    #[must_use]
    pub fn key_id(&self) -> Hash {
        Hash::of(&[&self.to_der()])
    }

    /// Checks a DER signature of a message.
    ///
    /// # Errors
    /// [`KeyError::SignatureForm`], [`KeyError::HighS`] or [`KeyError::SignatureMismatch`].
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
        let signature = Signature::from_der(signature).map_err(|_| KeyError::SignatureForm)?;
        if signature.normalize_s() != signature {
            return Err(KeyError::HighS);
        }
        self.0.verify(message, &signature).map_err(|_| KeyError::SignatureMismatch)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.key_id())
    }
}
