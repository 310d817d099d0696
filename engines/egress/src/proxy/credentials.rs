//! The secret that keeps other local processes out of the proxy.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::HeaderMap;
use http::header::PROXY_AUTHORIZATION;
use subtle::ConstantTimeEq;

/// A user name and a random password for one run (Basic, RFC 7617). `Debug` hides the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user name.
    pub username: String,
    /// 192 random bits in URL-safe characters.
    pub password: String,
}

impl Credentials {
    pub(super) fn random() -> Self {
        Self { username: "sbh".to_owned(), password: URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>()) }
    }

    /// The value of the `Proxy-Authorization` header field.
    #[must_use]
    pub fn header_value(&self) -> String {
        format!("Basic {}", self.token())
    }

    pub(super) fn admit(&self, headers: &HeaderMap) -> bool {
        let Some(value) = headers.get(PROXY_AUTHORIZATION).and_then(|value| value.to_str().ok()) else { return false };
        let Some((scheme, token)) = value.split_once(' ') else { return false };
        scheme.eq_ignore_ascii_case("basic") && bool::from(token.trim().as_bytes().ct_eq(self.token().as_bytes()))
    }

    fn token(&self) -> String {
        STANDARD.encode(format!("{}:{}", self.username, self.password))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}
