//! Budgets of three tools as policies.

use super::{ImportedPolicy, NewBudget, rules::policy_of};
use crate::gates::{RuleSubject, Severity, Threshold};

const LIGHTHOUSE: &str = include_str!("../../../engines/imports/tests/fixtures/budget.json");
const CI: &str = include_str!("../../../engines/imports/tests/fixtures/lighthouserc.json");
const SITESPEED: &str = include_str!("../../../engines/imports/tests/fixtures/sitespeed.json");

fn imported(content: &str, page: &str) -> ImportedPolicy {
    let page = Some(page.to_owned());
    policy_of(&NewBudget { content: content.to_owned(), device: None, page }).expect("a budget that can be read")
}

fn limit(policy: &ImportedPolicy, key: &str) -> Option<(Threshold, Severity)> {
    let subject = RuleSubject::Metric(format!("browser.mobile.{key}"));
    policy.document.rules.iter().find(|rule| rule.subject == subject).map(|rule| (rule.threshold, rule.severity))
}

fn why<'a>(policy: &'a ImportedPolicy, origin: &str) -> &'a str {
    let entry = policy.not_carried.iter().find(|entry| entry.origin == origin);
    &entry.unwrap_or_else(|| panic!("{origin}: {policy:?}")).why
}

#[test]
fn a_budget_of_lighthouse_takes_the_last_entry_for_the_page() {
    let home = imported(LIGHTHOUSE, "/");
    assert_eq!(home.format, "lighthouse");
    assert_eq!(limit(&home, "transfer_bytes"), Some((Threshold::AtMost(512_000.0), Severity::Block)));
    assert_eq!(why(&home, "/1/resourceSizes/0"), "it is for other pages than /");
    assert!(why(&home, "/0/resourceCounts/0").contains("third parties"), "{home:?}");
    let checkout = imported(LIGHTHOUSE, "https://shop.example/checkout");
    assert_eq!(why(&checkout, "/0/resourceSizes/0"), "a later entry of the file is the one for /checkout");
    assert_eq!(checkout.document.rules.len(), 1, "{checkout:?}");
}

#[test]
fn a_tolerance_widens_its_limit() {
    let timing = r#"[{"timings":[{"metric":"largest-contentful-paint","budget":2500,"tolerance":100}]}]"#;
    assert_eq!(limit(&imported(timing, "/"), "lcp_ms"), Some((Threshold::AtMost(2_600.0), Severity::Block)));
}

#[test]
fn assertions_keep_their_severity_and_scores_become_points() {
    let policy = imported(CI, "/");
    assert_eq!(limit(&policy, "lighthouse_performance"), Some((Threshold::AtLeast(80.0), Severity::Block)));
    assert_eq!(limit(&policy, "fcp_ms").map(|found| found.1), Some(Severity::Warn));
    assert!(limit(&policy, "script_bytes").is_some(), "{policy:?}");
    assert!(policy.notes.iter().any(|note| note.contains("has to accept them")), "{policy:?}");
    assert_eq!(policy.not_carried.len(), 3, "{policy:?}");
}

#[test]
fn a_budget_of_sitespeed_is_for_its_page() {
    let general = imported(SITESPEED, "/");
    assert_eq!(limit(&general, "speed_index_ms"), Some((Threshold::AtMost(1_000.0), Severity::Block)));
    let slow = imported(SITESPEED, "https://www.example.com/slow/");
    assert_eq!(limit(&slow, "speed_index_ms"), Some((Threshold::AtMost(3_000.0), Severity::Block)));
    assert!(slow.not_carried.iter().any(|entry| entry.why.contains("Coach")), "{slow:?}");
}

#[test]
fn every_rule_is_one_that_a_policy_accepts() {
    for text in [LIGHTHOUSE, CI, SITESPEED] {
        let document = imported(text, "/").document;
        let ids: std::collections::BTreeSet<_> = document.rules.iter().map(|rule| &rule.id).collect();
        assert_eq!(ids.len(), document.rules.len());
        assert_eq!(document.clone().parse().unwrap(), document);
    }
}

#[test]
fn what_is_wrong_is_named() {
    let refused = |content: &str, device: &str, page: &str| {
        let (device, page) = (Some(device.to_owned()), Some(page.to_owned()));
        let error = policy_of(&NewBudget { content: content.to_owned(), device, page }).unwrap_err();
        error.fields()[0].pointer.clone()
    };
    assert_eq!(refused("{}", "", ""), "/content");
    assert_eq!(refused(LIGHTHOUSE, "watch", "/"), "/device");
    assert_eq!(refused(LIGHTHOUSE, "mobile", "checkout"), "/page");
}
