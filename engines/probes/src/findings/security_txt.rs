//! `security.txt` (RFC 9116).

use chrono::{DateTime, FixedOffset};

use super::{Subject, catalogue as rule};
use crate::observation::Response;

pub(super) fn judge(subject: &mut Subject<'_>) {
    let Some(response) = subject.observation.security_txt.as_ref() else { return };
    if response.status != 200 || response.is_html() {
        let evidence = format!("status {}, {}", response.status, response.media_type());
        return subject.report_at(&rule::TXT_MISSING, evidence, &response.url);
    }
    let now = subject.observation.observed_at;
    let expires = expires(response);
    let contacts: Vec<&str> = fields(response, "contact").collect();
    let plain = response.url.scheme() != "https" && !subject.observation.is_loopback();
    let content_type = response.headers.first("content-type").unwrap_or_default();
    let expired = expires.filter(|at| *at < now);
    let facts = [
        (!contacts.iter().copied().any(is_contact), rule::TXT_NO_CONTACT, contacts.join(", ")),
        (expires.is_none(), rule::TXT_EXPIRES, fields(response, "expires").collect::<Vec<_>>().join(", ")),
        (expired.is_some(), rule::TXT_EXPIRED, expired.map(|at| at.to_rfc3339()).unwrap_or_default()),
        (plain, rule::TXT_NOT_HTTPS, response.url.scheme().to_owned()),
        (!is_plain_utf8(response), rule::TXT_TYPE, content_type.to_owned()),
    ];
    for (_, rule, evidence) in facts.into_iter().filter(|(applies, ..)| *applies) {
        subject.report_at(&rule, evidence, &response.url);
    }
}

fn fields<'a>(response: &'a Response, name: &'a str) -> impl Iterator<Item = &'a str> {
    response.body.lines().filter_map(move |line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The one `Expires` field; `None` if there is none, several, or an invalid one.
fn expires(response: &Response) -> Option<DateTime<FixedOffset>> {
    let mut values = fields(response, "expires");
    let value = values.next().filter(|_| values.next().is_none())?;
    DateTime::parse_from_rfc3339(value).ok()
}

/// Section 2.5.3: a URI, and never over plain HTTP.
fn is_contact(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    ["mailto:", "tel:", "https://"].iter().any(|scheme| lower.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
}

/// Section 3: `text/plain` with `charset=utf-8`; without the parameter UTF-8 is assumed.
fn is_plain_utf8(response: &Response) -> bool {
    let value = response.headers.first("content-type").unwrap_or_default().to_ascii_lowercase();
    let charset = value.split(';').skip(1).find_map(|parameter| parameter.trim().strip_prefix("charset="));
    response.media_type() == "text/plain" && charset.is_none_or(|charset| charset.trim_matches('"') == "utf-8")
}
