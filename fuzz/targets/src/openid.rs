//! What an OpenID provider answers, and what a browser brings back from it.

use sbh_oidc::{Algorithm, Callback, Jws, KeySet, Metadata, Registration, TokenKind};
use std::str::from_utf8;
use url::Url;

/// The corpus's own key set, which signed its tokens.
const KEYS: &[u8] = include_bytes!("../../corpus/oidc/key_set");

/// Discovery documents, key sets, tokens and the parameters of the redirect address. Tokens are checked against the keys that signed
/// the corpus, so that what is behind the reading is reached too.
pub fn oidc(data: &[u8]) {
    let redirect_uri = Url::parse("https://hub.example/callback").expect("a plain address");
    let registration = Registration::new("https://id.example", "hub", None, redirect_uri);
    if let Ok(metadata) = Metadata::read(&registration, data) {
        let needed = [metadata.authorization_endpoint(), metadata.token_endpoint(), metadata.jwks_uri()];
        let others = [metadata.userinfo_endpoint(), metadata.end_session_endpoint()];
        assert!(needed.into_iter().chain(others.into_iter().flatten()).all(|address| address.scheme() == "https"));
    }
    if let Ok(keys) = KeySet::read(data) {
        assert_eq!(keys.is_empty(), !keys.serves(&Algorithm::ALL), "a key that serves nothing is left out");
    }
    let Ok(text) = from_utf8(data) else { return };
    if let Ok(callback) = Callback::parse(text) {
        assert!(callback.state().is_none_or(|_| text.contains('=')));
    }
    let keys = KeySet::read(KEYS).expect("a key set");
    for kind in [TokenKind::Id, TokenKind::Logout, TokenKind::Access] {
        if let Ok(token) = Jws::parse(kind, text)
            && let Ok(algorithm) = token.algorithm(&Algorithm::ALL)
        {
            let _ = keys.verify(&token, algorithm);
        }
    }
}
