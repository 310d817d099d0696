//! The signature algorithms that a token may have.

use std::fmt;

use openidconnect::core::CoreJwsSigningAlgorithm as Jwa;
use serde::{Deserialize, Serialize};

/// A signature algorithm of RFC 7518 §3.1 or RFC 8037 §3.1. There is no `none` and no HMAC: a shared secret would let everybody who
/// checks a token make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the registry of RFC 7518")]
pub enum Algorithm {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    /// With Ed25519 alone.
    EdDSA,
}

impl Algorithm {
    /// Every algorithm, in the order of the specification.
    pub const ALL: [Self; 9] = [
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::ES256,
        Self::ES384,
        Self::EdDSA,
    ];

    /// The name in a header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::EdDSA => "EdDSA",
        }
    }

    /// Reads `alg`, exactly as it is spelled. `Ed25519` is the newer name of what `EdDSA` is with that curve (RFC 9864 §2.2).
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "Ed25519" => Some(Self::EdDSA),
            _ => Self::ALL.into_iter().find(|algorithm| algorithm.name() == name),
        }
    }

    /// The names, separated by commas.
    pub(crate) fn list(algorithms: &[Self]) -> String {
        algorithms.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn jwa(self) -> Jwa {
        match self {
            Self::RS256 => Jwa::RsaSsaPkcs1V15Sha256,
            Self::RS384 => Jwa::RsaSsaPkcs1V15Sha384,
            Self::RS512 => Jwa::RsaSsaPkcs1V15Sha512,
            Self::PS256 => Jwa::RsaSsaPssSha256,
            Self::PS384 => Jwa::RsaSsaPssSha384,
            Self::PS512 => Jwa::RsaSsaPssSha512,
            Self::ES256 => Jwa::EcdsaP256Sha256,
            Self::ES384 => Jwa::EcdsaP384Sha384,
            Self::EdDSA => Jwa::EdDsa,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
