//! The error as it reaches a page. It may travel in a redirect's address, so it holds nothing private.

use crate::ui::Problem;
use hub::error::{FieldError, Kind};
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// Why a server function did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireError {
    /// The kind.
    pub kind: Kind,
    /// One sentence.
    pub message: String,
    /// The wrong fields, by JSON pointer.
    pub fields: Vec<FieldError>,
}

impl WireError {
    /// The error as a form shows it. A message that is one field's own stands there, and is not said twice.
    #[must_use]
    pub fn problem(self) -> Problem {
        let said_below = matches!(self.fields.as_slice(), [only] if only.message == self.message);
        let message = if said_below { "One field is not valid.".to_owned() } else { self.message };
        Problem { message, fields: self.fields, unconfirmed: self.kind == Kind::Unconfirmed }
    }
}

impl std::fmt::Display for WireError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for WireError {}

impl FromServerFnError for WireError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let (kind, message) = match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                (Kind::Invalid, "The form was not understood; a field is missing or has a value of the wrong kind.")
            }
            ServerFnErrorErr::Request(_) => (Kind::Unavailable, "The hub does not answer; nothing was changed."),
            _ => (Kind::Internal, "The hub could not complete this."),
        };
        Self { kind, message: message.to_owned(), fields: Vec::new() }
    }
}

/// Answers with the status that fits the kind.
#[cfg(feature = "ssr")]
impl From<hub::Error> for WireError {
    fn from(error: hub::Error) -> Self {
        answer_with(error.kind());
        if let Some(cause) = error.cause() {
            tracing::error!(?cause, "a server function failed: {}", error.message());
        }
        Self { kind: error.kind(), message: error.message().to_owned(), fields: error.fields().to_vec() }
    }
}

/// Sets the status that fits, unless the answer leads on: to another page, or back to the page of a plain form, which
/// shows the error there. Browsers follow an address only with a redirect's own status.
#[cfg(feature = "ssr")]
fn answer_with(kind: Kind) {
    use leptos::prelude::use_context;
    let Some(response) = use_context::<leptos_axum::ResponseOptions>() else { return };
    let leads_on = response.0.read().is_ok_and(|parts| parts.headers.contains_key(http::header::LOCATION));
    if !leads_on && !asked_by_plain_form() {
        response.set_status(status(kind));
    }
}

/// Whether the request being answered is a form that a browser sent without WASM.
#[cfg(feature = "ssr")]
pub(crate) fn asked_by_plain_form() -> bool {
    leptos::prelude::use_context::<http::request::Parts>().is_some_and(|parts| is_plain_form(&parts))
}

/// Whether a browser sent a form without WASM.
#[cfg(feature = "ssr")]
fn is_plain_form(parts: &http::request::Parts) -> bool {
    let accept = parts.headers.get(http::header::ACCEPT).and_then(|value| value.to_str().ok());
    parts.method == http::Method::POST && accept.is_some_and(|accept| accept.contains("text/html"))
}

#[cfg(feature = "ssr")]
fn status(kind: Kind) -> http::StatusCode {
    match kind {
        Kind::Unauthenticated => http::StatusCode::UNAUTHORIZED,
        Kind::Forbidden | Kind::Unconfirmed | Kind::Suspended => http::StatusCode::FORBIDDEN,
        Kind::NotFound => http::StatusCode::NOT_FOUND,
        Kind::Conflict | Kind::Quota => http::StatusCode::CONFLICT,
        Kind::Invalid => http::StatusCode::UNPROCESSABLE_ENTITY,
        Kind::TooMany => http::StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => http::StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => http::StatusCode::INTERNAL_SERVER_ERROR,
    }
}
