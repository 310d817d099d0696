//! The cookie of a browser that is remembered.

use crate::config::Config;
use axum::http::{HeaderMap, HeaderValue, header};
use tower_sessions::cookie::{Cookie, SameSite, time::Duration};

/// The cookie's name.
fn name(config: &Config) -> &'static str {
    if config.is_https() { "__Host-sbh_device" } else { "sbh_device" }
}

/// The secret that the browser says it is remembered by.
pub fn secret(config: &Config, headers: &HeaderMap) -> Option<String> {
    let name = name(config);
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = texts.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// The header that gives the browser its secret for so many days.
pub fn remember(config: &Config, (secret, days): &(String, u32)) -> HeaderValue {
    let cookie = Cookie::build((name(config), secret.as_str()))
        .path("/")
        .http_only(true)
        .secure(config.is_https())
        .same_site(SameSite::Lax)
        .max_age(Duration::days((*days).into()))
        .build();
    HeaderValue::from_str(&cookie.to_string()).expect("a name, hexadecimal digits and attributes are visible ASCII")
}
