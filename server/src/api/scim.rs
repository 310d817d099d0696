//! SCIM 2.0 (RFC 7643, RFC 7644) below `/scim/v2`: what a directory speaks to keep members and groups. It describes itself by
//! its discovery documents, has a media type and an error format of its own, and is no part of the API's description.

use super::extract::Caller;
use crate::{pages, problem::INVALID, problem::Problem, state::AppState};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{FromRequestParts, Path, RawQuery},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use hub::{
    access::Actor,
    identity::{Directory, Refusal, Resource},
};
use sbh_scim::{
    Group, GroupPatch, ListQuery, ListResponse, Projection, ResourceKind, ScimError, ScimType, User, UserPatch,
    discovery, error_json, parse_body,
};
use serde_json::Value;
use url::form_urlencoded;

/// Media type of RFC 7644, section 3.1.
pub const SCIM_JSON: HeaderValue = HeaderValue::from_static(sbh_scim::MEDIA_TYPE);
/// Where SCIM is.
const BASE: &str = "/scim/v2";

/// The endpoints.
pub fn routes() -> Router<AppState> {
    let at = |path: &str| format!("{BASE}{path}");
    Router::new()
        .route(&at("/ServiceProviderConfig"), get(service_provider_config))
        .route(&at("/ResourceTypes"), get(resource_types))
        .route(&at("/ResourceTypes/{name}"), get(resource_type))
        .route(&at("/Schemas"), get(schemas))
        .route(&at("/Schemas/{uri}"), get(schema))
        .route(&at("/Users"), get(list_users).post(create_user))
        .route(&at("/Users/.search"), post(search_users))
        .route(&at("/Users/{id}"), get(get_user).put(replace_user).patch(patch_user).delete(delete_user))
        .route(&at("/Groups"), get(list_groups).post(create_group))
        .route(&at("/Groups/.search"), post(search_groups))
        .route(&at("/Groups/{id}"), get(get_group).put(replace_group).patch(patch_group).delete(delete_group))
        .route(&at("/Bulk"), any(async || Refused::from(ScimError::NotImplemented { what: "Bulk" })))
        .route(&at("/Me"), any(async || Refused::from(ScimError::NotImplemented { what: "/Me" })))
        .route(
            &at("/.search"),
            any(async || Refused::from(ScimError::NotImplemented { what: "A search over all types" })),
        )
        .route(&at("/{*rest}"), any(async || StatusCode::NOT_FOUND))
}

/// A refusal as SCIM says it.
struct Refused(Refusal);

impl<E: Into<Refusal>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refused {
    /// What is not the protocol's own is written by the edge, see [`document_of`].
    fn into_response(self) -> Response {
        match self.0 {
            Refusal::Scim(error) => {
                let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
                answer(status, &error.to_json())
            }
            Refusal::Hub(error) => Problem::from(error).into_response(),
        }
    }
}

type Answer = Result<Response, Refused>;

/// A problem as a SCIM error (RFC 7644, section 3.12). What the hub calls invalid is a wrong value there.
pub fn document_of(problem: &Problem) -> Response {
    let is_invalid = problem.kind() == INVALID;
    let status = if is_invalid { StatusCode::BAD_REQUEST } else { problem.kind().status };
    let scim_type = is_invalid.then_some(ScimType::InvalidValue);
    let mut response = answer(status, &error_json(status.as_u16(), scim_type, problem.detail()));
    response.headers_mut().extend(problem.headers().clone());
    response
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, SCIM_JSON), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (status, headers, Body::from(body.to_string())).into_response()
}

/// What every request of a directory has: who asks, where the directory sees the hub, parameters and preconditions.
struct Asked {
    state: AppState,
    actor: Actor,
    base: String,
    query: String,
    headers: HeaderMap,
}

impl FromRequestParts<AppState> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Caller(actor) = Caller::from_request_parts(parts, state).await?;
        let RawQuery(query) = RawQuery::from_request_parts(parts, state).await.unwrap_or(RawQuery(None));
        let base = format!("{}{BASE}", pages::origin(state, &parts.headers));
        let (state, query, headers) = (state.clone(), query.unwrap_or_default(), parts.headers.clone());
        Ok(Self { state, actor, base, query, headers })
    }
}

impl Asked {
    fn directory(&self) -> Directory<'_> {
        self.state.hub.directory()
    }

    fn field(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The resource that is meant, and the version that it must still have.
    fn target<'a>(&'a self, id: &'a str) -> (&'a str, Option<&'a str>) {
        (id, self.field(header::IF_MATCH))
    }

    fn parameters(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    fn list_query(&self, kind: ResourceKind) -> Result<ListQuery, ScimError> {
        let parameters = self.parameters();
        ListQuery::from_parameters(kind, parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// Which attributes of one resource are wanted; a filter means nothing there.
    fn projection(&self, kind: ResourceKind) -> Result<Projection, ScimError> {
        let parameters = self.parameters();
        let named = |wanted: &'static str| {
            let is_it = move |(name, _): &&(String, String)| name.eq_ignore_ascii_case(wanted);
            parameters.iter().filter(is_it).map(|(_, value)| value.as_str())
        };
        Projection::parse(kind, named("attributes"), named("excludedAttributes"))
    }

    /// A resource with its entity tag; nothing of it where the client has it already.
    fn found(&self, kind: ResourceKind, resource: &Resource) -> Answer {
        let known = self.field(header::IF_NONE_MATCH).is_some_and(|tags| resource.version.is_known_to(tags));
        let mut response = match known {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => answer(StatusCode::OK, &self.projection(kind)?.apply(&resource.document)),
        };
        tag(&mut response, resource);
        Ok(response)
    }

    /// A resource that was changed or made.
    fn done(&self, status: StatusCode, kind: ResourceKind, resource: &Resource) -> Answer {
        let mut response = answer(status, &self.projection(kind)?.apply(&resource.document));
        tag(&mut response, resource);
        let location = sbh_scim::location(&self.base, kind, &resource.id.to_string());
        if let Ok(location) = HeaderValue::from_str(&location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        Ok(response)
    }
}

fn tag(response: &mut Response, resource: &Resource) {
    if let Ok(tag) = HeaderValue::from_str(&resource.version.to_string()) {
        response.headers_mut().insert(header::ETAG, tag);
    }
}

fn list(response: &ListResponse) -> Answer {
    Ok(answer(StatusCode::OK, &response.to_json()))
}

async fn service_provider_config(asked: Asked) -> Answer {
    Ok(answer(StatusCode::OK, &discovery::service_provider_config(&asked.base, None)))
}

async fn resource_types(asked: Asked) -> Answer {
    list(&discovery::resource_types(&asked.base))
}

async fn resource_type(asked: Asked, Path(name): Path<String>) -> Answer {
    Ok(answer(StatusCode::OK, &discovery::resource_type(&asked.base, &name)?))
}

async fn schemas(asked: Asked) -> Answer {
    list(&discovery::schemas(&asked.base))
}

async fn schema(asked: Asked, Path(uri): Path<String>) -> Answer {
    Ok(answer(StatusCode::OK, &discovery::schema(&asked.base, &uri)?))
}

async fn list_users(asked: Asked) -> Answer {
    list(&asked.directory().users(&asked.actor, &asked.list_query(ResourceKind::User)?, &asked.base).await?)
}

async fn search_users(asked: Asked, body: Bytes) -> Answer {
    let query = ListQuery::from_search(ResourceKind::User, &parse_body(&body)?)?;
    list(&asked.directory().users(&asked.actor, &query, &asked.base).await?)
}

async fn get_user(asked: Asked, Path(id): Path<String>) -> Answer {
    let resource = asked.directory().user(&asked.actor, &id, &asked.base).await?;
    asked.found(ResourceKind::User, &resource)
}

async fn create_user(asked: Asked, body: Bytes) -> Answer {
    let user = User::parse(&parse_body(&body)?)?;
    let resource = asked.directory().create_user(&asked.actor, &user, &asked.base).await?;
    asked.done(StatusCode::CREATED, ResourceKind::User, &resource)
}

async fn replace_user(asked: Asked, Path(id): Path<String>, body: Bytes) -> Answer {
    let user = User::parse(&parse_body(&body)?)?;
    let resource = asked.directory().replace_user(&asked.actor, asked.target(&id), &user, &asked.base).await?;
    asked.done(StatusCode::OK, ResourceKind::User, &resource)
}

async fn patch_user(asked: Asked, Path(id): Path<String>, body: Bytes) -> Answer {
    let patch = UserPatch::parse(&parse_body(&body)?)?;
    let resource = asked.directory().patch_user(&asked.actor, asked.target(&id), &patch, &asked.base).await?;
    asked.done(StatusCode::OK, ResourceKind::User, &resource)
}

async fn delete_user(asked: Asked, Path(id): Path<String>) -> Answer {
    asked.directory().delete_user(&asked.actor, asked.target(&id), &asked.base).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn list_groups(asked: Asked) -> Answer {
    list(&asked.directory().groups(&asked.actor, &asked.list_query(ResourceKind::Group)?, &asked.base).await?)
}

async fn search_groups(asked: Asked, body: Bytes) -> Answer {
    let query = ListQuery::from_search(ResourceKind::Group, &parse_body(&body)?)?;
    list(&asked.directory().groups(&asked.actor, &query, &asked.base).await?)
}

async fn get_group(asked: Asked, Path(id): Path<String>) -> Answer {
    let with_members = asked.projection(ResourceKind::Group)?.wants("members");
    let resource = asked.directory().group(&asked.actor, &id, (&asked.base, with_members)).await?;
    asked.found(ResourceKind::Group, &resource)
}

async fn create_group(asked: Asked, body: Bytes) -> Answer {
    let group = Group::parse(&parse_body(&body)?)?;
    let resource = asked.directory().create_group(&asked.actor, &group, &asked.base).await?;
    asked.done(StatusCode::CREATED, ResourceKind::Group, &resource)
}

async fn replace_group(asked: Asked, Path(id): Path<String>, body: Bytes) -> Answer {
    let group = Group::parse(&parse_body(&body)?)?;
    let resource = asked.directory().replace_group(&asked.actor, asked.target(&id), &group, &asked.base).await?;
    asked.done(StatusCode::OK, ResourceKind::Group, &resource)
}

/// A directory adds members one after another, and a group may have thousands: the whole group is answered only to who asks
/// for attributes (RFC 7644, section 3.5.2).
async fn patch_group(asked: Asked, Path(id): Path<String>, body: Bytes) -> Answer {
    let patch = GroupPatch::parse(&parse_body(&body)?)?;
    let is_asked = asked.parameters().iter().any(|(name, _)| name.eq_ignore_ascii_case("attributes"));
    let base = (asked.base.as_str(), is_asked);
    let resource = asked.directory().patch_group(&asked.actor, asked.target(&id), &patch, base).await?;
    if is_asked {
        return asked.done(StatusCode::OK, ResourceKind::Group, &resource);
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    tag(&mut response, &resource);
    Ok(response)
}

async fn delete_group(asked: Asked, Path(id): Path<String>) -> Answer {
    asked.directory().delete_group(&asked.actor, asked.target(&id)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
