//! Share links and badges.

use super::{
    extract::{ApiJson, ApiPath, ApiQuery, Caller},
    refusals::{Changing, Finding, Reading, Revealed},
};
use crate::{edge::shared, problem::Answer, state::AppState};
use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use hub::{
    Hub,
    ids::{ShareId, SystemId},
    page::{Page, PageRequest},
    platform::secrets::sha256_hex,
    sharing::{Badge, BadgeQuery, CreatedShare, NewShare, Share, SharedBadgeQuery},
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// How long a browser keeps a member's badge without asking.
const OWN: HeaderValue = HeaderValue::from_static("private, max-age=60");
/// How long anybody keeps the badge of a link without asking: so long it may outlive the link.
const ANYBODYS: HeaderValue = HeaderValue::from_static("public, max-age=60");
/// A badge that is opened by itself loads and runs nothing.
const INERT: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create_share))
        .routes(routes!(list_shares))
        .routes(routes!(revoke_share))
        .routes(routes!(scorecard_badge))
        .routes(routes!(shared_badge))
}

/// Makes a link that shows a scorecard to anybody who has it
///
/// Needs `lab:share`. The answer has the token, this once. The page behind the link shows scores, grades and metrics:
/// no address, no run, no other version.
#[utoipa::path(
    post, path = "/api/teardown/scorecard/{system_id}/shares", tag = "lab", params(("system_id" = SystemId, Path)),
    request_body = NewShare,
    responses((status = CREATED, description = "The link, with its token.", body = CreatedShare), Changing),
)]
async fn create_share(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(system): ApiPath<SystemId>,
    ApiJson(new): ApiJson<NewShare>,
) -> Answer<(StatusCode, Json<CreatedShare>)> {
    Ok((StatusCode::CREATED, Json(hub.sharing().create(&actor, system, new).await?)))
}

/// The links to a system's scorecards, newest first
///
/// Needs `lab:read`. Revoked and expired ones are among them; tokens are not kept.
#[utoipa::path(
    get, path = "/api/teardown/scorecard/{system_id}/shares", tag = "lab",
    params(("system_id" = SystemId, Path), PageRequest),
    responses((status = OK, description = "A page of links.", body = Page<Share>), Finding, Reading),
)]
async fn list_shares(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(system): ApiPath<SystemId>,
    ApiQuery(page): ApiQuery<PageRequest>,
) -> Answer<Json<Page<Share>>> {
    Ok(Json(hub.sharing().list(&actor, system, &page).await?))
}

/// Revokes a link: from now on it shows nothing
///
/// Needs `lab:share`.
#[utoipa::path(
    delete, path = "/api/teardown/scorecard/{system_id}/shares/{share_id}", tag = "lab",
    params(("system_id" = SystemId, Path), ("share_id" = ShareId, Path)),
    responses((status = NO_CONTENT, description = "It is revoked."), Finding),
)]
async fn revoke_share(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath((system, share)): ApiPath<(SystemId, ShareId)>,
) -> Answer<StatusCode> {
    hub.sharing().revoke(&actor, system, share).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A badge of a system's version, as SVG
///
/// Needs `lab:read`. What was not measured is a grey badge that says so. To show one to those without an account, make a
/// share link.
#[utoipa::path(
    get, path = "/api/teardown/scorecard/{system_id}/badge.svg", tag = "lab",
    params(("system_id" = SystemId, Path), BadgeQuery),
    responses(
        (status = OK, description = "The badge.", body = String, content_type = "image/svg+xml"),
        (status = NOT_MODIFIED, description = "It is the one that `If-None-Match` names."),
        Finding, Reading,
    ),
)]
async fn scorecard_badge(
    State(hub): State<Hub>,
    Caller(actor): Caller,
    ApiPath(system): ApiPath<SystemId>,
    ApiQuery(query): ApiQuery<BadgeQuery>,
    headers: HeaderMap,
) -> Answer<Response> {
    let badge = hub.sharing().badge(&actor, system, query).await?;
    Ok(drawn(&badge, &headers, OWN))
}

/// The badge behind a share link, as SVG
///
/// Needs nothing but the token. It may be embedded anywhere; caches keep it for a minute at most.
#[utoipa::path(
    get, path = "/shared/{token}/badge.svg", tag = "lab", security(()), params(("token" = String, Path), SharedBadgeQuery),
    responses(
        (status = OK, description = "The badge.", body = String, content_type = "image/svg+xml"),
        (status = NOT_MODIFIED, description = "It is the one that `If-None-Match` names."),
        Revealed,
    ),
)]
async fn shared_badge(
    State(hub): State<Hub>,
    ApiPath(token): ApiPath<String>,
    ApiQuery(query): ApiQuery<SharedBadgeQuery>,
    headers: HeaderMap,
) -> Answer<Response> {
    let badge = hub.sharing().open_badge(&token, query.show).await?;
    let mut response = drawn(&badge, &headers, ANYBODYS);
    response.headers_mut().extend(shared::EMBEDDABLE);
    Ok(response)
}

/// The drawing, or that the caller has it already.
fn drawn(badge: &Badge, headers: &HeaderMap, caching: HeaderValue) -> Response {
    let svg = badge.svg();
    // Weak, for the answer may be compressed on its way.
    let tag = format!("W/\"{}\"", &sha256_hex(svg.as_bytes())[..32]);
    let mut response = if knows(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
        ([kind], Body::from(svg)).into_response()
    };
    let tag = HeaderValue::from_str(&tag).expect("digits are visible ASCII");
    let fields: [(HeaderName, HeaderValue); 3] =
        [(header::ETAG, tag), (header::CACHE_CONTROL, caching), (header::CONTENT_SECURITY_POLICY, INERT)];
    response.headers_mut().extend(fields);
    response
}

/// Whether `If-None-Match` names the tag, by weak comparison (RFC 9110, section 13.1.2).
fn knows(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|known| known.trim() == "*" || opaque(known) == opaque(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_by_its_text_alone() {
        let tag = "W/\"abc\"";
        for (sent, known) in [
            ("W/\"abc\"", true),
            ("\"abc\"", true),
            ("\"x\", W/\"abc\"", true),
            ("*", true),
            ("\"abcd\"", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_str(sent).unwrap())]);
            assert_eq!(knows(&headers, tag), known, "{sent}");
        }
        assert!(!knows(&HeaderMap::new(), tag));
    }
}
