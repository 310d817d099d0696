//! `sbh bench` without a hub.

use crate::process::{Desk, Ended, ended, sample, sample_of, signal};
use serde_json::Value;
use tokio::{io::AsyncReadExt as _, net::TcpListener};

/// A short run that no schedule can miss: one user, who waits for each answer.
const SHORT: [&str; 6] = ["--vus", "1", "--duration", "1s", "--warm-up", "0s"];
const KEYS: [&str; 6] = ["p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms"];
const DIMENSIONS: [&str; 8] =
    ["performance", "reliability", "ux", "scalability", "cost", "security", "privacy", "compliance"];

async fn bench(url: &str, more: &[&str]) -> Ended {
    let arguments = [&["bench", "--url", url][..], &SHORT, more].concat();
    Desk::new().sbh(&arguments).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_as_json_has_latency_counts_validity_and_scores() {
    let url = sample().await;
    let ended = bench(&url, &["--output", "json", "--version", "1.0.0", "--scope", "api"]).await.expect(0);
    let ended = ended.saying("Load goes only to systems that you own or may test.");
    let run = ended.json();
    for side in ["raw", "corrected"] {
        let latency =
            KEYS.map(|key| run["latency"][side][key].as_f64().unwrap_or_else(|| panic!("{side} {key}: {run}")));
        assert!(latency.is_sorted() && latency[0] > 0.0, "{side}: {latency:?}");
    }
    assert!(run["requests"].as_u64() > Some(0) && run["throughput_rps"].as_f64() > Some(0.0), "{run}");
    assert_eq!((&run["errors"], &run["dropped"]), (&0.into(), &0.into()));
    assert_eq!((&run["valid"], &run["invalid_reason"]), (&true.into(), &Value::Null));
    assert_eq!((&run["version"], &run["scope"]), (&"1.0.0".into(), &"api".into()));
    assert_eq!(run["url"].as_str(), Some(format!("{url}/").as_str()));
    assert_scores(&run);
    assert!(run["findings"].as_array().is_some_and(|found| !found.is_empty()), "{run}");
}

/// A score or a reason for each dimension, and never both.
#[track_caller]
fn assert_scores(run: &Value) {
    for dimension in DIMENSIONS {
        let (score, reason) = (&run["scores"][dimension], &run["not_measured"][dimension]);
        assert!(score.is_number() && reason.is_null() || score.is_null() && reason.is_string(), "{dimension}: {run}");
    }
    let measured = ["performance", "reliability", "security"].map(|dimension| run["scores"][dimension].is_number());
    assert_eq!(measured, [true; 3], "{run}");
    assert!(run["score"].is_number() && run["grade"].is_string() && run["curve_version"].is_string(), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_path_is_reported() {
    let paths = ["--path", "/health", "--path", "/search?query=oak", "--output", "json"];
    let run = bench(&sample().await, &paths).await.expect(0).json();
    let names: Vec<_> = run["by_request"].as_array().unwrap().iter().map(|request| &request["name"]).collect();
    assert_eq!(names, ["/health", "/search?query=oak"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_fits_the_screen_and_is_plain_where_nobody_looks() {
    let ended = bench(&sample().await, &[]).await.expect(0);
    assert!(ended.out.lines().all(|line| line.chars().count() <= 80), "{}", ended.out);
    assert!(!ended.out.contains('\u{1b}') && !ended.err.contains('\u{1b}'), "{ended:?}");
    for word in ["Performance", "corrected", "p99.9", "Findings", "No Content-Security-Policy"] {
        assert!(ended.out.contains(word), "{word}: {}", ended.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_baseline_is_measured_in_turns_and_the_differences_are_printed() {
    let (slow, fast) = (sample().await, sample_of("1.1.0").await);
    let more = ["--baseline", &slow, "--repetitions", "6", "--path", "/search?query=oak", "--output", "json"];
    let run = bench(&fast, &more).await.expect(0).json();
    let found = &run["comparison"];
    assert_eq!(found["baseline"].as_str(), Some(format!("{slow}/").as_str()));
    let metrics = found["metrics"].as_array().unwrap();
    let median = metrics.iter().find(|metric| metric["metric"] == "latency.corrected.p50_ms").unwrap();
    assert_eq!((&median["verdict"], &median["baseline"]["count"]), (&"better".into(), &6.into()), "{found}");

    let few = ["--baseline", &slow, "--repetitions", "2"];
    let ended = bench(&fast, &few).await.expect(0).printing("in turns").printing("inconclusive");
    assert!(ended.out.lines().all(|line| line.chars().count() <= 80), "{}", ended.out);
    let gone = ["--baseline", "http://127.0.0.1:9", "--repetitions", "2"];
    bench(&fast, &gone).await.expect(3).saying("--baseline");
    Desk::new().sbh(&["bench", "--hub", "http://127.0.0.1:3000", "--baseline", &slow]).await.expect(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn markdown_has_the_scores_as_a_table() {
    let ended = bench(&sample().await, &["--output", "markdown"]).await.expect(0);
    ended.printing("| dimension | score | grade |").printing("| latency | raw | corrected |");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_listen_is_unreachable_and_every_key_is_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let run = bench(&url, &["--output", "json"]).await.expect(3).saying("does not accept connections").json();
    let latency = run["latency"]["corrected"].as_object().unwrap();
    assert!(KEYS.iter().all(|key| latency.get(*key) == Some(&Value::Null)), "{run}");
    for key in ["throughput_rps", "requests", "errors", "dropped", "score"] {
        assert_eq!(run.get(key), Some(&Value::Null), "{key}: {run}");
    }
    assert_eq!(run["valid"], false);
    assert!(run["invalid_reason"].is_string() && run["not_measured"]["performance"].is_string(), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_answers_a_request_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    bench(&url, &["--output", "json"]).await.expect(3);
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_addresses_are_refused_however_they_are_spelled() {
    for url in ["http://169.254.169.254/", "http://0xa9fea9fe/", "http://[::ffff:169.254.169.254]/", "ftp://127.0.0.1/"]
    {
        Desk::new().sbh(&["bench", "--url", url]).await.expect(2).saying("--url");
    }
}

#[tokio::test]
async fn wrong_flags_are_named_with_what_is_allowed() {
    let wrong: [(&[&str], &str); 9] = [
        (&["--rate", "0"], "--rate"),
        (&["--rate", "5", "--vus", "5"], "--vus"),
        (&["--vus", "0"], "--vus"),
        (&["--duration", "soon"], "a time from 1s to 6h"),
        (&["--warm-up", "5m"], "a time from 0s to 1m"),
        (&["--path", "health"], "--path"),
        (&["--path", "/a", "--path", "/a"], "--path"),
        (&["--output", "junit"], "[possible values: table, json, markdown]"),
        (&["--hub", "http://127.0.0.1:3000"], "--hub"),
    ];
    for (flags, said) in wrong {
        let arguments = [&["bench", "--url", "http://127.0.0.1:4100"][..], flags].concat();
        Desk::new().sbh(&arguments).await.expect(2).saying(said);
    }
    Desk::new().sbh(&["bench"]).await.expect(2).saying("<--url <URL>|--hub <URL>>");
    Desk::new().sbh(&["bench", "--hub", "http://127.0.0.1:3000"]).await.expect(2).saying("--environment-id");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_says_so_and_scores_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let child = Desk::new().start(&["bench", "--url", &url, "--output", "json"]);
    // The first connection asks whether anybody listens; the next one sends a request, which is never answered.
    let _first = listener.accept().await.unwrap();
    let (mut second, _) = listener.accept().await.unwrap();
    assert!(second.read(&mut [0; 16]).await.unwrap() > 0);
    signal(&child, "INT").await;
    let ended = ended(child).await.expect(1).saying("cancelled after");
    assert_eq!(ended.out, "");
}
