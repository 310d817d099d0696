//! The requests of a page in their order.

use serde::{Deserialize, Serialize};

/// One request and its response. Times are in milliseconds; sizes in bytes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The address, cut to the text limit.
    pub url: String,
    /// The HTTP method.
    pub method: String,
    /// What the browser wanted it for: `Document`, `Script`, `Image`, … (DevTools protocol, `Network.ResourceType`).
    pub resource_type: String,
    /// When it was made, since the first request of the page.
    pub start_ms: f64,
    /// When it ended; `None` if it had not by the end of the observation.
    pub end_ms: Option<f64>,
    /// Where the time went; `None` without a response from the network.
    pub phases: Option<Phases>,
    /// The HTTP status; `None` without a response.
    pub status: Option<u16>,
    /// The reason phrase.
    pub status_text: String,
    /// The protocol between browser and server, such as `http/1.1` or `h2`. For plain HTTP that is the egress proxy's.
    pub protocol: String,
    /// The media type of the response.
    pub media_type: String,
    /// Bytes of the response as transferred, head and body.
    pub transfer_bytes: u64,
    /// Bytes of the response's head.
    pub head_bytes: u64,
    /// Bytes of the body after decompression.
    pub content_bytes: u64,
    /// Whether the response came from the browser's memory or a service worker, without the network.
    pub cached: bool,
    /// Whether the host belongs to another registrable domain than the page.
    pub third_party: bool,
    /// Whether the egress guard refused it, or the audit had transferred as much as it may.
    pub refused: bool,
    /// Why it failed, in the browser's words.
    pub failure: Option<String>,
    /// Request header fields, values of cookies and credentials removed.
    pub request_headers: Vec<Header>,
    /// Response header fields, values of cookies removed.
    pub response_headers: Vec<Header>,
}

impl Request {
    /// Whether it went to the network: neither cached nor a `data:` or `blob:` address.
    #[must_use]
    pub fn is_network(&self) -> bool {
        !self.cached && self.url.starts_with("http")
    }

    /// Bytes of the body as transferred.
    #[must_use]
    pub fn body_bytes(&self) -> u64 {
        self.transfer_bytes.saturating_sub(self.head_bytes)
    }
}

/// A header field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The name as sent.
    pub name: String,
    /// The value, cut to the text limit.
    pub value: String,
}

/// Where the time of a request went, in milliseconds. Connections go to the egress proxy, which resolves names and connects: its part is in
/// `connect` for HTTPS and in `wait` for HTTP, and `dns` is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Phases {
    /// Waiting in the browser for a connection or a turn.
    pub blocked: f64,
    /// Resolving the name; `None` where the browser did not.
    pub dns: Option<f64>,
    /// Connecting, TLS included; `None` on a connection that was open already.
    pub connect: Option<f64>,
    /// TLS; `None` without it or on a connection that was open already.
    pub tls: Option<f64>,
    /// Sending the request.
    pub send: f64,
    /// From then to the head of the response.
    pub wait: f64,
    /// Reading the body.
    pub receive: f64,
}
