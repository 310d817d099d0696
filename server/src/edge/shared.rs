//! What holds for the pages behind share links and invitations: whoever has the address sees them, so the address is kept out
//! of search engines, caches, logs and the `Referer` of what they lead to.

use axum::http::{HeaderName, HeaderValue, header};
use std::borrow::Cow;

/// Where the pages behind share links are.
const SHARES: &str = "/shared/";
/// Where the pages behind invitations are.
const INVITATIONS: &str = "/invitation/";

const ROBOTS: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow, noarchive"));
const REFERRER: (HeaderName, HeaderValue) = (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
const CACHE: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));

/// Headers of every answer at a path. The form of an invitation needs the `Referer` to come back to its page, and the policy
/// of every page keeps that within the hub.
pub fn headers(path: &str) -> Vec<(HeaderName, HeaderValue)> {
    match below(path) {
        Some(SHARES) => vec![ROBOTS, REFERRER, CACHE],
        Some(_) => vec![ROBOTS, CACHE],
        None => Vec::new(),
    }
}

/// Lets other sites show an answer as an image.
pub const EMBEDDABLE: [(HeaderName, HeaderValue); 1] =
    [(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"))];

/// Whether a path has a token in it.
pub fn has_token(path: &str) -> bool {
    below(path).is_some()
}

fn below(path: &str) -> Option<&'static str> {
    [SHARES, INVITATIONS].into_iter().find(|below| path.starts_with(below))
}

/// The path as logs may have it: without the token.
pub fn without_token(path: &str) -> Cow<'_, str> {
    below(path).map_or(Cow::Borrowed(path), |below| Cow::Owned(format!("{below}…")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reaches_no_log() {
        assert_eq!(without_token("/shared/0123abcd"), "/shared/…");
        assert_eq!(without_token("/shared/0123abcd/badge.svg"), "/shared/…");
        assert_eq!(without_token("/invitation/0123abcd"), "/invitation/…");
        assert_eq!(without_token("/systems"), "/systems");
        assert!(!has_token("/sharedness"));
    }
}
