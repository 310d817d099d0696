//! Header fields and cookies that callers send, read as pure functions: no web framework is known here.
//!
//! What can't be read is nothing, and never an error of the hub.

use std::{net::IpAddr, time::Duration};

/// Longest `Idempotency-Key`.
pub const IDEMPOTENCY_KEY_MAX: usize = 255;
/// Longest request id that is taken over from a caller.
const REQUEST_ID_MAX: usize = 128;

/// Where a request stands in a trace (W3C Trace Context, level 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TracePlace {
    /// The trace.
    pub trace_id: [u8; 16],
    /// The span within it.
    pub span_id: [u8; 8],
    /// Bit 0: the caller records the trace.
    pub flags: u8,
}

impl TracePlace {
    /// Reads a `traceparent` of version 00, and of later versions as far as they look alike, as the standard asks.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let [version] = octets(version)?;
        if version == 0xff || version == 0 && parts.next().is_some() {
            return None;
        }
        let [flags] = octets(flags)?;
        let place = Self { trace_id: octets(trace)?, span_id: octets(span)?, flags };
        (place.trace_id != [0; 16] && place.span_id != [0; 8]).then_some(place)
    }

    /// The `traceparent` of this place.
    pub fn text(self) -> String {
        format!("00-{}-{}-{:02x}", hex::encode(self.trace_id), hex::encode(self.span_id), self.flags)
    }
}

fn octets<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || text.bytes().any(|c| c.is_ascii_uppercase()) {
        return None;
    }
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

/// The last address of the last `X-Forwarded-For`: those before it are whatever the caller wrote.
pub fn nearest_forwarded(last: &str) -> Option<IpAddr> {
    last.rsplit(',').next()?.trim().parse().ok()
}

/// What limits count by: an IPv6 caller has a whole /64 to itself (RFC 6177), an IPv4 caller one address.
pub fn subject_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// An `Idempotency-Key`: 1 to 255 visible ASCII characters.
pub fn idempotency_key(text: &str) -> Option<&str> {
    let visible = text.bytes().all(|c| c.is_ascii_graphic());
    (visible && (1..=IDEMPOTENCY_KEY_MAX).contains(&text.len())).then_some(text)
}

/// Whether a caller's request id is plain enough to be taken over.
pub fn is_plain_request_id(id: &str) -> bool {
    (1..=REQUEST_ID_MAX).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.".contains(&c))
}

/// The credential of an `Authorization` with the scheme `Bearer`.
pub fn bearer(text: &str) -> Option<&str> {
    let (scheme, secret) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// The value of a cookie in a `Cookie` field (RFC 6265, section 5.4); of several with the name, the first one's.
#[cfg(feature = "backend")]
pub fn cookie(field: &str, name: &str) -> Option<String> {
    let mut cookies = cookie::Cookie::split_parse(field).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// The halves of the cookie that binds the way to an identity provider to a browser: what finds the record of it, and what the browser
/// alone has.
pub fn errand(value: &str) -> Option<(&str, &str)> {
    value.split_once('.')
}

/// How long a `Prefer` wants to wait (RFC 7240, section 4.3), but no longer than `longest`.
pub fn preferred_wait(text: &str, longest: Duration) -> Option<Duration> {
    text.split(',').find_map(|preference| {
        let (name, value) = preference.split(';').next()?.split_once('=')?;
        let seconds = value.trim().trim_matches('"').parse().ok()?;
        name.trim().eq_ignore_ascii_case("wait").then(|| Duration::from_secs(seconds).min(longest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_place_is_written_as_it_was_read() {
        assert_eq!(TracePlace::parse(PARENT).unwrap().text(), PARENT);
    }

    #[test]
    fn what_the_standard_calls_invalid_is_not_followed() {
        for text in [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TracePlace::parse(text), None, "{text}");
        }
        assert!(TracePlace::parse("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more").is_some());
    }

    #[test]
    fn only_the_nearest_proxy_is_believed() {
        assert_eq!(nearest_forwarded("10.0.0.1, 192.0.2.7"), Some("192.0.2.7".parse().unwrap()));
        assert_eq!(nearest_forwarded("192.0.2.7, unknown"), None);
    }

    #[test]
    fn a_network_of_one_caller_counts_once() {
        let subject = |text: &str| subject_of(text.parse().unwrap());
        assert_eq!(subject("2001:db8:1:2::5"), subject("2001:db8:1:2:ffff::9"));
        assert_ne!(subject("2001:db8:1:2::5"), subject("2001:db8:1:3::5"));
        assert_eq!(subject("::ffff:192.0.2.1"), subject("192.0.2.1"));
    }

    #[test]
    fn a_wait_is_read_among_other_preferences_and_capped() {
        let cases = [
            ("wait=5", Some(5)),
            (" Wait = 7 ; x", Some(7)),
            ("wait=\"9\"", Some(9)),
            ("respond-async, wait=3", Some(3)),
            ("wait=100000", Some(20)),
            ("wait=soon", None),
            ("respond-async", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(preferred_wait(text, Duration::from_secs(20)), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
