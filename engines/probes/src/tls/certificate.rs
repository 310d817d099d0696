//! Facts of an X.509 certificate (RFC 5280).

use std::time::Duration;

use chrono::{DateTime, Utc};
use rustls::pki_types::UnixTime;
use serde::{Deserialize, Serialize};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;

/// What a server's certificate says, and how it was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// Subject distinguished name.
    pub subject: String,
    /// Issuer distinguished name.
    pub issuer: String,
    /// Start of validity.
    pub not_before: DateTime<Utc>,
    /// End of validity.
    pub not_after: DateTime<Utc>,
    /// DNS names and addresses of the subject alternative name.
    pub names: Vec<String>,
    /// Whether it is issued for the host that was asked (RFC 9525).
    pub matches_host: bool,
    /// Whether it is signed with its own key.
    pub self_signed: bool,
    /// Why the chain does not lead to a trusted root, apart from dates; `None` if it does.
    pub chain_problem: Option<String>,
    /// `RSA`, `EC`, `Ed25519`, or an object identifier.
    pub key_algorithm: String,
    /// Key size in bits; 0 if unknown.
    pub key_bits: usize,
    /// Signature algorithm by name, or its object identifier.
    pub signature_algorithm: String,
}

/// Names of signature algorithms (RFC 3279, 4055, 5758, 8410).
const SIGNATURES: [(&str, &str); 14] = [
    ("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.3.14.3.2.29", "sha1WithRSA"),
    ("1.2.840.10040.4.3", "dsaWithSHA1"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    ("1.2.840.113549.1.1.10", "rsassaPss"),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.3.101.112", "Ed25519"),
];

impl CertificateFacts {
    /// Whether the signature uses MD2, MD5 or SHA-1 (NIST SP 800-131A Rev. 2 disallows them).
    pub fn has_weak_signature(&self) -> bool {
        let name = self.signature_algorithm.to_lowercase();
        ["md2", "md5", "sha1"].iter().any(|hash| name.contains(hash))
    }

    /// Whether the key is below 112 bits of strength: RSA under 2048 bits, EC under 224 (NIST SP 800-131A Rev. 2).
    pub fn has_weak_key(&self) -> bool {
        match self.key_algorithm.as_str() {
            "RSA" => self.key_bits < 2048,
            "EC" => self.key_bits < 224,
            "DSA" => true,
            _ => false,
        }
    }
}

/// The facts of a certificate by itself, without a chain, a host or a time. `None` if it is not a certificate.
pub fn certificate_facts(der: &[u8]) -> Option<CertificateFacts> {
    read(der, false, UnixTime::since_unix_epoch(Duration::ZERO), |_| None)
}

/// Reads `der`; `chain_problem` judges the chain at a given time. `None` if it is not a certificate.
pub(super) fn read(
    der: &[u8],
    matches_host: bool,
    now: UnixTime,
    chain_problem: impl Fn(UnixTime) -> Option<String>,
) -> Option<CertificateFacts> {
    let (_, cert) = X509Certificate::from_der(der).ok()?;
    let validity = cert.validity();
    let (from, until) = (validity.not_before.timestamp(), validity.not_after.timestamp());
    let (key_algorithm, key_bits) = key(&cert);
    Some(CertificateFacts {
        subject: cert.subject().to_string(),
        issuer: cert.issuer().to_string(),
        not_before: DateTime::from_timestamp(from, 0)?,
        not_after: DateTime::from_timestamp(until, 0)?,
        names: names(&cert),
        matches_host,
        self_signed: cert.subject() == cert.issuer() && cert.verify_signature(None).is_ok(),
        chain_problem: chain_problem(within(now, from, until)),
        key_algorithm,
        key_bits,
        signature_algorithm: named(&cert.signature_algorithm.algorithm.to_id_string()),
    })
}

fn within(now: UnixTime, from: i64, until: i64) -> UnixTime {
    let [from, until] = [from, until].map(|seconds| u64::try_from(seconds).unwrap_or(0));
    let seconds = now.as_secs().min(until).max(from);
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

fn named(oid: &str) -> String {
    SIGNATURES.iter().find(|(id, _)| *id == oid).map_or(oid, |(_, name)| name).to_owned()
}

fn key(cert: &X509Certificate<'_>) -> (String, usize) {
    let info = cert.public_key();
    match info.parsed() {
        Ok(PublicKey::RSA(rsa)) => ("RSA".to_owned(), rsa_bits(rsa.modulus)),
        Ok(PublicKey::EC(point)) => ("EC".to_owned(), point.key_size()),
        Ok(key @ PublicKey::DSA(_)) => ("DSA".to_owned(), key.key_size()),
        _ => (named(&info.algorithm.algorithm.to_id_string()), 0),
    }
}

fn rsa_bits(modulus: &[u8]) -> usize {
    let significant = modulus.iter().position(|byte| *byte != 0).map_or(&[][..], |start| &modulus[start..]);
    significant.first().map_or(0, |first| significant.len() * 8 - first.leading_zeros() as usize)
}

fn names(cert: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = cert.subject_alternative_name() else { return Vec::new() };
    extension.value.general_names.iter().filter_map(name).collect()
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|octets| std::net::Ipv4Addr::from(octets).to_string()),
            16 => <[u8; 16]>::try_from(*bytes).ok().map(|octets| std::net::Ipv6Addr::from(octets).to_string()),
            _ => None,
        },
        _ => None,
    }
}
