//! HTTP versions and TLS.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use http::Version;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use sbh_load::{ErrorClass, HttpVersion, Model, Outcome, Plan, Stage};
use tokio::sync::Barrier;
use tokio_rustls::TlsAcceptor;

use crate::server::{Server, ok, run};

const SECOND: Duration = Duration::from_secs(1);

/// A certificate of its own for `name`, and an acceptor that uses it and speaks `alpn`.
fn tls(name: &str, alpn: &[&str]) -> (String, TlsAcceptor) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("the key belongs to it");
    config.alpn_protocols = alpn.iter().map(|p| p.as_bytes().to_vec()).collect();
    (cert.pem(), TlsAcceptor::from(Arc::new(config)))
}

async fn over_tls(alpn: &[&str], change: impl FnOnce(&mut Plan)) -> (Server, Outcome) {
    let (pem, acceptor) = tls("127.0.0.1", alpn);
    let server = Server::start(Some(acceptor), |_| async { ok() });
    let mut plan = Plan::open(server.url("https"), 50.0, SECOND);
    plan.tls.extra_root_pem = Some(pem);
    change(&mut plan);
    let outcome = run(plan).await;
    (server, outcome)
}

fn all_spoke(server: &Server, version: Version) -> bool {
    let versions = server.seen.versions.lock().expect("no test panics while it holds this");
    !versions.is_empty() && versions.iter().all(|v| *v == version)
}

#[tokio::test]
async fn alpn_prefers_http_2() {
    let (server, outcome) = over_tls(&["h2", "http/1.1"], |_| {}).await;
    assert_eq!((outcome.requests, outcome.errors), (50, 0), "{:?}", outcome.error_classes);
    assert_eq!(outcome.http_version.as_deref(), Some("HTTP/2"));
    assert!(all_spoke(&server, Version::HTTP_2));
    assert_eq!(outcome.tls_handshake.unwrap().count, outcome.connections_opened);
    assert_eq!(outcome.connect.unwrap().count, outcome.connections_opened);
}

#[tokio::test]
async fn alpn_falls_back_to_http_1() {
    let (server, outcome) = over_tls(&["http/1.1"], |_| {}).await;
    assert_eq!((outcome.requests, outcome.errors), (50, 0), "{:?}", outcome.error_classes);
    assert_eq!(outcome.http_version.as_deref(), Some("HTTP/1.1"));
    assert!(all_spoke(&server, Version::HTTP_11));
}

#[tokio::test]
async fn a_demanded_version_is_the_only_one_that_is_offered() {
    let (server, outcome) = over_tls(&["h2", "http/1.1"], |p| p.http = HttpVersion::Http1).await;
    assert_eq!(outcome.errors, 0);
    assert!(all_spoke(&server, Version::HTTP_11));

    let (_, outcome) = over_tls(&["http/1.1"], |p| p.http = HttpVersion::Http2).await;
    assert_eq!(outcome.errors, 50, "a server without HTTP/2 fails a run that demands it");
    assert_eq!(outcome.latency.raw, None);
}

#[tokio::test]
async fn http_2_with_prior_knowledge_over_plain_tcp() {
    let server = Server::start(None, |_| async { ok() });
    let mut plan = Plan::open(server.url("http"), 50.0, SECOND);
    plan.http = HttpVersion::Http2;
    let outcome = run(plan).await;
    assert_eq!((outcome.requests, outcome.errors), (50, 0), "{:?}", outcome.error_classes);
    assert!(all_spoke(&server, Version::HTTP_2));
}

#[tokio::test]
async fn http_2_carries_several_requests_on_one_connection() {
    // No request is answered before four are there: with fewer streams the run would end in timeouts.
    let four = Arc::new(Barrier::new(4));
    let server = Server::start(None, move |_| {
        let four = Arc::clone(&four);
        async move {
            four.wait().await;
            ok()
        }
    });
    let mut plan = Plan::open(server.url("http"), 100.0, SECOND);
    plan.http = HttpVersion::Http2;
    plan.model = Model::Open {
        stages: vec![Stage::constant(100.0, SECOND)],
        connections: 1,
        streams_per_connection: 4,
        queue_limit: 1_000,
    };
    let outcome = run(plan).await;
    assert_eq!((outcome.requests, outcome.errors), (100, 0), "{:?}", outcome.error_classes);
    assert_eq!(server.seen.connections.load(SeqCst), 1);
}

#[tokio::test]
async fn certificates_are_verified() {
    let (_, outcome) = over_tls(&["h2"], |p| p.tls.extra_root_pem = None).await;
    assert_eq!(outcome.error_classes.get(&ErrorClass::Tls), Some(&50), "an unknown authority");

    let (pem, acceptor) = tls("other.test", &["http/1.1"]);
    let server = Server::start(Some(acceptor), |_| async { ok() });
    let mut plan = Plan::open(server.url("https"), 20.0, SECOND);
    plan.tls.extra_root_pem = Some(pem);
    let outcome = run(plan).await;
    assert_eq!(outcome.error_classes.get(&ErrorClass::Tls), Some(&20), "another name");
    assert_eq!(server.seen.requests.load(SeqCst), 0);
}
