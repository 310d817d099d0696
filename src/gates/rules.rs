//! The verdict, as a pure function of its inputs. One evaluator serves the API, the command line and the pages.

use super::model::{
    Baseline, Check, CheckKind, CheckState, Comparison, Decision, GoldenPathRule, Inputs, MeasuredCard, PathResult,
    PolicyDocument, Report, Rule, RuleSubject, Severity, Threshold, Verdict,
};
use crate::{lab::metric_info, text::significant};
use sbh_stats::{Dimension, Sample};

/// Judges the inputs of a validation. The same inputs give the same report; what is missing is never a pass.
pub fn evaluate(inputs: &Inputs) -> Report {
    let Some(policy) = &inputs.policy else { return without_policy() };
    let document = &policy.document;
    let rules = document.rules.iter().map(|rule| judge_rule(rule, inputs, document.accept_imported));
    let mut checks: Vec<Check> = rules.chain(judge_paths(document.golden_paths, &inputs.golden_paths)).collect();
    let total_pct = match document.decision {
        Decision::Every => None,
        Decision::Total { .. } => total_pct(&checks),
    };
    let verdict = verdict(document, &checks, total_pct);
    let summary = summary(verdict, document, &checks, total_pct);
    checks.sort_by_key(|check| check.state);
    Report { verdict, enforced: !document.dry_run, summary, checks, total_pct }
}

fn without_policy() -> Report {
    let check = Check {
        id: "policy".to_owned(),
        title: "A policy is in force".to_owned(),
        kind: CheckKind::Precondition,
        state: CheckState::NotMeasured,
        severity: Severity::Block,
        key: true,
        weight: 1,
        measured: "The system has no policy.".to_owned(),
        allowed: "A policy".to_owned(),
        value: None,
        limit: None,
        advice: Some("Write a policy for the system; until then nothing can be allowed.".to_owned()),
        dimension: None,
        imported: None,
    };
    let summary = "Inconclusive: the system has no policy, so nothing says what a release must meet.".to_owned();
    Report { verdict: Verdict::Inconclusive, enforced: true, summary, checks: vec![check], total_pct: None }
}

fn verdict(document: &PolicyDocument, checks: &[Check], total_pct: Option<f64>) -> Verdict {
    let binding = || checks.iter().filter(|check| check.severity == Severity::Block);
    let failed = |check: &&Check| check.state == CheckState::Failed;
    let unknown = binding().filter(|check| check.state == CheckState::NotMeasured);
    let blocked = match document.decision {
        Decision::Every => binding().any(|check| failed(&check)),
        Decision::Total { min_pct } => {
            let possible = total_pct.unwrap_or_default() + share(checks, CheckState::NotMeasured);
            binding().filter(|check| check.key).any(|check| failed(&check)) || possible < min_pct
        }
    };
    if blocked && binding().next().is_some() {
        Verdict::Blocked
    } else if unknown.count() > 0 || checks.is_empty() {
        Verdict::Inconclusive
    } else {
        Verdict::Allowed
    }
}

/// Weight of passed checks by weight of all that bind, in percent.
fn total_pct(checks: &[Check]) -> Option<f64> {
    checks.iter().any(|check| check.severity == Severity::Block).then(|| share(checks, CheckState::Passed))
}

fn share(checks: &[Check], state: CheckState) -> f64 {
    let weight = |wanted: Option<CheckState>| -> u32 {
        let counts =
            |check: &&Check| check.severity == Severity::Block && wanted.is_none_or(|state| check.state == state);
        checks.iter().filter(counts).map(|check| check.weight).sum()
    };
    match weight(None) {
        0 => 0.0,
        all => f64::from(weight(Some(state))) / f64::from(all) * 100.0,
    }
}

fn summary(verdict: Verdict, document: &PolicyDocument, checks: &[Check], total_pct: Option<f64>) -> String {
    let count = |state| checks.iter().filter(|check| check.state == state && check.severity == Severity::Block).count();
    let (all, failed, unknown) = (checks.len(), count(CheckState::Failed), count(CheckState::NotMeasured));
    let total = match (document.decision, total_pct) {
        (Decision::Total { min_pct }, Some(total)) => {
            format!("; the total is {} % of at least {} %", significant(total), significant(min_pct))
        }
        _ => String::new(),
    };
    let outcome = match verdict {
        Verdict::Allowed => {
            format!("Allowed: {} of {all} checks passed{total}.", all - failed - unknown - warned(checks))
        }
        Verdict::Blocked => format!("Blocked: {failed} of {all} checks failed{total}."),
        Verdict::Inconclusive => format!("Inconclusive: {unknown} of {all} checks could not be judged{total}."),
    };
    if document.dry_run { format!("{outcome} This policy is a dry run and enforces nothing.") } else { outcome }
}

fn warned(checks: &[Check]) -> usize {
    checks.iter().filter(|check| check.severity == Severity::Warn && check.state != CheckState::Passed).count()
}

/// What a rule found before it is put into words.
struct Finding {
    state: CheckState,
    value: Option<f64>,
    limit: Option<f64>,
    missing: Option<String>,
    imported: Option<String>,
    /// It was imported, and the policy does not accept that.
    refused: bool,
}

fn judge_rule(rule: &Rule, inputs: &Inputs, accept_imported: bool) -> Check {
    let card = inputs.scorecard.as_ref();
    let imported = card.and_then(|card| card.imported.clone());
    let refused = imported.as_deref().filter(|_| !accept_imported).map(not_accepted);
    let (value, missing) = match measured(&rule.subject, card) {
        _ if refused.is_some() => (None, refused.clone()),
        Ok(value) => (Some(value), None),
        Err(reason) => (None, Some(reason)),
    };
    let counts = |baseline: &&Baseline| accept_imported || baseline.card.imported.is_none();
    let baselines: Vec<&Baseline> = inputs.baselines.iter().filter(counts).collect();
    let (limit, no_limit) = match limit(rule, &baselines) {
        Ok(limit) => (Some(limit), None),
        Err(reason) => (None, Some(reason)),
    };
    let state = match (value, limit) {
        (Some(value), Some(limit)) => outcome(holds(rule, value, limit), rule.severity),
        _ => CheckState::NotMeasured,
    };
    describe(rule, Finding { state, value, limit, missing: missing.or(no_limit), imported, refused: refused.is_some() })
}

/// Somebody else's measurement decides only where the policy says so.
fn not_accepted(tools: &str) -> String {
    format!("Imported from {tools}; the policy does not accept imported results.")
}

fn outcome(holds: bool, severity: Severity) -> CheckState {
    match (holds, severity) {
        (true, _) => CheckState::Passed,
        (false, Severity::Block) => CheckState::Failed,
        (false, Severity::Warn) => CheckState::Warned,
    }
}

fn measured(subject: &RuleSubject, card: Option<&MeasuredCard>) -> Result<f64, String> {
    let card = card.ok_or("This version was not measured in this environment.")?;
    value_of(subject, card).ok_or_else(|| match subject {
        RuleSubject::Dimension(dimension) => {
            let reason = card.not_measured.get(dimension);
            reason.map_or_else(|| format!("{dimension} was not measured."), |reason| format!("Not measured: {reason}"))
        }
        _ => "The benchmark of this version did not measure it.".to_owned(),
    })
}

fn value_of(subject: &RuleSubject, card: &MeasuredCard) -> Option<f64> {
    let value = match subject {
        RuleSubject::Metric(key) => card.metrics.get(key).copied(),
        RuleSubject::Dimension(dimension) => card.dimensions.get(dimension).copied(),
        RuleSubject::Overall(_) => card.score,
    };
    value.filter(|value| value.is_finite())
}

/// The number that a rule compares with.
fn limit(rule: &Rule, baselines: &[&Baseline]) -> Result<f64, String> {
    match rule.threshold {
        Threshold::AtMost(limit) | Threshold::AtLeast(limit) => Ok(limit),
        Threshold::Relative(comparison) => {
            let median = baseline_median(rule, baselines, comparison.versions)
                .ok_or("No earlier version passed in this environment, so there is nothing to compare with.")?;
            let change = comparison.max_worse_pct / 100.0;
            Ok(if rule.higher_is_better() { median * (1.0 - change) } else { median * (1.0 + change) })
        }
    }
}

fn baseline_median(rule: &Rule, baselines: &[&Baseline], versions: u32) -> Option<f64> {
    let values: Vec<f64> = baselines
        .iter()
        .take(usize::try_from(versions).unwrap_or(usize::MAX))
        .filter_map(|baseline| value_of(&rule.subject, &baseline.card))
        .collect();
    Sample::new(&values).ok().map(|sample| sample.median())
}

fn holds(rule: &Rule, value: f64, limit: f64) -> bool {
    match rule.threshold {
        Threshold::AtMost(_) => value <= limit,
        Threshold::AtLeast(_) => value >= limit,
        Threshold::Relative(_) if rule.higher_is_better() => value >= limit,
        Threshold::Relative(_) => value <= limit,
    }
}

fn describe(rule: &Rule, finding: Finding) -> Check {
    let (label, unit, dimension) = subject_words(&rule.subject);
    let with_unit = |value: f64| format!("{} {unit}", significant(value)).trim_end().to_owned();
    Check {
        id: rule.id.clone(),
        title: label.clone(),
        kind: CheckKind::Rule,
        state: finding.state,
        severity: rule.severity,
        key: rule.key,
        weight: rule.weight,
        measured: match (finding.value, &finding.imported) {
            (Some(value), Some(tools)) => format!("{}, imported from {tools}", with_unit(value)),
            (Some(value), None) => with_unit(value),
            (None, _) => finding.missing.clone().unwrap_or_default(),
        },
        allowed: allowed_words(rule, finding.limit, with_unit),
        value: finding.value,
        limit: finding.limit,
        advice: advice(&finding, &label),
        dimension,
        imported: finding.imported,
    }
}

fn subject_words(subject: &RuleSubject) -> (String, &'static str, Option<Dimension>) {
    match subject {
        RuleSubject::Metric(key) => match metric_info(key) {
            Some(info) => (info.label.to_owned(), info.unit, Some(info.dimension)),
            None => (key.clone(), "", None),
        },
        RuleSubject::Dimension(dimension) => (format!("Score for {dimension}"), "points", Some(*dimension)),
        RuleSubject::Overall(_) => ("Overall score".to_owned(), "points", None),
    }
}

fn allowed_words(rule: &Rule, limit: Option<f64>, with_unit: impl Fn(f64) -> String) -> String {
    let bound =
        |at_least: bool, limit: f64| format!("{} {}", if at_least { "at least" } else { "at most" }, with_unit(limit));
    match (rule.threshold, limit) {
        (Threshold::AtMost(limit), _) => bound(false, limit),
        (Threshold::AtLeast(limit), _) => bound(true, limit),
        (Threshold::Relative(comparison), Some(limit)) => {
            format!("{} ({})", bound(rule.higher_is_better(), limit), comparison_words(comparison))
        }
        (Threshold::Relative(comparison), None) => comparison_words(comparison),
    }
}

fn comparison_words(comparison: Comparison) -> String {
    let worse = significant(comparison.max_worse_pct);
    match comparison.versions {
        1 => format!("at most {worse} % worse than the last version that passed"),
        versions => format!("at most {worse} % worse than the median of the last {versions} versions that passed"),
    }
}

fn advice(finding: &Finding, label: &str) -> Option<String> {
    match finding.state {
        CheckState::Passed => None,
        CheckState::NotMeasured if finding.refused => {
            Some("Run a benchmark of this version here, or let the policy accept imported results.".to_owned())
        }
        CheckState::NotMeasured if finding.value.is_none() => Some(
            "Run a benchmark of this version in this environment that measures it, then validate again.".to_owned(),
        ),
        CheckState::NotMeasured => {
            Some("Let the rule warn until a first version has passed, or give it an absolute limit.".to_owned())
        }
        CheckState::Failed | CheckState::Warned => {
            Some(format!("Open the scorecard to see what {label} rests on; fix it, measure again, validate again."))
        }
    }
}

fn judge_paths(rule: GoldenPathRule, paths: &[PathResult]) -> Vec<Check> {
    let severity = if rule == GoldenPathRule::Warn { Severity::Warn } else { Severity::Block };
    match rule {
        GoldenPathRule::Off => Vec::new(),
        GoldenPathRule::Required if paths.is_empty() => vec![no_path()],
        _ => paths.iter().map(|path| judge_path(path, severity)).collect(),
    }
}

fn no_path() -> Check {
    path_check(
        "golden-paths".to_owned(),
        "A golden path exists".to_owned(),
        (CheckState::NotMeasured, Severity::Block),
        "The system has no golden path.".to_owned(),
        Some("Register a golden path, or set golden_paths to if_present in the policy.".to_owned()),
    )
}

fn judge_path(path: &PathResult, severity: Severity) -> Check {
    let (state, measured) = match &path.run {
        None => (CheckState::NotMeasured, path.not_run.clone().unwrap_or_else(|| "It was not run.".to_owned())),
        Some(run) if run.success && !run.steps.is_empty() => {
            (CheckState::Passed, format!("passed in {} ms", run.duration_ms))
        }
        Some(run) => {
            (outcome(false, severity), run.first_failure().unwrap_or_else(|| "It made no request.".to_owned()))
        }
    };
    let advice = (state != CheckState::Passed)
        .then(|| "Run the golden path from its editor to see each request and answer.".to_owned());
    let title = format!("Golden path {}", path.name);
    path_check(format!("golden-path.{}", path.id), title, (state, severity), measured, advice)
}

fn path_check(
    id: String,
    title: String,
    (state, severity): (CheckState, Severity),
    measured: String,
    advice: Option<String>,
) -> Check {
    Check {
        id,
        title,
        kind: CheckKind::GoldenPath,
        state,
        severity,
        key: severity == Severity::Block,
        weight: 1,
        measured,
        allowed: "every assert holds".to_owned(),
        value: None,
        limit: None,
        advice,
        dimension: None,
        imported: None,
    }
}
