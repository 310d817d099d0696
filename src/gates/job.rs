//! A validation as a job: gather the inputs, judge them, keep both.

use super::{
    model::{
        GoldenPath, GoldenPathRule, Inputs, JourneyCheck, JourneyProblem, JourneyRun, JourneyStep, MeasuredCard,
        PathResult, Policy, Report, Validation, Verdict,
    },
    rules::evaluate,
    service::parse_journey,
    store,
};
use crate::{
    Result,
    access::Scope,
    audit::{self, Change},
    ids::ValidationId,
    lab::Lab,
    notifications::{self, About, News, NotificationKind, VerdictNews, news_of},
    platform::{
        Platform,
        db::Tx,
        queue::{Ending, Handler, JobError, Task},
    },
    systems::{Systems, Target},
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sbh_journey::{EntryOutcome, Journey, Outcome, Problem, RunOptions, Variable};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};
use tokio_util::sync::CancellationToken;

/// The kind of a validation's job.
pub(super) const JOB_KIND: &str = "gate.validate";

/// What a validation's job needs to know.
#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    pub validation: ValidationId,
}

/// Carries out validations.
pub struct ValidationHandler {
    platform: Platform,
}

impl ValidationHandler {
    /// The handler of a process.
    pub fn new(platform: Platform) -> Self {
        Self { platform }
    }

    async fn gather(&self, task: &Task, validation: &Validation) -> Result<Inputs> {
        let scope = task.scope();
        let (system, environment) = (validation.system_id, validation.environment_id);
        let tx = self.platform.db.write(&scope).await?;
        store::mark_running(&tx, &scope, validation.id).await?;
        let policy = store::policy(&tx, &scope, system).await?;
        let wanted = policy.as_ref().map_or(0, |policy| policy.document.baseline_versions());
        let lab = Lab::new(&self.platform);
        let accept = policy.as_ref().is_some_and(|policy| policy.document.accept_imported);
        let subject = (system, environment, validation.version.as_str());
        let scorecard = lab.measured(&tx, &scope, subject, accept).await?;
        let baselines = store::baselines(&tx, &scope, environment, &validation.version, wanted).await?;
        let paths = if wants_paths(policy.as_ref()) { store::paths(&tx, &scope, system).await? } else { Vec::new() };
        let (_, target) = Systems::new(&self.platform).target(&tx, &scope, environment).await?;
        tx.commit().await?;
        let mut golden_paths = Vec::new();
        for path in paths {
            golden_paths.push(run_path(path, &target, &task.cancel).await);
        }
        Ok(Inputs { policy, scorecard: scorecard.map(MeasuredCard::from), baselines, golden_paths })
    }

    async fn finish(&self, task: &Task, validation: &Validation, inputs: &Inputs) -> Result<()> {
        let report = evaluate(inputs);
        let (scope, now) = (task.scope(), self.platform.clock.now());
        let tx = self.platform.db.write(&scope).await?;
        store::finish(&tx, &scope, validation.id, now, Ok((inputs, &report))).await?;
        let allowed = report.verdict == Verdict::Allowed;
        let change = Change {
            action: "gate.validation.judged",
            object: ValidationId::WHAT,
            object_id: validation.id.to_string(),
            detail: json!({
                "system_id": validation.system_id, "environment_id": validation.environment_id,
                "version": validation.version, "verdict": report.verdict, "enforced": report.enforced,
                "summary": report.summary,
            }),
            event: Some(if allowed { "gate.passed" } else { "gate.blocked" }),
        };
        audit::record(&tx, &scope, &task.actor(), now, change).await?;
        tell_of_verdict(&tx, &scope, now, validation, &report).await?;
        task.complete(&tx).await?;
        tx.commit().await?;
        self.count(&report, inputs.scorecard.is_some());
        Ok(())
    }

    fn count(&self, report: &Report, measured: bool) {
        let metrics = &self.platform.metrics;
        metrics.gate_validate.inc();
        match report.verdict {
            Verdict::Allowed if measured => metrics.scorecard_pass.inc(),
            Verdict::Allowed => {}
            Verdict::Blocked | Verdict::Inconclusive => metrics.gate_block.inc(),
        }
        for check in report.checks.iter().filter(|check| check.state == super::CheckState::Failed) {
            let dimension = check.dimension.map_or("golden_path", |dimension| dimension.key());
            metrics.gate_fail.with_label_values(&[dimension]).inc();
        }
    }
}

#[async_trait]
impl Handler for ValidationHandler {
    fn kind(&self) -> &'static str {
        JOB_KIND
    }

    async fn run(&self, task: &Task) -> Result<(), JobError> {
        let Payload { validation } = task.payload()?;
        let scope = task.scope();
        let tx = self.platform.db.read(&scope).await?;
        let validation = store::find(&tx, &scope, validation).await?;
        drop(tx);
        let inputs = self.gather(task, &validation).await?;
        if task.cancel.is_cancelled() {
            return Err(JobError::Stopped);
        }
        Ok(self.finish(task, &validation, &inputs).await?)
    }

    async fn give_up(&self, tx: &Tx, task: &Task, ending: &Ending) -> Result<()> {
        let Payload { validation } = task.payload()?;
        let reason = match ending {
            Ending::Dead { error } => error.clone(),
            _ => "The validation was stopped.".to_owned(),
        };
        let (scope, now) = (task.scope(), self.platform.clock.now());
        store::finish(tx, &scope, validation, now, Err(reason.clone())).await?;
        let change = Change {
            action: "gate.validation.failed",
            object: ValidationId::WHAT,
            object_id: validation.to_string(),
            detail: json!({ "reason": reason }),
            event: Some("gate.blocked"),
        };
        audit::record(tx, &scope, &task.actor(), now, change).await?;
        let validation = store::find(tx, &scope, validation).await?;
        let title = format!("{} could not be validated", validation.version);
        tell(tx, &scope, now, &validation, (NotificationKind::ValidationFailed, title, reason)).await
    }
}

/// Tells members of a verdict that binds and is news.
async fn tell_of_verdict(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    validation: &Validation,
    report: &Report,
) -> Result<()> {
    let before = store::last_verdict(tx, scope, validation.environment_id, validation.id).await?;
    let before = before.as_ref().map(|(version, verdict)| (version.as_str(), *verdict));
    let news = news_of(before, &validation.version, report.verdict).filter(|_| report.enforced);
    let (kind, words) = match (news, report.verdict) {
        (Some(VerdictNews::Blocked), Verdict::Inconclusive) => (NotificationKind::ValidationBlocked, "is inconclusive"),
        (Some(VerdictNews::Blocked), _) => (NotificationKind::ValidationBlocked, "is blocked"),
        (Some(VerdictNews::Unblocked), _) => (NotificationKind::ValidationUnblocked, "is allowed again"),
        (None, _) => return Ok(()),
    };
    let title = format!("{} {words}", validation.version);
    tell(tx, scope, now, validation, (kind, title, report.summary.clone())).await
}

async fn tell(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    validation: &Validation,
    (kind, title, body): (NotificationKind, String, String),
) -> Result<()> {
    let about = About::Validation(validation.id);
    notifications::tell(tx, scope, now, News { kind, whose: &validation.created_by, title, body, about }).await
}

fn wants_paths(policy: Option<&Policy>) -> bool {
    policy.is_some_and(|policy| policy.document.golden_paths != GoldenPathRule::Off)
}

async fn run_path(path: GoldenPath, target: &Target, cancel: &CancellationToken) -> PathResult {
    let mut result =
        PathResult { id: path.id, name: path.name.clone(), revision: path.revision, run: None, not_run: None };
    if !target.may_load {
        result.not_run = Some("Ownership of the environment is not verified, so no journey may run there.".to_owned());
        return result;
    }
    match parse_journey(&path.name, &path.source) {
        Ok(journey) => {
            let timeout = Duration::from_secs(path.timeout_s.into());
            result.run = Some(run_journey(&journey, target, &path.variables, timeout, cancel).await);
        }
        Err(error) => result.not_run = Some(error.message().to_owned()),
    }
    result
}

/// Runs a journey against a target, through its guard.
pub(super) async fn run_journey(
    journey: &Journey,
    target: &Target,
    variables: &BTreeMap<String, String>,
    timeout: Duration,
    cancel: &CancellationToken,
) -> JourneyRun {
    let options = RunOptions {
        base_url: Some(target.base_url.clone()),
        variables: variables.iter().map(|(name, value)| (name.clone(), Variable::text(value))).collect(),
        timeout,
        ..RunOptions::default()
    };
    shown(&sbh_journey::run(journey, &options, &target.guard, cancel).await)
}

fn shown(outcome: &Outcome) -> JourneyRun {
    let refusals = outcome
        .refusals
        .iter()
        .map(|refusal| JourneyProblem { line: None, message: format!("{}: {}", refusal.target, refusal.reason) });
    let limits = [(outcome.timed_out, "The time limit was reached."), (outcome.cancelled, "The run was stopped.")];
    let limits = limits.into_iter().filter(|(reached, _)| *reached);
    let limits = limits.map(|(_, message)| JourneyProblem { line: None, message: message.to_owned() });
    JourneyRun {
        success: outcome.success,
        duration_ms: outcome.duration_ms,
        steps_total: outcome.entries_total as u64,
        steps: outcome.entries.iter().map(step).collect(),
        problems: outcome.problems.iter().map(problem).chain(limits).chain(refusals).collect(),
    }
}

fn step(entry: &EntryOutcome) -> JourneyStep {
    let check = |assert: &sbh_journey::AssertOutcome| JourneyCheck {
        line: assert.line as u64,
        source: assert.source.clone(),
        success: assert.success,
        message: assert.message.clone(),
    };
    JourneyStep {
        line: entry.line as u64,
        method: entry.method.clone(),
        url: entry.url.clone(),
        status: entry.status,
        duration_ms: entry.duration_ms,
        attempts: entry.attempts,
        checks: entry.asserts.iter().map(check).collect(),
        captures: entry.captures.iter().map(|capture| (capture.name.clone(), capture.value.clone())).collect(),
        problems: entry.errors.iter().map(problem).collect(),
    }
}

fn problem(problem: &Problem) -> JourneyProblem {
    JourneyProblem { line: problem.line.map(|line| line as u64), message: problem.message.clone() }
}
