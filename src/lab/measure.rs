//! One measurement: passive probes, then load as far as the target allows. No database, so that the command line measures
//! in the same way without a hub.

use super::{
    browser::BrowserSummary,
    climb::climb,
    cost::{CostSummary, cost},
    load::{HostSummary, LatencyPair, LoadSummary, Percentiles, RequestSummary, Second},
    metrics::{self, Metrics},
    model::{RunPhase, RunProgress},
    ordeal::undergo,
    request::{BenchmarkRequest, LoadModel, RequestLine},
    resilience::ResilienceSummary,
    rules::Seen,
    scalability::ScalabilitySummary,
    security::{ComplianceCheck, FindingView, ObservatoryTest, ObservatoryView, SecuritySummary, Unmeasured},
    visit::{Visits, visit},
};
use crate::{
    Error, Result,
    error::FieldError,
    systems::{PriceModel, Target},
};
use sbh_load::{
    HttpVersion, Model, Outcome, Phase, Plan, Progress, RequestSpec, Stage,
    calibration::{Calibration, calibrate},
};
use sbh_probes::Audit;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Why there is no load where an ownership is not verified.
const NOT_VERIFIED: &str =
    "Ownership is not verified, so only passive probes ran. Verify the environment to measure it under load.";
/// The pause between passive probes of a target that is not verified.
const POLITE_INTERVAL: Duration = Duration::from_secs(1);

/// Everything that one measurement gave.
pub struct Measurement {
    /// When it began.
    pub began: SystemTime,
    /// The load's full outcome, histograms included.
    pub outcome: Option<Outcome>,
    /// What the load showed.
    pub load: Option<LoadSummary>,
    /// Why there is no load, where there is none.
    pub no_load: String,
    /// The probes' full audit.
    pub audit: Option<Audit>,
    /// What the probes showed.
    pub security: SecuritySummary,
    /// How the target scales; none where no steps were asked for.
    pub scalability: Option<ScalabilitySummary>,
    /// How the target takes a burst and rude clients; none where they were not asked for.
    pub resilience: Option<ResilienceSummary>,
    /// What it costs; none where there are no prices.
    pub cost: Option<CostSummary>,
    /// What the page showed in a browser; none where it was not asked for.
    pub visits: Option<Visits>,
}

impl Measurement {
    /// What the page showed in a browser.
    pub fn browser(&self) -> Option<&BrowserSummary> {
        self.visits.as_ref().map(|visits| &visits.summary)
    }

    /// What a scorecard is made of.
    pub fn seen(&self) -> Seen<'_> {
        Seen {
            load: self.load.as_ref(),
            no_load: &self.no_load,
            security: Some(&self.security),
            scalability: self.scalability.as_ref(),
            resilience: self.resilience.as_ref(),
            cost: self.cost.as_ref(),
            browser: self.browser(),
        }
    }

    /// Adds what a million requests cost by these prices.
    pub fn price(&mut self, prices: PriceModel, request: &BenchmarkRequest) {
        self.cost = Some(cost(prices, &request.model, self.load.as_ref(), self.scalability.as_ref()));
    }

    /// Why the figures must not be scored, if they must not.
    pub fn invalid_reason(&self) -> Option<&str> {
        self.load.as_ref().and_then(|load| load.invalid_reason.as_deref())
    }
}

/// Measures a target. Shows its progress in `progress` and stops soon after `cancel`.
///
/// # Errors
/// Invalid for a plan that the load engine refuses; conflict when the run was cancelled or the guard refuses the target.
pub async fn measure(
    target: &Target,
    request: &BenchmarkRequest,
    progress: &watch::Sender<RunProgress>,
    cancel: &CancellationToken,
) -> Result<Measurement> {
    let plan = plan_for(target, request)?;
    if let Err(refusal) = target.guard.check_url(&target.base_url)
        && refusal.is_refusal()
    {
        return Err(Error::conflict(format!("{refusal}.")));
    }
    progress.send_modify(|now| now.phase = RunPhase::Probing);
    let (audit, security) = probe(target, cancel).await?;
    let mut measurement = Measurement {
        began: SystemTime::now(),
        outcome: None,
        load: None,
        no_load: NOT_VERIFIED.to_owned(),
        audit,
        security,
        scalability: None,
        resilience: None,
        cost: None,
        visits: None,
    };
    if target.may_load {
        let host = calibrate().await.ok().map(|found| host(&found));
        let (outcome, repetitions) = repeat_load(&plan, request, target, progress, cancel).await?;
        measurement.load = Some(LoadSummary { host, repetitions, ..summary(&outcome) });
        measurement.outcome = Some(outcome);
        measurement.no_load = String::new();
        if let Some(steps) = &request.steps {
            measurement.scalability = Some(climb(plan.clone(), steps, target, progress, cancel).await?);
        }
        let beyond = (request.burst.as_ref(), request.rude);
        measurement.resilience = undergo(&plan, beyond, target, progress, cancel).await?;
    }
    if !request.devices.is_empty() {
        measurement.visits = Some(match target.may_load {
            true => visit(target, &request.devices, progress, cancel).await?,
            false => Visits::refused(&request.devices, "the ownership is not verified"),
        });
    }
    progress.send_modify(|now| now.phase = RunPhase::Scoring);
    Ok(measurement)
}

async fn probe(target: &Target, cancel: &CancellationToken) -> Result<(Option<Audit>, SecuritySummary)> {
    let interval = if target.may_load { Duration::ZERO } else { POLITE_INTERVAL };
    let options = sbh_probes::Options { interval, ..sbh_probes::Options::default() };
    let audit = tokio::select! {
        audit = sbh_probes::audit(&target.base_url, &target.guard, &options) => audit,
        () = cancel.cancelled() => return Err(cancelled()),
    };
    match audit {
        Ok(audit) => {
            let security = security(&audit);
            Ok((Some(audit), security))
        }
        Err(error) => {
            let gap = Unmeasured { what: "observatory".to_owned(), why: error.to_string() };
            Ok((None, SecuritySummary { not_measured: vec![gap], ..SecuritySummary::default() }))
        }
    }
}

/// The whole load, and the metrics of each repetition where there are several. It ends with a repetition that is not
/// valid: the whole is not valid then either.
async fn repeat_load(
    plan: &Plan,
    request: &BenchmarkRequest,
    target: &Target,
    progress: &watch::Sender<RunProgress>,
    cancel: &CancellationToken,
) -> Result<(Outcome, Vec<Metrics>)> {
    let all = request.repeated();
    let each_s = request.warm_up_s.unwrap_or_default() + request.duration_s.unwrap_or_default();
    let at = |number: u32| Repetition {
        number,
        before_s: f64::from(number - 1) * each_s,
        after_s: f64::from(all.saturating_sub(number)) * each_s,
    };
    let mut whole = run_load(plan.clone(), target, (at(1), progress), cancel).await?;
    let mut repetitions = vec![of_load(&whole)];
    for number in 2..=all {
        if !whole.valid {
            break;
        }
        let outcome = run_load(plan.clone(), target, (at(number), progress), cancel).await?;
        repetitions.push(of_load(&outcome));
        whole.append(&outcome);
    }
    Ok((whole, if all > 1 { repetitions } else { Vec::new() }))
}

fn of_load(outcome: &Outcome) -> Metrics {
    metrics::collect(&Seen { load: Some(&summary(outcome)), ..Seen::default() })
}

/// A repetition of the load: which, from 1, and the seconds of load before and after it.
#[derive(Clone, Copy)]
struct Repetition {
    number: u32,
    before_s: f64,
    after_s: f64,
}

async fn run_load(
    plan: Plan,
    target: &Target,
    (repetition, progress): (Repetition, &watch::Sender<RunProgress>),
    cancel: &CancellationToken,
) -> Result<Outcome> {
    let (sender, mut receiver) = watch::channel(Progress::default());
    let run = sbh_load::run(plan, target.guard.clone(), sender, cancel.clone());
    let forward = async {
        while receiver.changed().await.is_ok() {
            let now = shown(&receiver.borrow_and_update(), repetition);
            progress.send_replace(now);
        }
        std::future::pending::<()>().await
    };
    let outcome = tokio::select! {
        outcome = run => outcome,
        () = forward => unreachable!("the forwarding future never ends"),
    };
    let outcome = outcome.map_err(|error| Error::conflict(format!("The load could not be sent: {error}.")))?;
    if cancel.is_cancelled() { Err(cancelled()) } else { Ok(outcome) }
}

pub(super) fn cancelled() -> Error {
    Error::conflict("The benchmark was cancelled.")
}

/// The progress of a run that stands alone.
pub(super) fn shown_plain(now: &Progress) -> RunProgress {
    shown(now, Repetition { number: 1, before_s: 0.0, after_s: 0.0 })
}

fn shown(now: &Progress, repetition: Repetition) -> RunProgress {
    let phase = match now.phase {
        Phase::Connecting | Phase::WarmUp => RunPhase::WarmUp,
        Phase::Measuring => RunPhase::Measuring,
        Phase::Draining => RunPhase::Draining,
        Phase::Finished => RunPhase::Scoring,
    };
    RunProgress {
        phase,
        elapsed_s: repetition.before_s + now.elapsed_s,
        remaining_s: now.remaining_s + repetition.after_s,
        rate_rps: now.rate_rps,
        p50_ms: now.p50_ms,
        p95_ms: now.p95_ms,
        requests: now.requests,
        errors: now.errors,
        in_flight: now.in_flight,
        repetition: repetition.number,
    }
}

/// The load engine's plan for a request, checked.
///
/// # Errors
/// Invalid, with a pointer per field that the load engine refuses.
pub fn plan_for(target: &Target, request: &BenchmarkRequest) -> Result<Plan> {
    let duration = Duration::from_secs_f64(request.duration_s.unwrap_or(BenchmarkRequest::DEFAULT_DURATION_S));
    let model = match request.model {
        LoadModel::Open { rate, ramp_to } => Model::open(vec![Stage::ramp(rate, ramp_to.unwrap_or(rate), duration)]),
        LoadModel::Closed { vus, think_time_s } => {
            Model::Closed { vus, think_time: Duration::from_secs_f64(think_time_s), duration }
        }
    };
    let mut plan = Plan::with_model(target.base_url.clone(), model);
    plan.warm_up = Duration::from_secs_f64(request.warm_up_s.unwrap_or(BenchmarkRequest::DEFAULT_WARM_UP_S));
    plan.requests = request.requests.iter().map(line).collect();
    plan.http = match request.http.as_deref() {
        Some("http1") => HttpVersion::Http1,
        Some("http2") => HttpVersion::Http2,
        _ => HttpVersion::Auto,
    };
    if !target.may_load {
        plan.max_rate = Some(1.0);
    }
    plan.validate().map_err(refused)?;
    Ok(plan)
}

fn line(request: &RequestLine) -> RequestSpec {
    RequestSpec {
        name: request.name.clone(),
        method: request.method.clone().unwrap_or_else(|| "GET".to_owned()),
        path: request.path.clone(),
        headers: request.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        body: request.body.clone(),
        weight: request.weight.unwrap_or(1),
    }
}

fn refused(errors: sbh_load::PlanErrors) -> Error {
    let field = |error: &sbh_load::PlanError| FieldError {
        pointer: format!("/{}", error.field.replace(['.', '['], "/").replace(']', "")),
        message: error.to_string(),
    };
    Error::invalid_fields(errors.0.iter().map(field).collect())
}

fn summary(outcome: &Outcome) -> LoadSummary {
    LoadSummary {
        latency: latency(&outcome.latency),
        throughput_rps: outcome.throughput_rps,
        requests: outcome.requests,
        errors: outcome.errors,
        dropped: outcome.dropped,
        valid: outcome.valid,
        invalid_reason: outcome.invalid_reason.clone(),
        duration_s: outcome.duration_s,
        http_version: outcome.http_version.clone(),
        bytes_in: outcome.bytes_in,
        bytes_out: outcome.bytes_out,
        connections_opened: outcome.connections_opened,
        error_classes: outcome.error_classes.iter().map(|(class, count)| (wire_name(class), *count)).collect(),
        statuses: outcome.statuses.clone(),
        generator_cpu_fraction: outcome.generator.cpu_fraction,
        schedule_missed_fraction: outcome.generator.schedule_missed_fraction,
        series: outcome.series.iter().map(second).collect(),
        by_request: outcome.by_request.iter().map(by_request).collect(),
        host: None,
        repetitions: Vec::new(),
    }
}

fn host(found: &Calibration) -> HostSummary {
    HostSummary {
        cpu_variation: found.cpu_variation,
        cpu_wait: found.cpu_wait,
        timer_p99_ms: found.timer_p99_ms,
        steal_share: found.steal_share,
        load_per_core: found.load_per_core,
        noisy: found.noisy,
        reasons: found.reasons.clone(),
    }
}

/// The name under which an engine's plain enum is exchanged.
pub(super) fn wire_name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn latency(pair: &sbh_load::Latency) -> LatencyPair {
    LatencyPair { raw: pair.raw.map(percentiles), corrected: pair.corrected.map(percentiles) }
}

fn percentiles(summary: sbh_load::LatencySummary) -> Percentiles {
    Percentiles {
        count: summary.count,
        p50_ms: summary.p50_ms,
        p90_ms: summary.p90_ms,
        p95_ms: summary.p95_ms,
        p99_ms: summary.p99_ms,
        p999_ms: summary.p999_ms,
        max_ms: summary.max_ms,
        mean_ms: summary.mean_ms,
    }
}

pub(super) fn second(point: &sbh_load::SeriesPoint) -> Second {
    Second {
        second: point.second,
        started: point.started,
        completed: point.completed,
        errors: point.errors,
        p50_ms: point.p50_ms,
        p95_ms: point.p95_ms,
        p99_ms: point.p99_ms,
    }
}

fn by_request(request: &sbh_load::RequestOutcome) -> RequestSummary {
    RequestSummary {
        name: request.name.clone(),
        requests: request.requests,
        errors: request.errors,
        latency: latency(&request.latency),
    }
}

fn security(audit: &Audit) -> SecuritySummary {
    let test = |test: &sbh_probes::observatory::TestResult| ObservatoryTest {
        id: test.id.clone(),
        pass: Some(test.pass),
        result: test.result.clone(),
        score_modifier: test.score_modifier,
        explanation: test.explanation.clone(),
    };
    let finding = |finding: &sbh_probes::Finding| FindingView {
        id: finding.id.clone(),
        title: finding.title.clone(),
        severity: wire_name(&finding.severity),
        cvss: finding.cvss.clone(),
        cwe: finding.cwe,
        evidence: finding.evidence.clone(),
        location: finding.location.clone(),
        remediation: finding.remediation.clone(),
        reference: finding.reference.clone(),
    };
    use sbh_probes::compliance;
    let check = |check: &compliance::Check| ComplianceCheck {
        id: check.id.clone(),
        title: check.title.clone(),
        kept: match check.outcome {
            compliance::Outcome::Kept => Some(true),
            compliance::Outcome::Missed => Some(false),
            compliance::Outcome::Undecided => None,
        },
        evidence: check.evidence.clone(),
        remediation: check.remediation.clone(),
        reference: check.reference.clone(),
    };
    let gap = |gap: &sbh_probes::NotMeasured| Unmeasured { what: gap.what.clone(), why: gap.why.clone() };
    SecuritySummary {
        observatory: audit.observatory.as_ref().map(|observatory| ObservatoryView {
            score: observatory.score,
            grade: observatory.grade.clone(),
            tests: observatory.tests.iter().map(test).collect(),
        }),
        findings: audit.findings.iter().map(finding).collect(),
        compliance: audit.compliance.iter().map(check).collect(),
        not_measured: audit.not_measured.iter().map(gap).collect(),
    }
}
