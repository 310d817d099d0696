//! The sample system: a small shop with real knobs.
//!
//! Newcomers benchmark it first and the tests measure it. It simulates nothing: a knob that is off costs real scans,
//! real template compilation, real bytes or real protection. Products are generated, carts and orders live in memory.

use std::{io, sync::Arc};

use axum::{Router, middleware, serve::ListenerExt};
use tokio::net::TcpListener;

mod admin;
mod api;
mod assets;
pub mod catalogue;
mod compress;
mod faults;
pub mod generate;
pub mod golden_paths;
mod headers;
mod input;
pub mod knobs;
mod limiter;
pub mod orders;
mod pages;
pub mod problem;
mod response_cache;
mod session;
mod shop;
mod templates;
mod tracking;

pub use golden_paths::GOLDEN_PATHS;
pub use knobs::{Compression, Knobs, SecurityHeaders};
pub use shop::Shop;

/// Port that the shop listens on unless told otherwise.
pub const DEFAULT_PORT: u16 = 4100;

/// How the shop starts.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// First setting of the knobs.
    pub knobs: Knobs,
    /// Bearer token that changes under `/admin` need; without one anybody who reaches the shop may change it.
    pub knob_token: Option<String>,
    /// Text of `/.well-known/sbh-verification.txt`.
    pub verification_token: Option<String>,
}

/// The whole shop as a router.
///
/// The layers run in the order of their listing from bottom to top: cached answers still pass sessions, headers and
/// faults, and never wait for the concurrency limit; a slow sender occupies no place under it.
pub fn router(shop: Shop) -> Router {
    Router::new()
        .merge(pages::routes())
        .merge(api::routes())
        .merge(admin::routes())
        .merge(assets::routes())
        .merge(tracking::routes())
        .fallback(pages::not_found)
        .method_not_allowed_fallback(pages::method_not_allowed)
        .layer(middleware::from_fn(pages::problems_as_pages))
        .layer(middleware::from_fn(tracking::track))
        .layer(middleware::from_fn(compress::compress))
        .layer(middleware::from_fn(limiter::limit))
        .layer(middleware::from_fn(response_cache::cache))
        .layer(middleware::from_fn(input::limit_body))
        .layer(middleware::from_fn(session::keep_session))
        .layer(middleware::from_fn_with_state(shop.clone(), faults::inject))
        .layer(middleware::from_fn(session::refuse_cross_site))
        .layer(middleware::from_fn(headers::protect))
        .layer(middleware::from_fn_with_state(shop.clone(), shop::begin))
        .with_state(shop)
}

/// Serves the shop until `shutdown` completes, then lets open requests finish. HTTP/1.1 and HTTP/2 without TLS.
///
/// # Errors
/// When the knobs are out of range (kind `InvalidInput`).
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let shop = Shop::open(config).map_err(|problem| io::Error::new(io::ErrorKind::InvalidInput, problem))?;
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps Nagle's algorithm");
        }
    });
    axum::serve(listener, router(shop)).with_graceful_shutdown(shutdown).await
}

/// Everything that one request needs, as it was when the request came: knobs may change while it runs.
pub(crate) type Setting = axum::Extension<Arc<shop::Runtime>>;
