//! The decision and the connection, in one place so that nothing can change between them.

use std::collections::HashSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use url::Url;

use crate::address::{Special, special};
use crate::error::EgressError;
use crate::host::Host;
use crate::policy::Policy;
use crate::resolver::{Resolver, SystemResolver};

/// The most addresses of one name that are considered; a name with more is not an honest one.
const MAX_ADDRESSES: usize = 64;
/// The longest URL in octets, the least that RFC 9110 §4.1 recommends to support.
const MAX_URL: usize = 8000;

/// Judges hosts and opens connections. Cheap to clone.
#[derive(Clone)]
pub struct Guard {
    rules: Arc<Rules>,
    resolver: Arc<dyn Resolver>,
}

#[derive(Debug, Clone)]
struct Rules {
    loopback: bool,
    opened: HashSet<Host>,
    resolve_timeout: Duration,
    connect_timeout: Duration,
}

impl fmt::Debug for Guard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Guard").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl Guard {
    /// A guard on the operating system's resolver. An entry of `private_hosts` that is no host opens nothing.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self::with_resolver(policy, Arc::new(SystemResolver))
    }

    /// A guard on another resolver.
    #[must_use]
    pub fn with_resolver(policy: Policy, resolver: Arc<dyn Resolver>) -> Self {
        let opened = policy.private_hosts.iter().filter_map(|host| opened_host(host)).collect();
        let Policy { loopback, resolve_timeout, connect_timeout, .. } = policy;
        Self { rules: Arc::new(Rules { loopback, opened, resolve_timeout, connect_timeout }), resolver }
    }

    /// The same guard with one more host that may be loopback or private: exactly this host, not the names below it.
    #[must_use]
    pub fn allowing(&self, host: &str) -> Self {
        let mut rules = Rules::clone(&self.rules);
        rules.opened.extend(opened_host(host));
        Self { rules: Arc::new(rules), resolver: Arc::clone(&self.resolver) }
    }

    /// How long connecting may take.
    #[must_use]
    pub fn connect_timeout(&self) -> Duration {
        self.rules.connect_timeout
    }

    /// Judges a URL as far as that is possible without resolving its name.
    ///
    /// # Errors
    /// [`EgressError::Scheme`] unless `http` or `https`; [`EgressError::Address`] for credentials, no host, port 0 or an unacceptable
    /// spelling; [`EgressError::Refused`] for a literal address or `localhost` name that the policy closes.
    pub fn check_url(&self, url: &Url) -> Result<(), EgressError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EgressError::Scheme(url.scheme().chars().take(32).collect()));
        }
        if url.as_str().len() > MAX_URL {
            return Err(EgressError::Address("a URL has at most 8000 characters"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EgressError::Address("a URL must not contain a user name or password"));
        }
        check_port(url.port_or_known_default().unwrap_or(0))?;
        let host = url.host().ok_or(EgressError::Address("a URL needs a host"))?;
        self.check_literal(&Host::from_url(&host)?)
    }

    /// Reads a URL as typed and judges it as [`Guard::check_url`] does.
    ///
    /// # Errors
    /// [`EgressError::Address`] when it is not an absolute URL, and as [`Guard::check_url`].
    pub fn parse_url(&self, typed: &str) -> Result<Url, EgressError> {
        let url = Url::parse(typed.trim()).map_err(|_| EgressError::Address("it is not a complete URL"))?;
        self.check_url(&url)?;
        Ok(url)
    }

    /// Judges one address for one host.
    ///
    /// # Errors
    /// [`EgressError::Refused`] when the policy closes the address for this host.
    pub fn check_addr(&self, host: &Host, addr: IpAddr) -> Result<(), EgressError> {
        match special(addr) {
            Some(reason) if !self.opens(host, reason) => Err(refuse(host, Some(addr), reason)),
            _ => Ok(()),
        }
    }

    /// Resolves a host once and returns its addresses if the policy opens every one of them.
    ///
    /// # Errors
    /// As [`Guard::check_url`] for the host and port, [`EgressError::Resolve`] and [`EgressError::Timeout`]. One closed address refuses the host.
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, EgressError> {
        check_port(port)?;
        let addrs = self.resolve_host(&Host::parse(host)?).await?;
        Ok(addrs.into_iter().map(|addr| SocketAddr::new(addr, port)).collect())
    }

    /// [`Guard::resolve`] without a port.
    ///
    /// # Errors
    /// As [`Guard::resolve`].
    pub async fn resolve_host(&self, host: &Host) -> Result<Vec<IpAddr>, EgressError> {
        self.check_literal(host)?;
        let addrs = match host {
            Host::Addr(addr) => vec![*addr],
            Host::Name(name) => self.lookup(name).await?,
        };
        for addr in &addrs {
            self.check_addr(host, *addr)?;
        }
        Ok(addrs)
    }

    /// Resolves, judges and connects, to exactly the addresses that were judged, with `TCP_NODELAY` set.
    ///
    /// # Errors
    /// As [`Guard::resolve`], and [`EgressError::Connect`] or [`EgressError::Timeout`] when no address answers.
    pub async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, EgressError> {
        let addrs = self.resolve(host, port).await?;
        self.connect_first(host, port, &addrs).await
    }

    async fn connect_first(&self, host: &str, port: u16, addrs: &[SocketAddr]) -> Result<TcpStream, EgressError> {
        let deadline = Instant::now() + self.rules.connect_timeout;
        let mut failure = EgressError::Connect { host: host.to_owned(), port };
        for (tried, addr) in addrs.iter().enumerate() {
            // An equal share of what is left, so that one silent address cannot use up the time of the others.
            let left = u32::try_from(addrs.len() - tried).unwrap_or(u32::MAX);
            let share = deadline.saturating_duration_since(Instant::now()) / left;
            match timeout(share, TcpStream::connect(addr)).await {
                Ok(Ok(stream)) => {
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Ok(Err(error)) => tracing::debug!(%addr, %error, "connection failed"),
                Err(_) => failure = EgressError::Timeout("connecting"),
            }
        }
        Err(failure)
    }

    async fn lookup(&self, name: &str) -> Result<Vec<IpAddr>, EgressError> {
        let answer = timeout(self.rules.resolve_timeout, self.resolver.lookup(name));
        let addrs = answer.await.map_err(|_| EgressError::Timeout("resolving the host name"))?.map_err(|error| {
            tracing::debug!(name, %error, "name did not resolve");
            EgressError::Resolve(name.to_owned())
        })?;
        if addrs.is_empty() || addrs.len() > MAX_ADDRESSES {
            return Err(EgressError::Resolve(name.to_owned()));
        }
        Ok(addrs)
    }

    fn check_literal(&self, host: &Host) -> Result<(), EgressError> {
        match host {
            Host::Addr(addr) => self.check_addr(host, *addr),
            Host::Name(_) if host.is_localhost() && !self.opens(host, Special::Loopback) => {
                Err(refuse(host, None, Special::Loopback))
            }
            Host::Name(_) => Ok(()),
        }
    }

    fn opens(&self, host: &Host, class: Special) -> bool {
        (self.rules.loopback && class == Special::Loopback) || (class.allowable() && self.rules.opened.contains(host))
    }
}

fn opened_host(typed: &str) -> Option<Host> {
    Host::parse(typed.trim())
        .inspect_err(|_| tracing::warn!(host = typed, "an allowed private host is not a host"))
        .ok()
}

fn check_port(port: u16) -> Result<(), EgressError> {
    if port == 0 { Err(EgressError::Address("port 0 cannot be connected to; use 1 to 65535")) } else { Ok(()) }
}

fn refuse(host: &Host, addr: Option<IpAddr>, reason: Special) -> EgressError {
    tracing::debug!(%host, ?addr, ?reason, "egress refused");
    EgressError::Refused { host: host.to_string(), addr, reason }
}
