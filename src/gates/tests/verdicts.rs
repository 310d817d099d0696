use super::*;
use crate::gates::{CheckState, Comparison, Report, Verdict, evaluate};

fn relative(versions: u32, max_worse_pct: f64) -> Threshold {
    Threshold::Relative(Comparison { versions, max_worse_pct })
}

fn verdict_of(inputs: &Inputs) -> Verdict {
    evaluate(inputs).verdict
}

fn only_check(report: &Report) -> CheckState {
    assert_eq!(report.checks.len(), 1, "{report:?}");
    report.checks[0].state
}

#[test]
fn absolute_thresholds_hold_at_their_limit_and_fail_beyond_it() {
    let cases = [
        (Threshold::AtMost(200.0), Verdict::Allowed),
        (Threshold::AtMost(199.9), Verdict::Blocked),
        (Threshold::AtLeast(200.0), Verdict::Allowed),
        (Threshold::AtLeast(200.1), Verdict::Blocked),
    ];
    for (threshold, expected) in cases {
        let judged = inputs(vec![rule("r", RuleSubject::Metric(P95.to_owned()), threshold)]);
        assert_eq!(verdict_of(&judged), expected, "{threshold:?}");
    }
}

#[test]
fn dimensions_and_the_overall_score_can_be_judged() {
    let cases = [
        (RuleSubject::Dimension(Dimension::Security), 60.0, Verdict::Allowed),
        (RuleSubject::Dimension(Dimension::Security), 61.0, Verdict::Blocked),
        (RuleSubject::Overall(true), 80.0, Verdict::Allowed),
        (RuleSubject::Overall(true), 81.0, Verdict::Blocked),
    ];
    for (subject, limit, expected) in cases {
        let judged = inputs(vec![rule("r", subject.clone(), Threshold::AtLeast(limit))]);
        assert_eq!(verdict_of(&judged), expected, "{subject:?}");
    }
}

#[test]
fn a_relative_rule_compares_with_the_median_of_as_many_versions_as_it_names() {
    let mut judged = inputs(vec![rule("r", RuleSubject::Metric(P95.to_owned()), relative(3, 10.0))]);
    judged.baselines = vec![baseline("4", 180.0), baseline("3", 300.0), baseline("2", 181.0), baseline("1", 9_000.0)];
    let report = evaluate(&judged);
    assert_eq!(report.verdict, Verdict::Blocked, "the median of the last three is 181, and 200 is more than 199.1");
    let limit = report.checks[0].limit.unwrap();
    assert!((limit - 199.1).abs() < 1e-9, "{limit}");
    judged.baselines[0] = baseline("4", 182.0);
    assert_eq!(verdict_of(&judged), Verdict::Allowed);
}

#[test]
fn a_relative_rule_of_a_metric_where_more_is_better_looks_the_other_way() {
    let throughput = |pct| inputs(vec![rule("r", RuleSubject::Metric("throughput_rps".to_owned()), relative(1, pct))]);
    for (before, expected) in [(111.0, Verdict::Allowed), (112.0, Verdict::Blocked)] {
        let mut judged = throughput(10.0);
        judged.baselines = vec![baseline("1", 1.0)];
        judged.baselines[0].card.metrics.insert("throughput_rps".to_owned(), before);
        assert_eq!(verdict_of(&judged), expected, "{before}");
    }
}

/// Every input that a verdict may need, taken away in turn: the release is never allowed.
#[test]
fn what_is_missing_never_passes() {
    let metric = || rule("r", RuleSubject::Metric(P95.to_owned()), Threshold::AtMost(1e9));
    let full = || inputs(vec![metric()]);
    assert_eq!(verdict_of(&full()), Verdict::Allowed, "the case is allowed as long as nothing is missing");

    let mut cases: Vec<(&str, Inputs)> = Vec::new();
    cases.push(("no policy", Inputs { policy: None, ..full() }));
    cases.push(("no scorecard", Inputs { scorecard: None, ..full() }));
    let mut unmeasured = full();
    unmeasured.scorecard.as_mut().unwrap().metrics.clear();
    cases.push(("metric not measured", unmeasured));
    let mut broken = full();
    broken.scorecard.as_mut().unwrap().metrics.insert(P95.to_owned(), f64::NAN);
    cases.push(("metric not a number", broken));
    cases.push((
        "dimension not measured",
        inputs(vec![rule("r", RuleSubject::Dimension(Dimension::Cost), Threshold::AtLeast(0.0))]),
    ));
    cases.push((
        "dimension unknown to the card",
        inputs(vec![rule("r", RuleSubject::Dimension(Dimension::Ux), Threshold::AtLeast(0.0))]),
    ));
    let mut unscored = inputs(vec![rule("r", RuleSubject::Overall(true), Threshold::AtLeast(0.0))]);
    unscored.scorecard.as_mut().unwrap().score = None;
    cases.push(("no overall score", unscored));
    cases.push(("no baseline", inputs(vec![rule("r", RuleSubject::Metric(P95.to_owned()), relative(3, 1_000.0))])));
    let mut hollow = inputs(vec![rule("r", RuleSubject::Metric(P95.to_owned()), relative(3, 1_000.0))]);
    hollow.baselines = vec![baseline("1", f64::INFINITY)];
    cases.push(("baseline without the metric", hollow));
    let mut required = full();
    required.policy.as_mut().unwrap().document.golden_paths = GoldenPathRule::Required;
    cases.push(("golden path required and none there", required));
    let mut not_run = full();
    not_run.golden_paths = vec![path(None)];
    cases.push(("golden path not run", not_run));
    let mut silent = full();
    silent.golden_paths = vec![path(Some(JourneyRun { success: true, ..JourneyRun::default() }))];
    cases.push(("golden path that made no request", silent));
    cases.push(("no check at all", inputs(Vec::new())));
    let mut total = full();
    total.policy.as_mut().unwrap().document.decision = Decision::Total { min_pct: 50.0 };
    total.policy.as_mut().unwrap().document.rules.push(rule(
        "x",
        RuleSubject::Dimension(Dimension::Cost),
        Threshold::AtLeast(0.0),
    ));
    cases.push(("one of several under a total", total));

    for (what, judged) in cases {
        let report = evaluate(&judged);
        assert_ne!(report.verdict, Verdict::Allowed, "{what}: {report:?}");
        assert!(!report.summary.starts_with("Allowed"), "{what}");
    }
}

#[test]
fn a_missing_measurement_beside_a_failed_check_blocks() {
    let mut judged =
        inputs(vec![p95_at_most(1.0), rule("c", RuleSubject::Dimension(Dimension::Cost), Threshold::AtLeast(1.0))]);
    assert_eq!(verdict_of(&judged), Verdict::Blocked);
    judged.policy.as_mut().unwrap().document.rules[0] = p95_at_most(1_000.0);
    assert_eq!(verdict_of(&judged), Verdict::Inconclusive);
}

#[test]
fn a_warning_never_blocks_even_when_it_could_not_be_measured() {
    let mut failing = p95_at_most(1.0);
    failing.severity = Severity::Warn;
    let mut unmeasured = rule("c", RuleSubject::Dimension(Dimension::Cost), Threshold::AtLeast(1.0));
    unmeasured.severity = Severity::Warn;
    let report = evaluate(&inputs(vec![failing, unmeasured]));
    assert_eq!(report.verdict, Verdict::Allowed);
    assert_eq!(
        report.checks.iter().map(|check| check.state).collect::<Vec<_>>(),
        [CheckState::NotMeasured, CheckState::Warned]
    );
}

#[test]
fn a_total_weighs_and_a_key_metric_has_a_veto() {
    let weighted = |pass: u32, fail: u32, key: bool, min_pct: f64| {
        let mut passing = p95_at_most(1_000.0);
        passing.weight = pass;
        let mut failing = rule("f", RuleSubject::Metric(P95.to_owned()), Threshold::AtMost(1.0));
        (failing.weight, failing.key) = (fail, key);
        let mut judged = inputs(vec![passing, failing]);
        judged.policy.as_mut().unwrap().document.decision = Decision::Total { min_pct };
        evaluate(&judged)
    };
    let report = weighted(3, 1, false, 75.0);
    assert_eq!((report.verdict, report.total_pct), (Verdict::Allowed, Some(75.0)));
    assert_eq!(weighted(3, 1, false, 76.0).verdict, Verdict::Blocked);
    assert_eq!(weighted(999, 1, true, 50.0).verdict, Verdict::Blocked, "the veto");
}

#[test]
fn golden_paths_count_as_the_policy_says() {
    let cases = [
        (GoldenPathRule::Required, true, Verdict::Allowed),
        (GoldenPathRule::Required, false, Verdict::Blocked),
        (GoldenPathRule::IfPresent, false, Verdict::Blocked),
        (GoldenPathRule::Warn, false, Verdict::Allowed),
        (GoldenPathRule::Off, false, Verdict::Allowed),
    ];
    for (golden_paths, success, expected) in cases {
        let mut judged = inputs(vec![p95_at_most(1_000.0)]);
        judged.policy.as_mut().unwrap().document.golden_paths = golden_paths;
        judged.golden_paths = vec![path(Some(run(success)))];
        assert_eq!(verdict_of(&judged), expected, "{golden_paths:?}, {success}");
    }
}

#[test]
fn a_failed_golden_path_says_which_assert_failed() {
    let mut judged = inputs(Vec::new());
    judged.golden_paths = vec![path(Some(run(false)))];
    let report = evaluate(&judged);
    assert_eq!(only_check(&report), CheckState::Failed);
    assert_eq!(report.checks[0].measured, "line 3: expected 10, saw 9");
}

#[test]
fn a_dry_run_shows_its_verdict_and_enforces_nothing() {
    let mut judged = inputs(vec![p95_at_most(1.0)]);
    judged.policy.as_mut().unwrap().document.dry_run = true;
    let report = evaluate(&judged);
    assert_eq!((report.verdict, report.enforced), (Verdict::Blocked, false));
    assert!(report.summary.contains("dry run"));
}

#[test]
fn failed_checks_stand_first_and_the_summary_counts_them() {
    let report = evaluate(&inputs(vec![
        p95_at_most(1_000.0),
        rule("f", RuleSubject::Metric(P95.to_owned()), Threshold::AtMost(1.0)),
    ]));
    assert_eq!(report.checks[0].id, "f");
    assert_eq!(report.summary, "Blocked: 1 of 2 checks failed.");
    assert_eq!(report.checks[0].measured, "200 ms");
    assert_eq!(report.checks[0].allowed, "at most 1 ms");
}

#[test]
fn stored_inputs_judge_to_the_same_report() {
    let mut judged = inputs(vec![p95_at_most(150.0), rule("r", RuleSubject::Metric(P95.to_owned()), relative(2, 5.0))]);
    judged.baselines = vec![baseline("1", 200.123_456_789_012_3), baseline("0", 0.1 + 0.2)];
    judged.golden_paths = vec![path(Some(run(true)))];
    let stored: Inputs = serde_json::from_str(&serde_json::to_string(&judged).unwrap()).unwrap();
    assert_eq!(evaluate(&stored), evaluate(&judged));
}
