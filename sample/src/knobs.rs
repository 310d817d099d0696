//! What an operator can turn: each knob changes what the shop really does.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::problem::{FieldError, Problem};

/// How response bodies travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Bodies travel as they are.
    None,
    /// gzip where the client accepts it.
    Gzip,
    /// Brotli where the client accepts it, otherwise gzip.
    Brotli,
}

/// How much the shop tells browsers to protect its visitors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecurityHeaders {
    /// No protective header; the software and its version are announced; every page sets a bare session cookie.
    None,
    /// The classic three: no sniffing, no foreign frames, short referrers; an `HttpOnly` session cookie.
    Basic,
    /// Content-Security-Policy from `default-src 'none'`, isolation headers, HSTS on HTTPS, a full set of cookie attributes.
    Strict,
}

/// The shop's configuration. `Default` is the deliberately poor version 1.0.0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Knobs {
    /// Label of what is deployed: 1 to 40 letters, digits, dots, dashes, plus signs or underscores.
    pub version: String,
    /// Content coding of text responses.
    pub compression: Compression,
    /// Keeps rendered pages and API answers in memory and lets browsers keep assets.
    pub response_cache: bool,
    /// Seconds that a kept response stays fresh: 1 to 3600.
    pub response_cache_ttl_seconds: u32,
    /// Answers catalogue queries from indexes; without it each query decodes the whole table.
    pub database_index: bool,
    /// Compiles the page templates once; without it each page compiles them again.
    pub template_cache: bool,
    /// Requests worked on at the same time, 0 to 10000; 0 is no limit.
    pub concurrency_limit: u32,
    /// Requests that may wait for the concurrency limit before the shop answers 503: 0 to 10000.
    pub queue_limit: u32,
    /// Protective response headers and cookie attributes.
    pub security_headers: SecurityHeaders,
    /// Publishes `/.well-known/security.txt` (RFC 9116).
    pub security_txt: bool,
    /// Leaves pictures without words and the search field without a label: a fault that assistive technology meets.
    pub accessibility_fault: bool,
    /// Puts a picture of 1 MiB at the top of the lists.
    pub heavy_page: bool,
    /// Lets a tracker into every page, with a cookie of its own; the response cache is off then, as pages differ by visitor.
    pub tracker: bool,
    /// Asks visitors before the tracker works.
    pub consent_banner: bool,
    /// Charges each cart line once, whatever its quantity: a fault that only a journey sees.
    pub checkout_bug: bool,
    /// What every answer waits for at first, as for a slow dependency: the median in milliseconds, 0 to 10000.
    pub latency_ms: f64,
    /// How much that wait differs from request to request: the standard deviation of its logarithm, 0 to 2.
    pub latency_spread: f64,
    /// Share of requests that fail with 500, from 0 to 1, spread evenly and without randomness.
    pub error_rate: f64,
}

/// The versions that [`Knobs::preset`] knows.
pub const PRESETS: [&str; 2] = ["1.0.0", "1.1.0"];

impl Default for Knobs {
    fn default() -> Self {
        Self {
            version: "1.0.0".to_owned(),
            compression: Compression::None,
            response_cache: false,
            response_cache_ttl_seconds: 60,
            database_index: false,
            template_cache: false,
            concurrency_limit: 0,
            queue_limit: 256,
            security_headers: SecurityHeaders::None,
            security_txt: false,
            accessibility_fault: true,
            heavy_page: true,
            tracker: true,
            consent_banner: false,
            checkout_bug: true,
            latency_ms: 0.0,
            latency_spread: 0.0,
            error_rate: 0.0,
        }
    }
}

impl Knobs {
    /// The knobs of a released version: `1.0.0` is slow, heavy, unprotected, tracks its visitors and charges wrong totals; `1.1.0` is sound.
    pub fn preset(version: &str) -> Option<Self> {
        match version {
            "1.0.0" => Some(Self::default()),
            "1.1.0" => Some(Self {
                version: "1.1.0".to_owned(),
                compression: Compression::Brotli,
                response_cache: true,
                database_index: true,
                template_cache: true,
                concurrency_limit: 64,
                security_headers: SecurityHeaders::Strict,
                security_txt: true,
                accessibility_fault: false,
                heavy_page: false,
                tracker: false,
                checkout_bug: false,
                ..Self::default()
            }),
            _ => None,
        }
    }

    /// Applies a JSON merge patch (RFC 7396) and checks the result.
    ///
    /// # Errors
    /// A problem that names the knob: unknown, removed with `null`, of the wrong type or out of range.
    pub fn merged(&self, patch: &Value) -> Result<Self, Problem> {
        let Value::Object(changes) = patch else {
            return Err(Problem::bad_request("the patch must be a JSON object of knobs"));
        };
        let Ok(Value::Object(mut merged)) = serde_json::to_value(self) else {
            return Err(Problem::internal("the knobs could not be written as JSON"));
        };
        let known: Vec<String> = merged.keys().cloned().collect();
        for (name, value) in changes {
            if !known.contains(name) {
                return Err(Problem::invalid(name, &format!("unknown knob; known are {}", known.join(", "))));
            }
            if value.is_null() {
                return Err(Problem::invalid(name, "a knob can't be removed; give it a value"));
            }
            merged.insert(name.clone(), value.clone());
        }
        let knobs: Self = serde_path_to_error::deserialize(Value::Object(merged))
            .map_err(|error| Problem::invalid(&error.path().to_string(), &error.inner().to_string()))?;
        knobs.checked()
    }

    /// Gives the knobs back when every value is in range.
    ///
    /// # Errors
    /// A problem with one entry for each knob that is out of range.
    pub fn checked(self) -> Result<Self, Problem> {
        let rules = [
            (
                version_is_label(&self.version),
                "version",
                "1 to 40 letters, digits, dots, dashes, plus signs or underscores",
            ),
            (
                (1..=3600).contains(&self.response_cache_ttl_seconds),
                "response_cache_ttl_seconds",
                "a whole number from 1 to 3600",
            ),
            (self.concurrency_limit <= 10_000, "concurrency_limit", "a whole number from 0 (no limit) to 10000"),
            (self.queue_limit <= 10_000, "queue_limit", "a whole number from 0 to 10000"),
            ((0.0..=10_000.0).contains(&self.latency_ms), "latency_ms", "a number from 0 to 10000"),
            ((0.0..=2.0).contains(&self.latency_spread), "latency_spread", "a number from 0 to 2"),
            ((0.0..=1.0).contains(&self.error_rate), "error_rate", "a number from 0 to 1"),
        ];
        let errors: Vec<FieldError> = rules
            .iter()
            .filter(|(holds, ..)| !holds)
            .map(|(_, field, allowed)| FieldError::new(field, allowed))
            .collect();
        if errors.is_empty() { Ok(self) } else { Err(Problem::unprocessable(errors)) }
    }
}

fn version_is_label(version: &str) -> bool {
    (1..=40).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_alphanumeric() || b".-+_".contains(&b))
}
