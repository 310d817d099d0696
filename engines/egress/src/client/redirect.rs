//! Following redirects by RFC 9110 §15.4, so that every hop can be judged.

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, LOCATION,
    TRANSFER_ENCODING, USER_AGENT,
};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use url::Url;

use crate::error::EgressError;

/// What a request to another origin may still carry from the caller; anything else could be a secret of the first one.
const NEUTRAL: [HeaderName; 4] = [ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, USER_AGENT];
/// What goes with the body when a redirect drops it.
const OF_CONTENT: [HeaderName; 5] =
    [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING];

/// One request of a chain.
pub(super) struct Hop {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Hop {
    /// Becomes the request that a redirect with `status` asks for.
    pub fn redirect(&mut self, status: StatusCode, target: Url) {
        let becomes_get = match status {
            StatusCode::SEE_OTHER => self.method != Method::HEAD,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => self.method == Method::POST,
            _ => false,
        };
        if becomes_get {
            self.method = Method::GET;
            self.body = Bytes::new();
            for name in OF_CONTENT {
                self.headers.remove(name);
            }
        }
        if target.origin() != self.url.origin() {
            let neutral = NEUTRAL.into_iter();
            self.headers = neutral.filter_map(|name| self.headers.remove(&name).map(|value| (name, value))).collect();
        }
        self.url = target;
    }
}

/// Where an answer redirects to, if it does.
pub(super) fn target(from: &Url, status: StatusCode, headers: &HeaderMap) -> Result<Option<Url>, EgressError> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = headers.get(LOCATION) else { return Ok(None) };
    let damaged = || EgressError::Http("the redirect has no usable location".to_owned());
    let location = location.to_str().map_err(|_| damaged())?;
    from.join(location).map(Some).map_err(|_| damaged())
}
