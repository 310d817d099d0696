//! The API's description, and a page to try it, both from the binary.

use crate::{problem, state::AppState};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::Config;

/// Where the description is.
const DOCUMENT: &str = "/api/documentation/openapi.json";
/// Swagger UI sets styles from scripts and draws its icons as data. It gets that, on its own path, and no inline script.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The page, its files, the description, and what each kind of problem means.
pub fn routes(document: OpenApi) -> Router<AppState> {
    let document = Arc::new(document);
    let json = move || async move { Json(document.as_ref().clone()) };
    Router::new()
        .route("/api/documentation", get(|| async { Redirect::temporary("/api/documentation/") }))
        .route("/api/documentation/", get(|| async { file("") }))
        .route(DOCUMENT, get(json))
        .route("/api/documentation/{*path}", get(|Path(path): Path<String>| async move { file(&path) }))
        .route("/problems/{kind}", get(kind))
}

fn file(path: &str) -> Response {
    let config = Arc::new(Config::from(DOCUMENT));
    match utoipa_swagger_ui::serve(path, config) {
        Ok(Some(file)) => {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
            if let Ok(value) = HeaderValue::from_str(&file.content_type) {
                headers.insert(header::CONTENT_TYPE, value);
            }
            (headers, file.bytes.into_owned()).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => problem::Problem::from(hub::Error::internal(error.to_string())).into_response(),
    }
}

/// What a kind of problem means and what to do, in plain text.
async fn kind(State(_): State<AppState>, Path(slug): Path<String>) -> Response {
    match problem::KINDS.iter().find(|kind| kind.slug == slug) {
        Some(kind) => format!("{} ({})\n\n{}\n", kind.title, kind.status, kind.meaning).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
