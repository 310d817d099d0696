//! A span for each request, in the trace that the caller names in `traceparent` (W3C Trace Context, level 1).

use super::{forwarded::ClientIp, request_id::RequestId, shared};
use crate::telemetry;
use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use hub::{platform::secrets::random_bytes, wire::TracePlace};
use std::time::Instant;
use tracing::{Instrument as _, Span, field::Empty};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

fn begun() -> TracePlace {
    TracePlace { trace_id: random_bytes(), span_id: random_bytes(), flags: 0 }
}

fn below(parent: TracePlace) -> TracePlace {
    TracePlace { span_id: random_bytes(), ..parent }
}

fn header(place: TracePlace) -> HeaderValue {
    HeaderValue::from_str(&place.text()).expect("hexadecimal digits are visible ASCII")
}

/// Wraps the request in its span, logs its end, and says where in the trace the answer was made.
pub async fn follow(request: Request, next: Next) -> Response {
    let parent = incoming(request.headers());
    let span = span(&request);
    let place = telemetry::place(&span, parent).unwrap_or_else(|| parent.map_or_else(begun, below));
    span.record("trace_id", hex::encode(place.trace_id));
    let mut response = answer(request, next).instrument(span).await;
    response.headers_mut().insert(TRACEPARENT, header(place));
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
fn incoming(headers: &HeaderMap) -> Option<TracePlace> {
    let mut values = headers.get_all(TRACEPARENT).iter();
    let (only, None) = (values.next()?, values.next()) else { return None };
    TracePlace::parse(only.to_str().ok()?)
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
        url.path = %shared::without_token(request.uri().path()),
        client.address = extensions.get::<ClientIp>().map(|address| address.0.to_string()),
        request_id = extensions.get::<RequestId>().map(|id| id.0.as_str()),
        trace_id = Empty,
        http.response.status_code = Empty,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_stays_in_its_trace() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let parent = TracePlace::parse(text).unwrap();
        let child = below(parent);
        assert_eq!((child.trace_id, child.flags), (parent.trace_id, 1));
        assert_ne!(child.span_id, parent.span_id);
        assert_eq!(header(parent), text);
    }
}
