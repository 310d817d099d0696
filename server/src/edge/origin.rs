//! Protection against other sites: a browser says where a request comes from, and changes are accepted from the hub's
//! own pages alone (OWASP Cross-Site Request Forgery Prevention, "Fetch Metadata" and "Verifying Origin").

use super::{identity::Identified, is_unsafe};
use crate::{
    problem::{CROSS_SITE, Problem},
    state::AppState,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use url::Url;

/// Refuses changes that a browser sends from elsewhere. A key in the header is no cookie: no other site can send it.
pub async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let by_key = request.extensions().get::<Identified>().is_some_and(|identified| identified.by_key);
    if by_key
        || !is_unsafe(request.method())
        || is_of_provider(request.uri().path())
        || is_own(request.headers(), state.config.public_url.as_ref())
    {
        return next.run(request).await;
    }
    Problem::new(CROSS_SITE, "Changes are accepted from the hub's own pages alone.").into_response()
}

/// Whether it is where a SAML provider lets browsers send its answers, which are signed and bound to who asked.
fn is_of_provider(path: &str) -> bool {
    path.strip_prefix("/sign-in/saml/").is_some_and(|rest| rest.ends_with("/acs") || rest.ends_with("/slo"))
}

/// Whether somebody follows a link or a form of the hub's own page; nobody can be led here from elsewhere.
pub fn is_from_own_page(headers: &HeaderMap, public: Option<&Url>) -> bool {
    match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => {
            let referer = headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
            referer.is_some_and(|referer| is_origin(referer, headers, public))
        }
    }
}

/// Whether nothing in the headers speaks of another site.
fn is_own(headers: &HeaderMap, public: Option<&Url>) -> bool {
    let site = headers.get("sec-fetch-site");
    let fetched_here = site.is_none_or(|site| site == "same-origin" || site == "none");
    let origin = headers.get(header::ORIGIN);
    fetched_here && origin.is_none_or(|origin| origin.to_str().is_ok_and(|origin| is_origin(origin, headers, public)))
}

/// Whether `origin`, or the origin of an address, is the hub's: `PUBLIC_URL`, or without one whatever host the browser asked for.
fn is_origin(origin: &str, headers: &HeaderMap, public: Option<&Url>) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    if let Some(public) = public {
        return origin.origin() == public.origin();
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let own = Url::parse(&format!("{}://{host}", origin.scheme()));
    matches!(origin.scheme(), "http" | "https") && own.is_ok_and(|own| own.origin() == origin.origin())
}
