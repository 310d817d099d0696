//! The algorithms that are allowed. What is not named here is refused: SHA-1, MD5, DSA, HMAC and RSA with PKCS #1 v1.5
//! key transport among it.

use openssl::{hash::MessageDigest, pkey::Id};
use samael::crypto::AllowedSignatureAlgorithm as Samael;

/// A signature algorithm (RFC 6931, sections 2.3.2 to 2.3.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureAlgorithm {
    RsaSha256,
    RsaSha384,
    RsaSha512,
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
}

/// The same list for samael, which compares it with what libxml2 reads.
pub(crate) const SAMAEL: [Samael; 6] = [
    Samael::RsaSha256,
    Samael::RsaSha384,
    Samael::RsaSha512,
    Samael::EcdsaSha256,
    Samael::EcdsaSha384,
    Samael::EcdsaSha512,
];

pub(crate) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

impl SignatureAlgorithm {
    const ALL: [Self; 6] =
        [Self::RsaSha256, Self::RsaSha384, Self::RsaSha512, Self::EcdsaSha256, Self::EcdsaSha384, Self::EcdsaSha512];

    pub(crate) fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.uri() == uri)
    }

    pub(crate) const fn uri(self) -> &'static str {
        match self {
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::RsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
            Self::RsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            Self::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Self::EcdsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
            Self::EcdsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
        }
    }

    /// The kind of key that it needs.
    pub(crate) const fn key(self) -> Id {
        match self {
            Self::RsaSha256 | Self::RsaSha384 | Self::RsaSha512 => Id::RSA,
            Self::EcdsaSha256 | Self::EcdsaSha384 | Self::EcdsaSha512 => Id::EC,
        }
    }

    pub(crate) fn digest(self) -> MessageDigest {
        match self {
            Self::RsaSha256 | Self::EcdsaSha256 => MessageDigest::sha256(),
            Self::RsaSha384 | Self::EcdsaSha384 => MessageDigest::sha384(),
            Self::RsaSha512 | Self::EcdsaSha512 => MessageDigest::sha512(),
        }
    }
}

/// Whether a digest of a reference is allowed: SHA-256, SHA-384 or SHA-512.
pub(crate) fn is_digest(uri: &str) -> bool {
    matches!(uri, SHA256 | "http://www.w3.org/2001/04/xmldsig-more#sha384" | "http://www.w3.org/2001/04/xmlenc#sha512")
}
