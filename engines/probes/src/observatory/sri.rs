//! Test `subresource-integrity`.

use url::Url;

use super::headers::response_is_plain_html;
use super::outcome::{Outcome, worse};
use crate::document::{Page, Script};
use crate::domain::registrable;
use crate::observation::{Observation, Visit};

/// Outcomes from better to worse; the worst one of all scripts counts.
const ORDER: [Outcome; 6] = [
    Outcome::SriAllSecure,
    Outcome::SriExternalSecure,
    Outcome::SriExternalInsecure,
    Outcome::SriExternalUnchecked,
    Outcome::SriExternalUncheckedInsecure,
    Outcome::SriNotHtml,
];

/// Where scripts come from, and whether they are integrity-checked.
pub(super) fn judge(observation: &Observation, visit: &Visit, page: &Page) -> Outcome {
    if !response_is_plain_html(&visit.response) {
        return Outcome::SriNotHtml;
    }
    if page.scripts.is_empty() {
        return Outcome::SriNoScripts;
    }
    let own_domain = registrable(observation.hostname());
    let secure_page = observation.https.is_some();
    let mut found = None;
    let mut foreign = false;
    for script in &page.scripts {
        let Some(origin) = Origin::of(script, page.base.as_ref(), own_domain) else { continue };
        let checked = script.integrity.as_deref().is_some_and(|value| !value.is_empty());
        let secure = origin.https || (origin.relative && secure_page);
        foreign |= !origin.own;
        match fault(origin.own, checked, secure) {
            Some(outcome) => found = worse(outcome, found, &ORDER),
            None if origin.own && checked && secure && found.is_none() => found = Some(Outcome::SriAllSecure),
            None => {}
        }
    }
    found.unwrap_or(if foreign { Outcome::SriExternalSecure } else { Outcome::SriOwnScripts })
}

fn fault(own: bool, checked: bool, secure: bool) -> Option<Outcome> {
    match (own, checked, secure) {
        (true, ..) | (false, true, true) => None,
        (false, true, false) => Some(Outcome::SriExternalInsecure),
        (false, false, true) => Some(Outcome::SriExternalUnchecked),
        (false, false, false) => Some(Outcome::SriExternalUncheckedInsecure),
    }
}

/// Where a script comes from.
struct Origin {
    relative: bool,
    own: bool,
    https: bool,
}

impl Origin {
    /// `None` for inline scripts. The document has no address of its own here, so relative references stay as written.
    fn of(script: &Script, base: Option<&Url>, own_domain: Option<&str>) -> Option<Self> {
        let raw = script.src.as_deref()?;
        let resolved = base.map_or_else(|| Url::parse(raw), |base| base.join(raw));
        if let Ok(url) = resolved.as_ref()
            && matches!(url.scheme(), "http" | "https")
        {
            let own = url.host_str().and_then(registrable) == own_domain;
            return Some(Self { relative: false, own, https: url.scheme() == "https" });
        }
        if raw.is_empty() && resolved.is_err() {
            return None;
        }
        let host_follows = raw.strip_prefix("//").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
        if resolved.is_err() && host_follows {
            return Some(Self { relative: false, own: false, https: false });
        }
        Some(Self { relative: true, own: true, https: false })
    }
}
