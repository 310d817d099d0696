//! What can go wrong on the way out, with sentences that may be shown to whoever typed the address.

use std::net::IpAddr;

use crate::address::Special;

/// A connection or a fetch that did not happen. The sentences name what the caller typed and the class of the address, never an internal
/// address that a name resolved to; that is in the field `addr`, for logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EgressError {
    /// The host is, or resolves to, an address that the policy closes.
    #[error("{host} was refused: it is or resolves to {reason}")]
    Refused {
        /// The host as it was judged.
        host: String,
        /// The address that decided; `None` where the name alone did (`localhost`, RFC 6761 §6.3).
        addr: Option<IpAddr>,
        /// The class of that address.
        reason: Special,
    },
    /// The scheme is neither `http` nor `https`.
    #[error("the scheme {0:?} is not allowed; use http or https")]
    Scheme(String),
    /// The URL or the host is spelled in a way that is not accepted.
    #[error("the address is not acceptable: {0}")]
    Address(&'static str),
    /// The name does not resolve.
    #[error("{0} does not resolve to an address")]
    Resolve(String),
    /// Every permitted address refused or dropped the connection.
    #[error("{host} port {port} does not accept connections")]
    Connect {
        /// The host as it was judged.
        host: String,
        /// The TCP port.
        port: u16,
    },
    /// A time limit passed.
    #[error("{0} took too long")]
    Timeout(&'static str),
    /// The body is longer than allowed, on the wire or after decompression.
    #[error("the response is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The redirect chain is longer than allowed.
    #[error("the address redirects more than {limit} times")]
    TooManyRedirects {
        /// The number of redirects that are followed.
        limit: usize,
    },
    /// The exchange broke: TLS, HTTP, or a body that does not decode.
    #[error("the HTTP exchange failed: {0}")]
    Http(String),
}

impl EgressError {
    /// A short stable name for logs, metrics and the API.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "egress_refused",
            Self::Scheme(_) => "egress_scheme",
            Self::Address(_) => "egress_address",
            Self::Resolve(_) => "egress_resolve",
            Self::Connect { .. } => "egress_connect",
            Self::Timeout(_) => "egress_timeout",
            Self::TooLarge { .. } => "egress_too_large",
            Self::TooManyRedirects { .. } => "egress_too_many_redirects",
            Self::Http(_) => "egress_http",
        }
    }

    /// Whether the policy decided, before any connection, rather than the network.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Scheme(_) | Self::Address(_))
    }
}
