//! The service provider's own key: it signs requests, and with RSA it opens encrypted assertions.

use chrono::{DateTime, TimeDelta, Utc};
use openssl::{
    asn1::Asn1Time,
    bn::{BigNum, MsbOption},
    ec::{EcGroup, EcKey},
    error::ErrorStack,
    hash::MessageDigest,
    nid::Nid,
    pkey::{Id, PKey, Private},
    rsa::Rsa,
    x509::{X509, X509NameBuilder},
};
use std::fmt;
use zeroize::Zeroizing;

use crate::{
    algorithm::SignatureAlgorithm,
    certificate::{Certificate, CertificateError, judge},
};

/// Why a key could not be read or made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text is no private key.
    #[error("the private key must be an unencrypted PEM (BEGIN PRIVATE KEY) of an RSA key or an EC key")]
    PrivatePem,
    /// The key or the certificate is of no use.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The certificate is of another key.
    #[error("the certificate does not belong to the private key")]
    Mismatch,
    /// OpenSSL could not make a key.
    #[error("a key could not be made: {0}")]
    Generate(String),
}

/// What kind of key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA with 3,072 bits: signs, and opens encrypted assertions. What identity providers understand.
    Rsa3072,
    /// EC on P-256: signs, and can't open encrypted assertions.
    EcP256,
}

/// A private key with its certificate. Its debug form shows the certificate alone.
#[derive(Clone)]
pub struct KeyPair {
    private: PKey<Private>,
    certificate: Certificate,
}

impl KeyPair {
    /// Reads a private key and its certificate, both as PEM.
    ///
    /// # Errors
    /// [`KeyError::PrivatePem`], [`KeyError::Certificate`] or [`KeyError::Mismatch`].
    pub fn from_pem(private: &str, certificate: &str) -> Result<Self, KeyError> {
        // The callback keeps OpenSSL from asking for a pass phrase on the terminal.
        let private = PKey::private_key_from_pem_callback(private.as_bytes(), |_| Ok(0));
        let private = private.map_err(|_| KeyError::PrivatePem)?;
        judge(&private)?;
        let certificate = Certificate::from_pem(certificate)?;
        if !certificate.public_key().is_some_and(|public| private.public_eq(&public)) {
            return Err(KeyError::Mismatch);
        }
        Ok(Self { private, certificate })
    }

    /// A new key with a self-signed certificate for a name (an entity id; 64 characters of it are kept), valid from now on.
    /// RSA takes a second or so.
    ///
    /// # Errors
    /// [`KeyError::Generate`].
    pub fn generate(kind: KeyKind, name: &str, now: DateTime<Utc>, validity: TimeDelta) -> Result<Self, KeyError> {
        let failed = |error: ErrorStack| KeyError::Generate(error.to_string());
        let private = match kind {
            KeyKind::Rsa3072 => Rsa::generate(3_072).and_then(PKey::from_rsa),
            KeyKind::EcP256 => EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)
                .and_then(|group| EcKey::generate(&group))
                .and_then(PKey::from_ec_key),
        }
        .map_err(failed)?;
        let end = now.timestamp().saturating_add(validity.num_seconds());
        let der = self_signed(&private, name, now.timestamp(), end).map_err(failed)?;
        Ok(Self { certificate: Certificate::from_der(&der)?, private })
    }

    /// The private key as PKCS #8 PEM, wiped from memory when dropped.
    ///
    /// # Errors
    /// [`KeyError::Generate`].
    pub fn private_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        let pem = self.private.private_key_to_pem_pkcs8().map_err(|error| KeyError::Generate(error.to_string()))?;
        String::from_utf8(pem).map(Zeroizing::new).map_err(|error| KeyError::Generate(error.to_string()))
    }

    /// The certificate as PEM.
    ///
    /// # Errors
    /// [`KeyError::Generate`].
    pub fn certificate_pem(&self) -> Result<String, KeyError> {
        let pem = X509::from_der(self.certificate.der()).and_then(|certificate| certificate.to_pem());
        let pem = pem.map_err(|error| KeyError::Generate(error.to_string()))?;
        String::from_utf8(pem).map_err(|error| KeyError::Generate(error.to_string()))
    }

    /// The certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    pub(crate) const fn private(&self) -> &PKey<Private> {
        &self.private
    }

    /// Whether identity providers can encrypt for it.
    pub(crate) fn decrypts(&self) -> bool {
        self.private.id() == Id::RSA
    }

    /// What it signs with.
    pub(crate) fn algorithm(&self) -> SignatureAlgorithm {
        if self.private.id() == Id::RSA { SignatureAlgorithm::RsaSha256 } else { SignatureAlgorithm::EcdsaSha256 }
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({:?})", self.certificate)
    }
}

fn self_signed(key: &PKey<Private>, name: &str, from: i64, until: i64) -> Result<Vec<u8>, ErrorStack> {
    let short: String = name.chars().take(64).collect();
    let mut subject = X509NameBuilder::new()?;
    subject.append_entry_by_nid(Nid::COMMONNAME, &short)?;
    let subject = subject.build();
    let mut serial = BigNum::new()?;
    serial.rand(159, MsbOption::MAYBE_ZERO, false)?;
    let (serial, from, until) = (serial.to_asn1_integer()?, Asn1Time::from_unix(from)?, Asn1Time::from_unix(until)?);
    let mut certificate = X509::builder()?;
    certificate.set_version(2)?;
    certificate.set_serial_number(&serial)?;
    certificate.set_subject_name(&subject)?;
    certificate.set_issuer_name(&subject)?;
    certificate.set_not_before(&from)?;
    certificate.set_not_after(&until)?;
    certificate.set_pubkey(key)?;
    certificate.sign(key, MessageDigest::sha256())?;
    certificate.build().to_der()
}
