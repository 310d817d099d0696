//! The visit's cookie, and the refusal of changes that another site asks for.

use axum::{
    Extension,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use crate::{SecurityHeaders, Setting, headers::came_over_https, problem::Problem};

const COOKIE: &str = "shop_session";

/// The visit that a request belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Session(pub Uuid);

/// Finds the visit's id in the cookie or draws a new one, which is sent back once the visit changes something.
///
/// Without security headers the cookie goes out with every page, as careless session middleware does.
pub(crate) async fn keep_session(Extension(setting): Setting, mut request: Request, next: Next) -> Response {
    let known = session_of(request.headers());
    let session = known.unwrap_or_else(Uuid::new_v4);
    let level = setting.knobs.security_headers;
    let path = request.uri().path();
    let visit = !path.starts_with("/admin") && !path.starts_with("/assets/") && path != "/health";
    let changes = request.method() == Method::POST || level == SecurityHeaders::None;
    let attributes = attributes(level, request.headers());
    request.extensions_mut().insert(Session(session));
    let mut response = next.run(request).await;
    let fine = response.status().is_success() || response.status().is_redirection();
    if known.is_none() && visit && changes && fine {
        let cookie = HeaderValue::from_str(&format!("{COOKIE}={session}; Path=/{attributes}"));
        response.headers_mut().append(header::SET_COOKIE, cookie.expect("a UUID and ASCII attributes"));
    }
    response
}

fn session_of(headers: &HeaderMap) -> Option<Uuid> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|list| list.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).and_then(|(_, value)| Uuid::parse_str(value).ok())
}

fn attributes(level: SecurityHeaders, headers: &HeaderMap) -> &'static str {
    match level {
        SecurityHeaders::None => "",
        SecurityHeaders::Basic => "; HttpOnly; SameSite=Lax",
        SecurityHeaders::Strict if came_over_https(headers) || is_loopback(headers) => {
            "; HttpOnly; Secure; SameSite=Strict"
        }
        SecurityHeaders::Strict => "; HttpOnly; SameSite=Strict",
    }
}

/// Clients keep `Secure` cookies over plain HTTP only from loopback, which counts as trustworthy (W3C Secure Contexts, 3.1).
fn is_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    ["localhost", "127.0.0.1", "[::1]"].contains(&name)
}

/// Answers 403 to a change that a page of another site sent (Fetch Metadata; `Origin` for older browsers).
pub(crate) async fn refuse_cross_site(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !reads && is_cross_site(request.headers()) {
        return Problem::new(StatusCode::FORBIDDEN, "changes from pages of other sites are refused").into_response();
    }
    next.run(request).await
}

fn is_cross_site(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default());
    if let Some(site) = text("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let host = text("host").unwrap_or_default();
    text("origin").is_some_and(|origin| origin.split_once("://").is_none_or(|(_, sender)| sender != host))
}
