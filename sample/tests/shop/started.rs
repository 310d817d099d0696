//! A shop on a free loopback port, and a client that keeps no state.

use reqwest::{Client, Method, RequestBuilder, Response, header::SET_COOKIE, redirect::Policy};
use sbh_sample::{Config, Knobs, serve};
use serde_json::Value;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub struct Started {
    pub base: String,
    pub client: Client,
    pub stop: Option<oneshot::Sender<()>>,
    pub served: JoinHandle<std::io::Result<()>>,
}

impl Started {
    pub async fn version(version: &str) -> Self {
        Self::with(Knobs::preset(version).expect("a known version")).await
    }

    pub async fn with(knobs: Knobs) -> Self {
        Self::configured(Config { knobs, ..Config::default() }).await
    }

    pub async fn configured(config: Config) -> Self {
        // A second installation by another test is refused, and the first serves both.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("a bound address"));
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(serve(listener, config, async move { drop(stopped.await) }));
        let client = Client::builder().no_proxy().redirect(Policy::none()).build().expect("a client");
        Self { base, client, stop: Some(stop), served }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.expect("an answer")
    }

    pub async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.expect("JSON")
    }

    pub async fn text(&self, path: &str) -> String {
        self.get(path).await.text().await.expect("text")
    }

    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Response {
        self.request(method, path).json(body).send().await.expect("an answer")
    }

    pub async fn turn(&self, patch: &Value) {
        assert_eq!(self.send(Method::PATCH, "/admin/knobs", patch).await.status(), 200);
    }

    pub async fn stat(&self, name: &str) -> u64 {
        self.json("/admin/stats").await[name].as_u64().expect("a count")
    }
}

/// The cookie that an answer sets, as a client sends it back.
pub fn cookie_of(response: &Response) -> String {
    let cookie = response.headers()[SET_COOKIE].to_str().expect("ASCII");
    cookie.split(';').next().expect("a pair").to_owned()
}

/// Asserts a problem document of this status and gives it back.
pub async fn problem(response: Response, status: u16) -> Value {
    assert_eq!(response.status(), status);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: Value = response.json().await.expect("JSON");
    assert_eq!(problem["status"], status);
    problem
}

/// Asserts that the problem names exactly this field.
pub async fn names_field(response: Response, field: &str) {
    let problem = problem(response, 422).await;
    let named: Vec<_> =
        problem["errors"].as_array().expect("errors").iter().map(|error| error["field"].clone()).collect();
    assert_eq!(named, [field], "{problem}");
}
