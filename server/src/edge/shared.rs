//! What holds for the pages behind share links: whoever has the address sees them, so the address is kept out of search
//! engines, caches, logs and the `Referer` of what they lead to.

use axum::http::{HeaderName, HeaderValue, header};

/// Where the pages behind share links are.
const BELOW: &str = "/shared/";

/// Headers of every answer there.
pub const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow, noarchive")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
];

/// Lets other sites show an answer as an image.
pub const EMBEDDABLE: [(HeaderName, HeaderValue); 1] =
    [(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"))];

/// Whether a path has a share link's token in it.
pub fn is_shared(path: &str) -> bool {
    path.starts_with(BELOW)
}

/// The path as logs may have it: without the token.
pub fn without_token(path: &str) -> &str {
    if is_shared(path) { "/shared/…" } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reaches_no_log() {
        assert_eq!(without_token("/shared/0123abcd"), "/shared/…");
        assert_eq!(without_token("/shared/0123abcd/badge.svg"), "/shared/…");
        assert_eq!(without_token("/systems"), "/systems");
        assert!(!is_shared("/sharedness"));
    }
}
