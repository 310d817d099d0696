//! The hub's own cookies beside the session's: what a browser is remembered by, and what binds the way to an identity provider to
//! the browser that began it.

use crate::config::Config;
use axum::http::{HeaderMap, HeaderValue, header};
use hub::wire;
use tower_sessions::cookie::{Cookie, SameSite, time::Duration};

/// How long somebody may be at a provider, in minutes; as long as the record of it is kept.
const ERRAND_MINUTES: i64 = 10;

/// A cookie's name over https, where `__Host-` lets browsers refuse it from other hosts, and over plain HTTP.
#[derive(Clone, Copy)]
pub struct Name {
    secure: &'static str,
    plain: &'static str,
}

/// What a browser is remembered by.
pub const DEVICE: Name = Name { secure: "__Host-sbh_device", plain: "sbh_device" };
/// What somebody at an identity provider began in this browser.
pub const ERRAND: Name = Name { secure: "__Host-sbh_errand", plain: "sbh_errand" };

impl Name {
    fn of(self, config: &Config) -> &'static str {
        if config.is_https() { self.secure } else { self.plain }
    }
}

/// The cookie's value.
pub fn value(config: &Config, headers: &HeaderMap, name: Name) -> Option<String> {
    let name = name.of(config);
    let mut fields = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    fields.find_map(|field| wire::cookie(field, name))
}

fn header(config: &Config, name: Name, value: &str, age: Duration) -> HeaderValue {
    let cookie = Cookie::build((name.of(config), value))
        .path("/")
        .http_only(true)
        .secure(config.is_https())
        .same_site(SameSite::Lax)
        .max_age(age)
        .build();
    HeaderValue::from_str(&cookie.to_string()).expect("a name, hexadecimal digits and attributes are visible ASCII")
}

/// The header that gives the browser what it is remembered by, for so many days.
pub fn remember(config: &Config, (secret, days): &(String, u32)) -> HeaderValue {
    header(config, DEVICE, secret, Duration::days((*days).into()))
}

/// The header that binds what was begun to the browser.
pub fn begin(config: &Config, secret: &str) -> HeaderValue {
    header(config, ERRAND, secret, Duration::minutes(ERRAND_MINUTES))
}

/// The header that ends that.
pub fn end(config: &Config) -> HeaderValue {
    header(config, ERRAND, "", Duration::ZERO)
}
