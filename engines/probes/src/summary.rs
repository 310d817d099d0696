//! What an audit keeps of what it saw: never a cookie's value, a credential or a query.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::observation::{Response, Visit};
use crate::text::excerpt;

/// The longest header value that is kept, in characters.
const MAX_VALUE: usize = 4096;
const MASK: &str = "***";
/// Parts of header names that announce a secret.
const SECRET_NAMES: [&str; 7] = ["authorization", "token", "secret", "password", "api-key", "apikey", "credential"];

/// One answer on the way to the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HopSummary {
    /// Address without its query.
    pub url: String,
    /// HTTP status code.
    pub status: u16,
}

/// The page that was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The answers, the final one last.
    pub hops: Vec<HopSummary>,
    /// Headers of the final response, secrets masked.
    pub headers: Vec<(String, String)>,
    /// Octets of the body that were read.
    pub body_bytes: usize,
    /// Whether the body was longer than the limit.
    pub truncated: bool,
}

impl Summary {
    /// Summarises a visit.
    pub fn of(visit: &Visit) -> Self {
        Self {
            hops: visit
                .hops
                .iter()
                .map(|hop| HopSummary { url: without_query(&hop.url), status: hop.status })
                .collect(),
            headers: headers(&visit.response),
            body_bytes: visit.response.body.len(),
            truncated: visit.response.truncated,
        }
    }
}

/// An address without its query and fragment, which may carry secrets.
pub(crate) fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    let masked = url.query().is_some();
    url.set_query(None);
    url.set_fragment(None);
    if masked { format!("{url}?{MASK}") } else { url.into() }
}

fn headers(response: &Response) -> Vec<(String, String)> {
    response.headers.iter().map(|(name, value)| (name.to_owned(), masked(response, name, value))).collect()
}

fn masked(response: &Response, name: &str, value: &str) -> String {
    let masked = match name {
        "set-cookie" => cookie(value),
        "location" | "content-location" => {
            response.url.join(value).map_or_else(|_| MASK.to_owned(), |url| without_query(&url))
        }
        "refresh" | "link" => value.split('?').next().unwrap_or_default().to_owned(),
        _ if SECRET_NAMES.iter().any(|part| name.contains(part)) => MASK.to_owned(),
        _ => value.to_owned(),
    };
    excerpt(&masked, MAX_VALUE)
}

/// A `Set-Cookie` value with its name and attributes only.
fn cookie(value: &str) -> String {
    let (pair, attributes) = value.split_once(';').unwrap_or((value, ""));
    let name = pair.split_once('=').map_or("", |(name, _)| name.trim());
    let attributes = attributes.split(';').map(str::trim).filter(|attribute| !attribute.is_empty());
    std::iter::once(format!("{name}={MASK}")).chain(attributes.map(str::to_owned)).collect::<Vec<_>>().join("; ")
}
