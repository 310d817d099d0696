//! Imports: rules as tables, and use cases on both databases.

use super::{
    NewImport, NewImportFile,
    rules::{Read, imported_card, take},
};
use crate::{
    Kind,
    gates::{CheckState, NewPolicy, PolicyDocument, Rule, RuleSubject, Severity, Threshold},
    ids::{EnvironmentId, SystemId},
    lab::Scorecard,
    platform::testing::{TestPlatform, on_each_database},
    systems::{EnvironmentKind, NewEnvironment, NewSystem},
};
use sbh_stats::Dimension;

const K6: &str = include_str!("../../../engines/imports/tests/fixtures/k6-handle-summary.json");
const OHA: &str = include_str!("../../../engines/imports/tests/fixtures/oha-count.json");
const LIGHTHOUSE: &str = include_str!("../../../engines/imports/tests/fixtures/lighthouse-13.json");

fn read(files: &[(&str, &str)]) -> Vec<Read> {
    let read = |(name, text): &(&str, &str)| {
        ((*name).to_owned(), sbh_imports::measure::parse(text.as_bytes()).expect("a result that can be read"))
    };
    files.iter().map(read).collect()
}

fn file(name: &str, content: &str) -> NewImportFile {
    NewImportFile { name: name.to_owned(), format: None, content: content.to_owned() }
}

async fn place(hub: &TestPlatform) -> (SystemId, EnvironmentId) {
    let owner = hub.owner().await;
    let new = NewSystem { name: "Shop".to_owned(), ..NewSystem::default() };
    let system = hub.hub.systems().create(&owner, new).await.expect("a system").id;
    let base_url = "https://shop.example".to_owned();
    let new = NewEnvironment { kind: EnvironmentKind::Staging, name: String::new(), base_url };
    (system, hub.hub.systems().add_environment(&owner, system, new).await.expect("an environment").id)
}

fn row(card: &Scorecard, dimension: Dimension) -> (Option<f64>, String) {
    let row = card.dimensions.iter().find(|row| row.dimension == dimension).expect("every dimension has a row");
    (row.score, row.reason.clone().unwrap_or_default())
}

#[test]
fn what_the_files_hold_becomes_metrics_and_nothing_else_does() {
    let (metrics, not_taken) = take(&read(&[("k6.json", K6), ("page.json", LIGHTHOUSE)])).unwrap();
    for key in [
        "latency.raw.p95_ms",
        "error_rate_pct",
        "throughput_rps",
        "browser.mobile.lcp_ms",
        "browser.mobile.lighthouse_performance",
    ] {
        assert!(metrics.contains_key(key), "{key}: {metrics:?}");
    }
    assert!(metrics.keys().all(|key| super::super::metric_info(key).is_some()), "{metrics:?}");
    assert!(!metrics.keys().any(|key| key.starts_with("latency.corrected.")), "no tool of these corrects: {metrics:?}");
    assert!(metrics["browser.mobile.lighthouse_performance"] > 1.0, "scores are points: {metrics:?}");
    assert!(not_taken.iter().any(|gap| gap.what == "k6.json: latency.raw.p999_ms"), "{not_taken:?}");
}

#[test]
fn two_files_with_the_same_metric_are_refused() {
    let error = take(&read(&[("k6.json", K6), ("oha.json", OHA)])).unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(error.fields().iter().all(|field| field.pointer == "/files/1/content"), "{error:?}");
    assert!(error.fields().iter().any(|field| field.message.contains("oha.json and k6.json both have")), "{error:?}");
}

#[test]
fn a_card_scores_what_was_imported_and_says_why_the_rest_is_not_measured() {
    let (metrics, _) = take(&read(&[("k6.json", K6), ("page.json", LIGHTHOUSE)])).unwrap();
    let card = imported_card(metrics, sbh_stats::curve::CURRENT).unwrap();
    let row =
        |dimension| card.dimensions.iter().find(|row| row.dimension == dimension).expect("every dimension has a row");
    assert!(row(Dimension::Reliability).score.is_some() && row(Dimension::Ux).score.is_some(), "{card:?}");
    let why = |dimension| row(dimension).reason.clone().unwrap();
    assert!(why(Dimension::Performance).contains("without correction for coordinated omission"));
    for dimension in
        [Dimension::Security, Dimension::Privacy, Dimension::Compliance, Dimension::Cost, Dimension::Scalability]
    {
        assert_eq!((row(dimension).score, why(dimension).as_str()), (None, "Not in the imported file."));
    }
    assert!(card.samples.is_empty(), "an import is no repetition");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_makes_a_marked_benchmark_and_keeps_its_files() {
    on_each_database(async |hub| {
        let (system, environment) = place(&hub).await;
        let owner = hub.owner().await;
        let files = vec![file("k6 results.json", K6), file("page.json", LIGHTHOUSE)];
        let new = NewImport { environment_id: Some(environment), version: "1.0".to_owned(), files };
        let made = hub.hub.lab().import(&owner, new).await.unwrap();
        let import = made.imported.clone().unwrap();
        assert_eq!(import.files[0].tool, "k6");
        assert!(
            import.tools().starts_with("Lighthouse 13") && import.tools().ends_with("and k6"),
            "{}",
            import.tools()
        );
        assert!(import.files[1].notes.iter().any(|note| note.contains("the environment is https://shop.example")));
        assert_eq!(hub.hub.lab().benchmark(&owner, made.id).await.unwrap(), made);
        let card = hub.hub.lab().scorecard(&owner, system.uuid(), &Default::default()).await.unwrap();
        assert_eq!(card.imported.as_ref(), Some(&import));
        assert!(row(&card, Dimension::Ux).0.is_some());
        let (kept, bytes) = hub.hub.lab().artifact(&owner, made.id, "k6_results.json").await.unwrap();
        assert_eq!((kept.sha256, bytes), (import.files[0].sha256.clone(), K6.as_bytes().to_vec()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_and_nothing_is_kept() {
    on_each_database(async |hub| {
        let (system, environment) = place(&hub).await;
        let owner = hub.owner().await;
        let refused = async |files: Vec<NewImportFile>| {
            let new = NewImport { environment_id: Some(environment), version: "1.0".to_owned(), files };
            let error = hub.hub.lab().import(&owner, new).await.unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid, "{error:?}");
            (error.fields()[0].pointer.clone(), error.fields()[0].message.clone())
        };
        assert_eq!(refused(vec![]).await.0, "/files");
        assert_eq!(refused(vec![file("", K6)]).await.0, "/files/0/name");
        assert_eq!(refused(vec![file("a", K6), file("a", LIGHTHOUSE)]).await.0, "/files/1/name");
        assert_eq!(refused(vec![file("a", K6), file("b", K6)]).await.0, "/files/1/content");
        assert_eq!(refused(vec![file("a", "{")]).await.0, "/files/0/content");
        assert!(refused(vec![file("a", "{}")]).await.1.contains("the format is not known"));
        let named = NewImportFile { format: Some("excel".to_owned()), ..file("a", K6) };
        assert_eq!(refused(vec![named]).await.0, "/files/0/format");
        let wrong = NewImportFile { format: Some("oha".to_owned()), ..file("a", K6) };
        assert_eq!(refused(vec![wrong]).await.0, "/files/0/content");
        assert!(hub.hub.lab().scorecard(&owner, system.uuid(), &Default::default()).await.is_err());
    })
    .await;
}

fn policy(accept_imported: bool, system_id: SystemId) -> NewPolicy {
    let rule = Rule {
        id: "errors".to_owned(),
        subject: RuleSubject::Metric("error_rate_pct".to_owned()),
        threshold: Threshold::AtMost(100.0),
        severity: Severity::Block,
        key: false,
        weight: 1,
    };
    let document =
        PolicyDocument { name: "Release".to_owned(), accept_imported, rules: vec![rule], ..PolicyDocument::default() };
    NewPolicy { system_id, document }
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_tell_imported_results_and_count_them_only_where_the_policy_says_so() {
    on_each_database(async |hub| {
        let (system, environment) = place(&hub).await;
        let owner = hub.owner().await;
        let files = vec![file("k6.json", K6)];
        let new = NewImport { environment_id: Some(environment), version: "1.0".to_owned(), files };
        hub.hub.lab().import(&owner, new).await.unwrap();
        let check = async |accept| {
            let said = hub.hub.gates().dry_run(&owner, policy(accept, system)).await.unwrap();
            said[0].report.checks.iter().find(|check| check.id == "errors").cloned().unwrap()
        };
        let closed = check(false).await;
        assert_eq!(
            (closed.state, closed.value, closed.imported.as_deref()),
            (CheckState::NotMeasured, None, Some("k6"))
        );
        assert!(closed.measured.contains("does not accept imported results"), "{}", closed.measured);
        let open = check(true).await;
        assert_eq!((open.state, open.imported.as_deref()), (CheckState::Passed, Some("k6")));
        assert!(open.measured.ends_with("imported from k6"), "{}", open.measured);
    })
    .await;
}
