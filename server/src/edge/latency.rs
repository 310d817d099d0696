//! Requests by route, method and status, with their latency. The label is the route's pattern, never a path, so that
//! callers can't make time series.

use crate::state::AppState;
use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use std::time::Instant;

/// The route of requests that match none.
const UNMATCHED: &str = "unmatched";

/// Counts and times a request.
pub async fn measure(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or(UNMATCHED.to_owned(), |path| path.as_str().to_owned());
    let method = known(request.method());
    let begin = Instant::now();
    let response = next.run(request).await;
    let metrics = &state.hub.platform().metrics;
    metrics.http_duration.with_label_values(&[&route, method]).observe(begin.elapsed().as_secs_f64());
    metrics.http_requests.with_label_values(&[&route, method, response.status().as_str()]).inc();
    response
}

/// A method's label; callers may send any word.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
