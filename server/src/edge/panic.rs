//! A panic ends one request, not the hub.

use crate::problem::{INTERNAL, Problem};
use axum::response::{IntoResponse as _, Response};
use std::any::Any;

/// The answer in place of the one that panicked.
#[expect(clippy::needless_pass_by_value, reason = "tower-http hands the panic over")]
pub fn answer(panic: Box<dyn Any + Send>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = words.unwrap_or("not a text"), "a handler panicked");
    Problem::new(INTERNAL, "The hub could not complete this. The request id helps to find out why.").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::problems;
    use axum::{Router, body::Body, http::Request, middleware::from_fn, routing::get};
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    async fn broken() -> &'static str {
        panic!("a secret in a message")
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_says_nothing_of_its_cause() {
        let router: Router = Router::new().route("/api/broken", get(broken));
        let router = router.layer(CatchPanicLayer::custom(answer)).layer(from_fn(problems::settle));
        let response = router.oneshot(Request::get("/api/broken").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let document: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&document["type"], &document["instance"]), (&"/problems/internal".into(), &"/api/broken".into()));
        assert!(!document.to_string().contains("secret"));
    }
}
