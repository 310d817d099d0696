//! A provider on loopback that answers whatever a test tells it to, and keys to sign tokens with.

#![expect(dead_code, reason = "each test binary uses its own part")]

/// The folder of the certified provider.
pub const PROVIDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/provider");

pub mod certified;
pub mod provider;
pub mod sign_in;
pub mod signer;

use chrono::{DateTime, Utc};
use sbh_egress::{Guard, Policy};
use sbh_oidc::{Registration, Secret};
use serde_json::{Value, json};
use url::Url;

pub use provider::{Answer, TestProvider};
pub use signer::Signer;

pub const CLIENT: &str = "hub";
pub const API: &str = "https://hub.example/api";

/// The time of every test: 2026-01-01T00:00:00Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap()
}

pub fn at(seconds: i64) -> i64 {
    now().timestamp() + seconds
}

/// A guard that permits loopback.
pub fn guard() -> Guard {
    Guard::new(Policy { loopback: true, ..Policy::default() })
}

pub fn registration(issuer: &str) -> Registration {
    let redirect_uri = Url::parse("https://hub.example/sign-in/callback").unwrap();
    let secret = Some(Secret::new("s3cret & more"));
    Registration {
        allow_loopback_http: true,
        user_info: true,
        ..Registration::new(issuer, CLIENT, secret, redirect_uri)
    }
}

/// Claims of an access token that holds.
pub fn access_claims(issuer: &str) -> Value {
    json!({
        "iss": issuer, "aud": [API], "sub": "robot", "client_id": "robot", "jti": "a1", "scope": "runs:read runs:write",
        "iat": at(-5), "exp": at(300)
    })
}

/// Claims of a logout token that holds.
pub fn logout_claims(issuer: &str) -> Value {
    json!({
        "iss": issuer, "aud": CLIENT, "sub": "248289761001", "sid": "session-1", "jti": "l1", "iat": at(-5), "exp": at(120),
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} }
    })
}
