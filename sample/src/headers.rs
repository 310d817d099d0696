//! Protective response headers, as the knob says.

use axum::{
    Extension,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::{SecurityHeaders, Setting};

const BASIC: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
];

/// The pages have no script and no inline style, so the policy needs neither a nonce nor a hash.
const STRICT: [(HeaderName, &str); 8] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
];

/// Adds the headers of the present level to every answer, errors included.
pub(crate) async fn protect(Extension(setting): Setting, request: Request, next: Next) -> Response {
    let over_https = came_over_https(request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    match setting.knobs.security_headers {
        SecurityHeaders::None => announce(headers, &setting.knobs.version),
        SecurityHeaders::Basic => add(headers, &BASIC),
        SecurityHeaders::Strict => {
            add(headers, &STRICT);
            if over_https {
                let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
                headers.insert(header::STRICT_TRANSPORT_SECURITY, two_years);
            }
        }
    }
    response
}

/// Whether a proxy in front says that the visitor came over HTTPS. HSTS must not travel over plain HTTP (RFC 6797, section 7.2).
pub(crate) fn came_over_https(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"))
}

fn add(headers: &mut HeaderMap, protective: &[(HeaderName, &'static str)]) {
    for (name, value) in protective {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Tells everybody which software runs here: what careless servers do.
fn announce(headers: &mut HeaderMap, version: &str) {
    if let Ok(software) = HeaderValue::from_str(&format!("CornerShop/{version}")) {
        headers.insert(header::SERVER, software.clone());
        headers.insert(HeaderName::from_static("x-powered-by"), software);
    }
}
