//! Tests `redirection` and `strict-transport-security`.

use super::outcome::Outcome;
use super::preload::PreloadList;
use crate::observation::{Observation, Visit};
use crate::text;

/// 15,552,000 seconds (180 days), which the Observatory takes for six months.
const SIX_MONTHS: f64 = 15_552_000.0;

/// Where plain HTTP leads.
pub(super) fn redirection(observation: &Observation, preload: &PreloadList) -> Outcome {
    match &observation.http {
        None => Outcome::RedirectNoHttp,
        Some(visit) if !visit.verified => Outcome::RedirectInvalidCert,
        Some(visit) => route(visit, preload),
    }
}

fn route(visit: &Visit, preload: &PreloadList) -> Outcome {
    let urls: Vec<_> = visit.hops.iter().map(|hop| &hop.url).collect();
    if urls.iter().all(|url| preload.covers(url.host_str().unwrap_or_default())) {
        return Outcome::RedirectPreloaded;
    }
    match urls.as_slice() {
        [] | [_] => Outcome::RedirectMissing,
        [.., last] if last.scheme() != "https" => Outcome::RedirectNotHttps,
        [_, second, ..] if second.scheme() == "http" => Outcome::RedirectLate,
        [first, second, ..] if first.scheme() == "http" && first.host_str() != second.host_str() => {
            Outcome::RedirectOffHost
        }
        _ => Outcome::RedirectHttps,
    }
}

/// Whether browsers are told to stay on HTTPS.
pub(super) fn hsts(observation: &Observation, preload: &PreloadList) -> Outcome {
    let Some(visit) = &observation.https else { return Outcome::HstsNoHttps };
    if preload.covers(observation.hostname()) {
        return Outcome::HstsPreloaded;
    }
    if !visit.verified {
        return Outcome::HstsInvalidCert;
    }
    match visit.response.headers.merged("strict-transport-security") {
        None => Outcome::HstsMissing,
        Some(value) => policy(text::head(&value, 1024)),
    }
}

fn policy(value: &str) -> Outcome {
    if value.contains(',') {
        return Outcome::HstsInvalid;
    }
    let lower = value.to_lowercase();
    let mut ages = lower.split(';').filter_map(|part| text::trim(part).strip_prefix("max-age="));
    match ages.next_back().map(|age| parse_int(text::head(age, 120))) {
        None => Outcome::HstsInvalid,
        Some(Some(age)) if age < SIX_MONTHS => Outcome::HstsShort,
        // An age that is not a number compares as neither less nor more in the reference, and so counts as long enough.
        Some(_) => Outcome::HstsLong,
    }
}

/// ECMAScript `parseInt(text, 10)`; `None` stands for NaN.
fn parse_int(source: &str) -> Option<f64> {
    let source = source.trim_start_matches(text::is_space);
    let (sign, digits) = match source.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, source.strip_prefix('+').unwrap_or(source)),
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse::<f64>().ok().map(|number| sign * number)
}
