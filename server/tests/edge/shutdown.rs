//! Starting and ending: nothing that was begun is broken off, and a file has one serving process.

use crate::support::{Backend, OWNER, PASSWORD, TestHub};
use serde_json::json;
use server::{
    config::Config,
    state::{OnlyServer, StartError},
};
use std::{
    io::{BufRead as _, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_begun_is_answered_before_the_end() {
    let mut hub = TestHub::start(Backend::Sqlite).await;
    hub.owner().await;
    let address = hub.address();
    let body = json!({ "email": OWNER, "password": PASSWORD }).to_string();
    let head = format!(
        "POST /api/auth/sign-in HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    let mut begun = TcpStream::connect(address).await.unwrap();
    begun.write_all(head.as_bytes()).await.unwrap();
    let mut interim = [0; 25];
    begun.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n", "the handler waits for the body");
    let ending = tokio::spawn(hub.take_running().stop());
    // The end is under way as soon as nobody is let in any more.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    begun.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    begun.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    ending.await.unwrap();
}

#[tokio::test]
async fn a_file_has_one_serving_process() {
    let hub = TestHub::start(Backend::Sqlite).await;
    let config = Config::parse(hub.values()).unwrap();
    let first = OnlyServer::lock(&config).unwrap();
    assert!(matches!(OnlyServer::lock(&config), Err(StartError::InUse(_))));
    drop(first);
    OnlyServer::lock(&config).unwrap();
}

#[tokio::test]
async fn a_development_hub_keeps_its_own_secret_to_itself() {
    use std::os::unix::fs::PermissionsExt as _;
    let hub = TestHub::start(Backend::Sqlite).await;
    let file = hub.folder().join("data/secret_key");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_to_string(&file).unwrap().len(), 64);
}

/// A hub in a process of its own, as an operator runs it.
struct Process {
    child: Child,
    url: String,
    ready: Duration,
    // Keeps the pipe open: a hub that can't print would end.
    _lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(folder: &Path, variables: &[(&str, &str)]) -> Self {
        let mut sbh = Command::new(env!("CARGO_BIN_EXE_sbh"));
        sbh.arg("serve").current_dir(folder).env_clear().env("PORT", "0").env("EVIDENCE_BUNDLE_PATH", "evidence");
        let begin = Instant::now();
        let mut child = sbh.envs(variables.iter().copied()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains("listens on "))).unwrap();
        let url = line.split("listens on ").nth(1).unwrap().to_owned();
        Self { child, url, ready: begin.elapsed(), _lines: lines }
    }

    fn end(mut self) {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

#[test]
fn the_binary_is_ready_within_a_second_and_ends_on_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    Process::start(folder.path(), &[]).end();
    let again = Process::start(folder.path(), &[]);
    let ready = again.ready;
    again.end();
    assert!(ready < Duration::from_secs(1), "ready after {ready:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_are_sent_to_the_collector_before_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let collector = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", collector.local_addr().unwrap());
    let hub = Process::start(folder.path(), &[("ENABLE_TRACING", "true"), ("OTLP_ENDPOINT", &endpoint)]);
    let address = hub.url.trim_start_matches("http://").parse().unwrap();
    crate::support::Client::new(address).get("/health").await.expect(200);
    let end = tokio::task::spawn_blocking(|| hub.end());
    let (mut export, _) = collector.accept().await.unwrap();
    let mut preface = [0; 24];
    export.read_exact(&mut preface).await.unwrap();
    assert_eq!(&preface, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "gRPC speaks HTTP/2");
    drop((export, collector));
    end.await.unwrap();
}
