//! `Prefer: wait` (RFC 7240, section 4.3).

use axum::{extract::FromRequestParts, http::request::Parts};
use hub::wire;
use std::{convert::Infallible, time::Duration};

/// Longest time that a caller may ask to wait; the edge ends every answer that has not begun after 30 s.
const LONGEST: Duration = Duration::from_secs(20);

/// How long the caller would rather wait than be told to come back. A preference that can't be read is no preference.
pub struct Wait(pub Option<Duration>);

impl<S: Sync> FromRequestParts<S> for Wait {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let mut values = parts.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        Ok(Self(values.find_map(|value| wire::preferred_wait(value, LONGEST))))
    }
}
