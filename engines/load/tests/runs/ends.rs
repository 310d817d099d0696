//! How runs end: drops, cancellation, progress, validity, results as JSON.

use std::time::{Duration, Instant};

use sbh_load::{ErrorClass, Model, Outcome, Phase, Plan, Progress, Stage};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::server::{Server, guard, ok, run};

const SECOND: Duration = Duration::from_secs(1);

fn one_connection(queue_limit: u32) -> Model {
    Model::Open { stages: vec![Stage::constant(100.0, SECOND)], connections: 1, streams_per_connection: 1, queue_limit }
}

#[tokio::test]
async fn arrivals_that_were_never_sent_are_dropped_and_the_drain_is_bounded() {
    let server = Server::start(None, |_| std::future::pending());
    for queue_limit in [10, 1_000] {
        let mut plan = Plan::with_model(server.url("http"), one_connection(queue_limit));
        plan.drain_timeout = Duration::from_millis(200);
        let begun = Instant::now();
        let outcome = run(plan).await;
        assert!(begun.elapsed() < 5 * SECOND);
        assert_eq!((outcome.requests, outcome.dropped), (1, 99));
        assert_eq!(outcome.error_classes.get(&ErrorClass::Timeout), Some(&1));
        let queued = outcome.series.iter().map(|s| s.queued).max().unwrap();
        assert!(queued <= u64::from(queue_limit) && queued >= 10, "{queued}");
    }
}

#[tokio::test]
async fn a_cancelled_run_returns_what_it_has() {
    let server = Server::start(None, |_| async { ok() });
    let plan = Plan::open(server.url("http"), 200.0, 600 * SECOND);
    let (progress, mut watched) = watch::channel(Progress::default());
    let cancel = CancellationToken::new();
    let running = tokio::spawn(sbh_load::run(plan, guard(), progress, cancel.clone()));
    watched.wait_for(|p| p.requests > 20).await.unwrap();
    cancel.cancel();
    let asked = Instant::now();
    let outcome = running.await.unwrap().unwrap();
    assert!(asked.elapsed() < 5 * SECOND, "{:?}", asked.elapsed());
    assert!(outcome.cancelled && !outcome.valid);
    assert!(outcome.invalid_reason.unwrap().contains("cancelled"));
    assert!(outcome.requests > 20 && outcome.duration_s < 60.0);
}

#[tokio::test]
async fn a_run_that_is_cancelled_before_it_starts_is_empty() {
    let server = Server::start(None, |_| async { ok() });
    let (progress, _keep) = watch::channel(Progress::default());
    let cancel = CancellationToken::new();
    cancel.cancel();
    let plan = Plan::closed(server.url("http"), 3, 600 * SECOND);
    let outcome = sbh_load::run(plan, guard(), progress, cancel).await.unwrap();
    assert!(outcome.cancelled && !outcome.valid);
    assert_eq!((outcome.requests, outcome.duration_s), (0, 0.0));
}

#[tokio::test]
async fn progress_goes_through_its_phases() {
    let server = Server::start(None, |_| async { ok() });
    let mut plan = Plan::open(server.url("http"), 100.0, SECOND);
    plan.warm_up = SECOND;
    let (progress, mut watched) = watch::channel(Progress::default());
    let running = tokio::spawn(sbh_load::run(plan, guard(), progress, CancellationToken::new()));
    let mut seen = vec![];
    while watched.changed().await.is_ok() {
        let now = watched.borrow_and_update().clone();
        if seen.last() != Some(&now.phase) {
            seen.push(now.phase);
        }
        if now.phase == Phase::Finished {
            assert_eq!((now.remaining_s, now.in_flight, now.requests), (0.0, 0, 200));
            assert!(now.p95_ms.unwrap() >= now.p50_ms.unwrap());
        }
    }
    running.await.unwrap().unwrap();
    let order = [Phase::WarmUp, Phase::Measuring, Phase::Draining, Phase::Finished];
    assert!(seen.iter().is_sorted_by_key(|p| order.iter().position(|o| o == p)));
    assert!(seen.contains(&Phase::WarmUp) && seen.contains(&Phase::Measuring));
    assert_eq!(seen.last(), Some(&Phase::Finished));
}

#[tokio::test]
async fn a_schedule_beyond_the_generator_is_an_invalid_run() {
    let server = Server::start(None, |_| async { ok() });
    let mut plan = Plan::open(server.url("http"), 1.0, SECOND);
    plan.model = Model::Open {
        stages: vec![Stage::constant(1_000_000.0, SECOND)],
        connections: 64,
        streams_per_connection: 1,
        queue_limit: 10_000_000,
    };
    plan.worker_threads = Some(1);
    plan.drain_timeout = Duration::ZERO;
    let outcome = run(plan).await;
    assert!(!outcome.valid, "{:?}", outcome.generator);
    assert!(outcome.invalid_reason.unwrap().contains("generator was the bottleneck"));
    assert_eq!(outcome.requests + outcome.dropped, 1_000_000);
}

#[tokio::test]
async fn an_outcome_is_stable_json_and_merges_exactly() {
    let server = Server::start(None, |_| async { ok() });
    let plan = Plan::open(server.url("http"), 100.0, SECOND);
    let (first, second) = (run(plan.clone()).await, run(plan).await);
    let json = serde_json::to_string(&first).unwrap();
    let read: Outcome = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), json);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    for kind in ["raw", "corrected"] {
        for percentile in ["p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms"] {
            assert!(value["latency"][kind][percentile].is_f64(), "{kind} {percentile}");
        }
    }
    for field in ["throughput_rps", "requests", "errors", "dropped", "valid", "invalid_reason"] {
        assert!(value.get(field).is_some(), "{field}");
    }

    let mut appended = read.clone();
    appended.append(&second);
    let (rate, seconds) =
        (f64::midpoint(first.throughput_rps, second.throughput_rps), first.series.len() + second.series.len());
    assert!((appended.throughput_rps - rate).abs() < 1e-6, "{} {rate}", appended.throughput_rps);
    assert_eq!((appended.duration_s, appended.requests, appended.series.len()), (2.0, 200, seconds));
    assert!(appended.series.is_sorted_by(|a, b| a.second < b.second), "the later seconds follow the earlier ones");

    let mut merged = read;
    merged.merge(&second);
    let mut union = first.histograms.clone();
    union.merge(&second.histograms);
    assert_eq!((&merged.histograms, &appended.histograms), (&union, &union));
    assert_eq!(merged.latency.corrected, union.corrected.summary());
    assert_eq!((merged.requests, merged.by_request[0].requests), (200, 200));
    assert_eq!(merged.series.iter().map(|s| s.completed).sum::<u64>(), 200);
    assert_eq!(merged.generator.scheduled, 200);
}
