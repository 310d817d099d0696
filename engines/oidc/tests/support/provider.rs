//! The server: four answers that a test may change, and what was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::Signer;

/// An answer of HTTP.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub fields: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(value: &Value) -> Self {
        Self::new(200, "application/json", value.to_string())
    }

    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, fields: vec![("content-type", media_type.to_owned())], body: body.into() }
    }

    pub fn redirect(location: &str) -> Self {
        Self { status: 307, fields: vec![("location", location.to_owned())], body: Vec::new() }
    }
}

#[derive(Default)]
struct Inner {
    answers: HashMap<String, Answer>,
    asked: Vec<(String, HeaderMap, String)>,
}

/// A provider on loopback.
#[derive(Clone)]
pub struct TestProvider {
    pub issuer: String,
    inner: Arc<Mutex<Inner>>,
}

pub const DISCOVERY: &str = "/.well-known/openid-configuration";

impl TestProvider {
    /// One that answers rightly, with one key.
    pub async fn start(signer: &Signer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self { issuer, inner: Arc::default() };
        provider.set(DISCOVERY, Answer::json(&provider.discovery()));
        provider.set_keys(&[signer.jwk()]);
        let router = Router::new().fallback(answer).with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    pub fn discovery(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("/authorize?tenant=1"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"),
            "userinfo_endpoint": at("/userinfo"),
            "end_session_endpoint": at("/logout"),
            "response_types_supported": ["code", "code id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "XX999"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile", "email"],
            "authorization_response_iss_parameter_supported": true,
            "backchannel_logout_supported": true,
            "some_number": 7,
        })
    }

    pub fn set(&self, path: &str, answer: Answer) {
        self.lock().answers.insert(path.to_owned(), answer);
    }

    pub fn set_keys(&self, keys: &[Value]) {
        self.set("/keys", Answer::json(&json!({ "keys": keys })));
    }

    /// How often a path was asked for.
    pub fn count(&self, path: &str) -> usize {
        self.lock().asked.iter().filter(|(asked, ..)| asked == path).count()
    }

    /// The header and the body of the last request for a path.
    pub fn last(&self, path: &str) -> (HeaderMap, String) {
        let inner = self.lock();
        let (_, headers, body) = inner.asked.iter().rev().find(|(asked, ..)| asked == path).unwrap();
        (headers.clone(), body.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }
}

async fn answer(State(provider): State<TestProvider>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let mut inner = provider.lock();
    inner.asked.push((uri.path().to_owned(), headers, String::from_utf8_lossy(&body).into_owned()));
    let answer =
        inner.answers.get(uri.path()).cloned().unwrap_or_else(|| Answer::new(404, "text/plain", "nothing here"));
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.fields {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).unwrap()
}
