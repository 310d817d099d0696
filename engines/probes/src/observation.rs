//! What was seen of an origin: the only input of every rule.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use url::{Host, Url};

use crate::tls::TlsFacts;

/// Response headers in the order received, names in lower case, values decoded as ISO-8859-1.
#[derive(Debug, Clone, Default)]
pub struct Headers(Vec<(String, String)>);

/// Headers of which a second one is dropped by Node.js (`http.IncomingMessage.headers`), which the Observatory runs on.
const SINGLE: [&str; 17] = [
    "age",
    "authorization",
    "content-length",
    "content-type",
    "etag",
    "expires",
    "from",
    "host",
    "if-modified-since",
    "if-unmodified-since",
    "last-modified",
    "location",
    "max-forwards",
    "proxy-authorization",
    "referer",
    "retry-after",
    "user-agent",
];

impl Headers {
    /// Takes pairs of name and value; names are lower-cased.
    pub fn new<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into().to_ascii_lowercase(), value.into())).collect())
    }

    /// Every value of the header `name` (lower case), in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The first value of the header `name`.
    pub fn first<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// One value for `name` the way Node.js presents it: the first for headers that may occur once, otherwise all joined with `, `.
    pub fn merged(&self, name: &str) -> Option<String> {
        if SINGLE.contains(&name) || name == "server" {
            return self.first(name).map(str::to_owned);
        }
        let values: Vec<&str> = self.all(name).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// All pairs of name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// One response with as much of its body as the limit allows.
#[derive(Debug, Clone)]
pub struct Response {
    /// The address that answered.
    pub url: Url,
    /// HTTP status code.
    pub status: u16,
    /// Response headers.
    pub headers: Headers,
    /// Body as UTF-8, invalid sequences replaced.
    pub body: String,
    /// Whether the body was longer than the limit.
    pub truncated: bool,
}

impl Response {
    /// Media type: the part of `Content-Type` before `;`, trimmed, in lower case.
    pub fn media_type(&self) -> String {
        let value = self.headers.first("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Whether the response says that it is HTML.
    pub fn is_html(&self) -> bool {
        matches!(self.media_type().as_str(), "text/html" | "application/xhtml+xml")
    }
}

/// One answer on the way to the final response.
#[derive(Debug, Clone)]
pub struct Hop {
    /// The address asked.
    pub url: Url,
    /// HTTP status code.
    pub status: u16,
    /// `Set-Cookie` header values.
    pub set_cookies: Vec<String>,
}

/// A page load with its redirects; the last hop is the final response.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Every answer, the final one included; never empty.
    pub hops: Vec<Hop>,
    /// The final response.
    pub response: Response,
    /// Whether every certificate on the way was valid and trusted.
    pub verified: bool,
}

impl Visit {
    /// The address that the visit started with.
    pub fn start(&self) -> &Url {
        self.hops.first().map_or(&self.response.url, |hop| &hop.url)
    }
}

/// The answer to a CORS preflight (`OPTIONS`).
#[derive(Debug, Clone)]
pub struct Preflight {
    /// The `Origin` that was sent.
    pub origin: String,
    /// Headers of the answer.
    pub headers: Headers,
}

/// Everything that was seen of one origin.
#[derive(Debug, Clone)]
pub struct Observation {
    /// The address to judge.
    pub target: Url,
    /// When it was looked at.
    pub observed_at: DateTime<Utc>,
    /// The visit that started with plain HTTP.
    pub http: Option<Visit>,
    /// The visit that started with HTTPS.
    pub https: Option<Visit>,
    /// Whether both schemes were tried: false for a target on a port of its own, which serves one scheme only.
    pub both_schemes: bool,
    /// The answer to a CORS preflight.
    pub preflight: Option<Preflight>,
    /// `/.well-known/security.txt`.
    pub security_txt: Option<Response>,
    /// `/robots.txt`.
    pub robots: Option<Response>,
    /// A path that does not exist.
    pub missing: Option<Response>,
    /// TLS facts of the target's own host.
    pub tls: Option<TlsFacts>,
}

impl Observation {
    /// The visit which is judged: HTTPS if it answers, otherwise plain HTTP.
    pub fn page(&self) -> Option<&Visit> {
        self.https.as_ref().or(self.http.as_ref())
    }

    /// Host name of the target, without port.
    pub fn hostname(&self) -> &str {
        self.target.host_str().unwrap_or_default()
    }

    /// Whether the target is on this machine: there TLS is not expected.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.target)
    }
}

/// Whether the host of `url` names the local machine (RFC 6761, section 6.3; RFC 1122; RFC 4291).
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}
