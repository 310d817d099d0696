//! How limits are told: the fields of draft-ietf-httpapi-ratelimit-headers-10, and the problem of a refused request.

use super::{Charge, Verdict};
use crate::problem::{Problem, TOO_MANY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// Seconds of a window.
const WINDOW_S: u64 = 60;

/// The limit that a caller runs into first: the one that refuses, else the one of which the least is left.
pub fn nearest<'a>(charges: &'a [Charge], verdicts: &'a [Verdict]) -> Option<(&'a Charge, &'a Verdict)> {
    let share = |charge: &Charge, verdict: &Verdict| f64::from(verdict.remaining) / f64::from(charge.per_minute.max(1));
    let pairs = || charges.iter().zip(verdicts);
    let refusing = pairs().find(|(_, verdict)| verdict.refuses());
    refusing.or_else(|| pairs().min_by(|a, b| share(a.0, a.1).total_cmp(&share(b.0, b.1))))
}

/// Names every limit of the request, and what is left of the nearest: how many requests, and in how many seconds all of them
/// are there again.
pub fn describe(charges: &[Charge], verdicts: &[Verdict], headers: &mut HeaderMap) {
    let Some((charge, verdict)) = nearest(charges, verdicts) else { return };
    let used = u64::from(charge.per_minute.saturating_sub(verdict.remaining));
    let reset = (used * WINDOW_S).div_ceil(u64::from(charge.per_minute.max(1)));
    let policy = |charge: &Charge| format!("\"{}\";q={};w={WINDOW_S}", charge.policy, charge.per_minute);
    let policies: Vec<_> = charges.iter().map(policy).collect();
    let state = format!("\"{}\";r={};t={reset}", charge.policy, verdict.remaining);
    for (name, text) in [(RATE_LIMIT_POLICY, policies.join(", ")), (RATE_LIMIT, state)] {
        headers.insert(name, HeaderValue::from_str(&text).expect("names and numbers are visible ASCII"));
    }
}

/// The answer to a request that is one too many.
pub fn too_many(charge: &Charge, verdict: &Verdict) -> Problem {
    let seconds = verdict.wait_us.div_ceil(1_000_000).max(1);
    let (whose, quota) = (whose(charge.policy), charge.per_minute);
    let words = format!(
        "Too many requests: the limit {} is {quota} a minute {whose}. Try again in {seconds} s.",
        charge.policy
    );
    Problem::new(TOO_MANY, words).with_header(header::RETRY_AFTER, seconds.into()).violating(charge.policy)
}

fn whose(policy: &str) -> &'static str {
    match policy {
        "anonymous" => "for an address without an identity",
        "sign-in" => "for an address that signs in",
        "tenant" => "for everybody in the organisation together",
        "runs" => "for what sets machines to work, for each person and key",
        "exports" => "for exports and proofs, for each person and key",
        "scim" => "for what a directory asks, for each key",
        _ => "for each person and key",
    }
}
