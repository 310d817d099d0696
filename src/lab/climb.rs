//! Load in steps, and the law that fits them.

use super::{
    compare::Effect,
    measure::cancelled,
    model::{RunPhase, RunProgress},
    scalability::{Estimate, Law, Operating, PeakUsers, ScalabilitySummary, StepSummary},
    stress::StepsRequest,
    turns::show,
};
use crate::{Error, Result, systems::Target};
use sbh_load::{
    Plan,
    steps::{self, Step, StepProgress, SteppedOutcome, Steps},
};
use sbh_stats::{
    Interval,
    scalability::{Fit, FitIntervals, Load, fit},
};
use std::{convert::Infallible, time::Duration};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The confidence of the law's intervals.
const CONFIDENCE: f64 = 0.95;

/// Sends the plan's mix in steps.
///
/// # Errors
/// Conflict when the run was cancelled or the load can't be sent.
pub(super) async fn climb(
    plan: Plan,
    request: &StepsRequest,
    target: &Target,
    progress: &watch::Sender<RunProgress>,
    cancel: &CancellationToken,
) -> Result<ScalabilitySummary> {
    let step = Duration::from_secs_f64(request.step_s.unwrap_or(StepsRequest::DEFAULT_STEP_S));
    let steps = Steps::doubling(request.max_users, step);
    let total = steps.duration().as_secs_f64();
    let (sender, mut receiver) = watch::channel(StepProgress::default());
    let run = steps::run(plan, steps, target.guard.clone(), sender, cancel.clone());
    let forward = async {
        while receiver.changed().await.is_ok() {
            let now = shown(&receiver.borrow_and_update(), total);
            show(progress, now);
        }
        std::future::pending::<Infallible>().await
    };
    let outcome = tokio::select! {
        outcome = run => outcome,
        never = forward => match never {},
    };
    let outcome = outcome.map_err(|error| Error::conflict(format!("The steps could not be run: {error}.")))?;
    if cancel.is_cancelled() { Err(cancelled()) } else { Ok(summary(&outcome)) }
}

fn shown(now: &StepProgress, total: f64) -> RunProgress {
    RunProgress {
        phase: RunPhase::Stepping,
        elapsed_s: (total - now.remaining_s).max(0.0),
        remaining_s: now.remaining_s,
        rate_rps: now.run.rate_rps,
        p50_ms: now.run.p50_ms,
        p95_ms: now.run.p95_ms,
        requests: now.run.requests,
        errors: now.run.errors,
        in_flight: now.run.in_flight,
        repetition: now.step,
        baseline: false,
    }
}

fn summary(outcome: &SteppedOutcome) -> ScalabilitySummary {
    let step = |step: &Step| {
        let latency = step.outcome.latency.raw;
        StepSummary {
            users: step.concurrency,
            throughput_rps: step.outcome.throughput_rps,
            p50_ms: latency.map(|latency| latency.p50_ms),
            p95_ms: latency.map(|latency| latency.p95_ms),
            p99_ms: latency.map(|latency| latency.p99_ms),
            error_rate_pct: step.error_rate.map(|share| share * 100.0),
            fitted: step.usable,
        }
    };
    let points = outcome.points().into_iter();
    let points: Vec<_> = points.map(|(concurrency, throughput)| Load { concurrency, throughput }).collect();
    let (law, not_fitted) = match fit(&points, CONFIDENCE) {
        Ok(fit) => (Some(law(&fit)), None),
        Err(error) => (None, Some(format!("No law was fitted: {error}."))),
    };
    ScalabilitySummary {
        steps: outcome.steps.iter().map(step).collect(),
        stopped: outcome.stopped.as_ref().map(ToString::to_string),
        law,
        not_fitted,
    }
}

fn law(fit: &Fit) -> Law {
    let operating = |load: Load| Operating { users: load.concurrency, throughput_rps: load.throughput };
    let estimate = |value, of: fn(&FitIntervals) -> Interval| {
        let interval = fit.intervals.as_ref().map(of);
        Estimate { value, low: interval.map(|it| it.low), high: interval.map(|it| it.high) }
    };
    let peak = fit.peak.zip(fit.intervals.and_then(|intervals| intervals.peak));
    Law {
        lambda: estimate(fit.law.lambda, |intervals| intervals.lambda),
        sigma: estimate(fit.law.sigma, |intervals| intervals.sigma),
        kappa: estimate(fit.law.kappa, |intervals| intervals.kappa),
        knee: fit.knee.map(operating),
        peak: fit.peak.map(operating),
        peak_rps: peak.map(|(peak, interval)| Effect::of(peak.throughput, interval.throughput)),
        peak_users: peak
            .map(|(_, interval)| PeakUsers { low: interval.concurrency_low, high: interval.concurrency_high }),
    }
}
