//! Fetching: one request at a time, paced, limited in time and size, every connection through the egress guard.

mod exchange;

use std::sync::Arc;

use http::Method;
use rustls::RootCertStore;
use sbh_egress::{EgressError, Guard};
use url::Url;

use crate::audit::Options;
use crate::observation::{Headers, Hop, Response, Visit};
use crate::pace::Pace;
use crate::tls::{self, LegacyVersion, Session};

/// Why one request brought no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("{0}")]
    Egress(#[from] EgressError),
    #[error("TLS could not be set up: {0}")]
    Tls(String),
    #[error("the answer is not valid HTTP: {0}")]
    Http(String),
    #[error("the redirect to {0:?} is not a web address")]
    Redirect(String),
    #[error("no complete answer within {0} seconds")]
    Timeout(u64),
}

/// A visit, and the TLS session of its first hop if that used TLS.
pub(crate) struct Visited {
    pub(crate) visit: Visit,
    pub(crate) session: Option<Session>,
}

/// Sends requests for one audit and counts them.
pub(crate) struct Fetcher<'a> {
    guard: &'a Guard,
    options: &'a Options,
    roots: Arc<RootCertStore>,
    pace: Pace,
    requests: u32,
}

impl<'a> Fetcher<'a> {
    pub(crate) fn new(guard: &'a Guard, options: &'a Options) -> Self {
        let roots =
            options.roots.clone().unwrap_or_else(|| Arc::new(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()));
        Self { guard, options, roots, pace: Pace::new(options.interval), requests: 0 }
    }

    /// Number of connections made so far.
    pub(crate) fn requests(&self) -> u32 {
        self.requests
    }

    /// Loads `start` and follows redirects. At the limit the last redirect is the final response.
    pub(crate) async fn visit(&mut self, start: Url) -> Result<Visited, FetchError> {
        let (mut url, mut hops, mut verified, mut first_session) = (start, Vec::new(), true, None);
        loop {
            let (response, session) = self.send(Method::GET, &url, &[]).await?;
            verified &= session.as_ref().is_none_or(|session| session.verified);
            if hops.is_empty() {
                first_session = session;
            }
            let set_cookies = response.headers.all("set-cookie").map(str::to_owned).collect();
            hops.push(Hop { url: url.clone(), status: response.status, set_cookies });
            let next = if hops.len() <= self.options.max_redirects { redirect(&response)? } else { None };
            match next {
                Some(target) => url = target,
                None => return Ok(Visited { visit: Visit { hops, response, verified }, session: first_session }),
            }
        }
    }

    /// Loads `url`, following redirects, for its content alone.
    pub(crate) async fn page(&mut self, url: Url) -> Result<Response, FetchError> {
        Ok(self.visit(url).await?.visit.response)
    }

    /// Asks what a script of another origin may read (Fetch standard, "CORS-preflight fetch").
    pub(crate) async fn preflight(&mut self, url: &Url) -> Result<(u16, Headers), FetchError> {
        let headers = [("origin", self.options.cors_origin.as_str()), ("access-control-request-method", "GET")];
        let (response, _) = self.send(Method::OPTIONS, url, &headers).await?;
        Ok((response.status, response.headers))
    }

    /// Whether the host of `url` accepts a withdrawn TLS version.
    pub(crate) async fn accepts_legacy(&mut self, url: &Url, version: LegacyVersion) -> Option<bool> {
        let (host, port) = (url.host_str()?, url.port_or_known_default()?);
        self.pace.wait().await;
        self.requests += 1;
        let asked = async {
            let mut stream = self.guard.connect(host, port).await.ok()?;
            tls::accepts(&mut stream, host, version).await
        };
        tokio::time::timeout(self.options.timeout, asked).await.ok().flatten()
    }

    async fn send(
        &mut self,
        method: Method,
        url: &Url,
        headers: &[(&str, &str)],
    ) -> Result<(Response, Option<Session>), FetchError> {
        self.guard.check_url(url)?;
        self.pace.wait().await;
        self.requests += 1;
        let exchange = exchange::run(self.guard, self.options, &self.roots, method, url, headers);
        tokio::time::timeout(self.options.timeout, exchange)
            .await
            .map_err(|_| FetchError::Timeout(self.options.timeout.as_secs()))?
    }
}

/// Where a response redirects to; `None` if it does not.
fn redirect(response: &Response) -> Result<Option<Url>, FetchError> {
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers.first("location") else { return Ok(None) };
    let invalid = || FetchError::Redirect(crate::text::excerpt(location, 80));
    let target = response.url.join(location).map_err(|_| invalid())?;
    if matches!(target.scheme(), "http" | "https") { Ok(Some(target)) } else { Err(invalid()) }
}
