//! Style sheet, icons and the well-known files.

use std::sync::PoisonError;

use axum::{
    Extension, Router,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use chrono::{Duration, SecondsFormat, Utc};

use crate::{Setting, Shop, generate::CATEGORIES, problem::Problem, shop::Runtime};

const COLOURS: [(&str, &str); CATEGORIES.len()] = [
    ("#f3dfc8", "#8a4b14"),
    ("#d8ead0", "#2f6b2a"),
    ("#d5e3f3", "#1f4f86"),
    ("#ecdcf0", "#6b2f7d"),
    ("#f6dada", "#8c2b2b"),
];

pub(crate) fn routes() -> Router<Shop> {
    Router::new()
        .route("/assets/shop.css", get(style))
        .route("/assets/favicon.svg", get(favicon))
        .route("/assets/category/{name}", get(category))
        .route("/assets/hero.bmp", get(hero))
        .route("/favicon.ico", get(|| async { Redirect::permanent("/assets/favicon.svg") }))
        .route("/robots.txt", get(robots))
        .route("/.well-known/security.txt", get(security_txt))
        .route("/.well-known/sbh-verification.txt", get(verification))
}

async fn style(Extension(setting): Setting) -> Response {
    asset(&setting, "text/css; charset=utf-8", include_str!("../assets/shop.css").to_owned())
}

async fn favicon(Extension(setting): Setting) -> Response {
    asset(&setting, "image/svg+xml", include_str!("../assets/favicon.svg").to_owned())
}

/// A picture of 1 MiB that no compression makes small: noise, the same each time.
async fn hero(Extension(setting): Setting) -> Response {
    const SIZE: (u32, u32) = (728, 480);
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        // Marsaglia, Xorshift RNGs (Journal of Statistical Software 8, 2003).
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    });
    let pixels = SIZE.0 * SIZE.1 * 3;
    let mut picture = Vec::with_capacity(54 + pixels as usize);
    picture.extend(b"BM");
    for field in [54 + pixels, 0, 54, 40, SIZE.0, SIZE.1, 1 | (24 << 16), 0, pixels, 2835, 2835, 0, 0] {
        picture.extend(field.to_le_bytes());
    }
    picture.extend(noise.take(pixels as usize));
    let keep = if setting.knobs.response_cache { "public, max-age=86400" } else { "no-store" };
    ([(header::CONTENT_TYPE, "image/bmp"), (header::CACHE_CONTROL, keep)], picture).into_response()
}

async fn category(Extension(setting): Setting, Path(name): Path<String>) -> Result<Response, Problem> {
    let known = CATEGORIES.iter().position(|category| name.strip_suffix(".svg") == Some(*category));
    let number = known.ok_or_else(|| Problem::not_found("picture"))?;
    let ((ground, ink), letter) = (COLOURS[number], &CATEGORIES[number][..1]);
    let picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 160 120\"><rect width=\"160\" height=\"120\" fill=\"{ground}\"/>\
         <circle cx=\"80\" cy=\"60\" r=\"34\" fill=\"{ink}\"/><text x=\"80\" y=\"73\" font-family=\"sans-serif\" font-size=\"38\" \
         text-anchor=\"middle\" fill=\"{ground}\">{letter}</text></svg>"
    );
    Ok(asset(&setting, "image/svg+xml", picture))
}

/// Browsers may keep assets for a day when the response cache is on, and must fetch them each time when it is off.
fn asset(setting: &Runtime, content_type: &'static str, text: String) -> Response {
    let keep = if setting.knobs.response_cache { "public, max-age=86400" } else { "no-store" };
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, keep)], text).into_response()
}

async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /admin\nDisallow: /cart\nDisallow: /checkout\nDisallow: /orders/\n"
}

/// RFC 9116, sections 2.5.3 and 2.5.5: `Contact` and an `Expires` less than a year away are what a file must have.
async fn security_txt(Extension(setting): Setting) -> Result<String, Problem> {
    if !setting.knobs.security_txt {
        return Err(Problem::not_found("file"));
    }
    let expires = (Utc::now() + Duration::days(180)).to_rfc3339_opts(SecondsFormat::Secs, true);
    Ok(format!("Contact: mailto:security@shop.example\nExpires: {expires}\nPreferred-Languages: en\n"))
}

async fn verification(State(shop): State<Shop>) -> Result<String, Problem> {
    let token = shop.inner.verification.read().unwrap_or_else(PoisonError::into_inner).clone();
    token.ok_or_else(|| Problem::not_found("file"))
}
