//! How large a body may be, announced or not.

use crate::problem::{Problem, TOO_LARGE};
use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

/// Most bytes of a request's body.
pub const LIMIT: usize = 2 * 1024 * 1024;

/// Refuses an announced length beyond the limit before anything is read. Bodies without one are cut off by
/// `RequestBodyLimitLayer` while they are read.
pub async fn limit(request: Request, next: Next) -> Response {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse::<usize>().ok()).is_some_and(|length| length > LIMIT) {
        // What is not read can't be told from the next request, so the connection ends here.
        return too_large().with_header(header::CONNECTION, HeaderValue::from_static("close")).into_response();
    }
    next.run(request).await
}

/// The problem of a body beyond the limit.
pub fn too_large() -> Problem {
    Problem::new(TOO_LARGE, format!("The body must not be larger than {LIMIT} bytes."))
}
