//! The case that the engine exists for: a server that stops once for 1.4 s.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sbh_egress::{Guard, Policy};
use sbh_load::{Model, Outcome, Plan, Progress, Stage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

const STALL_STARTS: Duration = Duration::from_secs(10);
const STALL: Duration = Duration::from_millis(1400);
const RATE: f64 = 2000.0;
const LENGTH: Duration = Duration::from_secs(30);
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

/// Starts a server on threads of its own whose every connection stands still for [`STALL`]. It does as little as a server can, so that what waited is
/// answered at once afterwards even on a busy machine.
fn server() -> SocketAddr {
    let (tell, addr) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime starts").block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            tell.send(listener.local_addr().expect("a bound address")).expect("the test waits");
            let begun = Instant::now();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, begun));
            }
        });
    });
    addr.recv().expect("the server starts")
}

async fn answer(mut stream: TcpStream, begun: Instant) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut request = Vec::with_capacity(1024);
    while stream.read_buf(&mut request).await? > 0 {
        if !request.ends_with(b"\r\n\r\n") {
            continue;
        }
        request.clear();
        let since = begun.elapsed();
        if (STALL_STARTS..STALL_STARTS + STALL).contains(&since) {
            tokio::time::sleep(STALL_STARTS + STALL - since).await;
        }
        stream.write_all(ANSWER).await?;
    }
    Ok(())
}

async fn measure() -> Outcome {
    let url = Url::parse(&format!("http://{}/", server())).expect("an address makes a URL");
    let model = Model::Open {
        stages: vec![Stage::constant(RATE, LENGTH)],
        // Those wait in flight, the rest in the queue; fewer than the 600 slowest that the raw 99th percentile leaves out.
        connections: 512,
        streams_per_connection: 1,
        queue_limit: 100_000,
    };
    let (progress, _keep) = watch::channel(Progress::default());
    let guard = Guard::new(Policy { loopback: true, ..Policy::default() });
    let mut plan = Plan::with_model(url, model);
    plan.worker_threads = Some(2);
    sbh_load::run(plan, guard, progress, CancellationToken::new()).await.expect("a run takes place")
}

/// Within 5 % of 1.10 s.
fn is_right(outcome: &Outcome) -> bool {
    outcome.latency.corrected.is_some_and(|corrected| (corrected.p99_ms - 1100.0).abs() <= 55.0)
}

/// 2,000 requests per second for 30 s are 60,000, of which 2,800 are due while the server stands still; the first of them waits 1.4 s, the last
/// nothing. The slowest 1 % are 600, so the 99th percentile is the wait of the 600th: 1.4 s − 600/2000 s = 1.1 s.
#[tokio::test]
async fn a_stall_of_1_4_s_once_in_30_s_has_a_corrected_p99_of_1_1_s() {
    let mut outcome = measure().await;
    for _ in 0..2 {
        // On a busy machine generator and server stand still at other times as well. A wrong figure stays wrong when nothing disturbs it.
        if is_right(&outcome) {
            break;
        }
        outcome = measure().await;
    }
    assert_eq!(outcome.requests, 60_000, "{:?}", outcome.error_classes);
    assert_eq!((outcome.errors, outcome.dropped), (0, 0));
    let (raw, corrected) = (outcome.latency.raw.unwrap(), outcome.latency.corrected.unwrap());
    assert!(is_right(&outcome), "{corrected:?} {:?}", outcome.invalid_reason);
    assert!((corrected.max_ms - 1400.0).abs() <= 70.0, "{corrected:?}");
    assert!(raw.p99_ms < corrected.p99_ms / 4.0, "raw hides the stall: {raw:?}");
    assert_eq!(corrected.count, raw.count);
    let waiting = outcome.series.iter().map(|s| s.queued).max().unwrap();
    assert!(waiting > 1_500, "the schedule went on during the stall: {waiting}");
}
