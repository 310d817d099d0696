//! A forward proxy on loopback through which journeys and headless browsers reach the network, so that the guard judges them too.
//!
//! A browser bypasses every proxy for loopback unless told otherwise; start Chromium with `--proxy-bypass-list=<-loopback>`.

mod credentials;
mod forward;
mod metered;
mod refusals;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::{Deserialize, Serialize};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use crate::error::EgressError;
use crate::guard::Guard;

pub use credentials::Credentials;
pub use refusals::{Refusal, Refusals};

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Limits of one proxy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProxyLimits {
    /// How many client connections may be open at a time; one more is closed at once. Chromium opens up to 32 to a proxy.
    pub connections: usize,
    /// How many bytes may pass to and from upstream servers in total, to the accuracy of one buffer per connection.
    pub bytes: u64,
    /// How long one client connection or tunnel may live.
    pub lifetime: Duration,
}

impl Default for ProxyLimits {
    fn default() -> Self {
        Self { connections: 64, bytes: 256 * 1024 * 1024, lifetime: Duration::from_secs(300) }
    }
}

/// A running proxy. Dropping it closes the listener and every connection.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens: `127.0.0.1` and a port of the system's choice.
    pub addr: SocketAddr,
    /// What a client must send as `Proxy-Authorization`.
    pub credentials: Credentials,
    shared: Arc<Shared>,
    _stop: DropGuard,
}

#[derive(Debug)]
struct Shared {
    guard: Guard,
    credentials: Credentials,
    budget: Arc<metered::Budget>,
    refusals: refusals::Log,
    lifetime: Duration,
    stop: CancellationToken,
}

impl Proxy {
    /// Starts a proxy whose upstream connections `guard` judges and opens.
    ///
    /// # Errors
    /// [`EgressError::Http`] when no loopback port can be opened.
    pub async fn start(guard: Guard, limits: ProxyLimits) -> Result<Self, EgressError> {
        let failed = |error: std::io::Error| EgressError::Http(format!("the proxy cannot listen: {error}"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let (credentials, stop) = (Credentials::random(), CancellationToken::new());
        let shared = Arc::new(Shared {
            guard,
            credentials: credentials.clone(),
            budget: Arc::new(metered::Budget::new(limits.bytes)),
            refusals: refusals::Log::default(),
            lifetime: limits.lifetime,
            stop: stop.clone(),
        });
        tokio::spawn(stop.clone().run_until_cancelled_owned(accept(listener, limits.connections, Arc::clone(&shared))));
        Ok(Self { addr, credentials, shared, _stop: stop.drop_guard() })
    }

    /// The proxy's URL without credentials, for programs that take them separately.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The proxy's URL with credentials, for programs that read them from it.
    ///
    /// # Errors
    /// Never in practice: the address and the credentials have URL-safe characters only.
    pub fn url_with_credentials(&self) -> Result<Url, EgressError> {
        let Credentials { username, password } = &self.credentials;
        Url::parse(&format!("http://{username}:{password}@{}", self.addr))
            .map_err(|error| EgressError::Http(error.to_string()))
    }

    /// What was refused so far.
    #[must_use]
    pub fn refusals(&self) -> Refusals {
        self.shared.refusals.snapshot()
    }

    /// Bytes that passed to and from upstream servers so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shared.budget.used()
    }
}

async fn accept(listener: TcpListener, connections: usize, shared: Arc<Shared>) {
    let slots = Arc::new(Semaphore::new(connections));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely; other connections have to end first.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        match Arc::clone(&slots).try_acquire_owned() {
            Ok(slot) => shared.spawn(serve(stream, Arc::new(slot), Arc::clone(&shared))),
            Err(_) => shared.refusals.record("", "egress_connections", "too many connections to the proxy"),
        }
    }
}

async fn serve(stream: TcpStream, slot: Arc<OwnedSemaphorePermit>, shared: Arc<Shared>) {
    let service = service_fn(move |request| forward::answer(request, Arc::clone(&shared), Arc::clone(&slot)));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    if let Err(error) = connection.await {
        tracing::debug!(%error, "proxy connection ended");
    }
}

impl Shared {
    /// Runs a task until it ends, its lifetime passes, or the proxy is dropped.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let bounded = tokio::time::timeout(self.lifetime, task);
        tokio::spawn(self.stop.clone().run_until_cancelled_owned(bounded));
    }
}
