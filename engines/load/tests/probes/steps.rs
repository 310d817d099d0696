//! Stepped load.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use sbh_load::steps::{self, StepProgress, SteppedOutcome, Steps, StopReason};
use sbh_load::{LoadError, Plan};
use sbh_stats::scalability::{Load, fit};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::server::{Server, guard, ok, status};

/// How many requests the server works on at a time, and how long each takes.
const AT_ONCE: usize = 4;
const SERVICE: Duration = Duration::from_millis(20);
/// What it can do at most in requests per second; sleeping never ends early.
const CAPACITY: f64 = AT_ONCE as f64 / 0.02;

fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A server that works on [`AT_ONCE`] requests at a time; others wait their turn.
fn limited() -> Server {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    Server::start(None, move |_| {
        let places = Arc::clone(&places);
        async move {
            let _place = places.acquire().await.expect("it is never closed");
            tokio::time::sleep(SERVICE).await;
            ok()
        }
    })
}

fn short(levels: &[u32]) -> Steps {
    let settle = millis(200);
    Steps { levels: levels.to_vec(), settle, ..Steps::doubling(1, millis(600)) }
}

async fn climb(server: &Server, steps: Steps) -> SteppedOutcome {
    let (progress, _keep) = watch::channel(StepProgress::default());
    let plan = Plan::closed(server.url("http"), 1, millis(1));
    steps::run(plan, steps, guard(), progress, CancellationToken::new()).await.expect("the steps take place")
}

#[tokio::test]
async fn throughput_saturates_at_the_servers_limit_and_the_law_sees_it() {
    let server = limited();
    let outcome = climb(&server, short(&[1, 2, 4, 8, 16])).await;
    assert_eq!(outcome.stopped, None);
    let levels: Vec<_> = outcome.steps.iter().map(|step| step.concurrency).collect();
    assert_eq!(levels, [1, 2, 4, 8, 16]);
    for step in &outcome.steps {
        let sent = &step.outcome;
        assert!(step.usable && sent.valid, "{:?}", sent.invalid_reason);
        assert_eq!((step.error_rate, sent.connections_opened), (Some(0.0), step.concurrency.into()));
        assert!((sent.duration_s - 0.6).abs() < 1e-9, "the settling is not measured");
        // Those at work when measuring begins may end in it as well.
        let most = CAPACITY + AT_ONCE as f64 / sent.duration_s;
        assert!(sent.throughput_rps <= most, "{}", sent.throughput_rps);
        // By Little's law N = X·R. A user's first request counts from when it was sent, and a busy machine adds to X.
        let (latency, n) = (sent.latency.raw.expect("answers"), f64::from(step.concurrency));
        assert!(latency.mean_ms >= 0.8 * 1e3 * n / most && latency.p50_ms <= latency.p99_ms, "{latency:?}");
        assert!(sent.generator.cpu_fraction > 0.0);
    }
    let points = outcome.points();
    assert!(points[2].1 > 2.0 * points[0].1, "four users get more done than one: {points:?}");
    assert!(points[4].1 < 2.0 * points[2].1, "sixteen do not: {points:?}");

    let measured: Vec<_> = points.iter().map(|&(concurrency, throughput)| Load { concurrency, throughput }).collect();
    let found = fit(&measured, 0.95).expect("five levels can be fitted");
    let knee = found.knee.expect("users wait for each other");
    assert!((1.0..=16.0).contains(&knee.concurrency), "{found:?}");
    let best = points.iter().map(|point| point.1).fold(0.0, f64::max);
    let there = found.peak.map_or(found.law.throughput(16.0), |peak| peak.throughput);
    assert!((0.5..=2.0).contains(&(there / best)), "{found:?}");
    assert!(found.peak.is_none_or(|peak| peak.concurrency >= AT_ONCE as f64 / 2.0), "{found:?}");
}

#[tokio::test]
async fn a_target_that_sheds_load_ends_the_steps_where_it_does() {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let server = Server::start(None, move |_| {
        let place = Arc::clone(&places).try_acquire_owned();
        async move {
            match place {
                Ok(_place) => {
                    tokio::time::sleep(SERVICE).await;
                    ok()
                }
                Err(_) => status(503),
            }
        }
    });
    let outcome = climb(&server, short(&[2, 4, 16, 32])).await;
    let stop = outcome.stopped.clone().expect("it stops");
    assert_eq!(stop.concurrency, 16);
    let StopReason::Failing { error_rate, limit } = stop.reason else { panic!("{stop}") };
    assert!(error_rate > 0.5 && limit == steps::MAX_ERROR_RATE, "{stop}");
    assert_eq!(outcome.steps.len(), 3, "what was measured is kept");
    assert_eq!(outcome.steps[2].error_rate, Some(error_rate));
    assert!(outcome.steps[2].outcome.throughput_rps > 0.0);
    let fitted: Vec<_> = outcome.points().iter().map(|point| point.0).collect();
    assert_eq!(fitted, [2.0, 4.0], "a failing step does not say how the target scales");
    let tolerant = Steps { max_error_rate: 1.0, ..short(&[2, 16]) };
    assert_eq!(climb(&server, tolerant).await.stopped, None);
}

#[tokio::test]
async fn a_target_that_starts_to_refuse_ends_the_steps_there() {
    let mut server = limited();
    let (progress, mut watched) = watch::channel(StepProgress::default());
    let plan = Plan::closed(server.url("http"), 1, millis(1));
    let running = steps::run(plan, short(&[1, 2, 4, 8]), guard(), progress, CancellationToken::new());
    let running = tokio::spawn(running);
    let second = watched.wait_for(|now| now.concurrency == 2 && now.run.requests > 0).await.unwrap().clone();
    assert_eq!((second.step, second.steps), (2, 4));
    // Two later steps of 0.8 s, and what is left of this one.
    assert!((1.6..=2.4).contains(&second.remaining_s), "{second:?}");
    server.stop();
    let outcome = running.await.unwrap().unwrap();
    let stop = outcome.stopped.clone().expect("it stops");
    assert_eq!((stop.concurrency, stop.reason), (2, StopReason::Refused));
    assert_eq!(outcome.steps.len(), 2);
    assert_eq!(outcome.points().len(), 1);
}

#[tokio::test]
async fn a_silent_target_ends_the_steps_at_once() {
    let server = Server::start(None, |_| std::future::pending());
    let (progress, _keep) = watch::channel(StepProgress::default());
    let mut plan = Plan::closed(server.url("http"), 1, millis(1));
    plan.timeout = millis(100);
    let outcome = steps::run(plan, short(&[1, 2]), guard(), progress, CancellationToken::new()).await.unwrap();
    let stop = outcome.stopped.clone().expect("it stops");
    assert_eq!((stop.concurrency, stop.reason), (1, StopReason::Silent));
    assert_eq!((outcome.steps[0].error_rate, outcome.points().len()), (Some(1.0), 0));
}

#[tokio::test]
async fn cancelled_steps_keep_what_they_have() {
    let server = limited();
    let (progress, mut watched) = watch::channel(StepProgress::default());
    let cancel = CancellationToken::new();
    let plan = Plan::closed(server.url("http"), 1, millis(1));
    let long = Steps { step: Duration::from_secs(600), ..short(&[2, 4]) };
    let running = tokio::spawn(steps::run(plan, long, guard(), progress, cancel.clone()));
    watched.wait_for(|now| now.run.p50_ms.is_some()).await.unwrap();
    cancel.cancel();
    let outcome = running.await.unwrap().unwrap();
    assert_eq!(outcome.stopped.map(|stop| (stop.concurrency, stop.reason)), Some((2, StopReason::Cancelled)));
    assert!(outcome.steps[0].outcome.cancelled && outcome.steps[0].outcome.requests > 0);
    assert!(!outcome.steps[0].usable);
}

#[tokio::test]
async fn steps_under_a_cap_or_without_levels_are_not_run() {
    let server = limited();
    let capped = Plan { max_rate: Some(1.0), ..Plan::closed(server.url("http"), 1, millis(1)) };
    let open = Plan { max_rate: None, ..capped.clone() };
    for (plan, levels, field) in [(capped, &[1][..], "max_rate"), (open, &[], "steps.levels")] {
        let (progress, _keep) = watch::channel(StepProgress::default());
        let refused = steps::run(plan, short(levels), guard(), progress, CancellationToken::new()).await;
        let Err(LoadError::Plan(errors)) = refused else { panic!("{refused:?}") };
        assert_eq!(errors.0[0].field, field);
    }
    assert_eq!(server.seen.requests.load(SeqCst), 0);
}
