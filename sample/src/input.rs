//! Reading request bodies: bounded, and with errors that name the field.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use tokio::time::{Duration, timeout};

use crate::problem::Problem;

/// Longest request body in bytes.
pub(crate) const MAX_BODY_BYTES: usize = 64 << 10;
/// A longer body is read to its end up to this size, because many clients only listen once they have sent everything.
const MAX_DRAINED_BYTES: usize = 32 << 20;
/// A sender who takes longer is cut off.
const BODY_TIME: Duration = Duration::from_secs(20);

/// Reads the body whole before the handler sees it; answers 413 when it is too long and 408 when it takes too long.
pub(crate) async fn limit_body(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match timeout(BODY_TIME, read(body)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(problem)) => problem.into_response(),
        Err(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, "the body took longer than 20 seconds").into_response(),
    }
}

async fn read(mut body: Body) -> Result<Bytes, Problem> {
    let mut kept = Vec::new();
    let mut total = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::bad_request("the body broke off"))?;
        let data = frame.into_data().unwrap_or_default();
        total = total.saturating_add(data.len());
        if total <= MAX_BODY_BYTES {
            kept.extend_from_slice(&data);
        } else if total > MAX_DRAINED_BYTES {
            break;
        }
    }
    if total > MAX_BODY_BYTES {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, &format!("a body holds up to {MAX_BODY_BYTES} bytes")));
    }
    Ok(Bytes::from(kept))
}

/// A JSON body.
pub(crate) struct Json<T>(pub T);

/// A body that a form sent.
pub(crate) struct Form<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        require_type(request.headers(), "application/json")?;
        let bytes = whole(request, state).await?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| json_problem(&error))?;
        reader.end().map_err(|_| Problem::bad_request("the body holds more than one JSON value"))?;
        Ok(Self(value))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        require_type(request.headers(), "application/x-www-form-urlencoded")?;
        let bytes = whole(request, state).await?;
        let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(&bytes));
        let value = serde_path_to_error::deserialize(reader);
        value.map(Self).map_err(|error| field_problem(&error.path().to_string(), &error.inner().to_string()))
    }
}

async fn whole<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|_| Problem::bad_request("the body could not be read"))
}

fn require_type(headers: &HeaderMap, wanted: &str) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, &format!("the Content-Type must be {wanted}")))
}

fn json_problem(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    if error.inner().is_data() {
        return field_problem(&error.path().to_string(), &error.inner().to_string());
    }
    Problem::bad_request(&format!("the body isn't JSON: {}", error.inner()))
}

/// Serde names a field that is missing or unknown in its sentence, everything else by its path.
fn field_problem(path: &str, message: &str) -> Problem {
    let quoted = message
        .split('`')
        .nth(1)
        .filter(|_| message.starts_with("missing field") || message.starts_with("unknown field"));
    Problem::invalid(quoted.unwrap_or(path), message)
}
