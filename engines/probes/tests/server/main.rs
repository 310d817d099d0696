//! Audits of real servers on loopback: well-behaved ones, badly certified ones, and hostile ones.

#![expect(clippy::unwrap_used, reason = "a failed setup fails the test")]

mod origin;

use std::sync::Arc;
use std::time::Duration;

use origin::{Answers, Origin, Wanted, answer, certificate};
use sbh_egress::{Guard, Policy};
use sbh_probes::{Audit, Options, ProbeError, audit};
use url::Url;

const HTML: (&str, &str) = ("Content-Type", "text/html");

fn guard() -> Guard {
    Guard::new(Policy { loopback: true, ..Default::default() })
}

fn options() -> Options {
    Options { interval: Duration::ZERO, body_limit: 64 * 1024, ..Default::default() }
}

fn always(bytes: Vec<u8>) -> Answers {
    Arc::new(move |_| bytes.clone())
}

async fn audit_plain(answers: Answers) -> (Result<Audit, ProbeError>, Origin) {
    let origin = Origin::start(None, answers).await;
    let target = Url::parse(&format!("http://127.0.0.1:{}/", origin.port)).unwrap();
    (audit(&target, &guard(), &options()).await, origin)
}

async fn audit_tls(wanted: Wanted) -> Audit {
    let (config, roots) = certificate(&wanted);
    let headers = [HTML, ("Strict-Transport-Security", "max-age=31536000")];
    let origin = Origin::start(Some(config), always(answer(200, &headers, "<p>"))).await;
    let target = Url::parse(&format!("https://localhost:{}/", origin.port)).unwrap();
    audit(&target, &guard(), &Options { roots: Some(roots), ..options() }).await.unwrap()
}

fn has(audit: &Audit, id: &str) -> bool {
    audit.findings.iter().any(|finding| finding.id == id)
}

fn not_measured(audit: &Audit, what: &str) -> bool {
    audit.not_measured.iter().any(|entry| entry.what.contains(what))
}

fn result<'a>(audit: &'a Audit, test: &str) -> &'a str {
    let tests = &audit.observatory.as_ref().unwrap().tests;
    &tests.iter().find(|entry| entry.id == test).unwrap().result
}

#[tokio::test]
async fn an_origin_on_loopback_is_judged_over_plain_http_with_tls_not_measured() {
    let (audit, origin) = audit_plain(Arc::new(|line| match line {
        "GET /" => {
            answer(200, &[HTML, ("Server", "demo/1.2"), ("Set-Cookie", "session=abc; Path=/")], "<title>Demo</title>")
        }
        "OPTIONS /" => answer(204, &[("Access-Control-Allow-Origin", "*")], ""),
        "GET /.well-known/security.txt" => answer(200, &[("Content-Type", "text/plain")], "Contact: mailto:a@b.test"),
        "GET /robots.txt" => answer(200, &[("Content-Type", "text/plain")], "Disallow: /admin"),
        _ => answer(404, &[HTML], "Traceback (most recent call last)\n File \"app.py\""),
    }))
    .await;
    let audit = audit.unwrap();
    for id in ["SBH-CSP-001", "SBH-COO-002", "SBH-COO-003", "SBH-INF-001", "SBH-INF-004", "SBH-INF-009", "SBH-TXT-003"]
    {
        assert!(has(&audit, id), "{id} is missing: {:?}", audit.findings);
    }
    assert!(!has(&audit, "SBH-TLS-001"));
    assert!(not_measured(&audit, "TLS") && not_measured(&audit, "page over https"));
    assert_eq!(
        result(&audit, "cross-origin-resource-sharing"),
        "cross-origin-resource-sharing-implemented-with-public-access"
    );
    assert_eq!(result(&audit, "cookies"), "cookies-session-without-secure-flag");
    // 100 - 25 (CSP) - 40 (cookie) - 20 (redirect) - 20 (HSTS) is below 0 already.
    assert_eq!(audit.score().unwrap().clamped, 0);
    let paths = [
        "GET /",
        "OPTIONS /",
        "GET /.well-known/security.txt",
        "GET /robots.txt",
        "GET /this-page-does-not-exist-sbh-probe",
    ];
    assert_eq!(origin.requests(), paths);
    assert_eq!(audit.requests, 5);
}

#[tokio::test]
async fn a_good_certificate_is_verified_and_old_versions_are_found_refused() {
    let audit = audit_tls(Wanted { host: "localhost", until: 2200, signed: true }).await;
    let tls = audit.tls.as_ref().unwrap();
    assert_eq!((tls.protocol.as_str(), tls.accepts_tls10, tls.accepts_tls11), ("TLSv1.3", Some(false), Some(false)));
    let certificate = tls.certificate.as_ref().unwrap();
    assert!(certificate.matches_host && certificate.chain_problem.is_none() && !certificate.self_signed);
    assert_eq!((certificate.key_algorithm.as_str(), certificate.key_bits), ("EC", 256));
    assert_eq!(certificate.names, ["localhost"]);
    assert!(
        !audit.findings.iter().any(|finding| finding.id.starts_with("SBH-CRT") || finding.id.starts_with("SBH-TLS"))
    );
    assert_eq!(result(&audit, "strict-transport-security"), "hsts-implemented-max-age-at-least-six-months");
}

#[tokio::test]
async fn a_bad_certificate_is_found_and_the_site_is_audited_all_the_same() {
    let cases = [
        (Wanted { host: "localhost", until: 2021, signed: true }, "SBH-CRT-001"),
        (Wanted { host: "other.test", until: 2200, signed: true }, "SBH-CRT-004"),
        (Wanted { host: "localhost", until: 2200, signed: false }, "SBH-CRT-005"),
    ];
    for (wanted, id) in cases {
        let audit = audit_tls(wanted).await;
        let found: Vec<&str> =
            audit.findings.iter().map(|finding| finding.id.as_str()).filter(|id| id.starts_with("SBH-CRT")).collect();
        assert_eq!(found, [id]);
        assert_eq!(result(&audit, "strict-transport-security"), "hsts-invalid-cert");
        assert!(has(&audit, "SBH-CSP-001"));
    }
}

#[tokio::test]
async fn a_redirect_loop_ends_at_the_limit() {
    let (audit, _origin) = audit_plain(always(answer(302, &[("Location", "/again")], ""))).await;
    let audit = audit.unwrap();
    assert_eq!(audit.summary.unwrap().hops.len(), 11);
    assert_eq!(
        audit.observatory.unwrap().tests.iter().find(|test| test.id == "redirection").unwrap().result,
        "redirection-not-to-https"
    );
}

#[tokio::test]
async fn a_huge_body_is_cut_and_said_to_be() {
    let body = "<img src=x>".repeat(1_000_000);
    let (audit, _origin) = audit_plain(always(answer(200, &[HTML], &body))).await;
    let audit = audit.unwrap();
    let summary = audit.summary.as_ref().unwrap();
    assert_eq!((summary.body_bytes, summary.truncated), (64 * 1024, true));
    assert!(not_measured(&audit, "end of the page"));
}

#[tokio::test]
async fn what_is_not_html_is_judged_by_its_headers() {
    let (audit, _origin) =
        audit_plain(always(answer(200, &[("Content-Type", "application/json")], "{\"a\": [1]}"))).await;
    let audit = audit.unwrap();
    assert!(!has(&audit, "SBH-CSP-001") && has(&audit, "SBH-HDR-001"));
    assert_eq!(result(&audit, "subresource-integrity"), "sri-not-implemented-response-not-html");
}

#[tokio::test]
async fn odd_but_parseable_headers_are_read_as_far_as_they_go() {
    let mut bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Frame-Options: \xff\xfe\r\nSet-Cookie: =;;;\r\nSet-Cookie: ;\r\n".to_vec();
    bytes.extend(b"Content-Security-Policy: ;;;,,, script-src %%% 'nonce-\r\nStrict-Transport-Security: max-age=;;=\r\nVia: 1.1.1.1.1\r\n\r\n");
    bytes.extend(b"<!doctype html><meta http-equiv=content-security-policy content='%'><script src='http://[::'></script>\xff\x00");
    let (audit, _origin) = audit_plain(always(bytes)).await;
    assert_eq!(result(&audit.unwrap(), "x-frame-options"), "x-frame-options-header-invalid");
}

#[tokio::test]
async fn answers_that_are_not_http_are_an_error_and_no_panic() {
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "a".repeat(500_000)).into_bytes();
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: 1\r\n".repeat(500)).into_bytes();
    let cases =
        [b"SSH-2.0-server\r\n".to_vec(), b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n".to_vec(), Vec::new(), long, many];
    for bytes in cases {
        let (audit, _origin) = audit_plain(always(bytes)).await;
        assert!(matches!(audit, Err(ProbeError::Unreachable(_))), "{audit:?}");
    }
}

#[tokio::test]
async fn redirects_to_other_schemes_are_not_followed() {
    for location in ["file:///etc/passwd", "javascript:alert(1)", "http://", "http://user:secret@127.0.0.1/"] {
        let (audit, origin) = audit_plain(always(answer(302, &[("Location", location)], ""))).await;
        assert!(matches!(audit, Err(ProbeError::Unreachable(_))), "{location}: {audit:?}");
        assert_eq!(origin.requests(), ["GET /"]);
    }
}

#[tokio::test]
async fn what_the_guard_refuses_gets_no_request() {
    let origin = Origin::start(None, always(answer(200, &[HTML], ""))).await;
    let target = Url::parse(&format!("http://127.0.0.1:{}/", origin.port)).unwrap();
    let refused = audit(&target, &Guard::new(Policy::default()), &options()).await;
    assert!(matches!(refused, Err(ProbeError::Refused(_))));
    let other = audit(&Url::parse("data:text/html,x").unwrap(), &guard(), &options()).await;
    assert!(matches!(other, Err(ProbeError::Target(_))));
    assert!(origin.requests().is_empty());
}

#[tokio::test]
async fn options_out_of_range_are_named() {
    let target = Url::parse("http://127.0.0.1:1/").unwrap();
    let bad = [
        (Options { timeout: Duration::ZERO, ..options() }, "timeout"),
        (Options { body_limit: 0, ..options() }, "body_limit"),
        (Options { max_redirects: 99, ..options() }, "max_redirects"),
        (Options { user_agent: "a\r\nb".to_owned(), ..options() }, "user_agent"),
        (Options { missing_path: "x".to_owned(), ..options() }, "missing_path"),
    ];
    for (options, name) in bad {
        let error = audit(&target, &guard(), &options).await.unwrap_err();
        assert!(matches!(error, ProbeError::Option { field, .. } if field == name), "{error}");
    }
}
