//! One spelling for every host: the WHATWG host parser, then RFC 1123 names or literal addresses and nothing else.

use std::fmt;
use std::net::IpAddr;

use crate::error::EgressError;

/// The longest name in octets without the root label's dot (RFC 1035 §2.3.4).
const MAX_NAME: usize = 253;
/// The longest label in octets (RFC 1035 §2.3.4).
const MAX_LABEL: usize = 63;

/// A host in its canonical spelling, so that equal hosts compare equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// A literal address.
    Addr(IpAddr),
    /// A name: lower-case ASCII (Punycode for others), without the trailing dot.
    Name(String),
}

impl Host {
    /// Reads a host as typed: decimal, octal, hexadecimal and short IPv4 spellings become the address that they mean, bracketed or bare
    /// IPv6 too, and Unicode goes through IDNA, full-width digits and dots included (WHATWG URL §3.5).
    ///
    /// # Errors
    /// [`EgressError::Address`] for anything that is neither an address nor a name of RFC 1123 §2.1 (underscores are tolerated).
    pub fn parse(typed: &str) -> Result<Self, EgressError> {
        if let Ok(addr) = typed.parse::<IpAddr>() {
            return Ok(Self::Addr(addr));
        }
        let parsed =
            url::Host::parse(typed).map_err(|_| EgressError::Address("the host is not a valid name or address"))?;
        Self::from_url(&parsed)
    }

    /// Reads the host of a parsed URL.
    ///
    /// # Errors
    /// As [`Host::parse`].
    pub fn from_url<S: AsRef<str>>(host: &url::Host<S>) -> Result<Self, EgressError> {
        match host {
            url::Host::Ipv4(addr) => Ok(Self::Addr(IpAddr::V4(*addr))),
            url::Host::Ipv6(addr) => Ok(Self::Addr(IpAddr::V6(*addr))),
            url::Host::Domain(name) => name_of(name.as_ref()).map(Self::Name),
        }
    }

    /// Whether the name means this machine by definition: `localhost` and everything below it (RFC 6761 §6.3).
    #[must_use]
    pub fn is_localhost(&self) -> bool {
        matches!(self, Self::Name(name) if name == "localhost" || name.ends_with(".localhost"))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Addr(addr) => addr.fmt(out),
            Self::Name(name) => out.write_str(name),
        }
    }
}

fn name_of(name: &str) -> Result<String, EgressError> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(EgressError::Address("a host name has 1 to 253 characters"));
    }
    if !name.split('.').all(is_label) {
        return Err(EgressError::Address(
            "each part of a host name has 1 to 63 letters, digits, hyphens or underscores",
        ));
    }
    Ok(name.to_ascii_lowercase())
}

fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
