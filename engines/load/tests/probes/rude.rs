//! Rude clients against servers that bear them, and against servers that do not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use sbh_egress::{Guard, Policy};
use sbh_load::rude::{RudeOutcome, Rudeness, Slow, SlowClient, probe};
use sbh_load::{LoadError, Plan, RequestSpec};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::server::{Answer, Server, guard, ok, status};

/// More than all buffers between a server and a slow reader hold.
const LARGE: usize = 12 << 20;

const NOBODY: Rudeness = Rudeness {
    aborted: 0,
    slow_senders: 0,
    slow_readers: 0,
    watch: Duration::from_secs(2),
    patience: Duration::from_millis(600),
};

async fn visit(url: Url, rudeness: Rudeness) -> RudeOutcome {
    visit_with(Plan::closed(url, 1, Duration::from_secs(1)), rudeness).await
}

async fn visit_with(plan: Plan, rudeness: Rudeness) -> RudeOutcome {
    let outcome = probe(plan, rudeness, guard(), CancellationToken::new()).await.expect("the target is visited");
    assert_eq!((outcome.before.asked, outcome.cancelled), (5, false));
    outcome
}

fn large() -> Answer {
    Response::new(Full::new(Bytes::from(vec![b'x'; LARGE])))
}

fn url_of(addr: SocketAddr) -> Url {
    Url::parse(&format!("http://{addr}/")).expect("an address makes a URL")
}

#[track_caller]
fn all_held(slow: &Slow, clients: usize) {
    assert_eq!((slow.clients.len(), slow.cut_off_s), (clients, None), "{slow:?}");
    assert!(slow.clients.iter().all(|client| *client == SlowClient::Held), "{slow:?}");
    assert!(slow.watched_s >= 2.0, "{slow:?}");
}

#[tokio::test]
async fn a_well_behaved_server_serves_others_through_all_of_it() {
    let server = Server::start(None, |_| async { large() });
    let rudeness = Rudeness { aborted: 6, slow_senders: 3, slow_readers: 3, ..NOBODY };
    let found = visit(server.url("http"), rudeness).await;
    assert_eq!((found.status, found.not_measured), (Some(200), None));
    let aborted = found.aborted.unwrap();
    assert_eq!((aborted.left, aborted.not_sent, aborted.after.answered), (6, 0, 5));
    assert_eq!(aborted.unharmed, Some(true), "{aborted:?} {:?}", found.before);
    let (senders, readers) = (found.slow_senders.unwrap(), found.slow_readers.unwrap());
    all_held(&senders, 3);
    all_held(&readers, 3);
    for slow in [senders, readers] {
        assert_eq!(slow.others_served, Some(true), "{slow:?}");
        assert!(slow.others.asked > 0 && slow.others.median_ms <= slow.others.max_ms, "{slow:?}");
    }
    // The slow ones, one other at a time, and what is not closed yet.
    assert!(server.seen.most_open.load(SeqCst) <= 8, "{:?}", server.seen.most_open);
}

#[tokio::test]
async fn over_tls_as_well() {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = builder.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key).unwrap();
    let server = Server::start(Some(TlsAcceptor::from(Arc::new(config))), |_| async { large() });
    let mut plan = Plan::closed(server.url("https"), 1, Duration::from_secs(1));
    plan.tls.extra_root_pem = Some(cert.pem());
    let found = visit_with(plan, Rudeness { aborted: 2, slow_senders: 2, slow_readers: 2, ..NOBODY }).await;
    assert_eq!(found.aborted.unwrap().unharmed, Some(true), "{found:?}");
    let (senders, readers) = (found.slow_senders.unwrap(), found.slow_readers.unwrap());
    all_held(&senders, 2);
    all_held(&readers, 2);
    assert_eq!((senders.others_served, readers.others_served), (Some(true), Some(true)));
}

/// A server that waits 0.4 s for the head of a request.
async fn impatient() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("a bound address");
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            tokio::spawn(async move {
                let service = service_fn(|_| async { Ok::<_, std::convert::Infallible>(ok()) });
                let mut builder = http1::Builder::new();
                builder.timer(TokioTimer::new()).header_read_timeout(Duration::from_millis(400));
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    addr
}

#[tokio::test]
async fn a_server_that_cuts_slow_senders_off_is_timed() {
    let found = visit(url_of(impatient().await), Rudeness { slow_senders: 3, slow_readers: 2, ..NOBODY }).await;
    let senders = found.slow_senders.unwrap();
    let cut_off_s = senders.cut_off_s.expect("all were cut off");
    assert!((0.35..=2.0).contains(&cut_off_s), "{senders:?}");
    assert!(senders.watched_s < 2.0, "nobody is left to watch: {senders:?}");
    // Its answer fits into any buffer, so there is no reading it slowly.
    let readers = found.slow_readers.unwrap();
    let finished = |client: &SlowClient| matches!(client, SlowClient::Finished { .. });
    assert!(readers.clients.iter().all(finished), "{readers:?}");
    assert_eq!(readers.cut_off_s, None);
}

/// A server with one thread, which serves one connection to its end before it looks at the next.
fn single_threaded(body: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = listener.local_addr().expect("a bound address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let (mut head, mut part) = (Vec::new(), [0; 1024]);
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read(&mut part) {
                    Ok(read) if read > 0 => head.extend_from_slice(&part[..read]),
                    _ => break,
                }
            }
            let first = format!("HTTP/1.1 200 OK\r\ncontent-length: {body}\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(first.as_bytes()).and_then(|()| stream.write_all(&vec![b'x'; body]));
        }
    });
    addr
}

#[tokio::test]
async fn a_single_threaded_server_that_a_slow_sender_blocks_is_found_out() {
    let found = visit(url_of(single_threaded(5)), Rudeness { aborted: 4, slow_senders: 2, ..NOBODY }).await;
    assert_eq!(found.aborted.unwrap().unharmed, Some(true), "it does not mind who leaves: {found:?}");
    let senders = found.slow_senders.unwrap();
    all_held(&senders, 2);
    assert_eq!(senders.others_served, Some(false), "{senders:?}");
    assert_eq!((senders.others.answered, senders.others.median_ms), (0, None), "{senders:?}");
    assert_eq!((found.slow_readers, found.not_measured), (None, None), "nobody asked for these");
}

#[tokio::test]
async fn a_single_threaded_server_that_a_slow_reader_blocks_is_found_out() {
    let found = visit(url_of(single_threaded(LARGE)), Rudeness { slow_readers: 2, ..NOBODY }).await;
    let readers = found.slow_readers.unwrap();
    all_held(&readers, 2);
    assert_eq!((readers.others_served, readers.others.answered), (Some(false), 0), "{readers:?}");
}

/// A server that gives a place back only when it has answered: each client that leaves before costs it one of two.
fn leaking() -> Server {
    let places = Arc::new(Semaphore::new(2));
    Server::start(None, move |_| {
        let places = Arc::clone(&places);
        async move {
            places.acquire().await.expect("it is never closed").forget();
            tokio::time::sleep(Duration::from_millis(100)).await;
            places.add_permits(1);
            ok()
        }
    })
}

#[tokio::test]
async fn a_server_that_loses_a_place_to_each_client_that_leaves_is_found_out() {
    let server = leaking();
    let rudeness = Rudeness { aborted: 8, slow_senders: 2, patience: Duration::from_millis(400), ..NOBODY };
    let found = visit(server.url("http"), rudeness).await;
    let aborted = found.aborted.unwrap();
    assert_eq!((aborted.left, aborted.after.answered, aborted.unharmed), (8, 0, Some(false)));
    assert_eq!(found.slow_senders, None);
    assert!(found.not_measured.unwrap().contains("slow senders were left out"));
}

#[tokio::test]
async fn a_target_without_a_usual_answer_is_left_alone() {
    let server = Server::start(None, |_| std::future::pending());
    let rudeness = Rudeness { aborted: 8, slow_senders: 2, patience: Duration::from_millis(200), ..NOBODY };
    let found = visit(server.url("http"), rudeness).await;
    assert_eq!((found.status, found.aborted, found.slow_senders), (None, None, None));
    assert!(found.not_measured.is_some());
    let seen = server.seen.requests.load(SeqCst);
    assert!((1..=5).contains(&seen), "{seen}");
}

#[tokio::test]
async fn any_status_is_a_usual_answer_and_only_harmless_requests_are_sent() {
    let server =
        Server::start(
            None,
            |request| async move { status(if request.method() == http::Method::GET { 404 } else { 500 }) },
        );
    let mut plan = Plan::closed(server.url("http"), 1, Duration::from_secs(1));
    let post = RequestSpec { method: "POST".to_owned(), ..RequestSpec::get("order", "/order") };
    plan.requests = vec![post.clone(), RequestSpec::get("list", "/list")];
    let found = visit_with(plan.clone(), Rudeness { aborted: 1, ..NOBODY }).await;
    assert_eq!((found.status, found.aborted.unwrap().unharmed), (Some(404), Some(true)));
    assert!(server.seen.paths.lock().unwrap().iter().all(|path| path == "/list"));

    plan.requests = vec![post];
    let refused = probe(plan, NOBODY, guard(), CancellationToken::new()).await;
    assert!(matches!(refused, Err(LoadError::Plan(_))), "{refused:?}");
}

#[tokio::test]
async fn the_guard_decides_and_cancelling_ends_it() {
    let server = Server::start(None, |_| async { ok() });
    let plan = Plan::closed(server.url("http"), 1, Duration::from_secs(1));
    let rudeness = Rudeness { slow_senders: 2, ..NOBODY };
    let capped = Plan { max_rate: Some(1.0), ..plan.clone() };
    let refused = probe(capped, rudeness, guard(), CancellationToken::new()).await;
    assert!(matches!(refused, Err(LoadError::Plan(_))), "what is not verified is not visited: {refused:?}");
    let closed = Guard::new(Policy::default());
    let refused = probe(plan.clone(), rudeness, closed, CancellationToken::new()).await;
    assert!(matches!(refused, Err(LoadError::Refused(_))), "{refused:?}");
    assert_eq!(server.seen.connections.load(SeqCst), 0);

    let cancel = CancellationToken::new();
    let seen = Arc::clone(&server.seen);
    let long = Rudeness { watch: Duration::from_secs(30), ..rudeness };
    let visiting = tokio::spawn(probe(plan, long, guard(), cancel.clone()));
    // Five normal requests, one more before the slow senders, and one while they hang.
    while seen.requests.load(SeqCst) < 7 {
        tokio::task::yield_now().await;
    }
    cancel.cancel();
    let found = visiting.await.unwrap().unwrap();
    assert!(found.cancelled && found.status == Some(200) && found.slow_senders.is_none(), "{found:?}");
}
