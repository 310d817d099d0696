//! From Hurl's results to an [`Outcome`](crate::Outcome).

use std::collections::BTreeSet;
use std::time::Duration;

use hurl::http::Call;
use hurl::runner::{AssertResult, CaptureResult, EntryResult};

use crate::error::source_line;
use crate::failure;
use crate::journey::Journey;
use crate::mask::{MASK, Secrets};
use crate::outcome::{AssertOutcome, Body, CaptureOutcome, EntryOutcome, Exchange, Header, Problem, Timings};
use crate::path::unfaithful;

/// What a report needs besides the results.
pub(crate) struct Context<'a> {
    pub(crate) journey: &'a Journey,
    pub(crate) secrets: &'a Secrets,
    /// The longest excerpt of a body, in characters.
    pub(crate) excerpt: usize,
}

/// The longest captured value shown, in characters.
const SHOWN_VALUE: usize = 1_000;

/// One outcome per repetition: attempts that failed and were followed by another one are counted, not shown.
pub(crate) fn entries(context: &Context<'_>, results: &[EntryResult]) -> Vec<EntryOutcome> {
    let mut outcomes = Vec::new();
    let mut attempts = 0;
    for (position, result) in results.iter().enumerate() {
        attempts += 1;
        let next = results.get(position + 1);
        let again = next.is_some_and(|next| next.entry_index == result.entry_index);
        if !again || result.errors.is_empty() {
            outcomes.push(entry(context, result, attempts));
            attempts = 0;
        }
    }
    outcomes
}

fn entry(context: &Context<'_>, result: &EntryResult, attempts: u32) -> EntryOutcome {
    let written = &context.journey.entries()[result.entry_index - 1].request;
    let (first, last) = (result.calls.first(), result.calls.last());
    let url = first.map_or_else(|| written.url.to_string(), |call| call.request.url.raw());
    // What was judged and taken from an answer of the proxy says nothing about the server.
    let answered = !result.calls.iter().any(|call| unfaithful(call).is_some());
    let meant = result.asserts.iter().filter(|a| answered && !is_any_version(a));
    let asserts: Vec<_> = meant.map(|a| assert(context, a)).collect();
    let errors = errors(context, result);
    EntryOutcome {
        index: result.entry_index,
        line: written.url.source_info.start.line,
        method: written.method.to_string(),
        url: context.url(&url),
        status: last.map(status),
        duration_ms: u64::try_from(result.transfer_duration.as_millis()).unwrap_or(u64::MAX),
        attempts,
        success: errors.is_empty() && asserts.iter().all(|a| a.success),
        asserts,
        captures: if answered { captures(context, result) } else { Vec::new() },
        errors,
        exchanges: result.calls.iter().map(|call| exchange(context, call)).collect(),
    }
}

/// Whether this is the assert that Hurl makes of `HTTP` without a version, which always holds.
fn is_any_version(result: &AssertResult) -> bool {
    matches!(result, AssertResult::Version { expected, .. } if expected == "HTTP")
}

fn assert(context: &Context<'_>, result: &AssertResult) -> AssertOutcome {
    let message = failure::assert(result, context.secrets);
    AssertOutcome { line: result.line(), source: context.source(result.line()), success: message.is_none(), message }
}

/// Runtime errors, and exchanges that say something about the proxy rather than about the server.
fn errors(context: &Context<'_>, result: &EntryResult) -> Vec<Problem> {
    let line = context.journey.entries()[result.entry_index - 1].request.url.source_info.start.line;
    let failed = result.errors.iter().filter(|e| !e.assert).map(|error| Problem {
        line: Some(error.source_info.start.line),
        source: context.source(error.source_info.start.line),
        message: failure::error(error, context.secrets),
    });
    let unfaithful = result.calls.iter().filter_map(unfaithful).map(|message| Problem {
        line: Some(line),
        source: context.source(line),
        message: context.secrets.clean(&message),
    });
    failed.chain(unfaithful).collect()
}

fn captures(context: &Context<'_>, result: &EntryResult) -> Vec<CaptureOutcome> {
    let response = context.journey.entries()[result.entry_index - 1].response.as_ref();
    let redacted: BTreeSet<usize> = response
        .map(|r| r.captures().iter().enumerate().filter(|(_, c)| c.redact).map(|(i, _)| i).collect())
        .unwrap_or_default();
    let shown = |(position, capture): (usize, &CaptureResult)| {
        let secret = redacted.contains(&position);
        let value = context.secrets.clean(&text(&capture.value));
        CaptureOutcome {
            name: context.secrets.clean(&capture.name),
            value: if secret { MASK.to_owned() } else { failure::shorten(&value, SHOWN_VALUE) },
            secret,
        }
    };
    result.captures.iter().enumerate().map(shown).collect()
}

/// A value as text; lists and objects as JSON.
fn text(value: &hurl::runner::Value) -> String {
    use hurl::runner::Value;
    match value {
        Value::List(_) | Value::Object(_) => json(value).to_string(),
        other => other.to_string(),
    }
}

fn json(value: &hurl::runner::Value) -> serde_json::Value {
    use hurl::runner::Value;
    match value {
        Value::List(items) => items.iter().map(json).collect(),
        Value::Object(pairs) => pairs.iter().map(|(k, v)| (k.clone(), json(v))).collect(),
        Value::Bool(value) => (*value).into(),
        Value::Null => serde_json::Value::Null,
        Value::Number(number) => {
            serde_json::from_str(&number.to_string()).unwrap_or_else(|_| number.to_string().into())
        }
        other => other.to_string().into(),
    }
}

fn exchange(context: &Context<'_>, call: &Call) -> Exchange {
    let response = &call.response;
    Exchange {
        method: call.request.method.clone(),
        url: context.url(&call.request.url.raw()),
        status: status(call),
        version: response.version.to_string(),
        headers: response.headers.iter().map(|h| context.header(&h.name, &h.value)).collect(),
        body: context.body(&response.body),
        timings: timings(call),
    }
}

fn status(call: &Call) -> u16 {
    u16::try_from(call.response.status).unwrap_or_default()
}

fn timings(call: &Call) -> Timings {
    let us = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    let timings = &call.timings;
    Timings {
        connect_us: call.request.url.raw().starts_with("https:").then(|| us(timings.app_connect)),
        first_byte_us: us(timings.start_transfer),
        total_us: us(timings.total),
    }
}

impl Context<'_> {
    fn source(&self, line: usize) -> String {
        self.secrets.clean(source_line(self.journey.source(), line).trim())
    }

    /// A URL with secrets and any password in it masked.
    fn url(&self, raw: &str) -> String {
        let mut shown = raw.to_owned();
        if let Ok(mut url) = url::Url::parse(raw)
            && url.password().is_some()
            && url.set_password(Some(MASK)).is_ok()
        {
            shown = url.into();
        }
        self.secrets.clean(&shown)
    }

    fn header(&self, name: &str, value: &str) -> Header {
        let value = match name.to_ascii_lowercase().as_str() {
            "set-cookie" => cookie(value),
            "authorization" | "proxy-authorization" | "authentication-info" => MASK.to_owned(),
            _ => value.to_owned(),
        };
        Header { name: self.secrets.clean(name), value: self.secrets.clean(&value) }
    }

    fn body(&self, bytes: &[u8]) -> Body {
        // Masked before it is cut, so that the cut cannot leave a part of a secret.
        let text = std::str::from_utf8(bytes).ok().map(|text| self.secrets.clean(text));
        let truncated = text.as_ref().is_some_and(|text| text.chars().count() > self.excerpt);
        Body {
            bytes: bytes.len() as u64,
            excerpt: text.map(|text| text.chars().take(self.excerpt).collect()),
            truncated,
        }
    }
}

/// A `Set-Cookie` value with its name and attributes, without the cookie's value (RFC 6265 §4.1.1).
fn cookie(field: &str) -> String {
    let (pair, attributes) = field.split_at(field.find(';').unwrap_or(field.len()));
    let name = pair.split_once('=').map_or("", |(name, _)| name);
    format!("{name}={MASK}{attributes}")
}
