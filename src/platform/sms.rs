//! Text messages: what sends them, so that another gateway can be put in its place.

use crate::{Error, Result};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sbh_egress::{Client, ClientLimits, EgressError, Fetched, Guard};
use std::time::Duration;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

/// How long the gateway has for its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most bytes of its answer.
const ANSWER_MAX: u64 = 64 * 1024;
/// How long to wait for a gateway that is busy and does not say for how long.
const BUSY_S: u64 = 60;
/// Longest wait that a gateway may ask for.
const BUSY_MAX_S: u64 = 3_600;
/// The codes by which Twilio says that the number is what is wrong: not a number, no mobile one, not reachable, its country
/// closed, or its owner wants no messages.
const WRONG_NUMBER: [u64; 8] = [21_211, 21_214, 21_217, 21_265, 21_408, 21_610, 21_612, 21_614];

/// Sends text messages.
#[async_trait]
pub trait Gateway: Send + Sync {
    /// Sends a text to a number in the form of E.164, such as `+4915123456789`.
    async fn send(&self, to: &str, text: &str) -> Result<(), NotSent>;
}

/// Why a message did not leave. None of it tells what the gateway or the hub keeps secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The gateway does not send to this number.
    #[error("The gateway for text messages does not send to this number.")]
    Number,
    /// The gateway takes no more for now.
    #[error("The gateway for text messages takes no more just now; try again in {0} s.")]
    Busy(u64),
    /// The gateway does not know the hub.
    #[error("The gateway for text messages refused the hub's account. Whoever runs the hub can mend that.")]
    Account,
    /// The gateway refused the message for another reason.
    #[error("The gateway for text messages refused the message (status {0}).")]
    Refused(u16),
    /// The gateway failed.
    #[error("The gateway for text messages failed (status {0}). Try again later.")]
    Failed(u16),
    /// The gateway did not answer in time, or could not be reached.
    #[error("The gateway for text messages does not answer. Try again later.")]
    Silent,
}

impl NotSent {
    /// A short stable name, for the audit log.
    pub fn code(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Busy(_) => "busy",
            Self::Account => "account",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
            Self::Silent => "silent",
        }
    }
}

impl From<NotSent> for Error {
    fn from(why: NotSent) -> Self {
        match why {
            NotSent::Number => Self::conflict(why.to_string()),
            NotSent::Busy(seconds) => Self::too_many(why.to_string(), seconds),
            NotSent::Account | NotSent::Refused(_) | NotSent::Failed(_) | NotSent::Silent => {
                Self::unavailable(why.to_string())
            }
        }
    }
}

/// Writes messages into the hub's log, for development alone.
pub struct Console;

#[async_trait]
impl Gateway for Console {
    async fn send(&self, to: &str, text: &str) -> Result<(), NotSent> {
        tracing::warn!("SMS_GATEWAY=console: to {to}: {text}");
        Ok(())
    }
}

/// By whom a message is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A number or a name.
    From(String),
    /// A service that chooses the number.
    Service(String),
}

/// A gateway that speaks the protocol of Twilio (API of 2010-04-01).
pub struct Twilio {
    client: Client,
    address: Url,
    authorization: Zeroizing<String>,
    sender: Sender,
}

impl Twilio {
    /// A gateway at `base`, reached through `guard`.
    ///
    /// # Errors
    /// Internal when TLS can't be set up, or the address has no room for a path.
    pub fn new(guard: Guard, base: &Url, (account, token): (&str, &str), sender: Sender) -> Result<Self> {
        // A redirect would carry the message and the account elsewhere.
        let limits = ClientLimits { total_timeout: PATIENCE, body_limit: ANSWER_MAX, max_redirects: None };
        let client = Client::new(guard, limits).map_err(Error::internal)?;
        let mut address = base.clone();
        let mut path = address.path_segments_mut().map_err(|()| Error::internal("SMS_TWILIO_URL takes no path"))?;
        path.pop_if_empty().extend(["2010-04-01", "Accounts", account, "Messages.json"]);
        drop(path);
        let pair = Zeroizing::new(format!("{account}:{token}"));
        let authorization = Zeroizing::new(format!("Basic {}", BASE64.encode(pair.as_bytes())));
        Ok(Self { client, address, authorization, sender })
    }

    fn form(&self, to: &str, text: &str) -> String {
        let (field, sender) = match &self.sender {
            Sender::From(number) => ("From", number),
            Sender::Service(id) => ("MessagingServiceSid", id),
        };
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("To", to).append_pair(field, sender).append_pair("Body", text).finish()
    }
}

#[async_trait]
impl Gateway for Twilio {
    async fn send(&self, to: &str, text: &str) -> Result<(), NotSent> {
        let mut authorization = http::HeaderValue::from_str(&self.authorization).map_err(|_| NotSent::Account)?;
        authorization.set_sensitive(true);
        let mut headers = http::HeaderMap::new();
        headers.insert(http::header::AUTHORIZATION, authorization);
        let form = http::HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(http::header::CONTENT_TYPE, form);
        headers.insert(http::header::ACCEPT, http::HeaderValue::from_static("application/json"));
        let answer = self.client.send(http::Method::POST, &self.address, headers, self.form(to, text).into()).await;
        judged(answer)
    }
}

/// What came of a message by the gateway's answer.
fn judged(answer: Result<Fetched, EgressError>) -> Result<(), NotSent> {
    let answer = answer.map_err(|error| {
        tracing::warn!(code = error.code(), "the gateway for text messages could not be reached: {error}");
        NotSent::Silent
    })?;
    let status = answer.status.as_u16();
    if answer.status.is_success() {
        return Ok(());
    }
    let said: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let code = said["code"].as_u64();
    tracing::warn!(status, code, "the gateway for text messages sent nothing");
    Err(match status {
        401 | 403 if code.is_none_or(|code| !WRONG_NUMBER.contains(&code)) => NotSent::Account,
        429 => NotSent::Busy(wait_s(&answer)),
        _ if code.is_some_and(|code| WRONG_NUMBER.contains(&code)) => NotSent::Number,
        500.. => NotSent::Failed(status),
        _ => NotSent::Refused(status),
    })
}

/// Seconds that the gateway wants to be left alone.
fn wait_s(answer: &Fetched) -> u64 {
    let said = answer.headers.get(http::header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    said.map_or(BUSY_S, |seconds: u64| seconds.clamp(1, BUSY_MAX_S))
}
