//! Keeps finished answers, compressed as the client wanted them, for a time.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use moka::future::Cache;

use crate::{
    Setting,
    problem::Problem,
    shop::{Runtime, count},
};

/// What the cache did with the request (RFC 9211).
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
/// Bytes of bodies and keys that the cache holds at most.
const CAPACITY_BYTES: u64 = 64 << 20;
/// A longer request target isn't kept, so that keys stay small.
const LONGEST_TARGET: usize = 512;

#[derive(Clone)]
struct Kept {
    headers: HeaderMap,
    body: Bytes,
}

/// Answers by request target and accepted content codings.
pub(crate) struct ResponseCache {
    kept: Cache<String, Arc<Kept>>,
}

impl ResponseCache {
    /// An empty cache whose answers stay fresh for so many seconds.
    pub fn new(ttl_seconds: u32) -> Self {
        let weight =
            |key: &String, kept: &Arc<Kept>| u32::try_from(key.len() + kept.body.len() + 512).unwrap_or(u32::MAX);
        let kept = Cache::builder().weigher(weight).max_capacity(CAPACITY_BYTES);
        Self { kept: kept.time_to_live(Duration::from_secs(ttl_seconds.into())).build() }
    }
}

/// Answers from the cache where it can, and keeps what is the same for every visitor.
pub(crate) async fn cache(Extension(setting): Setting, request: Request, next: Next) -> Response {
    let Some((cache, key)) = setting.cache.as_ref().zip(key(&request)) else {
        return next.run(request).await;
    };
    if let Some(kept) = cache.kept.get(&key).await {
        count(&setting.counters.cache_hits);
        return marked((kept.headers.clone(), kept.body.clone()).into_response(), "corner-shop; hit");
    }
    count(&setting.counters.cache_misses);
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return marked(response, "corner-shop; fwd=miss");
    }
    match keep(&setting, key, response).await {
        Ok(response) => marked(response, "corner-shop; fwd=miss; stored"),
        Err(problem) => problem.into_response(),
    }
}

async fn keep(setting: &Runtime, key: String, response: Response) -> Result<Response, Problem> {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|_| Problem::internal("the answer could not be written"))?;
    let mut kept_headers = parts.headers.clone();
    kept_headers.remove(header::TRANSFER_ENCODING);
    if let Some(cache) = &setting.cache {
        cache.kept.insert(key, Arc::new(Kept { headers: kept_headers, body: body.clone() })).await;
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn marked(mut response: Response, status: &'static str) -> Response {
    response.headers_mut().insert(CACHE_STATUS, HeaderValue::from_static(status));
    response
}

/// The key of a request whose answer is the same for every visitor.
fn key(request: &Request) -> Option<String> {
    let path = request.uri().path();
    let public = ["/", "/search", "/about", "/privacy"].contains(&path)
        || path.starts_with("/products/")
        || path == "/api/products"
        || path.starts_with("/api/products/");
    let target = request.uri().path_and_query()?.as_str();
    let keep = public && request.method() == Method::GET && target.len() <= LONGEST_TARGET;
    keep.then(|| format!("{} {target}", accepted_codings(request.headers())))
}

/// The accepted codings in one spelling; a spelling that no client uses only costs a place of its own.
fn accepted_codings(headers: &HeaderMap) -> String {
    let listed = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut codings: Vec<String> =
        listed.flat_map(|list| list.split(',')).map(|coding| coding.trim().to_lowercase()).collect();
    codings.retain(|coding| coding.starts_with("br") || coding.starts_with("gzip") || coding.starts_with('*'));
    codings.sort();
    codings.join(",")
}
