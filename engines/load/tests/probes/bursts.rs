//! A burst against a server with a queue, and the log of the run.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, SystemTime};

use sbh_load::burst::{self, Band, Burst, BurstOutcome, NotRecovered};
use sbh_load::histogram_log::{CORRECTED_SECOND, HistogramLog};
use sbh_load::{LoadError, Model, Plan, Progress};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::server::{Server, guard, ok, run};

/// A server that works on four requests at a time, 10 ms each, and queues the others: up to 400 requests per second.
fn queueing() -> Server {
    let places = Arc::new(Semaphore::new(4));
    Server::start(None, move |_| {
        let places = Arc::clone(&places);
        async move {
            let _place = places.acquire().await.expect("it is never closed");
            tokio::time::sleep(Duration::from_millis(10)).await;
            ok()
        }
    })
}

/// 600 requests in one second: at least 200 of them are still waiting when it ends.
const BURST: Burst = Burst {
    rate: 60.0,
    multiple: 10.0,
    baseline_s: 2,
    burst_s: 1,
    watch_s: 6,
    // A busy machine is late by more than a steady one.
    band: Band { latency_factor: 2.0, latency_slack_ms: 80.0, error_slack: 0.01, seconds: 2 },
};

async fn after_burst(server: &Server, burst: Burst) -> BurstOutcome {
    let (progress, _keep) = watch::channel(Progress::default());
    let mut plan = Plan::open(server.url("http"), 1.0, Duration::from_secs(1));
    plan.model = Model::Open { stages: vec![], connections: 256, streams_per_connection: 1, queue_limit: 10_000 };
    burst::run(plan, burst, guard(), progress, CancellationToken::new()).await.expect("the burst takes place")
}

#[tokio::test]
async fn a_queue_that_a_burst_fills_is_seen_and_its_recovery_is_timed() {
    let server = queueing();
    let mut found = after_burst(&server, BURST).await;
    for _ in 0..2 {
        // On a busy machine the server may be late for longer than it is watched. What is wrong stays wrong.
        if burst::recovery(&found.outcome.series, &BURST).recovery_s.is_some() {
            break;
        }
        found = after_burst(&server, BURST).await;
    }
    let recovery = burst::recovery(&found.outcome.series, &BURST);
    if found.outcome.valid {
        assert_eq!(found.recovery, recovery);
    } else {
        // There the generator may be late as well, and then there is no recovery time.
        let why = &found.recovery.not_recovered;
        assert!(matches!(why, Some(NotRecovered::Invalid { .. })) && found.recovery.recovery_s.is_none(), "{why:?}");
    }
    assert_eq!(recovery.not_recovered, None, "{recovery:?}");
    assert!((1..=4).contains(&recovery.recovery_s.unwrap()), "{recovery:?}");
    let (before, during) = (recovery.baseline.p95_ms.unwrap(), recovery.burst.p95_ms.unwrap());
    assert!(before >= 10.0 && during > 3.0 * before && during > 150.0, "{recovery:?}");
    assert_eq!((recovery.baseline.error_rate, recovery.burst.error_rate), (Some(0.0), Some(0.0)));
    // Everything that was due was answered: 2 s and 6 s at 60/s, 1 s at 600/s.
    assert_eq!((found.outcome.requests, found.outcome.errors), (1_080, 0));
    let availability = found.availability.unwrap();
    assert_eq!((availability.share, availability.seconds_due, availability.longest_outage_s), (1.0, 9, 0));

    let started = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000);
    let log = HistogramLog::of(&found.outcome, started);
    let read = HistogramLog::read(&log.write()).unwrap();
    assert_eq!(read, log);
    assert_eq!(read.intervals[0].histogram, found.outcome.histograms.raw);
    assert_eq!(read.intervals[1].histogram, found.outcome.histograms.corrected);
    let seconds: Vec<_> =
        read.intervals.iter().filter(|interval| interval.tag.as_deref() == Some(CORRECTED_SECOND)).collect();
    assert_eq!(seconds.len(), found.outcome.series.len());
    assert_eq!(seconds.iter().map(|second| second.histogram.count()).sum::<u64>(), 1_080);
}

#[tokio::test]
async fn a_cancelled_burst_has_no_recovery_time() {
    let server = queueing();
    let (progress, mut watched) = watch::channel(Progress::default());
    let cancel = CancellationToken::new();
    let plan = Plan::closed(server.url("http"), 1, Duration::from_secs(1));
    let running = tokio::spawn(burst::run(plan, BURST, guard(), progress, cancel.clone()));
    watched.wait_for(|now| now.requests > 10).await.unwrap();
    cancel.cancel();
    let recovery = running.await.unwrap().unwrap().recovery;
    assert_eq!(recovery.recovery_s, None);
    assert!(matches!(recovery.not_recovered, Some(NotRecovered::Invalid { .. })), "{recovery:?}");
}

#[tokio::test]
async fn a_burst_under_a_cap_is_not_run() {
    let server = queueing();
    let (progress, _keep) = watch::channel(Progress::default());
    let plan = Plan { max_rate: Some(1.0), ..Plan::closed(server.url("http"), 1, Duration::from_secs(1)) };
    let refused = burst::run(plan, BURST, guard(), progress, CancellationToken::new()).await;
    assert!(matches!(refused, Err(LoadError::Plan(_))), "{refused:?}");
    assert_eq!(server.seen.requests.load(SeqCst), 0);
}

#[tokio::test]
async fn the_seconds_of_a_run_count_what_succeeded() {
    let server = queueing();
    let outcome = run(Plan::open(server.url("http"), 50.0, Duration::from_secs(1))).await;
    let succeeded: u64 = outcome.series.iter().map(|second| second.succeeded).sum();
    assert_eq!((succeeded, outcome.error_rate()), (50, Some(0.0)));
}
