//! Reading values of the protocol without trusting them. A value that is missing or of another type is empty.

use serde_json::Value;

use crate::measured::thousandths;
use crate::options::Limits;
use crate::text::cut;
use crate::waterfall::{Header, Phases};

/// Fields whose values are secrets or lead to them.
const SECRET: [&str; 9] = [
    "cookie",
    "set-cookie",
    "set-cookie2",
    "authorization",
    "proxy-authorization",
    "www-authenticate",
    "authentication-info",
    "x-api-key",
    "x-csrf-token",
];
/// What stands in place of a secret.
const REMOVED: &str = "[removed]";

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_default()
}

/// A count of bytes. The protocol sends integers as numbers that may have a fraction.
pub(crate) fn bytes(value: &Value) -> u64 {
    let number = number(value).round().clamp(0.0, 9e15);
    // Within the range in which every integer is exact.
    number as u64
}

pub(super) fn headers(value: &Value, limits: Limits) -> Vec<Header> {
    let Some(fields) = value.as_object() else { return Vec::new() };
    let shown = |name: &str, value: &Value| {
        if SECRET.contains(&name.to_ascii_lowercase().as_str()) {
            return REMOVED.to_owned();
        }
        cut(text(value), limits.text)
    };
    let fields = fields.iter().take(limits.header_fields);
    fields.map(|(name, value)| Header { name: cut(name, 200), value: shown(name, value) }).collect()
}

/// The phases from `Network.ResourceTiming`, for a request made at `started` and ended at `ended`, both monotonic in seconds.
pub(super) fn phases(timing: &Value, started: f64, ended: f64) -> Option<Phases> {
    timing.as_object()?;
    let at = |name: &str| Some(number(&timing[name])).filter(|value| *value >= 0.0);
    let between = |from: &str, to: &str| Some(thousandths((at(to)? - at(from)?).max(0.0)));
    let origin = number(&timing["requestTime"]);
    let head = at("receiveHeadersEnd").unwrap_or_default();
    let first = ["dnsStart", "connectStart", "sendStart"].iter().find_map(|name| at(name)).unwrap_or_default();
    Some(Phases {
        blocked: thousandths(((origin - started) * 1000.0 + first).max(0.0)),
        dns: between("dnsStart", "dnsEnd"),
        connect: between("connectStart", "connectEnd"),
        tls: between("sslStart", "sslEnd"),
        send: between("sendStart", "sendEnd").unwrap_or_default(),
        wait: between("sendEnd", "receiveHeadersEnd").unwrap_or_default(),
        receive: thousandths(((ended - origin) * 1000.0 - head).max(0.0)),
    })
}
