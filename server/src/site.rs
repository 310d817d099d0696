//! The files that the browser gets: built by xtask, carried in the binary (a debug build reads them from disk).

use crate::state::AppState;
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use hub_app::shell::Assets;
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;

#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Files;

/// The stylesheets as they were written, for a site that was built without xtask.
#[derive(RustEmbed)]
#[folder = "../style"]
struct Styles;

/// Where [`Styles`] lie.
const STYLES: &str = "pkg/style/";
/// The names of a module that was built without xtask: they stay when the content changes.
const PLAIN: [&str; 2] = ["pkg/sbh.js", "pkg/sbh.wasm"];

/// Where files lie whose names change with their content.
const HASHED: &str = "pkg/";
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("no-cache");
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// Encodings beside each file, in the order of preference.
const SIBLINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// The built site.
pub struct Site {
    assets: Assets,
}

impl Site {
    /// Reads the names of the built files. What xtask builds has a manifest; what cargo-leptos builds has plain names.
    /// Without either, pages come without script.
    pub fn load() -> Self {
        let manifest = Files::get("manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok());
        let Some(manifest): Option<serde_json::Value> = manifest else {
            let [js, wasm] = PLAIN.map(|path| Files::get(path).map(|_| format!("/{path}")).unwrap_or_default());
            return Self { assets: Assets { js, wasm, css: format!("/{STYLES}main.css") } };
        };
        let path = |name: &str| manifest[name].as_str().map(|path| format!("/{path}")).unwrap_or_default();
        Self { assets: Assets { js: path("js"), wasm: path("wasm"), css: path("css") } }
    }

    /// The addresses of the built files.
    pub fn assets(&self) -> &Assets {
        &self.assets
    }
}

/// A file of the site, in the smallest encoding that the browser takes.
pub async fn file(State(_): State<AppState>, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if !is_public(path) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let style = || path.strip_prefix(STYLES).and_then(Styles::get);
    match encoded(path, &headers).or_else(|| Files::get(path).or_else(style).map(|file| (file, None))) {
        Some((file, encoding)) => answer(path, file, encoding, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The manifest and the encoded siblings are for the server alone.
fn is_public(path: &str) -> bool {
    !path.is_empty() && path != "manifest.json" && !path.ends_with(".br") && !path.ends_with(".gz")
}

fn encoded(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let (name, suffix) = SIBLINGS.into_iter().find(|(name, _)| accepts(accepted, name))?;
    Files::get(&format!("{path}{suffix}")).map(|file| (file, Some(name)))
}

/// Whether `Accept-Encoding` names the encoding with a weight above zero (RFC 9110, section 12.5.3).
fn accepts(accepted: &str, name: &str) -> bool {
    accepted.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let weight = parts.clone().skip(1).find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
        parts.next().is_some_and(|encoding| encoding.eq_ignore_ascii_case(name))
            && weight.is_ok_and(|weight| weight > 0.0)
    })
}

fn answer(path: &str, file: EmbeddedFile, encoding: Option<&'static str>, headers: &HeaderMap) -> Response {
    let tag = HeaderValue::from_str(&format!("\"{}\"", hex::encode(file.metadata.sha256_hash())))
        .expect("digits are visible ASCII");
    let caching = match path {
        path if path.starts_with(STYLES) || PLAIN.contains(&path) => ASK_EACH_TIME,
        path if path.starts_with(HASHED) => FOR_EVER,
        _ => AN_HOUR,
    };
    let mut fields: Vec<(HeaderName, HeaderValue)> = vec![
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, caching),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    let fresh = headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == tag);
    let mut response = if fresh {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        fields.push((header::CONTENT_TYPE, HeaderValue::from_static(content_type(path))));
        fields.extend(encoding.map(|name| (header::CONTENT_ENCODING, HeaderValue::from_static(name))));
        Response::new(Body::from(bytes(file)))
    };
    response.headers_mut().extend(fields);
    response
}

/// What the binary carries is sent from where it lies; a debug build has read it from disk.
fn bytes(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(carried) => Bytes::from_static(carried),
        Cow::Owned(read) => Bytes::from(read),
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_counts_only_when_it_is_named_and_not_refused() {
        for (accepted, name, expected) in [
            ("gzip, deflate, br", "br", true),
            ("gzip;q=1.0, br;q=0", "br", false),
            ("GZIP", "gzip", true),
            ("", "br", false),
            ("broken", "br", false),
        ] {
            assert_eq!(accepts(accepted, name), expected, "{accepted} {name}");
        }
    }

    #[test]
    fn what_the_server_keeps_for_itself_is_no_file() {
        for path in ["", "manifest.json", "pkg/sbh.js.br", "pkg/sbh.js.gz"] {
            assert!(!is_public(path), "{path}");
        }
        assert!(is_public("favicon.svg"));
    }
}
