//! A server that speaks the protocol of Twilio, and notes what it is asked.

use crate::support::TestHub;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sea_orm::{ConnectionTrait as _, Database, Statement};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

pub const ACCOUNT: &str = "AC0123456789abcdef";
pub const TOKEN: &str = "hush-hush-token";

/// A request for a message.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub authorized: bool,
    pub content_type: String,
    pub form: BTreeMap<String, String>,
}

#[derive(Clone)]
struct Answer {
    status: u16,
    body: Value,
    retry_after: Option<String>,
    silent: bool,
}

struct Shared {
    asked: Vec<Asked>,
    answer: Answer,
}

/// The gateway.
#[derive(Clone)]
pub struct Gateway {
    pub address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

impl Gateway {
    pub async fn start() -> Self {
        let queued = json!({ "sid": "SM0123456789abcdef", "status": "queued" });
        let answer = Answer { status: 201, body: queued, retry_after: None, silent: false };
        let shared = Arc::new(Mutex::new(Shared { asked: Vec::new(), answer }));
        let router = Router::new().route("/{*path}", post(message)).with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, shared }
    }

    /// Everything it was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.lock().unwrap().asked.clone()
    }

    /// The code of the last message.
    pub fn code(&self) -> String {
        let body = self.asked().last().expect("a message was sent").form["Body"].clone();
        let code = body.split(' ').next().unwrap().to_owned();
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{body}");
        code
    }

    /// Answers so from now on.
    pub fn answer(&self, status: u16, body: Value, retry_after: Option<&str>) {
        let retry_after = retry_after.map(str::to_owned);
        self.shared.lock().unwrap().answer = Answer { status, body, retry_after, silent: false };
    }

    /// Takes requests and answers none from now on.
    pub fn fall_silent(&self) {
        self.shared.lock().unwrap().answer.silent = true;
    }
}

async fn message(State(shared): State<Arc<Mutex<Shared>>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let right = format!("Basic {}", BASE64.encode(format!("{ACCOUNT}:{TOKEN}")));
    let asked = Asked {
        path: uri.path().to_owned(),
        authorized: text(header::AUTHORIZATION) == right,
        content_type: text(header::CONTENT_TYPE),
        form: url::form_urlencoded::parse(&body).into_owned().collect(),
    };
    let answer = {
        let mut shared = shared.lock().unwrap();
        shared.asked.push(asked);
        shared.answer.clone()
    };
    if answer.silent {
        std::future::pending::<()>().await;
    }
    let mut response = (StatusCode::from_u16(answer.status).unwrap(), answer.body.to_string()).into_response();
    if let Some(seconds) = answer.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.parse().unwrap());
    }
    if answer.status == 307 {
        let elsewhere = format!("http://{}/elsewhere", text(header::HOST));
        response.headers_mut().insert(header::LOCATION, elsewhere.parse().unwrap());
    }
    response
}

/// Every row of the tables that have to do with messages, as text.
pub async fn rows(hub: &TestHub) -> Vec<String> {
    let connection = Database::connect(&hub.values()["DATABASE_URL"]).await.unwrap();
    let mut rows = Vec::new();
    for (table, columns) in [
        ("second_factors", "kind || ' ' || name || ' ' || record"),
        ("sms_codes", "purpose_hash || ' ' || code_hash"),
        ("sms_sent", "subject || ' ' || sent_ms"),
        ("audit_entries", "action || ' ' || body"),
    ] {
        let question = format!("SELECT {columns} AS told FROM {table}");
        let found = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), question)).await;
        rows.extend(found.unwrap().iter().map(|row| row.try_get::<String>("", "told").unwrap()));
    }
    rows
}
