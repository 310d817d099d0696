//! A guarded HTTP client for small fetches: pages, documents, verification files, web hooks.

mod body;
mod failure;
mod redirect;

use std::net::SocketAddr;
use std::sync::{Arc, Once};
use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT_ENCODING;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::EgressError;
use crate::guard::Guard;
use crate::host::Host;
use redirect::Hop;

/// Limits of one fetch, redirects included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientLimits {
    /// How long everything may take, from the first resolution to the last byte.
    pub total_timeout: Duration,
    /// The longest body in bytes, on the wire and again after decompression.
    pub body_limit: u64,
    /// How many redirects are followed; `None` returns a redirect as the answer that it is.
    pub max_redirects: Option<usize>,
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self { total_timeout: Duration::from_secs(15), body_limit: 2 * 1024 * 1024, max_redirects: Some(5) }
    }
}

/// A complete answer.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The status of the last hop.
    pub status: StatusCode,
    /// The header fields of the last hop as received; `content-encoding` and `content-length` describe the body before decoding.
    pub headers: HeaderMap,
    /// The body, with gzip undone. Another content coding, which was not asked for, is left as it is.
    pub body: Bytes,
    /// The URL that answered.
    pub final_url: Url,
    /// The redirect targets that were followed, in order.
    pub redirects: Vec<Url>,
    /// The address that answered.
    pub remote_addr: Option<SocketAddr>,
}

/// An HTTP client whose every connection and every redirect the guard judges. It has no cookies, no proxy and no cache.
#[derive(Debug, Clone)]
pub struct Client {
    guard: Guard,
    http: reqwest::Client,
    limits: ClientLimits,
}

impl Client {
    /// A client behind `guard`, with the platform's trust anchors.
    ///
    /// # Errors
    /// [`EgressError::Http`] when TLS cannot be set up, for example without any trust anchor.
    pub fn new(guard: Guard, limits: ClientLimits) -> Result<Self, EgressError> {
        install_crypto();
        let http = reqwest::Client::builder()
            .dns_resolver(Arc::new(GuardedDns(guard.clone())))
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(guard.connect_timeout())
            // Decoding happens in `body`, under the limit; another crate's choice of features must not change that.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .build()
            .map_err(|error| failure::of(&error))?;
        Ok(Self { guard, http, limits })
    }

    /// Fetches a URL.
    ///
    /// # Errors
    /// Any [`EgressError`]; a status such as 404 or 500 is an answer, not an error.
    pub async fn get(&self, url: &Url) -> Result<Fetched, EgressError> {
        self.send(Method::GET, url, HeaderMap::new(), Bytes::new()).await
    }

    /// Sends a request. A redirect to another origin carries no header field of the caller but those that describe content
    /// (`accept`, `accept-language`, `content-type`, `user-agent`).
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn send(
        &self,
        method: Method,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Fetched, EgressError> {
        let exchange = self.follow(Hop { method, url: url.clone(), headers, body });
        tokio::time::timeout(self.limits.total_timeout, exchange)
            .await
            .map_err(|_| EgressError::Timeout("the exchange"))?
    }

    async fn follow(&self, mut hop: Hop) -> Result<Fetched, EgressError> {
        let mut redirects = Vec::new();
        loop {
            // Names are judged when the connection is made; literal addresses never reach the resolver and are judged here.
            self.guard.check_url(&hop.url)?;
            let response = self.exchange(&hop).await?;
            let target = redirect::target(&hop.url, response.status(), response.headers())?;
            let (Some(target), Some(limit)) = (target, self.limits.max_redirects) else {
                return self.receive(response, hop.url, redirects).await;
            };
            if redirects.len() >= limit {
                return Err(EgressError::TooManyRedirects { limit });
            }
            hop.redirect(response.status(), target.clone());
            redirects.push(target);
        }
    }

    async fn exchange(&self, hop: &Hop) -> Result<reqwest::Response, EgressError> {
        let mut headers = hop.headers.clone();
        headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("gzip"));
        let mut request = self.http.request(hop.method.clone(), hop.url.clone()).headers(headers);
        if !hop.body.is_empty() {
            request = request.body(hop.body.clone());
        }
        request.send().await.map_err(|error| failure::of(&error))
    }

    async fn receive(
        &self,
        response: reqwest::Response,
        final_url: Url,
        redirects: Vec<Url>,
    ) -> Result<Fetched, EgressError> {
        let (status, headers, remote_addr) = (response.status(), response.headers().clone(), response.remote_addr());
        let body = body::receive(response, self.limits.body_limit).await?;
        Ok(Fetched { status, headers, body, final_url, redirects, remote_addr })
    }
}

/// Makes ring the process's TLS provider unless one is chosen already; reqwest is built without a default one.
pub fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that the program chose a provider before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// The guard as reqwest's resolver: reqwest connects to exactly the addresses that it gets.
struct GuardedDns(Guard);

impl Resolve for GuardedDns {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        Box::pin(async move {
            let addrs = guard.resolve_host(&Host::parse(name.as_str())?).await?;
            // Port 0 stands for "the port of the URL" in this interface.
            Ok(Box::new(addrs.into_iter().map(|addr| SocketAddr::new(addr, 0))) as Addrs)
        })
    }
}
