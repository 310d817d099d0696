//! Tests which read a single header.

use super::outcome::Outcome;
use crate::document::Page;
use crate::observation::{Preflight, Response};
use crate::text;

const PRIVATE_REFERRERS: [&str; 4] = ["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"];
const UNSAFE_REFERRERS: [&str; 4] = ["origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade"];

/// `cross-origin-resource-sharing`: who may read the content.
pub(super) fn cors(preflight: Option<&Preflight>) -> Outcome {
    let Some(answer) = preflight else { return Outcome::CorsNone };
    let Some(allowed) = filled(answer.headers.merged("access-control-allow-origin")) else { return Outcome::CorsNone };
    let credentials = answer.headers.merged("access-control-allow-credentials").unwrap_or_default();
    if text::trim(text::head(&allowed, 256)) == "*" {
        Outcome::CorsPublic
    } else if allowed == answer.origin && text::trim(&credentials).eq_ignore_ascii_case("true") {
        Outcome::CorsUniversal
    } else {
        Outcome::CorsRestricted
    }
}

/// `referrer-policy`: the last known value of header and `meta` element counts.
pub(super) fn referrer_policy(response: &Response, page: &Page) -> Outcome {
    let meta = response_is_plain_html(response).then(|| page.referrer_policy()).flatten();
    let values: Vec<String> =
        response.headers.merged("referrer-policy").into_iter().chain(meta.map(str::to_owned)).collect();
    if values.is_empty() {
        return Outcome::ReferrerMissing;
    }
    let mut tokens = values.iter().flat_map(|value| value.split(',')).map(|token| text::trim(token).to_lowercase());
    let known =
        |token: &String| PRIVATE_REFERRERS.contains(&token.as_str()) || UNSAFE_REFERRERS.contains(&token.as_str());
    match tokens.rfind(known) {
        Some(token) if PRIVATE_REFERRERS.contains(&token.as_str()) => Outcome::ReferrerPrivate,
        Some(_) => Outcome::ReferrerUnsafe,
        None => Outcome::ReferrerInvalid,
    }
}

/// `x-content-type-options`
pub(super) fn content_type_options(response: &Response) -> Outcome {
    match lowered(response, "x-content-type-options", 256).as_deref() {
        Some("nosniff") => Outcome::NosniffSet,
        Some(_) => Outcome::NosniffInvalid,
        None => Outcome::NosniffMissing,
    }
}

/// `x-frame-options`, which a `frame-ancestors` directive overrides.
pub(super) fn frame_options(response: &Response, has_frame_ancestors: bool) -> Outcome {
    if has_frame_ancestors {
        return Outcome::FramesViaCsp;
    }
    match lowered(response, "x-frame-options", 1024).as_deref() {
        Some("deny" | "sameorigin") => Outcome::FramesDenied,
        Some(value) if value.starts_with("allow-from") => Outcome::FramesAllowFrom,
        Some(_) => Outcome::FramesInvalid,
        None => Outcome::FramesMissing,
    }
}

/// `cross-origin-resource-policy`
pub(super) fn resource_policy(response: &Response) -> Outcome {
    match lowered(response, "cross-origin-resource-policy", 256).as_deref() {
        Some("same-origin") => Outcome::CorpSameOrigin,
        Some("same-site") => Outcome::CorpSameSite,
        Some("cross-origin") => Outcome::CorpCrossOrigin,
        None | Some("") => Outcome::CorpMissing,
        Some(_) => Outcome::CorpInvalid,
    }
}

/// Whether the media type is written exactly as the Observatory expects it; others are not read as HTML.
pub(super) fn response_is_plain_html(response: &Response) -> bool {
    let value = response.headers.first("content-type").unwrap_or_default();
    matches!(value.split(';').next(), Some("text/html" | "application/xhtml+xml"))
}

fn lowered(response: &Response, name: &str, limit: usize) -> Option<String> {
    let value = filled(response.headers.merged(name))?;
    Some(text::trim(text::head(&value, limit)).to_lowercase())
}

fn filled(value: Option<String>) -> Option<String> {
    value.filter(|text| !text.is_empty())
}
