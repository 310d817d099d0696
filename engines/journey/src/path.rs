//! Whether an exchange says something about the server, or only about the way to it.

use hurl::http::Call;

/// The header field by which the guard's proxy marks its own answers.
const MARK: &str = "x-sbh-egress";

/// Why an exchange over plain HTTP cannot count as an answer of the server, if so. Tunnels (https) pass everything unchanged.
///
/// Without this, a journey that expects `HTTP 403` would succeed on a refusal of the guard.
pub(crate) fn unfaithful(call: &Call) -> Option<String> {
    if !call.request.url.raw().starts_with("http:") {
        return None;
    }
    let (request, response) = (&call.request, &call.response);
    if response.headers.get(MARK).is_some() {
        let reason = String::from_utf8_lossy(&response.body);
        return Some(format!("The server was not reached: {}.", reason.trim()));
    }
    if response.status == 407 {
        return Some(
            "The egress guard's proxy did not admit the request; a journey must not send Proxy-Authorization."
                .to_owned(),
        );
    }
    if request.url.raw().parse::<http::Uri>().is_err() {
        return Some(
            "The URL has characters that must be percent-encoded, so the egress guard's proxy did not forward it."
                .to_owned(),
        );
    }
    let host = request.headers.get("Host").map(|h| h.value.to_ascii_lowercase());
    if host.is_some_and(|host| Some(host) != authority(call)) {
        return Some("Over http the Host field always names the URL's host; use https to send another one.".to_owned());
    }
    None
}

/// Host and port as libcurl writes them into the `Host` field.
fn authority(call: &Call) -> Option<String> {
    let url = url::Url::parse(&call.request.url.raw()).ok()?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}
