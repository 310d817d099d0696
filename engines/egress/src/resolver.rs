//! Where addresses of names come from.

use std::io;
use std::net::IpAddr;

use async_trait::async_trait;

/// Turns a name into addresses. The guard asks once per connection and connects to what it was told, so an answer that changes
/// afterwards (DNS rebinding) has no effect.
#[async_trait]
pub trait Resolver: Send + Sync + 'static {
    /// All addresses of `name`, in the order in which they are to be tried.
    ///
    /// # Errors
    /// When the name has no address or the resolver does not answer.
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver (`getaddrinfo`).
///
/// It is chosen over a DNS client of our own because it sees what everything else on the machine sees: the hosts file, the name-service switch,
/// container and split-horizon DNS, and address ordering by RFC 6724. The guard keeps no cache, so time-to-live does not matter to it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|addr| addr.ip()).collect())
    }
}
