//! A span for each request, in the trace that the caller names in `traceparent` (W3C Trace Context, level 1).

use super::{forwarded::ClientIp, request_id::RequestId, shared};
use crate::telemetry;
use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use hub::platform::secrets::random_bytes;
use std::time::Instant;
use tracing::{Instrument as _, Span, field::Empty};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Where a request stands in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The trace.
    pub trace_id: [u8; 16],
    /// The span within it.
    pub span_id: [u8; 8],
    /// Bit 0: the caller records the trace.
    pub flags: u8,
}

impl Place {
    /// Reads a header of version 00, and of later versions as far as they look alike, as the standard asks.
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

    fn new() -> Self {
        Self { trace_id: random_bytes(), span_id: random_bytes(), flags: 0 }
    }

    fn child(self) -> Self {
        Self { span_id: random_bytes(), ..self }
    }

    fn header(self) -> HeaderValue {
        let text = format!("00-{}-{}-{:02x}", hex::encode(self.trace_id), hex::encode(self.span_id), self.flags);
        HeaderValue::from_str(&text).expect("hexadecimal digits are visible ASCII")
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

/// Wraps the request in its span, logs its end, and says where in the trace the answer was made.
pub async fn follow(request: Request, next: Next) -> Response {
    let parent = incoming(request.headers());
    let span = span(&request);
    let place = telemetry::place(&span, parent).unwrap_or_else(|| parent.map_or_else(Place::new, Place::child));
    span.record("trace_id", hex::encode(place.trace_id));
    let mut response = answer(request, next).instrument(span).await;
    response.headers_mut().insert(TRACEPARENT, place.header());
    response
}

async fn answer(request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let response = next.run(request).await;
    let latency_ms = begin.elapsed().as_micros() as f64 / 1_000.0;
    let span = Span::current();
    span.record("http.response.status_code", response.status().as_u16());
    tracing::info!(latency_ms, status = response.status().as_u16(), "request answered");
    response
}

/// One header and no other is believed.
fn incoming(headers: &HeaderMap) -> Option<Place> {
    let mut values = headers.get_all(TRACEPARENT).iter();
    let (only, None) = (values.next()?, values.next()) else { return None };
    Place::parse(only.to_str().ok()?)
}

/// Attributes by OpenTelemetry's names; the path without its query, which may hold what somebody typed, and
/// without the token of a share link.
fn span(request: &Request) -> Span {
    let extensions = request.extensions();
    let route = extensions.get::<MatchedPath>().map(MatchedPath::as_str);
    let name = format!("{} {}", request.method(), route.unwrap_or("unmatched"));
    tracing::info_span!(
        "request",
        otel.name = name,
        otel.kind = "server",
        http.request.method = %request.method(),
        http.route = route,
        url.path = shared::without_token(request.uri().path()),
        client.address = extensions.get::<ClientIp>().map(|address| address.0.to_string()),
        request_id = extensions.get::<RequestId>().map(|id| id.0.as_str()),
        trace_id = Empty,
        http.response.status_code = Empty,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_child_stays_in_its_trace() {
        let parent = Place::parse(PARENT).unwrap();
        let child = parent.child();
        assert_eq!((child.trace_id, child.flags), (parent.trace_id, 1));
        assert_ne!(child.span_id, parent.span_id);
        assert_eq!(parent.header(), PARENT);
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
            assert_eq!(Place::parse(text), None, "{text}");
        }
        assert!(Place::parse("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more").is_some());
    }
}
