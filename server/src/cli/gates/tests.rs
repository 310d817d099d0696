use super::*;
use hub::gates::{Check, CheckKind, CheckState, Report, Severity, ValidationState};

fn check(id: &str, state: CheckState, severity: Severity) -> Check {
    Check {
        id: id.to_owned(),
        title: format!("{id} <is> fine"),
        kind: CheckKind::Rule,
        state,
        severity,
        key: false,
        weight: 1,
        measured: "412 ms".to_owned(),
        allowed: "at most 300 ms".to_owned(),
        value: Some(412.0),
        limit: Some(300.0),
        advice: Some("Look at the slowest request.".to_owned()),
        dimension: None,
        imported: None,
    }
}

fn validation(verdict: Verdict, enforced: bool, checks: Vec<Check>) -> Validation {
    let report = Report { verdict, enforced, summary: "1 of 2 checks failed.".to_owned(), checks, total_pct: None };
    Validation {
        id: uuid::Uuid::nil().into(),
        system_id: uuid::Uuid::nil().into(),
        environment_id: uuid::Uuid::nil().into(),
        version: "1.0.0".to_owned(),
        state: ValidationState::Finished,
        verdict: Some(verdict),
        enforced,
        inputs: None,
        report: Some(report),
        reason: None,
        created_by: "ada".to_owned(),
        created_at: chrono::DateTime::UNIX_EPOCH,
        finished_at: None,
    }
}

fn blocked(enforced: bool) -> Validation {
    let checks = vec![
        check("p95", CheckState::Failed, Severity::Block),
        check("observatory", CheckState::NotMeasured, Severity::Block),
        check("bytes", CheckState::Warned, Severity::Warn),
        check("errors", CheckState::Passed, Severity::Block),
    ];
    validation(Verdict::Blocked, enforced, checks)
}

fn failed() -> Validation {
    Validation {
        state: ValidationState::Failed,
        verdict: None,
        report: None,
        reason: Some("The environment is gone.".to_owned()),
        ..blocked(true)
    }
}

#[test]
fn only_an_allowed_version_or_a_dry_run_passes() {
    let code = |validation| verdict(&validation).map_err(|failure| failure.code);
    assert_eq!(code(validation(Verdict::Allowed, true, Vec::new())), Ok(()));
    assert_eq!(code(blocked(true)), Err(FAILED));
    assert_eq!(code(validation(Verdict::Inconclusive, true, Vec::new())), Err(FAILED));
    assert_eq!(code(failed()), Err(FAILED));
    assert_eq!(code(blocked(false)), Ok(()));
}

#[test]
fn junit_counts_what_decides() {
    let xml = junit::text(&blocked(true)).expect("XML");
    assert!(xml.contains(r#"tests="4" skipped="1" failures="2" errors="0""#), "{xml}");
    assert!(xml.contains("p95 &lt;is&gt; fine") && xml.contains(r#"type="not_measured""#), "{xml}");
    assert!(xml.contains("measured 412 ms; allowed at most 300 ms"), "{xml}");
    let dry = junit::text(&blocked(false)).expect("XML");
    assert!(dry.contains(r#"failures="0" errors="0""#), "{dry}");
    let none = junit::text(&failed()).expect("XML");
    assert!(none.contains(r#"errors="1""#) && none.contains("The environment is gone."), "{none}");
}

#[test]
fn people_read_the_verdict_first_and_failed_checks_before_the_rest() {
    let text = anstream::adapter::strip_str(&table::text(&blocked(true))).to_string();
    assert!(text.starts_with("BLOCKED\n1 of 2 checks failed.\n"), "{text}");
    let places =
        ["failed   p95", "missing  observatory", "warning  bytes", "passed   errors"].map(|row| text.find(row));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
    assert!(hub::gates::markdown(&blocked(true)).contains("412 ms"));
    let words: Vec<String> = table::text(&failed()).split_whitespace().map(str::to_owned).collect();
    assert!(words.join(" ").contains("allows nothing: The environment is gone."), "{words:?}");
}
