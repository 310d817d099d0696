//! The site with the pages that both sides open: files of this package, and what they ask for.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path as At, Query};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use crate::error::{Doing, Error};

/// How long the page of this name keeps its visitor waiting.
const SLOW: (&str, Duration) = ("16-slow-server", Duration::from_millis(700));
/// The longest side of a picture in pixels.
const LONGEST: u32 = 1000;
/// How many scripts a chain has.
const CHAIN: u32 = 3;

/// The folder of this package.
pub fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Names of the files below a folder of this package with this ending, in order, without the ending.
pub fn names(folder: &str, ending: &str) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(package().join(folder)).doing(folder)? {
        let path = entry.doing(folder)?.path();
        if path.extension().is_some_and(|extension| extension == ending) {
            found.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    found.sort();
    Ok(found)
}

/// A server on loopback; it ends when this is dropped.
pub struct Site {
    /// Its address without a slash at the end.
    pub origin: String,
    task: AbortHandle,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Site {
    /// Starts it on a free port.
    pub async fn start() -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await.doing("listening on loopback")?;
        let origin = format!("http://{}", listener.local_addr().doing("listening on loopback")?);
        let routes = Router::new()
            .route("/{folder}/{name}", get(page))
            .route("/style.css", get(style))
            .route("/script.js", get(script))
            .route("/picture.bmp", get(picture))
            .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }));
        let task = tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { origin, task: task.abort_handle() })
    }
}

async fn page(At((folder, name)): At<(String, String)>) -> Response {
    if name == SLOW.0 {
        sleep(SLOW.1).await;
    }
    let known = matches!(folder.as_str(), "pages" | "accessibility") && !name.contains(['/', '.']);
    let path: PathBuf = package().join(folder).join(name).with_extension("html");
    match fs::read_to_string(path) {
        Ok(text) if known => Html(text).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

type Asked = Query<HashMap<String, String>>;

fn number(asked: &Asked, name: &str) -> u32 {
    asked.get(name).and_then(|text| text.parse().ok()).unwrap_or_default()
}

async fn delayed(asked: &Asked) {
    sleep(Duration::from_millis(u64::from(number(asked, "delay")))).await;
}

async fn style(asked: Asked) -> impl IntoResponse {
    delayed(&asked).await;
    let colour = asked.get("colour").filter(|name| name.chars().all(|c| c.is_ascii_lowercase()));
    let colour = colour.map_or("black", String::as_str);
    ([(header::CONTENT_TYPE, "text/css")], format!("body {{ font: 16px/1.5 sans-serif }} h1 {{ color: {colour} }}\n"))
}

async fn script(asked: Asked) -> impl IntoResponse {
    delayed(&asked).await;
    let mut text = String::new();
    let (busy, next) = (number(&asked, "busy"), number(&asked, "next"));
    if busy > 0 {
        text += &format!("{{ const end = performance.now() + {busy}; while (performance.now() < end); }}\n");
    }
    if asked.contains_key("render") {
        text += "document.getElementById('app').innerHTML = '<h1>Rendered</h1>' + '<p>A paragraph of words.</p>'.repeat(12);\n";
    }
    if (1..CHAIN).contains(&next) {
        text += &format!(
            "document.body.append(Object.assign(document.createElement('script'), {{ src: '/script.js?next={}' }}));\n",
            next + 1
        );
    } else if next == CHAIN {
        text += "document.body.append(Object.assign(document.createElement('h2'), { textContent: 'The end of the chain' }));\n";
    }
    ([(header::CONTENT_TYPE, "text/javascript")], text)
}

async fn picture(asked: Asked) -> impl IntoResponse {
    delayed(&asked).await;
    let side = |name| number(&asked, name).clamp(1, LONGEST);
    ([(header::CONTENT_TYPE, "image/bmp")], bitmap(side("width"), side("height")))
}

/// A gradient as an uncompressed bitmap (BMP with a BITMAPINFOHEADER, 24 bits a pixel, rows of whole words).
fn bitmap(width: u32, height: u32) -> Vec<u8> {
    let row = (width * 3).next_multiple_of(4);
    let size = 54 + row * height;
    let mut bytes = b"BM".to_vec();
    for word in [size, 0, 54, 40, width, height, 1 | 24 << 16, 0, row * height, 2835, 2835, 0, 0] {
        bytes.extend(word.to_le_bytes());
    }
    for y in 0..height {
        for x in 0..width {
            let shade = |value: u32, all: u32| u8::try_from(value * 255 / all.max(1)).unwrap_or(u8::MAX);
            bytes.extend([shade(x, width), shade(y, height), shade(x ^ y, width.max(height).next_power_of_two())]);
        }
        bytes.resize(54 + ((y + 1) * row) as usize, 0);
    }
    bytes
}
