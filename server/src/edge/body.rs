//! How large a body may be, announced or not.

use crate::problem::{Problem, TOO_LARGE};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http_body_util::Limited;

/// Most bytes of a request's body.
pub const LIMIT: usize = 2 * 1024 * 1024;
/// Most bytes of a body that carries files of other tools.
pub const FILES_LIMIT: usize = 8 * 1024 * 1024;
/// The paths that take such files.
const WITH_FILES: [&str; 2] = ["/api/teardown/benchmark/import", "/lab/import"];

/// Refuses an announced length beyond the limit before anything is read. Bodies without one are cut off while they are
/// read.
pub async fn limit(request: Request, next: Next) -> Response {
    let limit = limit_of(request.uri().path());
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse::<usize>().ok()).is_some_and(|length| length > limit) {
        // What is not read can't be told from the next request, so the connection ends here.
        return too_large(limit).with_header(header::CONNECTION, HeaderValue::from_static("close")).into_response();
    }
    next.run(request.map(|body| Body::new(Limited::new(body, limit)))).await
}

/// Most bytes of a body that is sent to this path.
pub fn limit_of(path: &str) -> usize {
    if WITH_FILES.contains(&path) { FILES_LIMIT } else { LIMIT }
}

/// The problem of a body beyond the limit.
pub fn too_large(limit: usize) -> Problem {
    Problem::new(TOO_LARGE, format!("The body must not be larger than {limit} bytes."))
}
