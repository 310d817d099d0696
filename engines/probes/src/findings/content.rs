//! What the page loads: mixed content and scripts of others without an integrity check.

use url::Url;

use super::{Rule, Subject, catalogue as rule};
use crate::document::{Kind, Page};
use crate::domain::registrable;
use crate::summary::without_query;

/// The most findings of one rule on a page; more of the same says nothing new.
const MAX_EACH: usize = 10;

pub(super) fn judge(subject: &mut Subject<'_>) {
    let url = subject.response().url.clone();
    let base = subject.page.base.clone().unwrap_or_else(|| url.clone());
    if subject.is_secure() {
        mixed(subject, &base);
    }
    let unchecked = unchecked_scripts(&subject.page, &base, &url);
    for address in unchecked.into_iter().take(MAX_EACH) {
        subject.report(&rule::SRI_MISSING, address);
    }
}

fn mixed(subject: &mut Subject<'_>, base: &Url) {
    for (kind, rule) in
        [(Kind::Active, rule::MIXED_ACTIVE), (Kind::Passive, rule::MIXED_PASSIVE), (Kind::Form, rule::MIXED_FORM)]
    {
        for evidence in plain(&subject.page, base, kind) {
            report(subject, &rule, evidence);
        }
    }
}

fn report(subject: &mut Subject<'_>, rule: &Rule, evidence: String) {
    subject.report(rule, evidence);
}

fn plain(page: &Page, base: &Url, kind: Kind) -> Vec<String> {
    let references = page.references.iter().filter(|reference| reference.kind == kind);
    let plain = references.filter_map(|reference| {
        let url = base.join(reference.address.trim()).ok()?;
        (url.scheme() == "http").then(|| format!("{} {}", reference.element, without_query(&url)))
    });
    plain.take(MAX_EACH).collect()
}

fn unchecked_scripts(page: &Page, base: &Url, own: &Url) -> Vec<String> {
    let scripts =
        page.scripts.iter().filter(|script| script.integrity.as_deref().is_none_or(|value| value.trim().is_empty()));
    let urls = scripts.filter_map(|script| base.join(script.src.as_deref()?.trim()).ok());
    urls.filter(|url| matches!(url.scheme(), "http" | "https") && !same_site(url, own))
        .map(|url| without_query(&url))
        .collect()
}

fn same_site(a: &Url, b: &Url) -> bool {
    let (a, b) = (a.host_str().unwrap_or_default(), b.host_str().unwrap_or_default());
    a == b || registrable(a).is_some_and(|domain| registrable(b) == Some(domain))
}
