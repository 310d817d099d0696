//! A provider's public keys (RFC 7517).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::JsonWebKey as _;
use openidconnect::core::CoreJsonWebKey;
use serde_json::{Map, Value};

use crate::{Algorithm, Jws, Part, Refusal};

/// RSA moduli in bits: below, RFC 7518 §3.3 forbids the use; above, the library does not check.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;
/// What makes up a public key; everything else of an entry, a private part above all, is left behind.
const PUBLIC: [&str; 6] = ["kty", "crv", "x", "y", "n", "e"];

/// The keys of a provider that can check signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySet(Vec<Key>);

/// One public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    id: Option<String>,
    family: Family,
    /// The only algorithm that the key is for, if it names one.
    algorithm: Option<Algorithm>,
    jwk: CoreJsonWebKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Rsa,
    P256,
    P384,
    Ed25519,
}

impl Family {
    /// Whether modulus or coordinates have the length that they must have (RFC 7518 §6.2.1.2, §6.3.1.1; RFC 8037 §2).
    fn has_size<'a>(self, text: impl Fn(&str) -> Option<&'a str>) -> bool {
        let number = |name| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        let is_long = |name, octets| number(name).is_some_and(|number| number.len() == octets);
        match self {
            Self::Rsa => number("n").is_some_and(|modulus| RSA_BITS.contains(&bits(&modulus))),
            Self::P256 => is_long("x", 32) && is_long("y", 32),
            Self::P384 => is_long("x", 48) && is_long("y", 48),
            Self::Ed25519 => is_long("x", 32),
        }
    }
}

impl KeySet {
    /// Reads a key set. Entries that are for something else, unknown, secret or too weak are left out, as RFC 7517 §5 recommends.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] when it is no object with a list `keys`.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let malformed = |reason: String| Refusal::Malformed { part: Part::Keys, reason };
        let set: Map<String, Value> = serde_json::from_slice(bytes).map_err(|error| malformed(error.to_string()))?;
        let keys = set.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or_else(|| malformed("a key set is an object with the list \"keys\"".to_owned()))?;
        Ok(Self(keys.iter().filter_map(|key| Key::read(key.as_object()?)).collect()))
    }

    /// Whether a key can check one of these algorithms.
    #[must_use]
    pub fn serves(&self, algorithms: &[Algorithm]) -> bool {
        self.0.iter().any(|key| algorithms.iter().any(|algorithm| key.fits(*algorithm)))
    }

    /// The number of usable keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no key is usable.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks the signature of a token with the key that it names, or with the only one that fits.
    ///
    /// # Errors
    /// [`Refusal::UnknownKey`], [`Refusal::AmbiguousKey`] and [`Refusal::Signature`].
    pub fn verify(&self, token: &Jws, algorithm: Algorithm) -> Result<(), Refusal> {
        self.verifying(token, algorithm).map(|_| ())
    }

    /// As [`KeySet::verify`], and tells which key it was.
    pub(crate) fn verifying(&self, token: &Jws, algorithm: Algorithm) -> Result<&Key, Refusal> {
        let kind = token.kind();
        let named = |key: &&Key| token.key_id().is_none_or(|id| key.id.as_deref() == Some(id));
        let fitting: Vec<&Key> = self.0.iter().filter(named).filter(|key| key.fits(algorithm)).collect();
        match fitting.len() {
            0 => return Err(Refusal::UnknownKey { kind }),
            2.. if token.key_id().is_none() => return Err(Refusal::AmbiguousKey { kind }),
            _ => {}
        }
        let checks = |key: &&Key| key.jwk.verify_signature(&algorithm.jwa(), token.signed(), token.signature()).is_ok();
        fitting.into_iter().find(checks).ok_or(Refusal::Signature { kind })
    }
}

impl Key {
    fn read(entry: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        let family = match (text("kty")?, text("crv")) {
            ("RSA", _) => Family::Rsa,
            ("EC", Some("P-256")) => Family::P256,
            ("EC", Some("P-384")) => Family::P384,
            ("OKP", Some("Ed25519")) => Family::Ed25519,
            _ => return None,
        };
        if text("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let operations = entry.get("key_ops").and_then(Value::as_array);
        if operations.is_some_and(|operations| !operations.iter().any(|operation| operation == "verify")) {
            return None;
        }
        if !family.has_size(text) {
            return None;
        }
        let algorithm = match text("alg") {
            Some(name) => Some(Algorithm::named(name)?),
            None => None,
        };
        let public = PUBLIC.into_iter().filter_map(|name| Some((name.to_owned(), entry.get(name)?.clone())));
        let jwk = serde_json::from_value(Value::Object(public.collect())).ok()?;
        Some(Self { id: text("kid").map(str::to_owned), family, algorithm, jwk })
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        let family = match algorithm {
            Algorithm::RS256
            | Algorithm::RS384
            | Algorithm::RS512
            | Algorithm::PS256
            | Algorithm::PS384
            | Algorithm::PS512 => Family::Rsa,
            Algorithm::ES256 => Family::P256,
            Algorithm::ES384 => Family::P384,
            Algorithm::EdDSA => Family::Ed25519,
        };
        self.family == family && self.algorithm.is_none_or(|only| only == algorithm)
    }

    /// The left half of a text's hash in base64url: the form of `at_hash` (Core 1.0 §3.1.3.6). The hash is that of the algorithm,
    /// for Ed25519 SHA-512.
    pub(crate) fn half_hash(&self, text: &str, algorithm: Algorithm) -> Option<String> {
        let hash = self.jwk.hash_bytes(text.as_bytes(), &algorithm.jwa()).ok()?;
        Some(URL_SAFE_NO_PAD.encode(hash.get(..hash.len() / 2)?))
    }
}

/// The length of an unsigned integer (RFC 7518 §2) without leading zeros.
fn bits(number: &[u8]) -> usize {
    let first = number.iter().position(|&octet| octet != 0).unwrap_or(number.len());
    number.get(first).map_or(0, |octet| (number.len() - first) * 8 - octet.leading_zeros() as usize)
}
