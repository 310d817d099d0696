//! Test `cookies`.

use super::outcome::{Outcome, worse};
use super::preload::PreloadList;
use super::transport;
use crate::cookie::{Cookie, Jar, SameSite};
use crate::observation::{Observation, Visit};

/// Outcomes from better to worse; the worst one of all cookies counts.
const ORDER: [Outcome; 7] = [
    Outcome::CookiesInsecureHsts,
    Outcome::CookiesInsecure,
    Outcome::CookiesSessionInsecureHsts,
    Outcome::CookiesSameSiteInvalid,
    Outcome::CookiesCsrfNoSameSite,
    Outcome::CookiesSessionNotHttpOnly,
    Outcome::CookiesSessionInsecure,
];

/// A load balancer's cookie that sites cannot influence.
const IGNORED: &str = "heroku-session-affinity";

/// How well cookies are protected.
pub(super) fn judge(observation: &Observation, visit: &Visit, preload: &PreloadList) -> Outcome {
    let mut jar = Jar::default();
    for hop in &visit.hops {
        hop.set_cookies.iter().for_each(|header| jar.set(header, &hop.url));
    }
    let cookies: Vec<&Cookie> = jar.cookies().filter(|cookie| cookie.name != IGNORED).collect();
    if cookies.is_empty() {
        return Outcome::CookiesNone;
    }
    let hsts = transport::hsts(observation, preload).pass();
    let malformed = visit.response.headers.all("set-cookie").any(has_unknown_same_site);
    let mut found = malformed.then_some(Outcome::CookiesSameSiteInvalid);
    for outcome in cookies.iter().flat_map(|cookie| faults(cookie, hsts)) {
        found = worse(outcome, found, &ORDER);
    }
    let all_same_site = cookies.iter().all(|cookie| cookie.same_site.is_some());
    found.unwrap_or(if all_same_site { Outcome::CookiesSameSite } else { Outcome::CookiesSecure })
}

fn faults(cookie: &Cookie, hsts: bool) -> Vec<Outcome> {
    let session = cookie.is_session();
    let plain = !cookie.secure;
    let csrf = cookie.name.to_lowercase().contains("csrf");
    let faults = [
        (plain && cookie.same_site == Some(SameSite::None), Outcome::CookiesSameSiteInvalid),
        (plain && hsts, Outcome::CookiesInsecureHsts),
        (plain && !hsts, Outcome::CookiesInsecure),
        (csrf && cookie.same_site.is_none(), Outcome::CookiesCsrfNoSameSite),
        (session && plain && hsts, Outcome::CookiesSessionInsecureHsts),
        (session && plain && !hsts, Outcome::CookiesSessionInsecure),
        (session && !cookie.http_only, Outcome::CookiesSessionNotHttpOnly),
    ];
    faults.into_iter().filter(|(applies, _)| *applies).map(|(_, outcome)| outcome).collect()
}

/// Any `SameSite` attribute with a value that no browser knows, in a raw header.
fn has_unknown_same_site(header: &str) -> bool {
    header.split(';').any(|part| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.split('=').next().unwrap_or_default().trim().to_lowercase();
        key.trim().eq_ignore_ascii_case("samesite") && !matches!(value.as_str(), "lax" | "strict" | "none")
    })
}
