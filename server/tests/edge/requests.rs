//! What every request and every answer goes through.

use crate::support::{Backend, TestHub, send};
use reqwest::{Body, Method};
use serde_json::json;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

async fn hub() -> TestHub {
    TestHub::start(Backend::Sqlite).await
}

/// The nonce that the policy of an answer allows.
fn nonce(policy: &str) -> &str {
    policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("the policy has a nonce")
}

#[tokio::test]
async fn a_page_runs_only_scripts_that_carry_its_own_nonce() {
    let hub = hub().await;
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let page = hub.anonymous().get("/welcome").await;
        page.expect(200);
        let policy = page.header("content-security-policy").unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        let nonce = nonce(&policy).to_owned();
        let text = page.text();
        let scripts = text.matches("<script").count();
        assert!(scripts > 0 && text.matches(&format!("nonce=\"{nonce}\"")).count() >= scripts, "{text}");
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let hub = hub().await;
    for path in ["/welcome", "/api/auth/me", "/api/nope", "/nope", "/health", "/robots.txt", "/problems/invalid"] {
        let reply = hub.anonymous().get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{path} {name}");
        }
        assert!(reply.header("permissions-policy").is_some_and(|policy| policy.contains("camera=()")), "{path}");
        assert!(reply.header("content-security-policy").is_some(), "{path}");
        assert!(reply.header("cache-control").is_some(), "{path}");
        assert_eq!(reply.header("strict-transport-security"), None, "{path} is plain http");
    }
}

#[tokio::test]
async fn behind_https_cookies_and_browsers_insist_on_it() {
    let hub = TestHub::start_with(Backend::Sqlite, &[("PUBLIC_URL", "https://hub.example.com")]).await;
    hub.owner().await;
    let body = json!({ "email": crate::support::OWNER, "password": crate::support::PASSWORD });
    let request = hub.anonymous().request(Method::POST, "/api/auth/sign-in").json(&body);
    let reply = send(request.header("origin", "https://hub.example.com")).await;
    reply.expect(200);
    let cookie = reply.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-sbh_session="), "{cookie}");
    for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie} has {part}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert!(reply.header("strict-transport-security").is_some_and(|value| value.contains("max-age=63072000")));
}

#[tokio::test]
async fn a_request_keeps_its_name_and_its_trace() {
    let hub = hub().await;
    let request = hub.anonymous().request(Method::GET, "/api/nope").header("x-request-id", "caller-7.a");
    let reply = send(request.header("traceparent", PARENT)).await;
    assert_eq!(reply.not_found()["request_id"], "caller-7.a");
    let place = reply.header("traceparent").unwrap();
    assert!(place.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && place.ends_with("-01"), "{place}");
    assert_ne!(place, PARENT);
}

#[tokio::test]
async fn a_name_or_trace_that_is_not_well_formed_is_replaced() {
    let hub = hub().await;
    for name in ["has space", "", "semi;colon", &"x".repeat(129)] {
        let request = hub.anonymous().request(Method::GET, "/health").header("x-request-id", name);
        let reply = send(request.header("traceparent", "00-zz-zz-01")).await;
        let given = reply.header("x-request-id").unwrap();
        assert!(given != name && given.parse::<uuid::Uuid>().is_ok(), "{given}");
        assert_eq!(reply.header("traceparent").map(str::len), Some(PARENT.len()));
    }
}

#[tokio::test]
async fn changes_are_accepted_from_own_pages_alone() {
    let hub = hub().await;
    let owner = hub.as_owner().await;
    let own = format!("http://{}", hub.address());
    let own_by_name = format!("http://localhost:{}", hub.address().port());
    let cases: [(&[(&str, &str)], bool); 11] = [
        (&[], true),
        (&[("sec-fetch-site", "same-origin"), ("origin", &own)], true),
        (&[("sec-fetch-site", "none")], true),
        (&[("origin", &own)], true),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], false),
        (&[("origin", "https://evil.example")], false),
        (&[("origin", "null")], false),
        (&[("origin", &own_by_name)], false),
        (&[("origin", "http://127.0.0.1:1")], false),
    ];
    for (headers, accepted) in cases {
        let key = json!({ "name": "k", "scopes": ["lab:read"] });
        let mut request = owner.request(Method::POST, "/api/keys").json(&key);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let reply = send(request).await;
        if accepted {
            reply.expect(201);
        } else {
            reply.problem(403, "cross-site");
        }
    }
    let made = owner.get("/api/keys").await.expect(200);
    assert_eq!(made.as_array().map(Vec::len), Some(4), "what was refused changed nothing");
}

#[tokio::test]
async fn signing_somebody_in_from_another_site_is_refused() {
    let hub = hub().await;
    hub.owner().await;
    let body = json!({ "email": crate::support::OWNER, "password": crate::support::PASSWORD });
    for path in ["/api/auth/sign-in", "/api/auth/first-run", "/fn/anything"] {
        let request = hub.anonymous().request(Method::POST, path).json(&body);
        let reply = send(request.header("sec-fetch-site", "cross-site")).await;
        reply.problem(403, "cross-site");
        assert_eq!(reply.cookie(), None);
    }
}

#[tokio::test]
async fn a_key_is_no_cookie_and_reading_is_no_change() {
    let hub = hub().await;
    let key = hub.with_key(&[hub::access::Permission::AccountManage, hub::access::Permission::LabRead]).await;
    let body = json!({ "name": "k", "scopes": ["lab:read"] });
    let request = key.request(Method::POST, "/api/keys").json(&body);
    send(request.header("origin", "https://other.example")).await.expect(201);
    let owner = hub.as_owner().await;
    send(owner.request(Method::GET, "/api/auth/me").header("sec-fetch-site", "cross-site")).await.expect(200);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_whether_announced_or_not() {
    let hub = hub().await;
    let owner = hub.as_owner().await;
    let large = vec![b' '; 2 * 1024 * 1024 + 1];
    let chunks: Vec<_> = large.chunks(64 * 1024).map(<[u8]>::to_vec).collect();
    let stream = || futures::stream::iter(chunks.clone().into_iter().map(Ok::<_, std::io::Error>));
    for idempotent in [false, true] {
        let bodies = [Body::from(large.clone()), Body::wrap_stream(stream())];
        for body in bodies {
            let mut request = owner.request(Method::POST, "/api/keys").header("content-type", "application/json");
            if idempotent {
                request = request.header("idempotency-key", "large");
            }
            send(request.body(body)).await.problem(413, "too-large");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_told_apart() {
    let hub = hub().await;
    let owner = hub.as_owner().await;
    let post = |content_type: &'static str, body: &'static str| {
        send(owner.request(Method::POST, "/api/keys").header("content-type", content_type).body(body))
    };
    post("application/json", "{not json").await.problem(400, "malformed");
    post("application/json", "").await.problem(400, "malformed");
    post("application/json", "{} {}").await.problem(400, "malformed");
    post("text/plain", "{}").await.problem(415, "media-type");
    post("application/json", r#"{"name":"k","scopes":["lab:read",7]}"#).await.invalid("/scopes/1");
    post("application/json", r#"{"name":"k","scopes":["no:such"]}"#).await.invalid("/scopes/0");
    post("application/json", r#"{"name":"k","scopes":[],"admin":true}"#).await.invalid("/admin");
    post("application/json", r#"{"name":7,"scopes":[]}"#).await.invalid("/name");
    post("application/json; charset=utf-8", r#"{"name":"k","scopes":["lab:read"]}"#).await.expect(201);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let hub = hub().await;
    let owner = hub.as_owner().await;
    owner.get("/api/nope").await.not_found();
    owner.delete("/api/keys/not-an-id").await.not_found();
    owner.delete("/api/keys/01a1fc85-7267-72f8-883b-b47664ece866").await.not_found();
    let reply = owner.put("/api/keys", &json!({})).await;
    reply.problem(405, "method-not-allowed");
    let allowed = reply.header("allow").unwrap();
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
    let page = owner.get("/no/such/page").await;
    assert_eq!((page.status, page.media_type()), (404, "text/html"));
}

#[tokio::test]
async fn every_kind_of_problem_is_explained_at_its_address() {
    let hub = hub().await;
    for kind in server::problem::KINDS {
        let reply = hub.anonymous().get(&format!("/problems/{}", kind.slug)).await;
        assert_eq!((reply.status, reply.media_type()), (200, "text/plain"), "{}", kind.slug);
        assert!(reply.text().contains(kind.title));
    }
    assert_eq!(hub.anonymous().get("/problems/nope").await.status, 404);
}

#[tokio::test]
async fn text_is_compressed_for_those_who_take_it() {
    let hub = hub().await;
    let ask = |encoding: &'static str| {
        send(
            hub.anonymous().request(Method::GET, "/api/documentation/openapi.json").header("accept-encoding", encoding),
        )
    };
    let plain = ask("identity").await;
    let (gzip, brotli) = (ask("gzip").await, ask("br, gzip").await);
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    assert!(gzip.body.len() < plain.body.len() / 2 && brotli.body.len() < plain.body.len() / 2);
}

#[tokio::test]
async fn a_page_that_asks_for_a_kept_text_writes_no_session_when_there_is_none() {
    let hub = hub().await;
    let owner = hub.as_owner().await;
    // The first request of a session notes when it was seen.
    owner.get("/api/auth/me").await.expect(200);
    for page in ["/settings/keys/created", "/sign-in?__path=%2Ffn%2Fsign_in&__err=e30"] {
        assert_eq!(owner.get(page).await.header("set-cookie"), None, "{page} saved the session");
    }
}
