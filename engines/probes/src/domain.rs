//! Registrable domains after the Public Suffix List.

use std::net::IpAddr;

/// The registrable domain of `host` by the ICANN section of the list; `None` for addresses, single labels and suffixes themselves.
pub fn registrable(host: &str) -> Option<&str> {
    let host = host.trim_end_matches('.');
    if !is_name(host) {
        return None;
    }
    let mut suffix = psl::suffix_str(host)?;
    while psl::suffix(suffix.as_bytes()).is_some_and(|found| found.typ() == Some(psl::Type::Private)) {
        let parent = suffix.split_once('.')?.1;
        suffix = psl::suffix_str(parent)?;
    }
    one_label_more(host, suffix)
}

/// Whether `domain` is below a public suffix (private section included) and so may be named by a cookie.
pub fn may_hold_cookies(domain: &str) -> bool {
    // Names for special use (RFC 6761) are no public suffixes: `localhost` and `invalid` hold cookies themselves, the others below.
    const SPECIAL: [&str; 5] = ["local", "example", "invalid", "localhost", "test"];
    if matches!(domain, "localhost" | "invalid") {
        return true;
    }
    if domain.rsplit_once('.').is_some_and(|(_, top)| SPECIAL.contains(&top)) {
        return true;
    }
    is_name(domain) && psl::domain_str(domain).is_some()
}

fn is_name(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']);
    !host.is_empty() && address.parse::<IpAddr>().is_err() && host.split('.').all(|label| !label.is_empty())
}

fn one_label_more<'a>(host: &'a str, suffix: &str) -> Option<&'a str> {
    let rest = host.strip_suffix(suffix)?.strip_suffix('.')?;
    let start = rest.rfind('.').map_or(0, |dot| dot + 1);
    (!rest.is_empty()).then(|| &host[start..])
}
