//! Tokens in the compact form of RFC 7515, taken apart.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Algorithm, Refusal, TokenKind};

/// The longest token in characters. ID tokens with hundreds of groups stay below a quarter of it.
const MAX_TOKEN: usize = 64 * 1024;

/// A token whose signature was not checked yet; [`crate::KeySet::verify`] does.
#[derive(Debug, Clone)]
pub struct Jws {
    kind: TokenKind,
    header: Header,
    claims: Map<String, Value>,
    signed: String,
    signature: Vec<u8>,
}

/// What is read of a JOSE header. Keys and addresses of keys that a token brings along (`jwk`, `jku`, `x5c`, `x5u`) are not.
#[derive(Debug, Clone, Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    cty: Option<Value>,
    crit: Option<Value>,
}

impl Jws {
    /// Reads a token. Base64url has no padding and no surplus bits; header and claims are objects.
    ///
    /// # Errors
    /// [`Refusal::TokenMalformed`].
    pub fn parse(kind: TokenKind, text: &str) -> Result<Self, Refusal> {
        let malformed = |reason| Refusal::TokenMalformed { kind, reason };
        if text.len() > MAX_TOKEN {
            return Err(malformed("it has more than 65536 characters"));
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            return Err(malformed(match parts.len() {
                5 => "it is encrypted, which is not supported",
                _ => "a signed token has three parts, separated by dots",
            }));
        };
        let decode = |part| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed("its parts must be base64url"));
        let head: Header =
            serde_json::from_slice(&decode(header)?).map_err(|_| malformed("its header is not valid"))?;
        // RFC 7515 §4.1.11: what is critical must be understood, and no extension is.
        if head.crit.is_some() || head.cty.is_some() {
            return Err(malformed("its header asks for an extension that is not supported"));
        }
        let claims =
            serde_json::from_slice(&decode(payload)?).map_err(|_| malformed("its claims are no JSON object"))?;
        let (signed, signature) = (format!("{header}.{payload}"), decode(signature)?);
        Ok(Self { kind, header: head, claims, signed, signature })
    }

    /// Which token this shall be.
    #[must_use]
    pub fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The algorithm, if it is one of `allowed`.
    ///
    /// # Errors
    /// [`Refusal::AlgorithmRefused`].
    pub fn algorithm(&self, allowed: &[Algorithm]) -> Result<Algorithm, Refusal> {
        Algorithm::named(&self.header.alg).filter(|algorithm| allowed.contains(algorithm)).ok_or_else(|| {
            Refusal::AlgorithmRefused {
                kind: self.kind,
                found: self.header.alg.chars().take(16).collect(),
                allowed: Algorithm::list(allowed),
            }
        })
    }

    pub(crate) fn key_id(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// `typ` in small letters and without `application/`, which may be left out (RFC 7515 §4.1.9).
    pub(crate) fn media_type(&self) -> Option<String> {
        let typ = self.header.typ.as_ref()?.to_ascii_lowercase();
        Some(typ.strip_prefix("application/").unwrap_or(&typ).to_owned())
    }

    pub(crate) fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The octets that are signed (RFC 7515 §5.2).
    pub(crate) fn signed(&self) -> &[u8] {
        self.signed.as_bytes()
    }

    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }
}
