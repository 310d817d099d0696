//! What every request passes on its way in and every answer on its way out, one file per concern. [`crate::router`]
//! names the order.

pub mod body;
pub mod cookie;
pub mod forwarded;
pub mod headers;
pub mod idempotency;
pub mod identity;
pub mod latency;
pub mod limits;
pub mod origin;
pub mod panic;
pub mod problems;
pub mod quota;
pub mod request_id;
pub mod session;
pub mod shared;
pub mod timeout;
pub mod trace;
pub mod typed;

use axum::http::Method;

/// Whether a request of this method may change something (RFC 9110, section 9.2.1).
pub fn is_unsafe(method: &Method) -> bool {
    !method.is_safe()
}

/// Whether a path belongs to the public API, whose every answer is a JSON or problem document.
pub fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Whether a path belongs to SCIM, whose every answer is a document of that protocol.
pub fn is_scim(path: &str) -> bool {
    path == "/scim" || path.starts_with("/scim/")
}
