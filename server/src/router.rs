//! Who answers what, and what every request passes on the way: the order is the order of this file.

use crate::{
    api,
    edge::{
        body, forwarded, headers, idempotency, identity, latency, limits, origin, panic, problems, quota, request_id,
        session, timeout, trace,
    },
    pages, site,
    state::AppState,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use tower::ServiceBuilder;
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer};

/// The whole hub as one router.
pub fn router(state: AppState) -> Router {
    let (api, document) = api::routes().split_for_parts();
    let api = api.merge(api::documentation::routes(document)).merge(api::scim::routes());
    let routes = api.merge(files()).merge(pages::routes(&state));
    through_the_edge(routes, &state).with_state(state)
}

fn files() -> Router<AppState> {
    Router::new()
        .route("/pkg/{*path}", get(site::file))
        .route("/favicon.svg", get(site::file))
        .route("/robots.txt", get(site::file))
}

/// From the outside to the inside.
fn through_the_edge(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    let with = |state: &AppState| state.clone();
    let outer = ServiceBuilder::new()
        .layer(from_fn(request_id::name))
        .layer(from_fn_with_state(with(state), forwarded::note))
        .layer(from_fn(trace::follow))
        .layer(from_fn_with_state(with(state), latency::measure))
        .layer(from_fn_with_state(with(state), headers::protect))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn(problems::settle))
        .layer(CatchPanicLayer::custom(panic::answer))
        .layer(from_fn(timeout::limit));
    let inner = ServiceBuilder::new()
        .layer(session::layer(&state.hub, &state.config))
        .layer(from_fn_with_state(with(state), identity::identify))
        .layer(from_fn_with_state(with(state), limits::charge))
        .layer(from_fn(identity::admit))
        .layer(from_fn_with_state(with(state), quota::count))
        .layer(from_fn_with_state(with(state), origin::check))
        .layer(from_fn_with_state(with(state), idempotency::once));
    routes.layer(inner).layer(DefaultBodyLimit::disable()).layer(from_fn(body::limit)).layer(outer)
}
