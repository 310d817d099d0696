use super::*;
use crate::gates::{Comparison, NewGoldenPath};

/// Each wrong document with the pointer that its error must name.
#[test]
fn a_wrong_policy_names_the_field() {
    let wrong: Vec<(&str, PolicyDocument)> = vec![
        ("/name", PolicyDocument { name: " ".to_owned(), ..document(vec![p95_at_most(1.0)]) }),
        ("/rules", document(Vec::new())),
        ("/rules", document((0..101).map(|n| Rule { id: format!("r{n}"), ..p95_at_most(1.0) }).collect())),
        ("/rules/1/id", document(vec![p95_at_most(1.0), p95_at_most(2.0)])),
        ("/rules/0/id", document(vec![Rule { id: "two words".to_owned(), ..p95_at_most(1.0) }])),
        (
            "/rules/0/subject/metric",
            document(vec![rule("r", RuleSubject::Metric("speed".to_owned()), Threshold::AtMost(1.0))]),
        ),
        ("/rules/0/subject/overall", document(vec![rule("r", RuleSubject::Overall(false), Threshold::AtMost(1.0))])),
        ("/rules/0/threshold", document(vec![p95_at_most(f64::NAN)])),
        ("/rules/0/threshold", document(vec![p95_at_most(-1.0)])),
        (
            "/rules/0/threshold/relative/versions",
            document(vec![Rule {
                threshold: Threshold::Relative(Comparison { versions: 0, max_worse_pct: 1.0 }),
                ..p95_at_most(1.0)
            }]),
        ),
        ("/rules/0/weight", document(vec![Rule { weight: 0, ..p95_at_most(1.0) }])),
        (
            "/decision/total/min_pct",
            PolicyDocument { decision: Decision::Total { min_pct: 0.0 }, ..document(vec![p95_at_most(1.0)]) },
        ),
    ];
    for (pointer, document) in wrong {
        let error = document.parse().expect_err(pointer);
        assert!(error.fields().iter().any(|field| field.pointer == pointer), "{pointer}: {error:?}");
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let error = PolicyDocument { name: String::new(), ..document(vec![Rule { weight: 0, ..p95_at_most(-1.0) }]) }
        .parse()
        .unwrap_err();
    assert_eq!(error.fields().len(), 3, "{error:?}");
}

#[test]
fn a_policy_reads_as_documented() {
    let text = r#"{ "name": "Release", "decision": { "total": { "min_pct": 80 } }, "golden_paths": "required", "rules": [
        { "id": "p95", "subject": { "metric": "latency.corrected.p95_ms" }, "threshold": { "at_most": 300 }, "key": true, "weight": 3 },
        { "id": "security", "subject": { "dimension": "security" }, "threshold": { "at_least": 70 }, "severity": "warn" },
        { "id": "overall", "subject": { "overall": true }, "threshold": { "relative": { "versions": 3, "max_worse_pct": 5 } } } ] }"#;
    let document: PolicyDocument = serde_json::from_str(text).unwrap();
    assert_eq!(document.baseline_versions(), 3);
    assert_eq!(document.clone().parse().unwrap(), document);
    assert!(serde_json::from_str::<PolicyDocument>(r#"{ "name": "x", "rules": [], "strict": true }"#).is_err());
}

#[test]
fn a_wrong_golden_path_names_the_field() {
    let good = NewGoldenPath {
        system_id: Some(SystemId::from(Uuid::nil())),
        name: "Home".to_owned(),
        source: "GET {{base_url}}/\nHTTP 200\n".to_owned(),
        ..NewGoldenPath::default()
    };
    assert_eq!(good.clone().parse().unwrap().timeout_s, Some(60));
    let wrong = [
        ("/system_id", NewGoldenPath { system_id: None, ..good.clone() }),
        ("/name", NewGoldenPath { name: "two\nlines".to_owned(), ..good.clone() }),
        ("/source", NewGoldenPath { source: String::new(), ..good.clone() }),
        ("/timeout_s", NewGoldenPath { timeout_s: Some(601), ..good }),
    ];
    for (pointer, path) in wrong {
        let error = path.parse().expect_err(pointer);
        assert_eq!(error.fields()[0].pointer, pointer);
    }
}
