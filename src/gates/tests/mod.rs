//! The evaluator, as tables of cases: what passes, and everything that must not.

mod documents;
mod markdown;
mod verdicts;

use super::{
    Baseline, Decision, GoldenPathRule, Inputs, JourneyCheck, JourneyRun, JourneyStep, MeasuredCard, PathResult,
    Policy, PolicyDocument, Rule, RuleSubject, Severity, Threshold,
};
use crate::ids::{BenchmarkId, GoldenPathId, PolicyId, ScorecardId, SystemId, ValidationId};
use chrono::{DateTime, Utc};
use sbh_stats::Dimension;
use uuid::Uuid;

const P95: &str = "latency.corrected.p95_ms";

fn then() -> DateTime<Utc> {
    "2026-03-01T09:30:00Z".parse().unwrap()
}

fn rule(id: &str, subject: RuleSubject, threshold: Threshold) -> Rule {
    Rule { id: id.to_owned(), subject, threshold, severity: Severity::Block, key: false, weight: 1 }
}

fn p95_at_most(limit: f64) -> Rule {
    rule("p95", RuleSubject::Metric(P95.to_owned()), Threshold::AtMost(limit))
}

fn document(rules: Vec<Rule>) -> PolicyDocument {
    PolicyDocument {
        name: "Release".to_owned(),
        decision: Decision::Every,
        dry_run: false,
        golden_paths: GoldenPathRule::IfPresent,
        accept_imported: false,
        rules,
    }
}

fn policy(document: PolicyDocument) -> Policy {
    Policy {
        id: PolicyId::from(Uuid::nil()),
        system_id: SystemId::from(Uuid::nil()),
        revision: 1,
        document,
        created_by: "ada@example.com".to_owned(),
        created_at: then(),
    }
}

fn card(p95_ms: f64) -> MeasuredCard {
    MeasuredCard {
        id: ScorecardId::from(Uuid::nil()),
        benchmark_id: BenchmarkId::from(Uuid::nil()),
        score: Some(80.0),
        dimensions: [(Dimension::Security, 60.0), (Dimension::Performance, 90.0)].into(),
        not_measured: [(Dimension::Cost, "No price model is set.".to_owned())].into(),
        metrics: [(P95.to_owned(), p95_ms), ("throughput_rps".to_owned(), 100.0)].into(),
        imported: None,
        measured_at: then(),
    }
}

fn baseline(version: &str, p95_ms: f64) -> Baseline {
    Baseline { version: version.to_owned(), validation_id: ValidationId::from(Uuid::nil()), card: card(p95_ms) }
}

fn inputs(rules: Vec<Rule>) -> Inputs {
    Inputs { policy: Some(policy(document(rules))), scorecard: Some(card(200.0)), ..Inputs::default() }
}

fn path(run: Option<JourneyRun>) -> PathResult {
    PathResult { id: GoldenPathId::from(Uuid::nil()), name: "Buy".to_owned(), revision: 1, run, not_run: None }
}

fn run(success: bool) -> JourneyRun {
    let check = JourneyCheck {
        line: 3,
        source: "jsonpath \"$.total\" == 10".to_owned(),
        success,
        message: (!success).then(|| "expected 10, saw 9".to_owned()),
    };
    let step = JourneyStep { line: 1, method: "GET".to_owned(), checks: vec![check], ..JourneyStep::default() };
    JourneyRun { success, duration_ms: 12, steps_total: 1, steps: vec![step], problems: Vec::new() }
}
