//! Content coding as the knob says.

use axum::{Extension, body::Body, extract::Request, middleware::Next, response::Response};
use tower::{Layer, ServiceExt};
use tower_http::compression::CompressionLayer;

use crate::{Compression, Setting};

/// Compresses text answers for clients that accept it.
pub(crate) async fn compress(Extension(setting): Setting, request: Request, next: Next) -> Response {
    let brotli = setting.knobs.compression == Compression::Brotli;
    if setting.knobs.compression == Compression::None {
        return next.run(request).await;
    }
    let layer = CompressionLayer::new().gzip(true).br(brotli).deflate(false).zstd(false);
    match layer.layer(next).oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}
