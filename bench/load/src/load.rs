//! Our engine as a program of its own, so that its CPU time can be told from everything else's.

use std::path::PathBuf;

use clap::Args;
use sbh_egress::{Guard, Policy};
use sbh_load::{Outcome, Plan, Progress};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::Failure;

/// What to send.
#[derive(Args)]
pub struct Options {
    /// The plan, as JSON
    plan: PathBuf,
}

/// Runs the plan against loopback.
///
/// # Errors
/// When the plan is not acceptable or the run did not take place.
pub async fn run(options: Options) -> Result<(), Failure> {
    let plan = Plan::parse(&std::fs::read_to_string(options.plan)?)?;
    let guard = Guard::new(Policy { loopback: true, ..Policy::default() });
    let (progress, _seen) = watch::channel(Progress::default());
    let outcome = sbh_load::run(plan, guard, progress, CancellationToken::new()).await?;
    println!("{}", report(&outcome)?);
    Ok(())
}

/// The outcome without its histograms and seconds.
fn report(outcome: &Outcome) -> Result<Value, Failure> {
    let by_request: Vec<_> = outcome.by_request.iter().map(by_request).collect();
    Ok(json!({
        "requests": outcome.requests,
        "errors": outcome.errors,
        "dropped": outcome.dropped,
        "error_classes": serde_json::to_value(&outcome.error_classes)?,
        "statuses": serde_json::to_value(&outcome.statuses)?,
        "connections": outcome.connections_opened,
        "duration_s": outcome.duration_s,
        "throughput_rps": outcome.throughput_rps,
        "bytes_in": outcome.bytes_in,
        "raw": serde_json::to_value(outcome.latency.raw)?,
        "corrected": serde_json::to_value(outcome.latency.corrected)?,
        "invalid_reason": outcome.invalid_reason,
        "by_request": by_request,
    }))
}

fn by_request(request: &sbh_load::RequestOutcome) -> Value {
    json!({
        "name": request.name,
        "requests": request.requests,
        "errors": request.errors,
        "raw": request.latency.raw.map(|raw| json!({ "p50_ms": raw.p50_ms, "p99_ms": raw.p99_ms })),
    })
}
