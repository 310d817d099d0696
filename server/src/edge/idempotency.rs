//! `Idempotency-Key`: a change that is sent twice happens once, and both callers read the same answer
//! (draft-ietf-httpapi-idempotency-key-header).

use super::{
    body,
    identity::Identified,
    is_api, is_unsafe,
    problems::{self, About},
    timeout,
};
use crate::{
    problem::{Answer, CONFLICT, KEY_REUSED, MALFORMED, Problem},
    state::AppState,
};
use axum::{
    body::{Body, Bytes, HttpBody as _, to_bytes},
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use hub::{
    Hub,
    access::Actor,
    platform::idempotency::{Claim, Claimed, Idempotency, StoredAnswer, request_hash},
    wire::{self, IDEMPOTENCY_KEY_MAX},
};
use std::time::Duration;
use tracing::Instrument as _;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest time of a claimed request. It goes on behind a caller that was told to try again, so that the second try finds
/// the answer; a claim counts as abandoned only later than this.
const OUTLIVES: Duration = timeout::LIMIT.saturating_mul(3);
/// Largest answer that is kept, in bytes; a larger one is a download, not the receipt of a change.
const ANSWER_MAX: u64 = 1024 * 1024;

/// Answers a repeated change with the first answer.
pub async fn once(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let Some((actor, key)) = applies(&request) else { return next.run(request).await };
    let answered = match key {
        Ok(key) => run(&state.hub, (actor, key), request, next).await,
        Err(problem) => Err(problem),
    };
    answered.unwrap_or_else(Problem::into_response)
}

/// The caller and its key, where the request changes something and has one.
fn applies(request: &Request) -> Option<(Actor, Answer<String>)> {
    let mut keys = request.headers().get_all(IDEMPOTENCY_KEY).iter();
    let key = keys.next().filter(|_| is_unsafe(request.method()) && is_api(request.uri().path()))?;
    let actor = request.extensions().get::<Identified>()?.actor.clone()?;
    Some((actor, if keys.next().is_some() { Err(malformed()) } else { parse(key) }))
}

fn parse(key: &HeaderValue) -> Answer<String> {
    let text = key.to_str().map_err(|_| malformed())?;
    wire::idempotency_key(text).map(str::to_owned).ok_or_else(malformed)
}

fn malformed() -> Problem {
    Problem::new(
        MALFORMED,
        format!("Idempotency-Key must be one value of 1 to {IDEMPOTENCY_KEY_MAX} visible ASCII characters."),
    )
}

async fn run(hub: &Hub, (actor, key): (Actor, String), request: Request, next: Next) -> Answer<Response> {
    let (parts, body) = request.into_parts();
    let limit = body::limit_of(parts.uri.path());
    let bytes = to_bytes(body, limit).await.map_err(|_| body::too_large(limit))?;
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let hash = request_hash(parts.method.as_str(), target, &bytes);
    match Idempotency::new(hub.platform()).claim(&actor, &key, &hash).await? {
        Claim::Run(claimed) => {
            let hub = hub.clone();
            let request = Request::from_parts(parts, Body::from(bytes));
            // A caller that hangs up must not leave a change behind whose answer nobody kept.
            let work = async move { first(&hub, claimed, request, next).await }.in_current_span();
            tokio::spawn(work).await.map_err(|error| Problem::from(hub::Error::internal(error)))
        }
        Claim::Answered(answer) => Ok(replay(answer)),
        Claim::Running => {
            Err(Problem::new(CONFLICT, "The first request with this Idempotency-Key is not finished yet."))
        }
        Claim::Different => Err(Problem::new(KEY_REUSED, "This Idempotency-Key was used for another request.")),
    }
}

/// Runs the first request and keeps its answer, unless it failed for want of the hub.
async fn first(hub: &Hub, claimed: Claimed, request: Request, next: Next) -> Response {
    let about = About::of(&request);
    let response = problems::finish(timeout::within(OUTLIVES, next.run(request)).await, &about);
    let small = response.body().size_hint().upper().is_some_and(|size| size <= ANSWER_MAX);
    let store = Idempotency::new(hub.platform());
    let (response, kept) = if small && !response.status().is_server_error() {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let kept = store.keep(&claimed, answer(&parts, &bytes)).await;
        (Response::from_parts(parts, Body::from(bytes)), kept)
    } else {
        (response, store.release(&claimed).await)
    };
    if let Err(error) = kept {
        tracing::warn!(?error, "an answer could not be kept for its Idempotency-Key");
    }
    response
}

fn answer(parts: &axum::http::response::Parts, bytes: &Bytes) -> StoredAnswer {
    let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned);
    StoredAnswer {
        status: parts.status.as_u16(),
        content_type: text(header::CONTENT_TYPE).unwrap_or_default(),
        location: text(header::LOCATION),
        body: bytes.to_vec(),
    }
}

fn replay(answer: StoredAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    let fields = [(header::CONTENT_TYPE, Some(answer.content_type)), (header::LOCATION, answer.location)];
    for (name, text) in fields {
        let value = text.filter(|text| !text.is_empty()).and_then(|text| HeaderValue::from_str(&text).ok());
        value.and_then(|value| headers.insert(name, value));
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
