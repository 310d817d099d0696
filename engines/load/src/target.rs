//! Where requests go, and the requests themselves, prepared once.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request, Uri, Version};
use http_body_util::Full;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use url::{Position, Url};

use crate::error::{PlanError, PlanErrors};
use crate::plan::{Plan, RequestSpec};

const GENERATOR: HeaderValue = HeaderValue::from_static(concat!("sbh-load/", env!("CARGO_PKG_VERSION")));

/// The HTTP version that a run speaks, once it is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

impl Protocol {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        }
    }
}

/// The address of the target.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: Option<Secure>,
}

/// What a TLS connection needs.
#[derive(Debug, Clone)]
pub(crate) struct Secure {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) name: ServerName<'static>,
}

/// A request of the mix, ready to be sent again and again.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    method: Method,
    uri: Uri,
    version: Version,
    headers: HeaderMap,
    body: Bytes,
}

impl Prepared {
    pub(crate) fn request(&self) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.version_mut() = self.version;
        *request.headers_mut() = self.headers.clone();
        request
    }

    /// The request line and the fields as HTTP/1.1 writes them (RFC 9112 §2.1), without the empty line that ends them.
    pub(crate) fn head(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.uri).into_bytes();
        for (name, value) in &self.headers {
            for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
                head.extend_from_slice(part);
            }
        }
        head
    }
}

impl Target {
    /// The target of a validated plan.
    ///
    /// # Errors
    /// [`PlanErrors`] when the host cannot be the name in a certificate.
    pub(crate) fn new(base: &Url, config: Option<Arc<ClientConfig>>) -> Result<Self, PlanErrors> {
        // An IPv6 address is written in brackets in a URL and without them everywhere else.
        let host = base.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let tls = match config {
            Some(config) => Some(Secure {
                config,
                name: ServerName::try_from(host.clone())
                    .map_err(|_| refused("base", "must have a host that a certificate can name"))?,
            }),
            None => None,
        };
        Ok(Self { host, port: base.port_or_known_default().unwrap_or(80), tls })
    }
}

/// Prepares the mix of a plan for one protocol.
///
/// # Errors
/// [`PlanErrors`] for a request that cannot be sent.
pub(crate) fn prepare(plan: &Plan, protocol: Protocol) -> Result<Vec<Prepared>, PlanErrors> {
    let mix = plan.mix();
    let prepared = mix.iter().enumerate().map(|(i, spec)| {
        one(plan, spec, protocol)
            .map_err(|part| refused(&format!("requests[{i}].{part}"), "cannot be sent in an HTTP request"))
    });
    prepared.collect()
}

fn one(plan: &Plan, spec: &RequestSpec, protocol: Protocol) -> Result<Prepared, &'static str> {
    let url = plan.base.join(&spec.path).map_err(|_| "path")?;
    if url.origin() != plan.base.origin() {
        return Err("path");
    }
    let (uri, version) = match protocol {
        Protocol::Http1 => (&url[Position::BeforePath..Position::AfterQuery], Version::HTTP_11),
        Protocol::Http2 => (&url[..Position::AfterQuery], Version::HTTP_2),
    };
    Ok(Prepared {
        method: Method::from_bytes(spec.method.as_bytes()).map_err(|_| "method")?,
        uri: uri.parse().map_err(|_| "path")?,
        version,
        headers: headers(plan, spec, &url, protocol).ok_or("headers")?,
        body: Bytes::from(spec.body.clone().unwrap_or_default()),
    })
}

fn headers(plan: &Plan, spec: &RequestSpec, url: &Url, protocol: Protocol) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    if protocol == Protocol::Http1 {
        let host = &url[Position::BeforeHost..Position::AfterPort];
        headers.insert(HOST, HeaderValue::from_str(host).ok()?);
        if !plan.keep_alive {
            headers.insert(http::header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
    for (name, value) in &spec.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_str(value).ok()?);
    }
    headers.entry(USER_AGENT).or_insert(GENERATOR);
    Some(headers)
}

pub(crate) fn refused(field: &str, allowed: &str) -> PlanErrors {
    PlanErrors(vec![PlanError { field: field.to_owned(), allowed: allowed.to_owned() }])
}
