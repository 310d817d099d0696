//! Keys of every kind, and tokens signed with them.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signer as _;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384, Sha512};

static RSA: LazyLock<RsaPrivateKey> = LazyLock::new(|| RsaPrivateKey::new(&mut rand_core::OsRng, 2048).unwrap());

/// A private key with its id.
#[derive(Clone)]
pub struct Signer {
    pub kid: Option<&'static str>,
    key: Private,
}

#[derive(Clone)]
enum Private {
    P256(Box<p256::ecdsa::SigningKey>),
    P384(Box<p384::ecdsa::SigningKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
    Rsa,
}

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Signer {
    pub fn p256(kid: &'static str, seed: u8) -> Self {
        let key = p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap();
        Self { kid: Some(kid), key: Private::P256(Box::new(key)) }
    }

    pub fn p384(kid: &'static str) -> Self {
        let key = p384::ecdsa::SigningKey::from_slice(&[5; 48]).unwrap();
        Self { kid: Some(kid), key: Private::P384(Box::new(key)) }
    }

    pub fn ed25519(kid: &'static str) -> Self {
        Self { kid: Some(kid), key: Private::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&[5; 32]))) }
    }

    pub fn rsa(kid: &'static str) -> Self {
        Self { kid: Some(kid), key: Private::Rsa }
    }

    pub fn without_id(self) -> Self {
        Self { kid: None, ..self }
    }

    /// The algorithm that a test without a wish uses.
    pub fn algorithm(&self) -> &'static str {
        match self.key {
            Private::P256(_) => "ES256",
            Private::P384(_) => "ES384",
            Private::Ed25519(_) => "EdDSA",
            Private::Rsa => "RS256",
        }
    }

    /// The public key as a JWK.
    pub fn jwk(&self) -> Value {
        let mut jwk = match &self.key {
            Private::P256(key) => point("P-256", key.verifying_key().to_sec1_point(false).as_bytes()),
            Private::P384(key) => point("P-384", key.verifying_key().to_sec1_point(false).as_bytes()),
            Private::Ed25519(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(key.verifying_key().as_bytes()) })
            }
            Private::Rsa => {
                json!({ "kty": "RSA", "n": encode(RSA.n().to_bytes_be()), "e": encode(RSA.e().to_bytes_be()) })
            }
        };
        if let Some(kid) = self.kid {
            jwk["kid"] = json!(kid);
        }
        jwk
    }

    /// A header with this key's id.
    pub fn header(&self) -> Value {
        let mut header = json!({ "alg": self.algorithm() });
        if let Some(kid) = self.kid {
            header["kid"] = json!(kid);
        }
        header
    }

    pub fn token(&self, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = self.sign(header["alg"].as_str().unwrap(), signed.as_bytes());
        format!("{signed}.{}", encode(signature))
    }

    fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let pss = |padding, digest: &[u8]| RSA.sign_with_rng(&mut rand_core::OsRng, padding, digest).unwrap();
        match (&self.key, algorithm) {
            (Private::P256(key), _) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            (Private::P384(key), _) => {
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            (Private::Ed25519(key), _) => key.sign(message).to_bytes().to_vec(),
            (Private::Rsa, "RS384") => RSA.sign(Pkcs1v15Sign::new::<Sha384>(), &Sha384::digest(message)).unwrap(),
            (Private::Rsa, "RS512") => RSA.sign(Pkcs1v15Sign::new::<Sha512>(), &Sha512::digest(message)).unwrap(),
            (Private::Rsa, "PS256") => pss(Pss::new::<Sha256>(), &Sha256::digest(message)),
            (Private::Rsa, "PS384") => pss(Pss::new::<Sha384>(), &Sha384::digest(message)),
            (Private::Rsa, "PS512") => pss(Pss::new::<Sha512>(), &Sha512::digest(message)),
            (Private::Rsa, _) => RSA.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message)).unwrap(),
        }
    }
}

fn point(curve: &str, sec1: &[u8]) -> Value {
    let (x, y) = sec1[1..].split_at((sec1.len() - 1) / 2);
    json!({ "kty": "EC", "crv": curve, "x": encode(x), "y": encode(y) })
}

/// `at_hash` with SHA-256.
pub fn at_hash(access_token: &str) -> String {
    encode(&Sha256::digest(access_token)[..16])
}
