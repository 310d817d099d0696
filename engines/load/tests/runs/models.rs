//! What the two models send.

use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sbh_load::{Mix, Model, Plan, RequestSpec, Schedule, Stage};

use crate::server::{Server, ok, run};

const SECOND: Duration = Duration::from_secs(1);

fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[tokio::test]
async fn each_virtual_user_has_one_connection() {
    let server = Server::start(None, |_| async { ok() });
    let outcome = run(Plan::closed(server.url("http"), 7, millis(500))).await;
    assert_eq!(server.seen.most_open.load(SeqCst), 7);
    assert_eq!(server.seen.connections.load(SeqCst), 7);
    assert_eq!(outcome.connections_opened, 7);
    assert_eq!(outcome.errors, 0);
    assert_eq!(outcome.requests, server.seen.requests.load(SeqCst));
    assert!(outcome.latency.expected_interval_ms.is_some());
    assert!(outcome.bytes_in > outcome.requests * 5 && outcome.bytes_out > outcome.requests * 20);
}

#[tokio::test]
async fn think_time_limits_what_a_user_sends() {
    let server = Server::start(None, |_| async { ok() });
    let mut plan = Plan::closed(server.url("http"), 2, SECOND);
    plan.model = Model::Closed { vus: 2, think_time: millis(100), duration: SECOND };
    let outcome = run(plan).await;
    // A user that pauses at least 0.1 s starts at most once in each tenth of the second.
    assert!((2..=20).contains(&outcome.requests), "{}", outcome.requests);
}

#[tokio::test]
async fn users_who_think_do_not_come_all_at_once() {
    let before = Instant::now();
    let came = Arc::new(Mutex::new(Vec::new()));
    let server = Server::start(None, {
        let came = Arc::clone(&came);
        move |_| {
            came.lock().unwrap().push(before.elapsed());
            async { ok() }
        }
    });
    let mut plan = Plan::closed(server.url("http"), 10, SECOND);
    plan.model = Model::Closed { vus: 10, think_time: millis(500), duration: SECOND };
    let outcome = run(plan).await;
    assert_eq!(outcome.connections_opened, 10);
    // Nine came before the last of them, whose turn is after nine tenths of the think time.
    let came = came.lock().unwrap();
    assert!(came[9] >= millis(450), "{came:?}");
}

#[tokio::test]
async fn a_closed_model_is_corrected_for_what_a_stall_kept_back() {
    let asked = Arc::new(AtomicU64::new(0));
    let server = Server::start(None, move |_| {
        let stalls = asked.fetch_add(1, Ordering::SeqCst) == 20;
        async move {
            tokio::time::sleep(millis(if stalls { 1_000 } else { 10 })).await;
            ok()
        }
    });
    let outcome = run(Plan::closed(server.url("http"), 1, Duration::from_secs(2))).await;
    let (raw, corrected) = (outcome.latency.raw.unwrap(), outcome.latency.corrected.unwrap());
    let interval = outcome.latency.expected_interval_ms.unwrap();
    assert!(interval >= 10.0, "{interval}");
    // One second at one request per interval could have held this many more; latencies just above the median add the rest.
    let kept_back = 1_000.0 / interval;
    assert!(corrected.count as f64 >= raw.count as f64 + kept_back - 2.0);
    assert!(corrected.p90_ms > 2.0 * raw.p90_ms, "{raw:?} {corrected:?}");
}

#[tokio::test]
async fn without_keep_alive_every_request_has_its_own_connection() {
    let server = Server::start(None, |_| async { ok() });
    for plan in [Plan::closed(server.url("http"), 2, millis(300)), Plan::open(server.url("http"), 100.0, millis(300))] {
        let before = server.seen.connections.load(SeqCst);
        let outcome = run(Plan { keep_alive: false, ..plan }).await;
        assert_eq!(outcome.errors, 0, "{:?}", outcome.error_classes);
        let opened = server.seen.connections.load(SeqCst) - before;
        assert!(outcome.requests > 0);
        assert_eq!((opened, outcome.connections_opened), (outcome.requests, outcome.requests));
    }
}

#[tokio::test]
async fn with_keep_alive_connections_are_used_again() {
    let server = Server::start(None, |_| async { ok() });
    let outcome = run(Plan::open(server.url("http"), 300.0, SECOND)).await;
    assert_eq!(outcome.requests, 300);
    assert!(outcome.connections_opened <= 64, "{}", outcome.connections_opened);
}

#[tokio::test]
async fn an_open_model_sends_exactly_its_schedule_and_leaves_the_warm_up_out() {
    let server = Server::start(None, |_| async { ok() });
    let mut plan = Plan::open(server.url("http"), 1.0, SECOND);
    let stages = vec![Stage::ramp(50.0, 250.0, SECOND), Stage::constant(250.0, millis(400))];
    let scheduled = Schedule::new(&stages).len();
    plan.model = Model::open(stages);
    plan.warm_up = millis(200);
    plan.worker_threads = Some(3);
    let outcome = run(plan).await;
    assert_eq!(scheduled, 250);
    assert_eq!((outcome.requests, outcome.errors, outcome.dropped), (scheduled, 0, 0));
    assert_eq!(outcome.generator.worker_threads, 3);
    assert_eq!(outcome.generator.scheduled, scheduled);
    // 0.2 s at 150/s, the mean rate of the first stage.
    assert_eq!(server.seen.requests.load(SeqCst), scheduled + 30);
    assert!((outcome.duration_s - 1.4).abs() < 1e-9);
    assert_eq!(outcome.series.iter().map(|s| s.started).sum::<u64>(), scheduled);
    assert_eq!(outcome.series.iter().map(|s| s.completed).sum::<u64>(), scheduled);
}

#[tokio::test]
async fn the_mix_is_the_same_for_any_number_of_threads() {
    let requests: Vec<_> = [("a", 5), ("b", 3), ("c", 2)]
        .map(|(name, weight)| RequestSpec {
            weight,
            method: "POST".to_owned(),
            body: Some("{}".to_owned()),
            ..RequestSpec::get(name, format!("/{name}"))
        })
        .to_vec();
    let mix = Mix::new(&requests, 11);
    let mut expected = [0u64; 3];
    (0..400).for_each(|n| expected[mix.pick(0, n)] += 1);
    for threads in [1, 4] {
        let server = Server::start(None, |_| async { ok() });
        let mut plan = Plan::open(server.url("http"), 400.0, SECOND);
        (plan.requests, plan.seed, plan.worker_threads) = (requests.clone(), 11, Some(threads));
        let outcome = run(plan).await;
        let counted: Vec<_> = outcome.by_request.iter().map(|r| r.requests).collect();
        assert_eq!(counted, expected);
        let paths = server.seen.paths.lock().unwrap();
        let seen = ["/a", "/b", "/c"].map(|path| paths.iter().filter(|p| *p == path).count() as u64);
        assert_eq!(seen, expected);
    }
}

#[tokio::test]
async fn a_cap_holds_in_both_models() {
    for model in [
        Model::Closed { vus: 10, think_time: Duration::ZERO, duration: 2 * SECOND },
        Model::open(vec![Stage::constant(500.0, 2 * SECOND)]),
    ] {
        let server = Server::start(None, |_| async { ok() });
        let mut plan = Plan::with_model(server.url("http"), model);
        plan.max_rate = Some(4.0);
        let outcome = run(plan).await;
        let seen = server.seen.requests.load(SeqCst);
        assert_eq!(outcome.requests, seen);
        // Two seconds hold eight intervals, and nine of their borders.
        assert!((2..=9).contains(&seen), "{seen}");
        assert!(server.seen.connections.load(SeqCst) <= seen, "no connection without a request");
    }
}
