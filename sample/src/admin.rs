//! The knobs from outside: JSON for tuning, a page for people, and faults for tests.

use std::sync::PoisonError;

use axum::{
    Extension, Json as Answer, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post, put},
};
use minijinja::context;
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::{
    Compression, Knobs, SecurityHeaders, Setting, Shop,
    faults::{self, MAX_STALL_MILLIS},
    input::{Form, Json},
    knobs::PRESETS,
    problem::Problem,
    shop::Stats,
};

pub(crate) fn routes() -> Router<Shop> {
    Router::new()
        .route("/admin", get(page).post(turn_from_page))
        .route("/admin/knobs", get(read).patch(patch))
        .route("/admin/preset/{version}", post(preset))
        .route("/admin/verification", put(verify))
        .route("/admin/stall", post(stall))
        .route("/admin/stats", get(stats))
}

/// # Errors
/// 401 unless the token is the one that the shop was started with, or the shop was started without one.
fn authorise(shop: &Shop, token: Option<&str>) -> Result<(), Problem> {
    let Some(wanted) = &shop.inner.knob_token else {
        return Ok(());
    };
    let given = token.unwrap_or_default();
    if bool::from(given.as_bytes().ct_eq(wanted.as_bytes())) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::UNAUTHORIZED, "the knob token is missing or wrong"))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn page(State(shop): State<Shop>, Extension(setting): Setting) -> Result<Html<String>, Problem> {
    let values = context! {
        knobs => setting.knobs, presets => PRESETS, needs_token => shop.inner.knob_token.is_some(),
        stats => shop.stats(),
    };
    setting.templates.render("admin.html", values)
}

/// The page's form. A check box that isn't ticked isn't sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KnobForm {
    #[serde(default)]
    token: String,
    version: String,
    compression: Compression,
    response_cache: Option<String>,
    response_cache_ttl_seconds: u32,
    database_index: Option<String>,
    template_cache: Option<String>,
    concurrency_limit: u32,
    queue_limit: u32,
    security_headers: SecurityHeaders,
    security_txt: Option<String>,
    accessibility_fault: Option<String>,
    heavy_page: Option<String>,
    tracker: Option<String>,
    consent_banner: Option<String>,
    checkout_bug: Option<String>,
    latency_ms: f64,
    latency_spread: f64,
    error_rate: f64,
}

impl From<KnobForm> for Knobs {
    fn from(form: KnobForm) -> Self {
        Self {
            version: form.version,
            compression: form.compression,
            response_cache: form.response_cache.is_some(),
            response_cache_ttl_seconds: form.response_cache_ttl_seconds,
            database_index: form.database_index.is_some(),
            template_cache: form.template_cache.is_some(),
            concurrency_limit: form.concurrency_limit,
            queue_limit: form.queue_limit,
            security_headers: form.security_headers,
            security_txt: form.security_txt.is_some(),
            accessibility_fault: form.accessibility_fault.is_some(),
            heavy_page: form.heavy_page.is_some(),
            tracker: form.tracker.is_some(),
            consent_banner: form.consent_banner.is_some(),
            checkout_bug: form.checkout_bug.is_some(),
            latency_ms: form.latency_ms,
            latency_spread: form.latency_spread,
            error_rate: form.error_rate,
        }
    }
}

async fn turn_from_page(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Form(form): Form<KnobForm>,
) -> Result<Redirect, Problem> {
    authorise(&shop, bearer(&headers).or(Some(&form.token)))?;
    shop.turn(|_| Ok(form.into()))?;
    Ok(Redirect::to("/admin"))
}

async fn read(Extension(setting): Setting) -> Answer<Knobs> {
    Answer(setting.knobs.clone())
}

async fn patch(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Json(patch): Json<Value>,
) -> Result<Answer<Knobs>, Problem> {
    authorise(&shop, bearer(&headers))?;
    shop.turn(|present| present.merged(&patch)).map(Answer)
}

/// Takes a version's knobs; a form goes back to the page, everything else gets the knobs. A form may carry the token.
async fn preset(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Path(version): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let fields = form_urlencoded::parse(&body).find(|(name, _)| name == "token").map(|(_, token)| token.into_owned());
    authorise(&shop, bearer(&headers).or(fields.as_deref()))?;
    let unknown = || Problem::not_found(&format!("preset {version:?}; known are {}:", PRESETS.join(", ")));
    let knobs = shop.turn(|_| Knobs::preset(&version).ok_or_else(unknown))?;
    let from_form =
        headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/x-www-form"));
    Ok(if from_form { Redirect::to("/admin").into_response() } else { Answer(knobs).into_response() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verification {
    token: String,
}

async fn verify(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Json(verification): Json<Verification>,
) -> Result<StatusCode, Problem> {
    authorise(&shop, bearer(&headers))?;
    let token = verification.token;
    if !(1..=500).contains(&token.len()) || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Problem::invalid("token", "1 to 500 visible ASCII characters"));
    }
    *shop.inner.verification.write().unwrap_or_else(PoisonError::into_inner) = Some(token);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stall {
    millis: u64,
}

async fn stall(State(shop): State<Shop>, headers: HeaderMap, Json(stall): Json<Stall>) -> Result<StatusCode, Problem> {
    authorise(&shop, bearer(&headers))?;
    if !(1..=MAX_STALL_MILLIS).contains(&stall.millis) {
        return Err(Problem::invalid("millis", &format!("a whole number from 1 to {MAX_STALL_MILLIS}")));
    }
    faults::stall(&shop, stall.millis);
    Ok(StatusCode::NO_CONTENT)
}

async fn stats(State(shop): State<Shop>) -> Answer<Stats> {
    Answer(shop.stats())
}
