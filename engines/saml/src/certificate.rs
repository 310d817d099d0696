//! Certificates of identity providers: containers of public keys. Neither their issuer nor their validity is judged
//! (SAML V2.0 Metadata Interoperability Profile 2.6.1); metadata says which keys count, and until when.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use openssl::{
    asn1::Asn1Time,
    hash::MessageDigest,
    nid::Nid,
    pkey::{Id, PKey, PKeyRef, Public},
    x509::X509,
};
use serde::{Deserialize, Serialize};
use std::fmt;

use crate::limits::MIN_RSA_BITS;

/// Why a certificate is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The text or the bytes are no X.509 certificate.
    #[error("a certificate is not an X.509 certificate in base64")]
    NotACertificate,
    /// An RSA key that is too short.
    #[error("a certificate has an RSA key of {0} bits; at least 2,048 bits are needed")]
    ShortKey(u32),
    /// A key of another kind.
    #[error("a certificate has a key of a kind that is not allowed; RSA and EC on P-256, P-384 or P-521 are")]
    KeyKind,
}

/// A certificate whose key is strong enough. Serialized as base64 of its DER form, and checked again when it is read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Certificate {
    der: Vec<u8>,
}

impl Certificate {
    /// Reads DER.
    ///
    /// # Errors
    /// Any of [`CertificateError`].
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let certificate = X509::from_der(der).map_err(|_| CertificateError::NotACertificate)?;
        let key = certificate.public_key().map_err(|_| CertificateError::KeyKind)?;
        judge(&key)?;
        // Written again, so that nothing stands behind the certificate.
        let der = certificate.to_der().map_err(|_| CertificateError::NotACertificate)?;
        Ok(Self { der })
    }

    /// Reads base64 of DER, as metadata has it, whitespace allowed.
    ///
    /// # Errors
    /// Any of [`CertificateError`].
    pub fn from_base64(text: &str) -> Result<Self, CertificateError> {
        let text: String = text.split_ascii_whitespace().collect();
        let der = STANDARD.decode(text).map_err(|_| CertificateError::NotACertificate)?;
        Self::from_der(&der)
    }

    /// Reads a PEM (`BEGIN CERTIFICATE`).
    ///
    /// # Errors
    /// Any of [`CertificateError`].
    pub fn from_pem(pem: &str) -> Result<Self, CertificateError> {
        let certificate = X509::from_pem(pem.as_bytes()).map_err(|_| CertificateError::NotACertificate)?;
        Self::from_der(&certificate.to_der().map_err(|_| CertificateError::NotACertificate)?)
    }

    /// The DER form.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Base64 of the DER form, without line breaks.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.der)
    }

    /// The SHA-256 digest of the DER form in lower-case hex: what an administrator compares.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        openssl::hash::hash(MessageDigest::sha256(), &self.der).map(hex::encode).unwrap_or_default()
    }

    /// When the certificate says that it ends. Only for a warning: it does not make its key unusable.
    #[must_use]
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        let certificate = X509::from_der(&self.der).ok()?;
        let since = Asn1Time::from_unix(0).ok()?.diff(certificate.not_after()).ok()?;
        DateTime::from_timestamp(i64::from(since.days) * 86_400 + i64::from(since.secs), 0)
    }

    /// Its public key.
    pub(crate) fn public_key(&self) -> Option<PKey<Public>> {
        X509::from_der(&self.der).and_then(|certificate| certificate.public_key()).ok()
    }
}

impl TryFrom<String> for Certificate {
    type Error = CertificateError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::from_base64(&text)
    }
}

impl From<Certificate> for String {
    fn from(certificate: Certificate) -> Self {
        certificate.to_base64()
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.fingerprint())
    }
}

/// Whether a key is of an allowed kind and length.
pub(crate) fn judge<T: openssl::pkey::HasPublic>(key: &PKeyRef<T>) -> Result<(), CertificateError> {
    match key.id() {
        Id::RSA if key.bits() < MIN_RSA_BITS => Err(CertificateError::ShortKey(key.bits())),
        Id::RSA => Ok(()),
        Id::EC => {
            let curve = key.ec_key().ok().and_then(|key| key.group().curve_name());
            let allowed = [Nid::X9_62_PRIME256V1, Nid::SECP384R1, Nid::SECP521R1];
            curve.filter(|curve| allowed.contains(curve)).map(|_| ()).ok_or(CertificateError::KeyKind)
        }
        _ => Err(CertificateError::KeyKind),
    }
}
