//! What a run found out. Secrets are masked in every text.

use serde::{Deserialize, Serialize};

/// The result of one run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Whether at least one entry ran, every entry that ran met its asserts, and nothing in `problems`, `refusals`, `timed_out` or `cancelled` speaks against it.
    pub success: bool,
    /// From start to end, in milliseconds.
    pub duration_ms: u64,
    /// The number of entries in the journey.
    pub entries_total: usize,
    /// The entries that ran, in order; a repeated entry appears once per repetition, a retried one once.
    pub entries: Vec<EntryOutcome>,
    /// What is wrong with the run as a whole rather than with one entry.
    pub problems: Vec<Problem>,
    /// Connections that the egress guard refused; the first hundred.
    pub refusals: Vec<Refusal>,
    /// Whether the time limit ended the run.
    pub timed_out: bool,
    /// Whether the caller ended the run.
    pub cancelled: bool,
}

/// One entry, after its last attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryOutcome {
    /// Position in the journey, from 1.
    pub index: usize,
    /// Line of the request, from 1.
    pub line: usize,
    /// The request method.
    pub method: String,
    /// The URL of the request; as written in the journey when no request was sent.
    pub url: String,
    /// The status code of the last response.
    pub status: Option<u16>,
    /// Time of all transfers of the last attempt, redirects included, in milliseconds.
    pub duration_ms: u64,
    /// How often the entry was tried, the first time included.
    pub attempts: u32,
    /// Whether the last attempt had no errors.
    pub success: bool,
    /// The asserts of the last attempt that were evaluated: after a wrong version or status the others are not, and without an answer of
    /// the server none is.
    pub asserts: Vec<AssertOutcome>,
    /// The captures of the last attempt.
    pub captures: Vec<CaptureOutcome>,
    /// Errors other than failed asserts.
    pub errors: Vec<Problem>,
    /// The exchanges of the last attempt: one, or more when redirects were followed.
    pub exchanges: Vec<Exchange>,
}

/// One assert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertOutcome {
    /// Line, from 1.
    pub line: usize,
    /// The line as written.
    pub source: String,
    /// Whether it held.
    pub success: bool,
    /// For a failed assert: what was expected and what was seen, as a sentence.
    pub message: Option<String>,
}

/// One captured value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureOutcome {
    /// The variable's name.
    pub name: String,
    /// The value as text, masked if secret, shortened if long.
    pub value: String,
    /// Whether the journey marked it with `redact`.
    pub secret: bool,
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Line in the journey, from 1, if it has a place there.
    pub line: Option<usize>,
    /// The line as written; empty without a place.
    pub source: String,
    /// A sentence.
    pub message: String,
}

impl Problem {
    pub(crate) fn general(message: impl Into<String>) -> Self {
        Self { line: None, source: String::new(), message: message.into() }
    }
}

/// One connection that the egress guard refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Host and port.
    pub target: String,
    /// The guard's short stable name of the reason.
    pub code: String,
    /// The reason as a sentence.
    pub reason: String,
}

/// One request and its response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The request method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// The status code.
    pub status: u16,
    /// The version of the response. For plain HTTP this is the version between the journey and the guard's proxy.
    pub version: String,
    /// The response's header fields; cookies' values and authorization are masked.
    pub headers: Vec<Header>,
    /// The response's content.
    pub body: Body,
    /// How long it took.
    pub timings: Timings,
}

/// A header field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The name as received.
    pub name: String,
    /// The value.
    pub value: String,
}

/// The content of a response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Its length in bytes as received, before content decoding.
    pub bytes: u64,
    /// Its beginning, if it is UTF-8 text.
    pub excerpt: Option<String>,
    /// Whether the excerpt leaves something out.
    pub truncated: bool,
}

/// Durations in microseconds, as libcurl sees them. The guard's proxy resolves names and connects, so libcurl cannot see those steps alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// For https, until the connection was ready: name resolution, TCP and TLS together; 0 if a connection was used again. None for http.
    pub connect_us: Option<u64>,
    /// From start until the first byte of the response.
    pub first_byte_us: u64,
    /// From start until the last byte.
    pub total_us: u64,
}
