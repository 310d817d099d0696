//! How audits end that do not succeed, and what is left of them: nothing.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use sbh_browser::{AuditError, Auditor, Installation, Options};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::processes::{leftovers, processes};
use crate::setup::{audit, open, quick, turn};
use crate::site::{Page, Site};

fn auditor(folder: &TempDir) -> Auditor {
    Auditor::new(open(), Installation { program: None, profiles: Some(folder.path().to_owned()) })
}

/// A process that was killed may still be seen until the system has taken it down.
async fn assert_nothing_left(folder: &TempDir) {
    until(|| processes(folder.path()).is_empty()).await;
    assert_eq!(leftovers(folder.path()), Vec::<PathBuf>::new());
}

/// Waits for something that another process does.
async fn until(mut done: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(15);
    while !done() {
        assert!(Instant::now() < limit, "it did not happen within 15 s");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn without_a_browser_nothing_is_measured_and_nothing_is_asked_for() {
    let site = Site::page("<p>Text").await;
    let installation = Installation { program: Some("/nowhere/chromium".into()), profiles: None };
    let error = Auditor::new(open(), installation).audit(&site.url("/"), &quick()).await.unwrap_err();
    assert!(matches!(error, AuditError::NoBrowser(_)), "{error}");
    assert_eq!(
        error.to_string(),
        "not measured: no Chromium was found (the configured /nowhere/chromium is not a file)"
    );
    assert_eq!(site.connections(), 0);
}

#[tokio::test]
async fn a_program_that_is_no_browser_does_not_launch() {
    let (site, folder) = (Site::page("<p>Text").await, TempDir::new().unwrap());
    let installation = Installation { program: Some("/bin/false".into()), profiles: Some(folder.path().to_owned()) };
    let error = Auditor::new(open(), installation).audit(&site.url("/"), &quick()).await.unwrap_err();
    assert!(matches!(error, AuditError::Launch(_)), "{error}");
    assert_nothing_left(&folder).await;
}

#[tokio::test]
async fn a_killed_browser_ends_the_audit_and_the_next_one_works() {
    let _turn = turn().await;
    let (site, folder) = (Site::page("<link rel=icon href='data:,'><p>Text").await, TempDir::new().unwrap());
    let auditor = auditor(&folder);
    let (url, options) = (site.url("/"), Options { quiet: Duration::from_secs(5), ..quick() });
    let kill = async {
        until(|| !site.asked().is_empty()).await;
        let (browser, _) = processes(folder.path()).into_iter().find(|(_, is_browser)| *is_browser).unwrap();
        let killed = std::process::Command::new("kill").args(["-9", &browser.to_string()]).status().unwrap();
        assert!(killed.success());
    };
    let started = Instant::now();
    let (outcome, ()) = tokio::join!(auditor.audit(&url, &options), kill);
    assert_eq!(outcome.unwrap_err(), AuditError::BrowserGone);
    assert!(started.elapsed() < Duration::from_secs(15));
    assert_nothing_left(&folder).await;
    let audit = auditor.audit(&url, &quick()).await.unwrap();
    assert!(audit.medians.first_contentful_paint_ms.value.is_some());
    assert_nothing_left(&folder).await;
}

#[tokio::test]
async fn a_killed_page_ends_the_audit() {
    let _turn = turn().await;
    // The page's process is there for certain when one of its scripts has asked for something.
    let site = Site::page("<link rel=icon href='data:,'><p>Text<script>onload = () => fetch('/shown')</script>").await;
    let folder = TempDir::new().unwrap();
    let options = Options { quiet: Duration::from_secs(5), ..quick() };
    let (auditor, url) = (auditor(&folder), site.url("/"));
    let kill = async {
        until(|| site.asked().contains(&"/shown".to_owned())).await;
        for (part, _) in processes(folder.path()) {
            let line = std::fs::read_to_string(format!("/proc/{part}/cmdline")).unwrap_or_default();
            if line.contains("--type=renderer") {
                std::process::Command::new("kill").args(["-9", &part.to_string()]).status().unwrap();
            }
        }
    };
    let (outcome, ()) = tokio::join!(auditor.audit(&url, &options), kill);
    assert_eq!(outcome.unwrap_err(), AuditError::PageCrashed);
    assert_nothing_left(&folder).await;
}

#[tokio::test]
async fn an_endless_script_runs_into_the_time_limit() {
    let _turn = turn().await;
    let (site, folder) = (Site::page("<p>Text<script>for (;;);</script>").await, TempDir::new().unwrap());
    let limit = Duration::from_secs(4);
    let started = Instant::now();
    let outcome = auditor(&folder).audit(&site.url("/"), &Options { time_limit: limit, ..quick() }).await;
    assert_eq!(outcome.unwrap_err(), AuditError::TimeLimit(limit));
    assert!(started.elapsed() < limit + Duration::from_secs(4), "{:?}", started.elapsed());
    assert_nothing_left(&folder).await;
}

#[tokio::test]
async fn an_audit_that_nobody_waits_for_any_more_leaves_nothing() {
    let _turn = turn().await;
    let (site, folder) = (Site::page("<p>Text").await, TempDir::new().unwrap());
    let (auditor, url) = (auditor(&folder), site.url("/"));
    let options = Options { quiet: Duration::from_secs(10), ..quick() };
    let asked = async {
        tokio::select! {
            outcome = auditor.audit(&url, &options) => panic!("{outcome:?}"),
            () = until(|| !site.asked().is_empty()) => {}
        }
    };
    timeout(Duration::from_secs(20), asked).await.unwrap();
    until(|| processes(folder.path()).is_empty() && leftovers(folder.path()).is_empty()).await;
}

#[tokio::test]
async fn pages_that_are_none_and_servers_that_are_gone_are_errors() {
    let download = Page::new("application/octet-stream", "x").with("content-disposition", "attachment");
    let site = Site::start(&[("/file", download)]).await;
    let error = audit(&site.url("/file"), &quick()).await.unwrap_err();
    assert_eq!(error, AuditError::Page("it is a download".to_owned()));
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = url::Url::parse(&format!("http://{gone}/")).unwrap();
    assert_eq!(audit(&url, &quick()).await.unwrap_err(), AuditError::Page("the server did not answer".to_owned()));
}

#[tokio::test]
async fn options_out_of_range_are_named_and_audits_can_be_spawned() {
    fn can_be_spawned(_: &impl Send) {}
    let site = Site::page("<p>Text").await;
    let (url, options) = (site.url("/"), quick());
    can_be_spawned(&audit(&url, &options));
    let error = audit(&site.url("/"), &Options { runs: 2, ..quick() }).await.unwrap_err();
    assert_eq!(error.to_string(), "runs: 1, 3, 5, 7 or 9");
    assert_eq!(site.connections(), 0);
}
