//! Which addresses of a provider are talked to.

use url::{Host, Url};

use crate::Refusal;

/// Accepts https, and plain http to a loopback address where that is permitted.
///
/// # Errors
/// [`Refusal::Address`] with the name of the field.
pub(crate) fn check(field: &'static str, url: &Url, allow_loopback_http: bool) -> Result<(), Refusal> {
    let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let is_protected = match url.scheme() {
        "https" => url.has_host(),
        "http" => allow_loopback_http && is_loopback(url),
        _ => false,
    };
    if is_bare && is_protected { Ok(()) } else { Err(Refusal::Address { field }) }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(addr)) => addr.is_loopback(),
        Some(Host::Ipv6(addr)) => addr.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
