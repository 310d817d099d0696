//! A server on loopback with one route per thing that a journey can look at.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Clone, Default)]
pub struct Shared {
    tries: Arc<Mutex<HashMap<String, usize>>>,
    pub hits: Arc<AtomicUsize>,
}

pub struct Server {
    pub url: String,
    pub shared: Shared,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Shared::default();
        let app = app(shared.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, shared }
    }

    pub fn hits(&self) -> usize {
        self.shared.hits.load(Ordering::SeqCst)
    }
}

pub fn app(shared: Shared) -> Router {
    Router::new()
        .route("/hello", get(|| async { "Hello World!" }))
        .route("/empty", any(|| async { StatusCode::NO_CONTENT }))
        .route("/lines", get(|| async { "one\ntwo\nthree\n" }))
        .route("/json", get(|| async { axum::Json(document()) }))
        .route("/list", get(|| async { axum::Json(json!(["a", "b", "c"])) }))
        .route("/xml", get(|| async { typed("application/xml", XML) }))
        .route("/html", get(|| async { typed("text/html; charset=utf-8", HTML) }))
        .route("/latin1", get(|| async { typed("text/plain; charset=iso-8859-1", b"caf\xe9".as_slice()) }))
        .route("/bytes", get(|| async { typed("application/octet-stream", [0x89_u8, 0x50, 0, 0xff].as_slice()) }))
        .route("/gzip", get(gzip))
        .route("/headers", get(headers))
        .route("/echo", any(echo))
        .route("/mirror", any(|body: Bytes| async move { body }))
        .route("/status/{code}", any(|Path(code): Path<u16>| async move { StatusCode::from_u16(code).unwrap() }))
        .route("/redirect/{left}", any(redirect))
        .route("/redirect-to", any(redirect_to))
        .route("/cookies/set", get(set_cookies))
        .route("/cookies", get(|h: HeaderMap| async move { text(&h, "cookie") }))
        .route("/basic", get(basic))
        .route("/flaky/{key}/{needed}", any(flaky))
        .route("/slow", get(|| async { std::future::pending::<()>().await }))
        .route(
            "/external-entity",
            get(|Query(q): Query<HashMap<String, String>>| async move { external_entity(&q["path"]) }),
        )
        .layer(axum::middleware::from_fn_with_state(shared.clone(), count))
        .with_state(shared)
}

const XML: &str = "<?xml version=\"1.0\"?><shop xmlns:p=\"urn:price\"><item id=\"1\"><name>Pen</name><p:cost>2.50</p:cost></item><item id=\"2\"><name>Ink</name><p:cost>7</p:cost></item></shop>";
const HTML: &str = "<html><head><title>Shop &amp; more</title><meta name=\"csrf\" content=\"t0ken\"></head><body><p>One<br>line</p></body></html>";
const GZIP: &str = "1f8b08000000000002ff4bcecf2d284a2d2e4e4d512849ad280100c218d8d80f000000";

fn document() -> Value {
    json!({
        "name": "Ada", "age": 36, "height": 1.7, "admin": true, "manager": null, "empty": "", "none": [],
        "tags": ["a", "b", "c"], "date": "2024-02-29T12:30:00.000Z", "ip": "192.0.2.1", "ip6": "2001:db8::1",
        "items": [{"id": 1, "price": 2.5}, {"id": 2, "price": 7}], "query": "a=1&b=2", "html": "<b>x</b>", "big": 9_007_199_254_740_993_u64
    })
}

async fn count(
    State(shared): State<Shared>,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    shared.hits.fetch_add(1, Ordering::SeqCst);
    next.run(request).await
}

fn typed(kind: &'static str, body: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default()
}

async fn gzip() -> Response {
    let encoded: Vec<u8> =
        (0..GZIP.len()).step_by(2).map(|i| u8::from_str_radix(&GZIP[i..i + 2], 16).unwrap()).collect();
    ([(header::CONTENT_ENCODING, "gzip"), (header::CONTENT_TYPE, "text/plain")], encoded).into_response()
}

async fn headers() -> Response {
    let one = HeaderName::from_static("x-one");
    let many = HeaderName::from_static("x-many");
    let fields =
        axum::response::AppendHeaders([(one, "first"), (many.clone(), "a"), (many, "b"), (header::ETAG, "\"v1\"")]);
    (fields, "headers").into_response()
}

async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let headers: HashMap<_, _> =
        headers.iter().map(|(k, v)| (k.as_str(), String::from_utf8_lossy(v.as_bytes()))).collect();
    axum::Json(json!({
        "method": method.as_str(), "path": uri.path(), "query": uri.query(), "headers": headers,
        "body": String::from_utf8_lossy(&body), "length": body.len(),
    }))
    .into_response()
}

fn location(status: StatusCode, to: &str) -> Response {
    (status, [(header::LOCATION, to.to_owned())]).into_response()
}

async fn redirect(Path(left): Path<usize>) -> Response {
    match left {
        0 => "arrived".into_response(),
        left => location(StatusCode::FOUND, &format!("/redirect/{}", left - 1)),
    }
}

async fn redirect_to(Query(query): Query<HashMap<String, String>>) -> Response {
    let status = query.get("status").map_or(StatusCode::FOUND, |s| StatusCode::from_bytes(s.as_bytes()).unwrap());
    location(status, &query["url"])
}

async fn set_cookies() -> Response {
    let fields = axum::response::AppendHeaders([
        (header::SET_COOKIE, "session=s3ss10n; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600"),
        (header::SET_COOKIE, "theme=dark; Path=/; Secure"),
    ]);
    (fields, "set").into_response()
}

async fn basic(headers: HeaderMap) -> Response {
    // ada:open sesame
    match text(&headers, "authorization").as_str() {
        "Basic YWRhOm9wZW4gc2VzYW1l" => "welcome".into_response(),
        seen => (StatusCode::UNAUTHORIZED, seen.to_owned()).into_response(),
    }
}

async fn flaky(State(shared): State<Shared>, Path((key, needed)): Path<(String, usize)>) -> Response {
    let mut tries = shared.tries.lock().unwrap();
    let tried = tries.entry(key).or_default();
    *tried += 1;
    let status = if *tried >= needed { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, tried.to_string()).into_response()
}

fn external_entity(path: &str) -> Response {
    let body = format!("<!DOCTYPE a [<!ENTITY secret SYSTEM \"file://{path}\">]><a>&secret;</a>");
    typed("application/xml", body)
}
