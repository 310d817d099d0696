//! One request to the proxy: a tunnel (`CONNECT`, RFC 9110 §9.3.6) or a forwarded request (absolute-form, RFC 9112 §3.2.2).

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING,
    UPGRADE,
};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::sync::OwnedSemaphorePermit;
use url::Url;

use super::Shared;
use super::metered::Metered;
use crate::error::EgressError;

type Body = BoxBody<Bytes, hyper::Error>;

/// Tells a refusal of the guard from an answer of the server.
const MARK: HeaderName = HeaderName::from_static("x-sbh-egress");

/// Header fields that end at a proxy (RFC 9110 §7.6.1), with those that older clients send in their place.
const HOP_BY_HOP: [HeaderName; 8] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

enum Failure {
    /// The request is not one for a proxy.
    Request(&'static str),
    Egress(EgressError),
}

impl From<EgressError> for Failure {
    fn from(error: EgressError) -> Self {
        Self::Egress(error)
    }
}

/// Answers a request; failures become answers too.
pub(super) async fn answer(
    request: Request<Incoming>,
    shared: Arc<Shared>,
    slot: Arc<OwnedSemaphorePermit>,
) -> Result<Response<Body>, Infallible> {
    if !shared.credentials.admit(request.headers()) {
        let mut response =
            text(StatusCode::PROXY_AUTHENTICATION_REQUIRED, "this proxy needs the credentials of its run");
        response.headers_mut().insert(PROXY_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"sbh\""));
        return Ok(response);
    }
    // The record of a refusal names host and port, never a password typed before them.
    let authority = request.uri().authority().map_or("", |authority| authority.as_str());
    let target = authority.rsplit('@').next().unwrap_or_default().to_owned();
    let outcome = if shared.budget.is_spent() {
        Err(Failure::Egress(EgressError::TooLarge { limit: shared.budget.limit }))
    } else if request.method() == Method::CONNECT {
        tunnel(request, &shared, slot).await
    } else {
        forward(request, &shared).await
    };
    Ok(outcome.unwrap_or_else(|failure| explain(&failure, &target, &shared)))
}

async fn tunnel(
    mut request: Request<Incoming>,
    shared: &Arc<Shared>,
    slot: Arc<OwnedSemaphorePermit>,
) -> Result<Response<Body>, Failure> {
    let authority = request.uri().authority().filter(|authority| !authority.as_str().contains('@'));
    let (host, port) =
        authority.and_then(|a| Some((a.host(), a.port_u16()?))).ok_or(Failure::Request("CONNECT needs host:port"))?;
    let stream = shared.guard.connect(host, port).await?;
    let mut upstream = Metered::new(stream, Arc::clone(&shared.budget));
    let upgrade = hyper::upgrade::on(&mut request);
    shared.spawn(async move {
        let _slot = slot;
        if let Ok(client) = upgrade.await {
            // Either side may end at any time; how it ended is the business of the two.
            let _ = tokio::io::copy_bidirectional(&mut TokioIo::new(client), &mut upstream).await;
        }
    });
    Ok(Response::new(empty()))
}

async fn forward(request: Request<Incoming>, shared: &Arc<Shared>) -> Result<Response<Body>, Failure> {
    let url = absolute_target(request.uri())?;
    shared.guard.check_url(&url)?;
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0));
    let stream = shared.guard.connect(host, port).await?;
    let upstream = TokioIo::new(Metered::new(stream, Arc::clone(&shared.budget)));
    let (mut sender, connection) = hyper::client::conn::http1::handshake(upstream).await.map_err(broken)?;
    shared.spawn(async move {
        let _ = connection.await;
    });
    let mut response = sender.send_request(to_origin_form(request, &url)?).await.map_err(broken)?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Err(Failure::Egress(EgressError::Http("the server changed the protocol unasked".to_owned())));
    }
    if response.headers().contains_key(TRANSFER_ENCODING) {
        // Of the two framings only the transfer coding counted (RFC 9112 §6.3).
        response.headers_mut().remove(CONTENT_LENGTH);
    }
    strip_hop_by_hop(response.headers_mut());
    Ok(response.map(BodyExt::boxed))
}

/// The URL that the request names, read once: the guard judges, the connection goes to and the `Host` field names the same one.
fn absolute_target(uri: &Uri) -> Result<Url, Failure> {
    if uri.scheme().is_none() || uri.authority().is_none() {
        return Err(Failure::Request("the proxy takes CONNECT or a complete URL"));
    }
    if uri.scheme_str() == Some("https") {
        return Err(Failure::Request("use CONNECT for https"));
    }
    Url::parse(&uri.to_string()).map_err(|_| Failure::Egress(EgressError::Address("it is not a complete URL")))
}

/// Rewrites the request for its server. No `Via` field is added: servers switch compression off when they see one, and the proxy must
/// not change what is measured.
fn to_origin_form(request: Request<Incoming>, url: &Url) -> Result<Request<Incoming>, Failure> {
    let (mut parts, body) = request.into_parts();
    parts.uri = Uri::from(parts.uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/")));
    parts.version = http::Version::HTTP_11;
    parts.extensions.clear();
    strip_hop_by_hop(&mut parts.headers);
    // The body is framed anew from what was actually parsed, so that no two readers can disagree about its end.
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.remove(EXPECT);
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let host = HeaderValue::from_str(host).map_err(|_| Failure::Request("the host is not valid in a header field"))?;
    parts.headers.insert(HOST, host);
    Ok(Request::from_parts(parts, body))
}

fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let connection = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<HeaderName> =
        connection.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse().ok()).collect();
    for name in named.into_iter().chain(HOP_BY_HOP) {
        headers.remove(name);
    }
}

fn explain(failure: &Failure, target: &str, shared: &Shared) -> Response<Body> {
    let error = match failure {
        Failure::Request(reason) => return text(StatusCode::BAD_REQUEST, reason),
        Failure::Egress(error) => error,
    };
    let (status, mark) = match error {
        EgressError::TooLarge { .. } => (StatusCode::SERVICE_UNAVAILABLE, "limit"),
        EgressError::Timeout(_) => (StatusCode::GATEWAY_TIMEOUT, "failed"),
        error if error.is_refusal() => (StatusCode::FORBIDDEN, "refused"),
        _ => (StatusCode::BAD_GATEWAY, "failed"),
    };
    let sentence = match error {
        EgressError::TooLarge { limit } => format!("this run may transfer {limit} bytes and has done so"),
        error => error.to_string(),
    };
    if mark != "failed" {
        shared.refusals.record(target, error.code(), &sentence);
    }
    let mut response = text(status, &sentence);
    response.headers_mut().insert(MARK, HeaderValue::from_static(mark));
    response
}

fn broken(error: hyper::Error) -> Failure {
    Failure::Egress(EgressError::Http(error.to_string()))
}

fn text(status: StatusCode, sentence: &str) -> Response<Body> {
    let mut response =
        Response::new(Full::new(Bytes::from(format!("{sentence}\n"))).map_err(|never| match never {}).boxed());
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

fn empty() -> Body {
    http_body_util::Empty::new().map_err(|never: Infallible| match never {}).boxed()
}
