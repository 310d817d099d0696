//! `Prefer: wait` (RFC 7240, section 4.3).

use axum::{extract::FromRequestParts, http::request::Parts};
use std::{convert::Infallible, time::Duration};

/// Longest time that a caller may ask to wait; the edge ends every answer that has not begun after 30 s.
const LONGEST: Duration = Duration::from_secs(20);

/// How long the caller would rather wait than be told to come back. A preference that can't be read is no preference.
pub struct Wait(pub Option<Duration>);

impl<S: Sync> FromRequestParts<S> for Wait {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let values = parts.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        Ok(Self(values.flat_map(|value| value.split(',')).find_map(wait)))
    }
}

fn wait(preference: &str) -> Option<Duration> {
    let (name, value) = preference.split(';').next()?.split_once('=')?;
    let seconds = value.trim().trim_matches('"').parse().ok()?;
    name.trim().eq_ignore_ascii_case("wait").then(|| Duration::from_secs(seconds).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_among_other_preferences_and_capped() {
        let cases = [
            ("wait=5", Some(5)),
            (" Wait = 7 ; x", Some(7)),
            ("wait=\"9\"", Some(9)),
            ("wait=100000", Some(20)),
            ("wait=soon", None),
            ("respond-async", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(wait(text), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
