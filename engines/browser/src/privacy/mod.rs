//! What a visit tells to others before anybody consented to anything: the page was loaded with an empty profile and nothing was clicked.

mod cookies;
mod trackers;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::Site;
use crate::run::Cookie;
use crate::waterfall::Request;

/// What was told without consent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    /// Trackers that are known and were asked for something, in the order of the alphabet. A host that the list does not have is none.
    pub trackers: Vec<Tracker>,
    /// Cookies for which consent is needed (Directive 2002/58/EC, article 5(3)), as far as their name or their host tells.
    pub cookies: Vec<UnaskedCookie>,
}

/// A tracker that the page asked for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracker {
    /// Its domain on the list.
    pub domain: String,
    /// Whose it is.
    pub owner: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Requests to it, refused ones included.
    pub requests: u64,
}

/// What a tracker is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Counts and describes visitors.
    Analytics,
    /// Sells, chooses or measures advertisements.
    Advertising,
    /// Records what visitors do on the page.
    SessionRecording,
    /// Tells a social network of the visit.
    Social,
    /// Brings other trackers in.
    TagManagement,
}

/// A cookie that was set without consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnaskedCookie {
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: String,
    /// Why consent is needed.
    pub reason: Reason,
}

/// Why a cookie needs consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its name is that of a tracker's cookie.
    Tracking,
    /// It belongs to another site.
    ThirdParty,
}

/// Judges one load of `page`.
pub(crate) fn judge(page: &str, requests: &[Request], cookies: &[Cookie]) -> Privacy {
    let site = Site::of(page);
    let mut found = BTreeMap::<&str, Tracker>::new();
    for request in requests.iter().filter(|request| request.is_network()) {
        let host = Url::parse(&request.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        // A tracker's own page tracks nobody on behalf of others.
        let Some(known) = trackers::known(&host).filter(|_| !site.includes(&host)) else { continue };
        let tracker = found.entry(known.domain).or_insert_with(|| Tracker {
            domain: known.domain.to_owned(),
            owner: known.owner.to_owned(),
            purpose: known.purpose,
            requests: 0,
        });
        tracker.requests += 1;
    }
    let unasked = |cookie: &Cookie| {
        let foreign = !site.includes(cookie.domain.trim_start_matches('.'));
        let reason = match (cookies::tracks(&cookie.name), foreign) {
            (true, _) => Reason::Tracking,
            (false, true) => Reason::ThirdParty,
            (false, false) => return None,
        };
        Some(UnaskedCookie { name: cookie.name.clone(), domain: cookie.domain.clone(), reason })
    };
    Privacy { trackers: found.into_values().collect(), cookies: cookies.iter().filter_map(unasked).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str) -> Request {
        Request { url: url.to_owned(), ..Request::default() }
    }

    fn cookie(name: &str, domain: &str) -> Cookie {
        Cookie {
            name: name.to_owned(),
            domain: domain.to_owned(),
            path: "/".to_owned(),
            secure: true,
            http_only: true,
            same_site: None,
            expires: None,
        }
    }

    #[test]
    fn trackers_are_known_by_their_hosts_and_counted() {
        let requests = [
            request("https://shop.example/"),
            request("https://www.google-analytics.com/g/collect?v=2"),
            request("https://region1.google-analytics.com/g/collect"),
            request("https://connect.facebook.net/en_US/fbevents.js"),
            request("https://notgoogle-analytics.com/"),
            request("data:text/plain,https://www.google-analytics.com/"),
            Request { cached: true, ..request("https://static.hotjar.com/c/hotjar.js") },
        ];
        let found = judge("https://shop.example/", &requests, &[]).trackers;
        let told: Vec<_> = found.iter().map(|it| (it.domain.as_str(), it.purpose, it.requests)).collect();
        assert_eq!(
            told,
            [("connect.facebook.net", Purpose::Advertising, 1), ("google-analytics.com", Purpose::Analytics, 2)]
        );
        assert_eq!(judge("https://www.hotjar.com/", &[request("https://static.hotjar.com/a.js")], &[]).trackers, []);
    }

    #[test]
    fn cookies_that_need_consent_are_told_from_those_of_the_page() {
        let cookies = [
            cookie("session", "shop.example"),
            cookie("_ga", ".shop.example"),
            cookie("_ga_1X2Y", ".shop.example"),
            cookie("_gather", "shop.example"),
            cookie("id", ".ads.example"),
        ];
        let found = judge("https://www.shop.example/", &[], &cookies).cookies;
        let told: Vec<_> = found.iter().map(|cookie| (cookie.name.as_str(), cookie.reason)).collect();
        assert_eq!(told, [("_ga", Reason::Tracking), ("_ga_1X2Y", Reason::Tracking), ("id", Reason::ThirdParty)]);
    }

    #[test]
    fn the_lists_are_sorted_and_hold_nothing_twice() {
        assert!(trackers::KNOWN.is_sorted_by(|a, b| a.domain < b.domain));
        assert!(cookies::NAMES.is_sorted_by(|a, b| a < b));
    }
}
