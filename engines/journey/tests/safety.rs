//! A run stays behind the guard and in its folder, ends in time, and shows no secret.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod server;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use sbh_egress::{Guard, Policy};
use sbh_journey::{Journey, Outcome, RunOptions, Variable, run};
use server::Server;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

fn open() -> Guard {
    Guard::new(Policy { loopback: true, ..Policy::default() })
}

async fn go(text: &str, options: &RunOptions, guard: &Guard) -> Outcome {
    let journey = Journey::parse("a.hurl", text).unwrap();
    run(&journey, options, guard, &CancellationToken::new()).await
}

fn at(server: &Server) -> RunOptions {
    RunOptions { base_url: Some(server.url.parse().unwrap()), ..RunOptions::default() }
}

fn with_file(server: &Server, folder: &TempDir) -> RunOptions {
    RunOptions { folder: Some(folder.path().to_owned()), ..at(server) }
}

#[tokio::test]
async fn a_closed_address_is_never_connected_to_and_never_a_success() {
    let server = Server::start().await;
    let closed = Guard::new(Policy::default());
    // The refusal is answered by the proxy with 403, which must not count as the server's.
    for expected in ["200", "403", "*"] {
        let outcome = go(&format!("GET {{{{base_url}}}}/hello\nHTTP {expected}\n"), &at(&server), &closed).await;
        assert!(!outcome.success, "{outcome:?}");
        assert_eq!(outcome.refusals[0].code, "egress_refused");
    }
    let secure = RunOptions { base_url: Some(server.url.replace("http:", "https:").parse().unwrap()), ..at(&server) };
    let outcome = go("GET {{base_url}}/hello\nHTTP *\n", &secure, &closed).await;
    assert!(!outcome.success && outcome.refusals.len() == 1, "{outcome:?}");
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn a_dead_server_is_no_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let outcome = go(&format!("GET http://{address}/\nHTTP 502\n"), &RunOptions::default(), &open()).await;
    assert!(!outcome.success);
    assert!(outcome.entries[0].errors[0].message.starts_with("The server was not reached"), "{outcome:?}");
}

#[tokio::test]
async fn redirects_are_judged_too() {
    let (front, back) = (Server::start().await, Server::start().await);
    // `localhost` is opened for the front only by its name; the address that it redirects to stays closed.
    let guard = Guard::new(Policy::default()).allowing("localhost");
    let options = RunOptions {
        base_url: Some(front.url.replace("127.0.0.1", "localhost").parse().unwrap()),
        ..RunOptions::default()
    };
    let text = format!("GET {{{{base_url}}}}/redirect-to?url={}/hello\n[Options]\nlocation: true\nHTTP *\n", back.url);
    let outcome = go(&text, &options, &guard).await;
    assert!(!outcome.success);
    assert_eq!((front.hits(), back.hits(), outcome.refusals.len()), (1, 0, 1), "{outcome:?}");
    let text = "GET {{base_url}}/redirect-to?url=file:///etc/passwd\n[Options]\nlocation: true\nHTTP *\n";
    let outcome = go(text, &options, &guard).await;
    assert!(outcome.entries[0].errors[0].message.contains("http"), "{outcome:?}");
}

/// Tells the test below that it is the process with hostile proxy variables.
const HOSTILE: &str = "JOURNEY_TEST_HOSTILE";

async fn in_a_hostile_environment() {
    let server = Server::start().await;
    let outcome = go("GET {{base_url}}/hello\nHTTP 200\n", &at(&server), &open()).await;
    assert!(outcome.success, "{outcome:?}");
    let outcome = go("GET {{base_url}}/hello\nHTTP *\n", &at(&server), &Guard::new(Policy::default())).await;
    assert!(!outcome.success && outcome.refusals.len() == 1, "{outcome:?}");
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn proxy_variables_of_the_environment_have_no_effect() {
    if std::env::var_os(HOSTILE).is_some() {
        return in_a_hostile_environment().await;
    }
    for (name, value) in [
        ("NO_PROXY", "*"),
        ("no_proxy", "127.0.0.1,localhost"),
        ("http_proxy", "http://127.0.0.1:9"),
        ("ALL_PROXY", "socks5://127.0.0.1:9"),
    ] {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env(HOSTILE, "1").env(name, value);
        let output = command.args(["--exact", "proxy_variables_of_the_environment_have_no_effect"]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("1 passed"), "{name}: {text}");
    }
}

#[tokio::test]
async fn a_journey_reads_its_own_folder_only() {
    let (server, folder, outside) = (Server::start().await, TempDir::new().unwrap(), TempDir::new().unwrap());
    let secret = outside.path().join("secret.txt");
    std::fs::write(&secret, "outside").unwrap();
    let text = "POST {{base_url}}/mirror\nfile,{{file}};\nHTTP 200\n";
    let up = format!("../{}/secret.txt", outside.path().file_name().unwrap().to_str().unwrap());
    for path in [secret.to_str().unwrap(), &up, "/etc/passwd"] {
        let variables = BTreeMap::from([("file".to_owned(), Variable::text(path))]);
        let outcome = go(text, &RunOptions { variables, ..with_file(&server, &folder) }, &open()).await;
        assert!(outcome.entries[0].errors[0].message.contains("outside of the journey's folder"), "{outcome:?}");
    }
    let text = "POST {{base_url}}/mirror\nfile,note.txt;\nHTTP 200\n";
    let none = go(text, &at(&server), &open()).await;
    assert!(none.problems[0].message.contains("has no files"), "{none:?}");
    std::os::unix::fs::symlink(&secret, folder.path().join("note.txt")).unwrap();
    let linked = go(text, &with_file(&server, &folder), &open()).await;
    assert!(linked.problems[0].message.contains("links are not followed"), "{linked:?}");
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn external_entities_of_a_response_are_not_read() {
    let (server, outside) = (Server::start().await, TempDir::new().unwrap());
    let secret = outside.path().join("secret.txt");
    std::fs::write(&secret, "outside").unwrap();
    let text = format!(
        "GET {{{{base_url}}}}/external-entity?path={}\nHTTP 200\n[Captures]\na: xpath \"string(/a)\"\n",
        secret.display()
    );
    let outcome = go(&text, &at(&server), &open()).await;
    assert!(!serde_json::to_string(&outcome.entries[0].captures).unwrap().contains("outside"), "{outcome:?}");
}

/// Accepts connections and answers nothing; hands over each end of a connection.
async fn silent() -> (String, tokio::sync::mpsc::Receiver<()>, tokio::sync::mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (began, begins) = tokio::sync::mpsc::channel(8);
    let (ended, ends) = tokio::sync::mpsc::channel(8);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            began.send(()).await.unwrap();
            let mut buffer = Vec::new();
            let _ = stream.read_to_end(&mut buffer).await;
            ended.send(()).await.unwrap();
        }
    });
    (url, begins, ends)
}

#[tokio::test]
async fn the_time_limit_ends_the_run_and_its_connections() {
    let (url, mut begins, mut ends) = silent().await;
    let options = RunOptions { timeout: Duration::from_millis(300), ..RunOptions::default() };
    let outcome = go(&format!("GET {url}/\nHTTP *\n\nGET {url}/\n"), &options, &open()).await;
    assert!(outcome.timed_out && !outcome.success && !outcome.cancelled);
    assert_eq!(outcome.problems[0].line, Some(1), "{outcome:?}");
    assert!(outcome.entries.len() <= 1);
    begins.recv().await.unwrap();
    ends.recv().await.unwrap();
    assert!(begins.try_recv().is_err(), "nothing connects after the end");
}

#[tokio::test]
async fn one_request_has_a_time_limit_of_its_own() {
    let (url, _begins, _ends) = silent().await;
    let options = RunOptions { entry_timeout: Duration::from_millis(200), ..RunOptions::default() };
    let outcome = go(&format!("GET {url}/\nHTTP *\n"), &options, &open()).await;
    assert!(!outcome.success && !outcome.timed_out);
    assert!(outcome.entries[0].errors[0].message.contains("(28)"), "{outcome:?}");
}

#[tokio::test]
async fn cancelling_ends_a_pause_and_a_transfer_for_the_caller() {
    let (url, mut begins, mut ends) = silent().await;
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    tokio::spawn(async move {
        begins.recv().await.unwrap();
        stop.cancel();
    });
    let journey =
        Journey::parse("a.hurl", &format!("GET {url}/\n[Options]\nretry: 100\nretry-interval: 60s\nHTTP *\n")).unwrap();
    let outcome = run(&journey, &RunOptions::default(), &open(), &cancel).await;
    assert!(outcome.cancelled && !outcome.success && !outcome.timed_out, "{outcome:?}");
    ends.recv().await.unwrap();
}

#[tokio::test]
async fn no_secret_is_shown_anywhere() {
    let server = Server::start().await;
    let secret = "p&ss w\"ord/1";
    let variables = BTreeMap::from([("password".to_owned(), Variable::secret(secret))]);
    let text = "GET {{base_url}}/echo?p={{password}}\n[Query]\nq: {{password}}\n[BasicAuth]\nada: {{password}}\nHTTP 200\n[Captures]\nbody: body\ncode: jsonpath \"$.method\" redact\n[Asserts]\njsonpath \"$.headers.authorization\" == \"{{password}}\"\nbody == \"{{password}}\"\nheader \"none\" == \"{{password}}\"\njsonpath \"$.query\" toInt == 1\n";
    // The secret is not URL-safe, so the first request is refused as a URL; the second sends it encoded.
    let encoded = text.replace("?p={{password}}", "");
    for text in [text, encoded.as_str()] {
        let options = RunOptions { variables: variables.clone(), ..at(&server) };
        let outcome = go(text, &options, &open()).await;
        let shown = format!("{outcome:?} {}", serde_json::to_string(&outcome).unwrap());
        assert!(!outcome.success);
        for spelling in [secret, "p%26ss", "ord/1", "ord%2F1", "YWRhOnAm"] {
            assert!(!shown.contains(spelling), "{spelling}: {shown}");
        }
        assert!(!format!("{options:?}").contains("ord/1"));
    }
    let outcome = go(&encoded, &RunOptions { variables, ..at(&server) }, &open()).await;
    let captures = &outcome.entries[0].captures;
    assert_eq!((captures[1].value.as_str(), captures[1].secret), ("***", true));
    assert!(captures[0].value.contains("***"));
}

#[tokio::test]
async fn responses_are_limited() {
    let server = Server::start().await;
    let options = RunOptions { max_body: 5, ..at(&server) };
    assert!(!go("GET {{base_url}}/hello\nHTTP 200\n", &options, &open()).await.success);
    let options = RunOptions { excerpt: 5, ..at(&server) };
    let outcome = go("GET {{base_url}}/hello\nHTTP 200\n", &options, &open()).await;
    let body = &outcome.entries[0].exchanges[0].body;
    assert_eq!((body.excerpt.as_deref(), body.bytes, body.truncated), (Some("Hello"), 12, true));
}

#[tokio::test]
async fn a_run_that_measured_nothing_is_no_success() {
    let outcome = go("GET http://a.example/\n[Options]\nskip: true\nHTTP 200\n", &RunOptions::default(), &open()).await;
    assert!(!outcome.success);
    assert!(outcome.problems[0].message.contains("nothing was measured"));
}

#[tokio::test]
async fn what_the_proxy_changes_is_reported_instead_of_measured() {
    let server = Server::start().await;
    let outcome = go("GET {{base_url}}/hello\nHost: other.example\nHTTP 200\n", &at(&server), &open()).await;
    assert!(outcome.entries[0].errors[0].message.contains("Host field"), "{outcome:?}");
}

#[tokio::test]
async fn a_difference_below_the_end_of_the_source_is_reported() {
    let server = Server::start().await;
    let long = (0..2_000).map(|n| format!("{n}\n")).collect::<String>();
    let variables = BTreeMap::from([("long".to_owned(), Variable::text(&long))]);
    let text = "POST {{base_url}}/mirror\n```\n{{long}}x```\nHTTP 200\n```\n{{long}}y```\n";
    let outcome = go(text, &RunOptions { variables, ..at(&server) }, &open()).await;
    let message = outcome.entries[0].asserts[1].message.as_deref();
    assert_eq!(message, Some("Expected line 2001 of the body to be \"y\", but saw \"x\"."));
}

#[tokio::test]
async fn an_outcome_survives_storage() {
    let server = Server::start().await;
    let outcome = go("GET {{base_url}}/hello\nHTTP 200\n", &at(&server), &open()).await;
    let stored = serde_json::to_string(&outcome).unwrap();
    assert_eq!(serde_json::from_str::<Outcome>(&stored).unwrap(), outcome);
    assert!(Path::new("out.bin").metadata().is_err());
}
