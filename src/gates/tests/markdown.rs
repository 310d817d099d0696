use super::*;
use crate::{
    gates::{Validation, ValidationState, evaluate, markdown},
    ids::EnvironmentId,
};

fn validation(inputs: Inputs) -> Validation {
    let report = evaluate(&inputs);
    Validation {
        id: ValidationId::from(Uuid::nil()),
        system_id: SystemId::from(Uuid::nil()),
        environment_id: EnvironmentId::from(Uuid::nil()),
        version: "v1.2".to_owned(),
        state: ValidationState::Finished,
        verdict: Some(report.verdict),
        enforced: report.enforced,
        inputs: Some(inputs),
        report: Some(report),
        reason: None,
        created_by: "ada@example.com".to_owned(),
        created_at: then(),
        finished_at: Some(then()),
    }
}

#[test]
fn the_answer_comes_first_then_the_failed_checks() {
    let passing = Rule { id: "loose".to_owned(), ..p95_at_most(500.0) };
    let text = markdown(&validation(inputs(vec![passing, p95_at_most(100.0)])));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "### Blocked: 1 of 2 checks failed.");
    assert_eq!(lines[6], "| **failed** | Latency p95, corrected | 200 ms | at most 100 ms | 1 |");
    assert_eq!(lines[7], "| passed | Latency p95, corrected | 200 ms | at most 500 ms | 1 |");
    assert!(text.contains("What to do:\n\n- Latency p95, corrected: Open the scorecard"), "{text}");
}

#[test]
fn what_people_and_servers_wrote_can_not_become_markup() {
    let mut failed = run(false);
    failed.steps[0].checks[0].message = Some("saw a|b\n| passed | <b>`x`</b> [y](http://z)".to_owned());
    let mut inputs = inputs(vec![p95_at_most(500.0)]);
    inputs.golden_paths = vec![PathResult { name: "*Buy* | pay".to_owned(), ..path(Some(failed)) }];
    let text = markdown(&validation(inputs));
    let row = text.lines().find(|line| line.contains("Golden path")).expect("the golden path has a row");
    assert!(row.contains(r"Golden path \*Buy\* \| pay"), "{row}");
    assert!(row.contains(r"saw a\|b \| passed \| \<b\>\`x\`\</b\> \[y\](http://z)"), "{row}");
    let bars = row.replace(r"\|", "").matches('|').count();
    assert_eq!(bars, 6, "{row}");
}

#[test]
fn without_a_verdict_the_reason_stands_there() {
    let mut failed = validation(inputs(vec![p95_at_most(500.0)]));
    (failed.report, failed.reason) = (None, Some("The worker was stopped.".to_owned()));
    assert!(markdown(&failed).contains("### No verdict"));
    assert!(markdown(&failed).contains("The worker was stopped."));
}
