//! Budgets of three tools as neutral limits.

use sbh_imports::budgets::{Bound, BudgetFormat, Pages, PathPattern, Scope, Severity, parse};

const LIGHTHOUSE: &str = include_str!("fixtures/budget.json");
const CI: &str = include_str!("fixtures/lighthouserc.json");
const SITESPEED: &str = include_str!("fixtures/sitespeed.json");

#[test]
fn lighthouse_sizes_are_kibibytes_and_third_parties_keep_their_hosts() {
    let read = parse(LIGHTHOUSE.as_bytes()).unwrap();
    let at = |origin: &str| read.limits.iter().find(|limit| limit.origin == origin).unwrap();
    assert_eq!((read.format, read.limits.len()), (BudgetFormat::Lighthouse, 5));
    assert_eq!((at("/0/resourceSizes/0").value, at("/0/resourceSizes/0").unit), (512_000.0, "B"));
    assert_eq!(at("/0/timings/0").tolerance, Some(100.0));
    let hosts = vec!["*.example.com".to_owned()];
    assert_eq!(at("/0/resourceCounts/0").scope, Scope::ThirdParty { first_party_hosts: hosts });
    assert_eq!(at("/1/resourceSizes/0").pages, Pages::Path(PathPattern::parse("/checkout").unwrap()));
    assert_eq!(read.not_carried[0].origin, "/0/timings/1");
}

#[test]
fn lighthouse_refuses_what_is_misspelt_twice_or_negative() {
    let refuse = |from: &str, to: &str| parse(LIGHTHOUSE.replace(from, to).as_bytes()).unwrap_err().to_string();
    assert!(refuse("resourceCounts", "resourceCount").starts_with("/0/resourceCount: an unknown member"));
    assert!(refuse("\"script\",\"budget\":150", "\"total\",\"budget\":150").contains("twice"));
    assert!(refuse("\"budget\":500", "\"budget\":-500").starts_with("/0/resourceSizes/0/budget: -500"));
    assert!(refuse("/checkout", "checkout").starts_with("/1/path"));
}

#[test]
fn paths_match_as_in_robots_txt() {
    for (pattern, path, expected) in [
        ("/", "/any", true),
        ("/fish", "/fish.html", true),
        ("/fish", "/Fish", false),
        ("/fish", "/catfish", false),
        ("/fish/", "/fish", false),
        ("/*.php", "/a/b.php?x", true),
        ("/*.php$", "/b.php", true),
        ("/*.php$", "/b.php?x", false),
        ("/fish*.php", "/fishheads/c.php", true),
        ("/a$", "/a", true),
        ("/a$", "/ab", false),
        ("/a*b*c$", "/a-b-c-c", true),
        ("/a*a$", "/a", false),
    ] {
        assert_eq!(PathPattern::parse(pattern).unwrap().matches(path), expected, "{pattern} {path}");
    }
}

#[test]
fn assertions_become_limits_with_their_severity() {
    let read = parse(CI.as_bytes()).unwrap();
    let named = |metric: &str| read.limits.iter().find(|limit| limit.metric == metric).unwrap();
    assert_eq!((named("fcp_ms").severity, named("fcp_ms").bound), (Severity::Warn, Bound::Max));
    assert_eq!((named("score.performance").value, named("score.performance").bound), (0.8, Bound::Min));
    assert_eq!(named("score.seo").value, 0.9);
    assert_eq!(named("transfer_bytes").scope, Scope::ResourceType("script".to_owned()));
    assert_eq!((read.limits.len(), read.not_carried.len()), (4, 3));
}

#[test]
fn presets_and_unknown_levels_are_refused() {
    let preset = CI.replace("\"assertions\"", "\"preset\":\"lighthouse:all\",\"assertions\"");
    assert!(parse(preset.as_bytes()).unwrap_err().to_string().starts_with("/ci/assert/preset: a preset stands for"));
    assert!(parse(CI.replace("\"off\"", "\"fatal\"").as_bytes()).is_err());
    assert!(parse(CI.replace("0.8", "80").as_bytes()).is_err());
}

#[test]
fn sitespeed_limits_of_one_page_stand_in_place_of_the_general_ones() {
    let read = parse(SITESPEED.as_bytes()).unwrap();
    let index: Vec<_> = read.limits.iter().filter(|limit| limit.metric == "speed_index_ms").collect();
    let slow = "https://www.example.com/slow/".to_owned();
    assert_eq!(index.len(), 2);
    assert!(index.iter().any(|limit| limit.value == 1000.0 && limit.pages == Pages::Except(vec![slow.clone()])));
    assert!(index.iter().any(|limit| limit.value == 3000.0 && limit.pages == Pages::Url(slow.clone())));
    let score = read.limits.iter().find(|limit| limit.metric == "score.coach.accessibility").unwrap();
    assert_eq!((score.bound, score.unit), (Bound::Min, "points"));
    let skipped: Vec<_> = read.not_carried.iter().map(|entry| entry.origin.as_str()).collect();
    assert_eq!(skipped, ["/budget/timings/firstPaint", "/budget/usertimings/hero"]);
}

#[test]
fn what_is_no_budget_is_refused() {
    for text in ["", "{}", "null", "[1]", "{\"budget\":1}", "{\"budget\":{\"timings\":{\"SpeedIndex\":-1}}}", "[[[["] {
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }
}
