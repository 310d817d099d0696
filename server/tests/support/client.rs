//! Callers: with a session's cookie, with a key, or with neither.

use reqwest::{
    Method, RequestBuilder,
    header::{CONTENT_TYPE, COOKIE, HeaderMap, SET_COOKIE},
    redirect,
};
use serde_json::Value;
use std::net::SocketAddr;

/// One caller of one hub.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    address: SocketAddr,
    cookie: Option<String>,
    key: Option<String>,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        let http = reqwest::Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self { http, address, cookie: None, key: None }
    }

    /// The same caller with a key.
    pub fn bearing(self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self }
    }

    /// The same caller with the cookie that an answer set.
    pub fn with_cookie_of(self, reply: &Reply) -> Self {
        Self { cookie: Some(reply.cookie().expect("the answer sets the session's cookie")), ..self }
    }

    /// The same caller at another hub, or at the same one after it was started again.
    pub fn at(self, address: SocketAddr) -> Self {
        Self { address, ..self }
    }

    /// The session's cookie, `name=value`.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub async fn get(&self, path: &str) -> Reply {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        send(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        send(self.request(Method::DELETE, path)).await
    }

    /// A request to be changed before [`send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method, format!("http://{}{path}", self.address));
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        request
    }
}

/// Sends a request and reads the whole answer.
pub async fn send(request: RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Reply { status, headers, body: response.bytes().await.unwrap().to_vec() }
}

impl Reply {
    /// Fails the test unless the status is this one; gives the body.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// Fails the test unless this is a problem document of that kind; gives it.
    #[track_caller]
    pub fn problem(&self, status: u16, kind: &str) -> Value {
        let document = self.expect(status);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text());
        assert_eq!(document["type"], format!("/problems/{kind}"), "{document}");
        assert_eq!(document["status"], status, "{document}");
        assert!(document["title"].is_string() && document["detail"].is_string(), "{document}");
        assert_eq!(document["request_id"].as_str(), self.header("x-request-id"), "{document}");
        document
    }

    /// Fails the test unless the hub refuses an input, naming this field.
    #[track_caller]
    pub fn invalid(&self, pointer: &str) -> Value {
        let document = self.problem(422, "invalid");
        let named =
            document["errors"].as_array().is_some_and(|errors| errors.iter().any(|error| error["pointer"] == pointer));
        assert!(named, "{document} names {pointer}");
        document
    }

    /// Fails the test unless the caller may not do this.
    #[track_caller]
    pub fn forbidden(&self) -> Value {
        self.problem(403, "forbidden")
    }

    /// Fails the test unless there is nothing here for the caller.
    #[track_caller]
    pub fn not_found(&self) -> Value {
        self.problem(404, "not-found")
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The session's cookie that this answer sets, `name=value`.
    pub fn cookie(&self) -> Option<String> {
        let set = self.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        set.filter_map(|cookie| cookie.split(';').next()).find(|pair| pair.contains("sbh_session=")).map(str::to_owned)
    }

    /// The media type without parameters.
    pub fn media_type(&self) -> &str {
        let value = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim()
    }
}
