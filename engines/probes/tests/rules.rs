//! Every rule of the catalogue: one observation that triggers it and a similar one that does not.

#![expect(clippy::unwrap_used, reason = "a failed setup fails the test")]

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use sbh_probes::compliance::Outcome;
use sbh_probes::findings::{self, CATALOGUE, base_score};
use sbh_probes::observation::{Headers, Hop, Observation, Preflight, Response, Visit};
use sbh_probes::{Audit, CertificateFacts, PreloadList, Severity, TlsFacts};
use url::Url;

const POLICY: &str =
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const CONTACT: &str = "Contact: mailto:security@site.test\nExpires: 2031-01-01T00:00:00Z\n";

fn now() -> DateTime<Utc> {
    "2030-06-01T12:00:00Z".parse().unwrap()
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn response(address: &str, headers: &[(&str, &str)], body: &str) -> Response {
    Response {
        url: url(address),
        status: 200,
        headers: Headers::new(headers.iter().copied()),
        body: body.to_owned(),
        truncated: false,
    }
}

fn visit(chain: &[&str], response: Response) -> Visit {
    let hops = chain.iter().map(|address| Hop { url: url(address), status: 301, set_cookies: Vec::new() }).collect();
    Visit { hops, response, verified: true }
}

/// A site with nothing to find.
fn clean() -> Observation {
    let headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", POLICY),
        ("strict-transport-security", "max-age=31536000"),
        ("x-content-type-options", "nosniff"),
        ("server", "example"),
    ];
    let page =
        response("https://site.test/", &headers, "<!doctype html><title>Home</title><script src=/a.js></script>");
    let text = [("content-type", "text/plain; charset=utf-8")];
    Observation {
        target: url("https://site.test/"),
        observed_at: now(),
        http: Some(visit(&["http://site.test/", "https://site.test/"], page.clone())),
        https: Some(visit(&["https://site.test/"], page)),
        both_schemes: true,
        preflight: None,
        security_txt: Some(response("https://site.test/.well-known/security.txt", &text, CONTACT)),
        robots: Some(response("https://site.test/robots.txt", &text, "User-agent: *\nDisallow: /search\n")),
        missing: Some(response("https://site.test/missing", &headers, "<title>Not found</title>")),
        tls: Some(tls()),
    }
}

fn tls() -> TlsFacts {
    TlsFacts {
        protocol: "TLSv1.3".to_owned(),
        cipher_suite: "TLS_AES_128_GCM_SHA256".to_owned(),
        accepts_tls10: Some(false),
        accepts_tls11: Some(false),
        certificate: Some(CertificateFacts {
            subject: "CN=site.test".to_owned(),
            issuer: "CN=authority".to_owned(),
            not_before: now() - TimeDelta::days(10),
            not_after: now() + TimeDelta::days(80),
            names: vec!["site.test".to_owned()],
            matches_host: true,
            self_signed: false,
            chain_problem: None,
            key_algorithm: "EC".to_owned(),
            key_bits: 256,
            signature_algorithm: "ecdsa-with-SHA256".to_owned(),
        }),
    }
}

/// A change of the clean site.
enum Change {
    Nothing,
    /// Replaces a header of the page; an empty value removes it.
    Header(&'static str, &'static str),
    Body(&'static str),
    Cookie(&'static str),
    Certificate(fn(&mut CertificateFacts)),
    Any(fn(&mut Observation)),
}
use Change::{Any, Body, Certificate, Cookie, Header, Nothing};

fn page(observation: &mut Observation) -> &mut Response {
    &mut observation.https.as_mut().unwrap().response
}

fn set(response: &mut Response, name: &str, value: &str) {
    let kept =
        response.headers.iter().filter(|(key, _)| *key != name).map(|(key, value)| (key.to_owned(), value.to_owned()));
    let added = (!value.is_empty()).then(|| (name.to_owned(), value.to_owned()));
    response.headers = Headers::new(kept.chain(added).collect::<Vec<_>>());
}

fn apply(change: &Change) -> Observation {
    let mut site = clean();
    match change {
        Nothing => {}
        Header(name, value) => set(page(&mut site), name, value),
        Body(html) => page(&mut site).body = (*html).to_owned(),
        Cookie(value) => site.https.as_mut().unwrap().hops[0].set_cookies.push((*value).to_owned()),
        Certificate(edit) => edit(site.tls.as_mut().unwrap().certificate.as_mut().unwrap()),
        Any(edit) => edit(&mut site),
    }
    site
}

fn plain_visit() -> Visit {
    let mut plain = clean().https.unwrap();
    plain.response.url = url("http://site.test/");
    plain.hops[0].url = url("http://site.test/");
    plain
}

fn preflight(origin: &str, credentials: &str) -> Preflight {
    let headers =
        Headers::new([("access-control-allow-origin", origin), ("access-control-allow-credentials", credentials)]);
    Preflight { origin: "https://unknown.invalid".to_owned(), headers }
}

fn security_txt(observation: &mut Observation, body: &str) {
    observation.security_txt.as_mut().unwrap().body = body.to_owned();
}

const CSP: &str = "content-security-policy";

/// Identifier, what triggers it, and what does not.
fn table() -> Vec<(&'static str, Change, Change)> {
    let mut rows = policy_rows();
    rows.extend(cookie_rows());
    rows.extend(transport_rows());
    rows.extend(content_rows());
    rows.extend(disclosure_rows());
    rows
}

fn policy_rows() -> Vec<(&'static str, Change, Change)> {
    vec![
        ("SBH-CSP-001", Header(CSP, ""), Nothing),
        (
            "SBH-CSP-002",
            Header(CSP, "script-src 'unsafe-inline'"),
            Header(CSP, "script-src 'unsafe-inline' 'nonce-Zm9vYmFy'"),
        ),
        ("SBH-CSP-003", Header(CSP, "script-src 'unsafe-eval'"), Header(CSP, "script-src 'wasm-unsafe-eval'")),
        (
            "SBH-CSP-004",
            Header(CSP, "script-src https:"),
            Header(CSP, "script-src https: 'nonce-Zm9vYmFy' 'strict-dynamic'"),
        ),
        ("SBH-CSP-005", Header(CSP, "img-src 'self'"), Header(CSP, "img-src 'self', default-src 'none'")),
        ("SBH-CSP-006", Header(CSP, "script-src 'self'"), Header(CSP, "default-src 'self'")),
        ("SBH-CSP-007", Header(CSP, "default-src 'self'"), Header(CSP, "default-src 'self'; base-uri 'none'")),
        ("SBH-CSP-008", Header(CSP, "default-src 'self'"), Header(CSP, "default-src 'self'; form-action 'self'")),
        (
            "SBH-CSP-009",
            Any(|site| {
                set(page(site), CSP, "");
                set(page(site), "content-security-policy-report-only", POLICY);
            }),
            Header("content-security-policy-report-only", POLICY),
        ),
        (
            "SBH-CSP-010",
            Header(CSP, "default-src 'self'; scrip-src 'none'"),
            Header(CSP, "default-src 'self'; script-src 'none'"),
        ),
        (
            "SBH-CSP-011",
            Header(CSP, "default-src 'self' http://cdn.test"),
            Header(CSP, "default-src 'self'; report-uri http://report.test"),
        ),
        (
            "SBH-CSP-012",
            Header(CSP, "script-src 'strict-dynamic'"),
            Header(CSP, "script-src 'strict-dynamic' 'sha256-abc'"),
        ),
        ("SBH-HDR-001", Header("x-content-type-options", "sniff"), Header("x-content-type-options", "NoSniff")),
        (
            "SBH-HDR-002",
            Header(CSP, "default-src 'self'"),
            Any(|site| {
                set(page(site), CSP, "default-src 'self'");
                set(page(site), "x-frame-options", "SAMEORIGIN");
            }),
        ),
        (
            "SBH-HDR-003",
            Header("referrer-policy", "no-referrer, unsafe-url"),
            Header("referrer-policy", "unsafe-url, no-referrer"),
        ),
        (
            "SBH-HDR-004",
            Any(|site| site.preflight = Some(preflight("https://unknown.invalid", "true"))),
            Any(|site| site.preflight = Some(preflight("https://friend.test", "true"))),
        ),
    ]
}

fn cookie_rows() -> Vec<(&'static str, Change, Change)> {
    vec![
        ("SBH-COO-001", Cookie("theme=1; SameSite=Lax"), Cookie("theme=1; Secure; SameSite=Lax")),
        ("SBH-COO-002", Cookie("session=1; HttpOnly"), Cookie("session=1; HttpOnly; Secure")),
        ("SBH-COO-003", Cookie("session=1; Secure"), Cookie("theme=1; Secure")),
        ("SBH-COO-004", Cookie("theme=1; Secure"), Cookie("theme=1; Secure; SameSite=None")),
        ("SBH-COO-005", Cookie("theme=1; SameSite=None"), Cookie("theme=1; SameSite=None; Secure")),
        ("SBH-COO-006", Cookie("__Host-a=1; Secure; Path=/; Domain=site.test"), Cookie("__Host-a=1; Secure; Path=/")),
        ("SBH-COO-007", Cookie("theme=1; SameSite=Maybe"), Cookie("theme=1")),
        ("SBH-COO-008", Cookie("session=1; Domain=site.test"), Cookie("theme=1; Domain=site.test")),
        ("SBH-COO-009", Cookie("session=1; Max-Age=99"), Cookie("session=1")),
    ]
}

fn transport_rows() -> Vec<(&'static str, Change, Change)> {
    vec![
        (
            "SBH-TLS-001",
            Any(|site| (site.https, site.http) = (None, Some(plain_visit()))),
            Any(|site| {
                (site.https, site.http) = (None, Some(plain_visit()));
                site.target = url("http://127.0.0.1:8080/");
            }),
        ),
        ("SBH-TLS-002", Any(|site| site.http = Some(plain_visit())), Any(|site| site.http = None)),
        (
            "SBH-TLS-003",
            Any(|site| {
                let chain = ["http://site.test/", "http://www.site.test/", "https://site.test/"];
                site.http = Some(visit(&chain, page(site).clone()));
            }),
            Nothing,
        ),
        (
            "SBH-TLS-004",
            Any(|site| site.tls.as_mut().unwrap().accepts_tls10 = Some(true)),
            Any(|site| site.tls.as_mut().unwrap().accepts_tls10 = None),
        ),
        (
            "SBH-TLS-005",
            Any(|site| site.tls.as_mut().unwrap().accepts_tls11 = Some(true)),
            Any(|site| site.tls.as_mut().unwrap().accepts_tls11 = None),
        ),
        ("SBH-TLS-006", Any(|site| site.tls.as_mut().unwrap().protocol = "TLSv1.2".to_owned()), Nothing),
        ("SBH-TLS-007", Header("strict-transport-security", ""), Nothing),
        (
            "SBH-TLS-008",
            Header("strict-transport-security", "max-age=\"15551999\""),
            Header("strict-transport-security", "max-age=15552000"),
        ),
        (
            "SBH-TLS-009",
            Header("strict-transport-security", "max-age=year"),
            Header("strict-transport-security", "Max-Age=99999999999999999999"),
        ),
        (
            "SBH-CRT-001",
            Certificate(|it| it.not_after = now() - TimeDelta::seconds(1)),
            Certificate(|it| it.not_after = now()),
        ),
        (
            "SBH-CRT-002",
            Certificate(|it| it.not_before = now() + TimeDelta::seconds(1)),
            Certificate(|it| it.not_before = now()),
        ),
        (
            "SBH-CRT-003",
            Certificate(|it| it.not_after = now() + TimeDelta::days(13)),
            Certificate(|it| it.not_after = now() + TimeDelta::days(14)),
        ),
        ("SBH-CRT-004", Certificate(|it| it.matches_host = false), Nothing),
        (
            "SBH-CRT-005",
            Certificate(|it| {
                it.self_signed = true;
                it.chain_problem = Some("unknown issuer".to_owned());
            }),
            Certificate(|it| it.self_signed = true),
        ),
        ("SBH-CRT-006", Certificate(|it| it.chain_problem = Some("unknown issuer".to_owned())), Nothing),
        (
            "SBH-CRT-007",
            Certificate(|it| (it.key_algorithm, it.key_bits) = ("RSA".to_owned(), 1024)),
            Certificate(|it| (it.key_algorithm, it.key_bits) = ("RSA".to_owned(), 2048)),
        ),
        (
            "SBH-CRT-008",
            Certificate(|it| it.signature_algorithm = "sha1WithRSAEncryption".to_owned()),
            Certificate(|it| it.signature_algorithm = "sha512WithRSAEncryption".to_owned()),
        ),
    ]
}

fn content_rows() -> Vec<(&'static str, Change, Change)> {
    vec![
        ("SBH-MIX-001", Body("<iframe src=http://a.test/>"), Body("<iframe src=//a.test/>")),
        (
            "SBH-MIX-002",
            Body("<img src=http://a.test/i.png>"),
            Body("<template><img src=http://a.test/i.png></template>"),
        ),
        ("SBH-MIX-003", Body("<form action=http://a.test/>"), Body("<form action=/send>")),
        (
            "SBH-SRI-001",
            Body("<script src=https://cdn.other.com/a.js></script>"),
            Body(
                "<script src=https://cdn.other.com/a.js integrity=sha384-abc></script><script src=https://static.site.test/b.js></script>",
            ),
        ),
        ("SBH-TXT-001", Any(|site| site.security_txt.as_mut().unwrap().status = 404), Nothing),
        (
            "SBH-TXT-002",
            Any(|site| security_txt(site, "Contact: http://site.test\nExpires: 2031-01-01T00:00:00Z")),
            Any(|site| security_txt(site, "contact: tel:+1-201-555-0123\nExpires: 2031-01-01T00:00:00Z")),
        ),
        ("SBH-TXT-003", Any(|site| security_txt(site, "Contact: mailto:a@b.test\nExpires: next year")), Nothing),
        (
            "SBH-TXT-004",
            Any(|site| security_txt(site, "Contact: mailto:a@b.test\nExpires: 2030-05-31T00:00:00Z")),
            Nothing,
        ),
        (
            "SBH-TXT-005",
            Any(|site| site.security_txt.as_mut().unwrap().url = url("http://site.test/.well-known/security.txt")),
            Nothing,
        ),
        (
            "SBH-TXT-006",
            Any(|site| set(site.security_txt.as_mut().unwrap(), "content-type", "application/octet-stream")),
            Any(|site| set(site.security_txt.as_mut().unwrap(), "content-type", "text/plain")),
        ),
    ]
}

fn disclosure_rows() -> Vec<(&'static str, Change, Change)> {
    vec![
        ("SBH-INF-001", Header("server", "nginx/1.25.3"), Header("server", "nginx")),
        ("SBH-INF-002", Header("x-powered-by", "PHP/8.3"), Nothing),
        ("SBH-INF-003", Header("x-aspnet-version", "4.0.30319"), Header("x-request-id", "4.0.30319")),
        (
            "SBH-INF-004",
            Any(|site| {
                site.missing.as_mut().unwrap().body =
                    "Traceback (most recent call last):\n  File \"/srv/app.py\", line 3".to_owned();
            }),
            Body("How to read a Traceback (most recent call last)"),
        ),
        ("SBH-INF-005", Body("<h1>Server Error in '/' Application.</h1>"), Body("<h1>Server error</h1>")),
        ("SBH-INF-006", Body("<title>Index of /files</title>"), Body("<title>An index of /files</title>")),
        ("SBH-INF-007", Body("<script>1\n//# sourceMappingURL=app.js.map\n</script>"), Body("<p>sourceMappingURL</p>")),
        ("SBH-INF-008", Header("via", "1.1 10.0.0.7:3128"), Header("via", "1.1 203.0.113.7")),
        (
            "SBH-INF-009",
            Any(|site| site.robots.as_mut().unwrap().body = "Disallow: /admin/".to_owned()),
            Any(|site| site.robots.as_mut().unwrap().body = "Allow: /admin/".to_owned()),
        ),
    ]
}

fn ids(observation: &Observation) -> BTreeSet<String> {
    findings::judge(observation).into_iter().map(|finding| finding.id).collect()
}

#[test]
fn a_clean_site_has_no_findings() {
    assert_eq!(ids(&clean()), BTreeSet::new());
}

#[test]
fn every_rule_triggers_where_it_should_and_nowhere_else() {
    for (id, bad, good) in table() {
        assert!(ids(&apply(&bad)).contains(id), "{id} was not found");
        assert!(!ids(&apply(&good)).contains(id), "{id} was found where it should not be");
    }
}

#[test]
fn every_rule_of_the_catalogue_is_in_the_table_once() {
    let tested: Vec<&str> = table().into_iter().map(|(id, ..)| id).collect();
    let distinct: BTreeSet<&str> = tested.iter().copied().collect();
    assert_eq!(tested.len(), distinct.len());
    assert_eq!(distinct, CATALOGUE.iter().map(|rule| rule.id).collect());
    assert_eq!(CATALOGUE.len(), distinct.len());
}

#[test]
fn base_scores_equal_those_of_the_cvss_calculator() {
    let vectors = [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(98)),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", Some(100)),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", Some(61)),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N", Some(53)),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N", Some(59)),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", Some(78)),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Some(0)),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N", None),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", None),
    ];
    for (vector, score) in vectors {
        assert_eq!(base_score(vector), score, "{vector}");
    }
}

#[test]
fn severities_follow_from_the_vectors_and_findings_come_worst_first() {
    for rule in CATALOGUE {
        assert!(base_score(rule.cvss).is_some(), "{}", rule.id);
        assert!(rule.reference.starts_with("https://") && !rule.remediation.is_empty(), "{}", rule.id);
    }
    let mut site = apply(&Certificate(|it| it.matches_host = false));
    set(page(&mut site), "x-powered-by", "PHP");
    let severities: Vec<Severity> = findings::judge(&site).iter().map(|finding| finding.severity).collect();
    assert_eq!(severities, [Severity::High, Severity::Info]);
}

#[test]
fn cookie_values_credentials_and_queries_are_not_kept() {
    let mut site = apply(&Cookie("session=hunter2; Path=/"));
    set(page(&mut site), "set-cookie", "session=hunter2; Path=/");
    set(page(&mut site), "x-auth-token", "hunter2");
    set(page(&mut site), "location", "/next?ticket=hunter2");
    site.https.as_mut().unwrap().hops[0].url = url("https://site.test/?ticket=hunter2");
    page(&mut site).body = "<img src='http://a.test/?ticket=hunter2'>".to_owned();
    let audit = Audit::judge(&site, &PreloadList::default());
    let stored = serde_json::to_string(&audit).unwrap();
    assert!(!stored.contains("hunter2"), "{stored}");
    assert!(stored.contains("session=***; Path=/"));
    assert_eq!(serde_json::from_str::<Audit>(&stored).unwrap(), audit);
}

#[test]
fn a_site_that_cannot_be_scored_is_not_measured_rather_than_passed() {
    let mut site = clean();
    page(&mut site).status = 503;
    let audit = Audit::judge(&site, &PreloadList::default());
    assert_eq!(audit.score(), None);
    assert!(audit.not_measured.iter().any(|entry| entry.what == "observatory" && entry.why.contains("503")));
}

#[test]
fn pages_nested_as_deep_as_the_body_limit_allows_are_read_to_their_end() {
    let mut site = clean();
    page(&mut site).body = "<div><p>".repeat(250_000) + "<img src=http://a.test/i.png>";
    assert!(ids(&site).contains("SBH-MIX-002"));
}

/// What a compliance check says of the clean site after a change.
fn checked(id: &str, change: fn(&mut Observation)) -> (Outcome, String) {
    let mut observation = clean();
    change(&mut observation);
    let audit = Audit::judge(&observation, &PreloadList::default());
    let check = audit.compliance.into_iter().find(|check| check.id == id).unwrap();
    assert!(!check.reference.is_empty() && !check.remediation.is_empty());
    (check.outcome, check.evidence)
}

fn body(observation: &mut Observation, html: &str) {
    page(observation).body = html.to_owned();
}

#[test]
fn compliance_checks_say_what_was_seen() {
    use Outcome::{Kept, Missed, Undecided};
    type Case = (&'static str, fn(&mut Observation), Outcome, &'static str);
    let cases: [Case; 24] = [
        ("SBH-COM-001", |_| (), Kept, "TLSv1.3"),
        ("SBH-COM-001", |seen| seen.tls.as_mut().unwrap().accepts_tls11 = Some(true), Missed, "TLS 1.1"),
        (
            "SBH-COM-001",
            |seen| seen.tls.as_mut().unwrap().certificate.as_mut().unwrap().not_after = now() - TimeDelta::days(1),
            Missed,
            "valid from",
        ),
        ("SBH-COM-001", |seen| (seen.tls, seen.https) = (None, None), Missed, "plain HTTP"),
        (
            "SBH-COM-001",
            |seen| (seen.tls, seen.https, seen.target) = (None, None, url("http://127.0.0.1/")),
            Undecided,
            "this machine",
        ),
        ("SBH-COM-002", |_| (), Kept, "Contact"),
        ("SBH-COM-002", |seen| seen.security_txt.as_mut().unwrap().status = 404, Missed, "No security.txt"),
        ("SBH-COM-002", |seen| seen.security_txt = None, Undecided, "not seen"),
        ("SBH-COM-003", |_| (), Kept, "2 lines"),
        ("SBH-COM-003", |seen| seen.robots.as_mut().unwrap().status = 404, Undecided, "everything may"),
        ("SBH-COM-003", |seen| seen.robots.as_mut().unwrap().status = 503, Missed, "503"),
        ("SBH-COM-003", |seen| seen.robots.as_mut().unwrap().body.push_str("\nno rule"), Missed, "line 4"),
        ("SBH-COM-003", |seen| seen.robots.as_mut().unwrap().body = "# all\n\nAllow: /a # b".to_owned(), Kept, "3"),
        ("SBH-COM-004", |_| (), Undecided, "before its scripts run"),
        (
            "SBH-COM-004",
            |seen| body(seen, "<a href=/p?id=7>Our <b>Privacy</b> notice</a>"),
            Kept,
            "“Our Privacy notice” leads to /p",
        ),
        ("SBH-COM-004", |seen| body(seen, "<a href=/datenschutz><img alt=Info></a>"), Kept, "Info"),
        ("SBH-COM-004", |seen| body(seen, "<a href=/cart>Cart</a> privacy"), Missed, "none of 1 links"),
        ("SBH-COM-004", |seen| body(seen, "<template><a href=/privacy>Privacy</a></template>"), Missed, "none of 0"),
        ("SBH-COM-004", |seen| set(page(seen), "content-type", "application/json"), Undecided, "no HTML"),
        ("SBH-COM-005", |seen| body(seen, "<a href=/impressum>Impressum</a>"), Kept, "Impressum"),
        ("SBH-COM-005", |seen| body(seen, "<a href=/cart aria-label='Mentions légales'></a>"), Kept, "Mentions"),
        ("SBH-COM-006", |seen| body(seen, "<a href=mailto:us@site.test>Write</a>"), Kept, "mailto:us@site.test"),
        ("SBH-COM-006", |seen| body(seen, "<a href=mailto:>Write</a>"), Missed, "none of 1"),
        (
            "SBH-COM-006",
            |seen| {
                body(seen, "<a href=/a>A</a>");
                page(seen).truncated = true;
            },
            Undecided,
            "beginning",
        ),
    ];
    for (id, change, outcome, evidence) in cases {
        let (found, told) = checked(id, change);
        assert!(found == outcome && told.contains(evidence), "{id}: {found:?} {told}, not {outcome:?} {evidence}");
    }
}

#[test]
fn a_page_of_links_stays_small() {
    let many = "<a href=/x>".to_owned() + &"word ".repeat(10_000) + &"<a href=/y>y</a>".repeat(10_000);
    let page = sbh_probes::document::Page::parse(&many);
    assert_eq!((page.links.len(), page.links[0].text.chars().count()), (2_000, 200));
}
