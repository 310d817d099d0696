//! Headers other than the Content-Security-Policy.

use super::csp::Policy;
use super::{Subject, catalogue as rule};

pub(super) fn judge(subject: &mut Subject<'_>) {
    sniffing(subject);
    if subject.response().is_html() {
        framing(subject);
        referrer(subject);
    }
    cors(subject);
}

fn sniffing(subject: &mut Subject<'_>) {
    let value = subject.response().headers.first("x-content-type-options").unwrap_or_default().to_owned();
    // The first of several values counts (Fetch standard, "determine nosniff").
    let nosniff = value.split(',').next().is_some_and(|first| first.trim().eq_ignore_ascii_case("nosniff"));
    subject.report_if(!nosniff, &rule::HEADER_NOSNIFF, format!("X-Content-Type-Options: {value}"));
}

fn framing(subject: &mut Subject<'_>) {
    let headers = &subject.response().headers;
    let policies = Policy::parse_all(headers.all("content-security-policy"));
    let ancestors: Vec<_> = policies.iter().filter_map(|policy| policy.get("frame-ancestors")).collect();
    let open = |list: &&[String]| list.iter().any(|source| matches!(source.as_str(), "*" | "https:" | "http:"));
    let options = headers.first("x-frame-options").unwrap_or_default().to_owned();
    let denied = matches!(options.trim().to_ascii_lowercase().as_str(), "deny" | "sameorigin");
    // frame-ancestors makes browsers ignore X-Frame-Options (CSP Level 3, section 6.4.2.2).
    let unprotected = if ancestors.is_empty() { !denied } else { ancestors.iter().all(open) };
    subject.report_if(unprotected, &rule::HEADER_FRAMING, format!("X-Frame-Options: {options}"));
}

fn referrer(subject: &mut Subject<'_>) {
    let header = subject.response().headers.merged("referrer-policy");
    let values: Vec<&str> = header.iter().map(String::as_str).chain(subject.page.referrer_policy()).collect();
    let mut tokens = values.iter().flat_map(|value| value.split(',')).map(|token| token.trim().to_ascii_lowercase());
    let known = [
        "no-referrer",
        "no-referrer-when-downgrade",
        "same-origin",
        "origin",
        "strict-origin",
        "origin-when-cross-origin",
        "strict-origin-when-cross-origin",
        "unsafe-url",
    ];
    let effective = tokens.rfind(|token| known.contains(&token.as_str())).unwrap_or_default();
    let unsafe_value = matches!(effective.as_str(), "unsafe-url" | "no-referrer-when-downgrade");
    subject.report_if(unsafe_value, &rule::HEADER_REFERRER, effective);
}

fn cors(subject: &mut Subject<'_>) {
    let Some(answer) = &subject.observation.preflight else { return };
    let allowed = answer.headers.first("access-control-allow-origin").unwrap_or_default();
    let credentials = answer.headers.first("access-control-allow-credentials").unwrap_or_default();
    let open = allowed == answer.origin && credentials.trim() == "true";
    subject.report_if(
        open,
        &rule::HEADER_CORS,
        format!("the unknown origin {} is allowed with credentials", answer.origin),
    );
}
