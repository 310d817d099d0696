//! Cookies, as set on any hop of the visit.

use url::Url;

use super::{Rule, Subject, catalogue as rule};
use crate::cookie::{Cookie, SameSite};

pub(super) fn judge(subject: &mut Subject<'_>) {
    let cookies: Vec<(Cookie, Url)> = subject
        .visit
        .hops
        .iter()
        .flat_map(|hop| hop.set_cookies.iter().filter_map(|header| Some((Cookie::parse(header)?, hop.url.clone()))))
        .collect();
    for (cookie, url) in &cookies {
        for (_, rule) in faults(cookie, url).into_iter().filter(|(applies, _)| *applies) {
            subject.report_at(&rule, format!("cookie {}", cookie.name), url);
        }
    }
}

fn faults(cookie: &Cookie, url: &Url) -> [(bool, Rule); 9] {
    let session = cookie.is_session();
    let plain = !cookie.secure;
    let none = cookie.same_site == Some(SameSite::None);
    [
        (plain && !session, rule::COOKIE_NOT_SECURE),
        (plain && session, rule::COOKIE_SESSION_NOT_SECURE),
        (session && !cookie.http_only, rule::COOKIE_SESSION_SCRIPTABLE),
        (cookie.same_site.is_none() && !cookie.same_site_invalid, rule::COOKIE_NO_SAME_SITE),
        (plain && none, rule::COOKIE_SAME_SITE_NONE_PLAIN),
        (!cookie.keeps_prefix(url), rule::COOKIE_PREFIX_BROKEN),
        (cookie.same_site_invalid, rule::COOKIE_SAME_SITE_UNKNOWN),
        (session && cookie.domain.is_some(), rule::COOKIE_SESSION_WIDE),
        (session && cookie.persistent, rule::COOKIE_SESSION_PERSISTENT),
    ]
}
