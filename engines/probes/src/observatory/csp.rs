//! Test `content-security-policy`.

use super::csp_parser::Policy;
use super::headers::response_is_plain_html;
use super::outcome::Outcome;
use crate::document::Page;
use crate::observation::{Observation, Visit};

/// Sources that match nearly everything.
const BROAD: [&str; 8] = ["ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"];
const INLINE: [&str; 2] = ["'unsafe-inline'", "data:"];
const PASSIVE: [&str; 2] = ["img-src", "media-src"];
const TRUST_TOKENS: [&str; 4] = ["'sha256-", "'sha384-", "'sha512-", "'nonce-"];

/// Outcome of the test, and what `x-frame-options` needs to know.
pub(super) struct Judged {
    pub(super) outcome: Outcome,
    pub(super) has_frame_ancestors: bool,
}

impl From<Outcome> for Judged {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, has_frame_ancestors: false }
    }
}

/// How well the policy limits scripts, styles and plugins.
pub(super) fn judge(observation: &Observation, visit: &Visit, page: &Page) -> Judged {
    let response = &visit.response;
    let header: Vec<String> = response.headers.merged("content-security-policy").into_iter().collect();
    let meta = if response_is_plain_html(response) { page.policies() } else { Vec::new() };
    let all: Vec<String> = header.iter().chain(&meta).cloned().collect();
    let Ok(mut policy) = Policy::parse(&all) else { return Outcome::CspInvalid.into() };
    let enforced =
        Policy::parse(&header).unwrap_or_default().len() + Policy::parse_meta(&meta).unwrap_or_default().len();
    if enforced == 0 {
        let reported =
            response.headers.merged("content-security-policy-report-only").is_some_and(|value| !value.is_empty());
        return if reported { Outcome::CspReportOnly } else { Outcome::CspMissing }.into();
    }
    let secure = observation.https.is_some();
    let outcome = Sources::new(&mut policy).outcome(&policy, secure);
    let outcome = if outcome.pass() && policy.repeated_reporting { Outcome::CspDuplicates } else { outcome };
    Judged { outcome, has_frame_ancestors: policy.get("frame-ancestors").is_some() }
}

/// The source lists in force after fallback to `default-src`.
struct Sources {
    script: Vec<String>,
    style: Vec<String>,
    object: Vec<String>,
    dynamic_without_trust: bool,
}

impl Sources {
    /// Drops what nonces, hashes and `'strict-dynamic'` make ineffective. A list that is a fallback for others changes for all of them.
    fn new(policy: &mut Policy) -> Self {
        let script = fallback(policy, "script-src");
        let style = fallback(policy, "style-src");
        for name in [script, style].into_iter().flatten() {
            if let Some(list) = policy.get_mut(name).filter(|list| has_trust(list)) {
                list.retain(|source| source != "'unsafe-inline'");
            }
        }
        let mut dynamic_without_trust = false;
        if let Some(list) = script.and_then(|name| policy.get_mut(name)).filter(|list| has(list, "'strict-dynamic'")) {
            if has_trust(list) {
                list.retain(|source| {
                    !(BROAD.iter().any(|broad| source.starts_with(broad))
                        || source == "'self'"
                        || source == "'unsafe-inline'")
                });
            } else {
                dynamic_without_trust = true;
            }
        }
        let object = fallback(policy, "object-src");
        Self {
            script: list(policy, script),
            style: list(policy, style),
            object: list(policy, object),
            dynamic_without_trust,
        }
    }

    fn outcome(&self, policy: &Policy, secure: bool) -> Outcome {
        let broad = |source: &String| BROAD.contains(&source.as_str());
        let broad_or_inline = |source: &String| broad(source) || INLINE.contains(&source.as_str());
        let default_none = policy.get("default-src").is_some_and(|list| matches!(list, [only] if only == "'none'"));
        let faults = [
            (self.dynamic_without_trust, Outcome::CspInvalid),
            (self.script.iter().any(broad_or_inline) || self.object.iter().any(broad), Outcome::CspUnsafeInline),
            (secure && self.active(policy).any(|source| is_insecure(source)), Outcome::CspInsecureScheme),
            (has(&self.script, "'unsafe-eval'") || has(&self.style, "'unsafe-eval'"), Outcome::CspUnsafeEval),
            (secure && passive(policy).any(|source| is_insecure(source)), Outcome::CspInsecurePassive),
            (self.style.iter().any(broad_or_inline), Outcome::CspUnsafeStyle),
            (default_none, Outcome::CspDefaultNone),
        ];
        faults.into_iter().find(|(applies, _)| *applies).map_or(Outcome::CspNoUnsafe, |(_, outcome)| outcome)
    }

    fn active<'a>(&'a self, policy: &'a Policy) -> impl Iterator<Item = &'a String> {
        let others = policy.iter().filter(|(name, _)| !PASSIVE.contains(name) && *name != "script-src");
        others.flat_map(|(_, sources)| sources).chain(&self.script)
    }
}

fn passive(policy: &Policy) -> impl Iterator<Item = &String> {
    PASSIVE.iter().flat_map(|name| policy.get(name).or_else(|| policy.get("default-src")).unwrap_or_default())
}

fn is_insecure(source: &str) -> bool {
    source.starts_with("http:") || source.starts_with("ftp:")
}

/// The directive that governs `name`: itself or `default-src`.
fn fallback(policy: &Policy, name: &'static str) -> Option<&'static str> {
    [name, "default-src"].into_iter().find(|candidate| policy.get(candidate).is_some())
}

fn list(policy: &Policy, name: Option<&str>) -> Vec<String> {
    name.and_then(|name| policy.get(name)).map_or_else(|| vec!["*".to_owned()], <[String]>::to_vec)
}

fn has(list: &[String], source: &str) -> bool {
    list.iter().any(|entry| entry == source)
}

fn has_trust(list: &[String]) -> bool {
    list.iter().any(|source| TRUST_TOKENS.iter().any(|token| source.starts_with(token)))
}
