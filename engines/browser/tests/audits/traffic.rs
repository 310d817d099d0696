//! Requests, sizes, parties, cookies and errors.

use std::net::SocketAddr;

use sbh_browser::{AuditError, Options, Request};
use sbh_egress::{Proxy, ProxyLimits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::setup::{audit, open, quick};
use crate::site::{Page, Site};

const ICON: &str = "<link rel=icon href='data:,'>";

/// The bytes of the head of each response, as a plain client receives them through a proxy of the guard.
async fn heads(addr: SocketAddr, paths: &[&str]) -> Vec<u64> {
    let proxy = Proxy::start(open(), ProxyLimits::default()).await.unwrap();
    let mut sizes = Vec::new();
    for path in paths {
        let mut stream = TcpStream::connect(proxy.addr).await.unwrap();
        let auth = proxy.credentials.header_value();
        let request =
            format!("GET http://{addr}{path} HTTP/1.1\r\nhost: {addr}\r\nproxy-authorization: {auth}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        sizes.push(head.len() as u64);
    }
    sizes
}

fn find<'a>(requests: &'a [Request], path: &str) -> &'a Request {
    requests.iter().find(|request| request.url.ends_with(path)).unwrap_or_else(|| panic!("no {path} in {requests:?}"))
}

#[tokio::test]
async fn requests_are_counted_and_sized_to_the_byte() {
    let html = format!(
        "{ICON}<link rel=stylesheet href=/a.css><script src=/b.js></script><p>Text<img src=data:image/gif;base64,R0lGODlhAQABAAAAACw=>"
    );
    let (css, js) = ("p { color: navy }".repeat(500), "0;".repeat(3000));
    let site = Site::start(&[
        ("/start", Page::redirect("/page")),
        ("/page", Page::html(html.clone())),
        ("/a.css", Page::new("text/css", css.clone())),
        ("/b.js", Page::new("text/javascript", js.clone())),
    ])
    .await;
    let audit = audit(&site.url("/start"), &quick()).await.unwrap();
    let paths = ["/start", "/page", "/a.css", "/b.js"];
    let mut asked = site.asked();
    asked.sort();
    assert_eq!(asked, ["/a.css", "/b.js", "/page", "/start"]);
    let (run, traffic) = (&audit.run, &audit.run.traffic);
    let bodies: Vec<u64> = paths.iter().map(|path| find(&run.requests, path).body_bytes()).collect();
    assert_eq!(bodies, [0, html.len(), css.len(), js.len()].map(|length| length as u64));
    let heads: u64 = heads(site.addr, &paths).await.iter().sum();
    assert_eq!((traffic.requests, traffic.transfer_bytes), (4, heads + bodies.iter().sum::<u64>()));
    assert_eq!(audit.medians.requests.value, Some(4.0));
    let types: Vec<(&str, u64)> =
        traffic.by_type.iter().map(|total| (total.resource_type.as_str(), total.requests)).collect();
    assert_eq!(types, [("Document", 2), ("Script", 1), ("Stylesheet", 1)]);
    assert_eq!((run.status, run.final_url.as_str()), (Some(200), site.url("/page").as_str()));
    assert_eq!(traffic.third_party_requests, 0);
    let started: Vec<f64> = run.requests.iter().map(|request| request.start_ms).collect();
    assert!(started.is_sorted() && run.requests.iter().all(|request| request.end_ms.unwrap() >= request.start_ms));

    let har = run.har();
    let entries = har["log"]["entries"].as_array().unwrap();
    let urls: Vec<&str> = entries.iter().map(|entry| entry["request"]["url"].as_str().unwrap()).collect();
    let expected: Vec<&str> =
        run.requests.iter().map(|request| request.url.as_str()).filter(|url| url.starts_with("http")).collect();
    assert_eq!((urls.len(), &urls), (4, &expected));
    let sheet = urls.iter().position(|url| url.ends_with("/a.css")).unwrap();
    let (redirect, sheet) = (&entries[0]["response"], &entries[sheet]["response"]);
    assert_eq!((redirect["status"].as_u64(), redirect["redirectURL"].as_str()), (Some(302), Some("/page")));
    assert_eq!(sheet["bodySize"].as_u64(), Some(css.len() as u64));
    assert!(entries.iter().all(|entry| entry["time"].as_f64().unwrap() > 0.0), "{har}");
}

#[tokio::test]
async fn another_host_is_a_third_party_and_its_frame_is_seen_whole() {
    let frame = format!("{ICON}<p>Framed<img src=/inside.png>");
    let other = Site::start(&[("/frame", Page::html(frame)), ("/tracker.js", Page::new("text/javascript", "0"))]).await;
    let host = format!("http://localhost:{}", other.addr.port());
    let page = format!("{ICON}<p>Text<script src={host}/tracker.js></script><iframe src={host}/frame></iframe>");
    let site = Site::page(&page).await;
    let audit = audit(&site.url("/"), &quick()).await.unwrap();
    let traffic = &audit.run.traffic;
    assert_eq!((traffic.requests, traffic.third_party_requests), (4, 3), "{:?}", audit.run.requests);
    assert_eq!((traffic.third_parties.len(), traffic.third_parties[0].domain.as_str()), (1, "localhost"));
    assert!(traffic.third_party_bytes > 0 && traffic.third_party_bytes < traffic.transfer_bytes);
    assert!(find(&audit.run.requests, "/inside.png").third_party && !find(&audit.run.requests, "/").third_party);
}

#[tokio::test]
async fn errors_in_the_console_and_exceptions_are_counted() {
    let page = format!("{ICON}<p>Text<script>console.error('bad', 7, {{}}); console.warn('not bad')</script>
        <script>throw new Error('thrown')</script><script>Promise.reject(new Error('rejected'))</script><script src=/missing.js></script>");
    let site = Site::page(&page).await;
    let audit = audit(&site.url("/"), &quick()).await.unwrap();
    let errors: Vec<(&str, &str)> = audit.run.console.iter().map(|it| (it.source.as_str(), it.text.as_str())).collect();
    assert_eq!(audit.medians.console_errors.value, Some(2.0), "{errors:?}");
    assert!(errors.contains(&("console", "bad 7 Object")), "{errors:?}");
    assert!(errors.iter().any(|(source, text)| *source == "network" && text.contains("404")), "{errors:?}");
    assert_eq!(audit.medians.exceptions.value, Some(2.0));
    assert!(audit.run.exceptions[0].text.contains("thrown") && audit.run.exceptions[0].line == Some(2));
}

#[tokio::test]
async fn cookies_are_named_and_their_values_and_credentials_appear_nowhere() {
    let page = format!(
        "{ICON}<p>Text<script>document.cookie = 'seen=s3cret-b; max-age=3600; SameSite=Strict';
        fetch('/api', {{ headers: {{ authorization: 'Bearer s3cret-c' }} }})</script>"
    );
    let page = Page::html(page).with("set-cookie", "session=s3cret-a; HttpOnly; Path=/; SameSite=Lax");
    let site = Site::start(&[("/", page), ("/api", Page::new("application/json", "{}"))]).await;
    let audit = audit(&site.url("/"), &quick()).await.unwrap();
    let mut cookies = audit.run.cookies.clone();
    cookies.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(cookies.iter().map(|cookie| cookie.name.as_str()).collect::<Vec<_>>(), ["seen", "session"]);
    let (seen, session) = (&cookies[0], &cookies[1]);
    assert!(session.http_only && !session.secure && session.expires.is_none() && session.domain == "127.0.0.1");
    assert_eq!((seen.same_site.as_deref(), session.same_site.as_deref()), (Some("Strict"), Some("Lax")));
    assert!(!seen.http_only && seen.expires.is_some());
    let stored = serde_json::to_string(&audit).unwrap() + &audit.run.har().to_string();
    assert!(find(&audit.run.requests, "/api").request_headers.iter().any(|field| field.value == "[removed]"));
    assert!(!stored.contains("s3cret"), "{stored}");
}

#[tokio::test]
async fn a_page_with_an_error_status_is_audited_with_that_status() {
    let site = Site::start(&[("/gone", Page::html("<p>Gone").status(404))]).await;
    let run = audit(&site.url("/gone"), &quick()).await.unwrap().run;
    assert_eq!(run.status, Some(404));
    // In place of an error without a page the browser shows one of its own, which is none to measure.
    let error = audit(&site.url("/empty"), &quick()).await.unwrap_err();
    assert_eq!(error, AuditError::Page("it answered with status 404 and no content".to_owned()));
}

#[tokio::test]
async fn requests_past_the_limit_are_counted_but_not_kept() {
    let images: String = (0..12).map(|at| format!("<img src=/{at}.png>")).collect();
    let site = Site::page(&format!("{ICON}<p>Text{images}")).await;
    let mut options = quick();
    options.limits.requests = 5;
    let run = audit(&site.url("/"), &options).await.unwrap().run;
    assert_eq!((run.requests.len(), run.traffic.requests, run.traffic.omitted_requests), (5, 13, 8));
}

#[tokio::test]
async fn https_goes_through_a_tunnel_and_needs_a_certificate_unless_told_otherwise() {
    let site = Site::start_tls(&[("/", Page::html(format!("{ICON}<p>Text<script src=/a.js></script>")))]).await;
    let url = url::Url::parse(&format!("https://{}/", site.addr)).unwrap();
    let error = audit(&url, &quick()).await.unwrap_err();
    assert_eq!(error, AuditError::Page("net::ERR_CERT_AUTHORITY_INVALID".to_owned()));
    let run = audit(&url, &Options { any_certificate: true, ..quick() }).await.unwrap().run;
    assert_eq!((run.status, run.requests.len()), (Some(200), 2));
    let phases = run.requests[0].phases.unwrap();
    assert!(phases.tls.unwrap() > 0.0 && phases.connect.unwrap() >= phases.tls.unwrap(), "{phases:?}");
    assert_eq!(run.requests[0].protocol, "http/1.1");
}
