//! Every way in which a target fails has its class, and none of them holds a run up.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sbh_egress::{Guard, Policy, Resolver};
use sbh_load::{ErrorClass, LoadError, Outcome, Plan, Progress};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::server::{Server, ok, run, status};

const SECOND: Duration = Duration::from_secs(1);

fn class(outcome: &Outcome, class: ErrorClass) -> u64 {
    outcome.error_classes.get(&class).copied().unwrap_or(0)
}

/// A server that answers the first bytes of every connection with `answer` and closes it.
async fn raw(answer: &'static [u8]) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("a bound address");
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream.write_all(answer).await;
            });
        }
    });
    Url::parse(&format!("http://{addr}/")).expect("an address makes a URL")
}

#[tokio::test]
async fn a_closed_port_is_a_connection_error_and_no_latency() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let open = run(Plan::open(url.clone(), 100.0, SECOND)).await;
    assert_eq!((open.requests, class(&open, ErrorClass::Connect)), (100, 100));
    assert_eq!((open.latency.raw, open.latency.corrected), (None, None));
    assert_eq!((open.throughput_rps, open.http_version), (0.0, None));
    let closed = run(Plan::closed(url, 2, SECOND)).await;
    assert_eq!(class(&closed, ErrorClass::Connect), closed.requests);
    assert!((2..=20).contains(&closed.requests), "users back off: {}", closed.requests);
}

#[tokio::test]
async fn a_connection_that_ends_early_is_a_reset() {
    for answer in [b"".as_slice(), b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort"] {
        let outcome = run(Plan::open(raw(answer).await, 50.0, SECOND)).await;
        assert_eq!(class(&outcome, ErrorClass::Reset), 50, "{:?}", outcome.error_classes);
    }
}

#[tokio::test]
async fn what_is_not_http_is_a_protocol_error() {
    let outcome = run(Plan::open(raw(b"220 mail.example ESMTP\r\n").await, 50.0, SECOND)).await;
    assert_eq!(class(&outcome, ErrorClass::Protocol), 50, "{:?}", outcome.error_classes);
}

#[tokio::test]
async fn a_silent_server_is_a_timeout_whose_wait_counts_as_latency() {
    let server = Server::start(None, |_| std::future::pending());
    let mut plan = Plan::open(server.url("http"), 20.0, SECOND);
    plan.timeout = Duration::from_millis(200);
    let outcome = run(plan).await;
    assert_eq!((outcome.requests, class(&outcome, ErrorClass::Timeout)), (20, 20));
    let raw = outcome.latency.raw.unwrap();
    assert!(raw.count == 20 && raw.p50_ms >= 199.0, "{raw:?}");
}

#[tokio::test]
async fn statuses_from_400_on_are_errors_with_latency() {
    let server = Server::start(None, |request| async move {
        match request.uri().path() {
            "/missing" => status(404),
            "/broken" => status(503),
            "/moved" => status(301),
            _ => ok(),
        }
    });
    let mut plan = Plan::open(server.url("http"), 200.0, SECOND);
    plan.requests = ["/missing", "/broken", "/moved", "/"].map(|path| sbh_load::RequestSpec::get(path, path)).to_vec();
    let outcome = run(plan).await;
    let counted = |status: u16| outcome.statuses.get(&status).copied().unwrap_or(0);
    assert_eq!(class(&outcome, ErrorClass::Http4xx), counted(404));
    assert_eq!(class(&outcome, ErrorClass::Http5xx), counted(503));
    assert!(counted(404) > 0 && counted(503) > 0 && counted(301) > 0);
    assert_eq!(outcome.errors, counted(404) + counted(503));
    assert_eq!(outcome.latency.raw.unwrap().count, 200);
    let missing = outcome.by_request.iter().find(|r| r.name == "/missing").unwrap();
    assert_eq!((missing.requests, missing.errors), (counted(404), counted(404)));
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_an_error() {
    let server = Server::start(None, |_| async { ok() });
    let mut plan = Plan::open(server.url("http"), 20.0, SECOND);
    plan.max_body_bytes = 4;
    assert_eq!(class(&run(plan.clone()).await, ErrorClass::BodyTooLarge), 20);
    plan.max_body_bytes = 5;
    assert_eq!(run(plan).await.errors, 0);
}

#[tokio::test]
async fn a_target_that_dies_in_the_middle_ends_with_the_plan() {
    let mut server = Server::start(None, |_| async { ok() });
    let mut plan = Plan::open(server.url("http"), 200.0, 2 * SECOND);
    plan.drain_timeout = SECOND;
    let seen = Arc::clone(&server.seen);
    let begun = Instant::now();
    let running = tokio::spawn(run(plan));
    while seen.requests.load(SeqCst) < 100 {
        tokio::task::yield_now().await;
    }
    server.stop();
    let outcome = running.await.unwrap();
    assert!(begun.elapsed() < 6 * SECOND, "{:?}", begun.elapsed());
    assert_eq!(outcome.requests + outcome.dropped, 400);
    let failed = class(&outcome, ErrorClass::Connect) + class(&outcome, ErrorClass::Reset);
    assert!(failed > 0, "{:?}", outcome.error_classes);
    assert_eq!(failed, outcome.errors, "{:?}", outcome.error_classes);
    assert!(outcome.statuses[&200] >= 90);
}

struct Names;

#[async_trait]
impl Resolver for Names {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        match name {
            "inside.test" => Ok(vec![IpAddr::from([127, 0, 0, 1])]),
            _ => Err(io::Error::other("no such name")),
        }
    }
}

#[tokio::test]
async fn names_that_are_refused_or_unknown_have_their_classes() {
    let guard = Guard::with_resolver(Policy::default(), Arc::new(Names));
    for (host, expected) in [("inside.test", ErrorClass::EgressRefused), ("nowhere.test", ErrorClass::Dns)] {
        let url = Url::parse(&format!("http://{host}/")).unwrap();
        let (progress, _keep) = watch::channel(Progress::default());
        let plan = Plan::open(url, 20.0, SECOND);
        let run = sbh_load::run(plan, guard.clone(), progress, CancellationToken::new());
        assert_eq!(class(&run.await.unwrap(), expected), 20);
    }
}

#[tokio::test]
async fn an_address_that_the_guard_closes_is_not_run_at_all() {
    let server = Server::start(None, |_| async { ok() });
    let (progress, _keep) = watch::channel(Progress::default());
    let plan = Plan::open(server.url("http"), 20.0, SECOND);
    let guard = Guard::new(Policy::default());
    let refused = sbh_load::run(plan, guard, progress, CancellationToken::new()).await;
    assert!(matches!(refused, Err(LoadError::Refused(_))));
    assert_eq!(server.seen.connections.load(SeqCst), 0);
}
