//! A run on a hub.

use super::{
    compared::Compared,
    options::{Options, ProductScope},
    progress::Bar,
    run::Run,
};
use crate::cli::{FAILED, Failure, hub_client::HubClient};
use http::HeaderMap;
use hub::{
    ids::EnvironmentId,
    lab::{Benchmark, BenchmarkState, Comparison, Scorecard},
    systems::Environment,
};
use serde_json::json;
use std::time::Duration;
use url::Url;

/// How often the hub is asked how far it is.
const INTERVAL: Duration = Duration::from_millis(500);

/// Starts a benchmark on the hub and follows it; Ctrl-C cancels it there.
///
/// # Errors
/// What the hub refuses; failed when the benchmark failed or was cancelled.
pub(super) async fn run(options: &Options, hub: &Url) -> Result<Run, Failure> {
    let hub = HubClient::new(hub.clone(), options.token_stdin)?;
    let started: Benchmark = hub.post("api/teardown/benchmark/run", &options.request(), HeaderMap::new()).await?;
    eprintln!("Benchmark {} runs on the hub.", started.id);
    let bar = Bar::new(options.load_time());
    let ended = follow(&hub, started, &bar).await;
    bar.end();
    let ended = ended?;
    if let BenchmarkState::Failed | BenchmarkState::Cancelled = ended.state {
        let reason = ended.reason.as_deref().unwrap_or("The hub gave no reason.");
        return Err(Failure::new(FAILED, format!("{}: {reason}", ended.state.as_str())));
    }
    let scorecard = scorecard(&hub, &ended).await?;
    let compared = compared(&hub, &ended).await?;
    let url = address(&hub, &ended).await;
    let scope = options.scope.map(ProductScope::as_str);
    Ok(Run { scope, compared, ..Run::on_hub(ended, scorecard, url) })
}

async fn follow(hub: &HubClient, mut benchmark: Benchmark, bar: &Bar) -> Result<Benchmark, Failure> {
    let path = format!("api/teardown/benchmark/{}", benchmark.id);
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    let mut cancelled = false;
    while !benchmark.state.is_final() {
        if let Some(progress) = &benchmark.progress {
            bar.show(progress);
        }
        tokio::select! {
            _ = &mut interrupted, if !cancelled => {
                cancelled = true;
                let _: Benchmark = hub.post(&format!("{path}/cancel"), &json!({}), HeaderMap::new()).await?;
            }
            () = tokio::time::sleep(INTERVAL) => {}
        }
        benchmark = hub.watch(&path).await?;
    }
    Ok(benchmark)
}

/// The scorecard that the benchmark made; an invalid one makes none.
async fn scorecard(hub: &HubClient, benchmark: &Benchmark) -> Result<Option<Scorecard>, Failure> {
    let (Some(system), BenchmarkState::Succeeded) = (benchmark.system_id, benchmark.state) else { return Ok(None) };
    let environment = benchmark.environment_id.map(|id| id.to_string()).unwrap_or_default();
    let query = [("version", benchmark.version.as_str()), ("environment_id", environment.as_str())];
    let card: Scorecard = hub.get(&format!("api/teardown/scorecard/{system}"), &query).await?;
    Ok(Some(card).filter(|card| card.benchmark_id == benchmark.id))
}

/// How the version differs from what it was measured in turns with.
async fn compared(hub: &HubClient, benchmark: &Benchmark) -> Result<Option<Compared>, Failure> {
    let (Some(other), BenchmarkState::Succeeded) = (benchmark.in_turns_with, benchmark.state) else { return Ok(None) };
    let other: Benchmark = hub.get(&format!("api/teardown/benchmark/{other}"), &[]).await?;
    let (Some(before), Some(now), BenchmarkState::Succeeded) = (other.system_id, benchmark.system_id, other.state)
    else {
        return Ok(None);
    };
    let id = |id: Option<EnvironmentId>| id.map(|id| id.to_string()).unwrap_or_default();
    let query = [
        ("baseline", before.to_string()),
        ("baseline_environment_id", id(other.environment_id)),
        ("baseline_version", other.version.clone()),
        ("candidate", now.to_string()),
        ("candidate_environment_id", id(benchmark.environment_id)),
        ("candidate_version", benchmark.version.clone()),
    ];
    let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let found: Comparison = hub.get("api/teardown/comparison", &query).await?;
    Ok(Some(Compared { baseline: format!("version {}", other.version), metrics: found.metrics }))
}

/// Where the environment answers, for keys that may see it.
async fn address(hub: &HubClient, benchmark: &Benchmark) -> Option<String> {
    let id = benchmark.environment_id?;
    let environment: Environment = hub.get(&format!("api/environments/{id}"), &[]).await.ok()?;
    Some(environment.base_url.into())
}
