//! One measurement: passive probes, then load as far as the target allows. No database, so that the command line measures
//! in the same way without a hub.

use super::{
    browser::BrowserSummary,
    climb::climb,
    cost::{CostSummary, cost},
    load::LoadSummary,
    model::{RunPhase, RunProgress},
    ordeal::undergo,
    request::{BenchmarkRequest, LoadModel, RequestLine},
    resilience::ResilienceSummary,
    rules::Seen,
    scalability::ScalabilitySummary,
    security::{SecuritySummary, Unmeasured},
    summary::{host, security, summary},
    turns::{BASELINE, CANDIDATE, Loaded, Repeated, in_turns},
    visit::{Visits, visit},
};
use crate::{
    Error, Result,
    error::FieldError,
    systems::{PriceModel, Target},
};
use sbh_load::{HttpVersion, Model, Outcome, Plan, RequestSpec, Stage, calibration::calibrate};
use sbh_probes::Audit;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Why there is no load where an ownership is not verified.
const NOT_VERIFIED: &str =
    "Ownership is not verified, so only passive probes ran. Verify the environment to measure it under load.";
/// Why two are not measured in turns.
pub(super) const NO_TURNS: &str = "Two are measured in turns only where the ownership of both is verified.";
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
    fn of_probes(audit: Option<Audit>, security: SecuritySummary) -> Self {
        Self {
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
        }
    }

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

/// What is measured: where, and what is asked for.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// Where it answers.
    pub target: &'a Target,
    /// What is asked for.
    pub request: &'a BenchmarkRequest,
}

impl Side<'_> {
    fn plan(&self) -> Result<Plan> {
        let plan = plan_for(self.target, self.request)?;
        match self.target.guard.check_url(&self.target.base_url) {
            Err(refusal) if refusal.is_refusal() => Err(Error::conflict(format!("{refusal}."))),
            _ => Ok(plan),
        }
    }
}

/// Measures a target. Shows its progress in `progress` and stops soon after `cancel`.
///
/// # Errors
/// Invalid for a plan that the load engine refuses; conflict when the run was cancelled or the guard refuses the target.
pub async fn measure(
    side: Side<'_>,
    progress: &watch::Sender<RunProgress>,
    cancel: &CancellationToken,
) -> Result<Measurement> {
    let [measured] = measure_all([side], 0, progress, cancel).await?;
    Ok(measured)
}

/// Measures a candidate and its baseline, both of which may be loaded: the repetitions of their loads in turns, in an
/// order that the seed decides, and everything else one after the other.
///
/// # Errors
/// As [`measure`]; conflict where one of the two may not be loaded.
pub async fn measure_in_turns(
    (candidate, baseline): (Side<'_>, Side<'_>),
    seed: u64,
    progress: &watch::Sender<RunProgress>,
    cancel: &CancellationToken,
) -> Result<(Measurement, Measurement)> {
    if !(candidate.target.may_load && baseline.target.may_load) {
        return Err(Error::conflict(NO_TURNS));
    }
    let [candidate, baseline] = measure_all([candidate, baseline], seed, progress, cancel).await?;
    Ok((candidate, baseline))
}

async fn measure_all<const SIDES: usize>(
    sides: [Side<'_>; SIDES],
    seed: u64,
    progress: &watch::Sender<RunProgress>,
    cancel: &CancellationToken,
) -> Result<[Measurement; SIDES]> {
    let plans: Vec<Plan> = sides.iter().map(Side::plan).collect::<Result<_>>()?;
    let begin = |at: usize, phase: RunPhase| {
        progress.send_modify(|now| (now.phase, now.baseline) = (phase, at == BASELINE));
    };
    let mut measured = Vec::with_capacity(SIDES);
    for (at, side) in sides.iter().enumerate() {
        begin(at, RunPhase::Probing);
        let (audit, security) = probe(side.target, cancel).await?;
        measured.push(Measurement::of_probes(audit, security));
    }
    if let Some(first) = sides.first().filter(|side| side.target.may_load) {
        let host = calibrate().await.ok().map(|found| host(&found));
        let loads = sides.iter().zip(&plans);
        let loads: Vec<_> = loads.map(|(side, plan)| Repeated { plan: plan.clone(), target: side.target }).collect();
        let loaded = in_turns(&loads, (first.request.repeated(), seed), progress, cancel).await?;
        for (measured, Loaded { outcome, repetitions }) in measured.iter_mut().zip(loaded) {
            measured.load = Some(LoadSummary { host: host.clone(), repetitions, ..summary(&outcome) });
            measured.outcome = Some(outcome);
            measured.no_load = String::new();
        }
    }
    for (at, ((side, plan), measured)) in sides.iter().zip(&plans).zip(&mut measured).enumerate() {
        progress.send_modify(|now| now.baseline = at == BASELINE);
        go_beyond(side, plan, measured, progress, cancel).await?;
    }
    begin(CANDIDATE, RunPhase::Scoring);
    measured.try_into().map_err(|_| Error::internal("a side was not measured"))
}

/// What is measured after the load: steps, a burst, rude clients, and the page in a browser.
async fn go_beyond(
    Side { target, request }: &Side<'_>,
    plan: &Plan,
    measured: &mut Measurement,
    progress: &watch::Sender<RunProgress>,
    cancel: &CancellationToken,
) -> Result<()> {
    if target.may_load {
        if let Some(steps) = &request.steps {
            measured.scalability = Some(climb(plan.clone(), steps, target, progress, cancel).await?);
        }
        let beyond = (request.burst.as_ref(), request.rude);
        measured.resilience = undergo(plan, beyond, target, progress, cancel).await?;
    }
    if !request.devices.is_empty() {
        measured.visits = Some(match target.may_load {
            true => visit(target, request, progress, cancel).await?,
            false => Visits::refused(&request.devices, "the ownership is not verified"),
        });
    }
    Ok(())
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

pub(super) fn cancelled() -> Error {
    Error::conflict("The benchmark was cancelled.")
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
