//! Errors on the wire: RFC 9457 problem documents.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hub::{Error, Kind, error::FieldError};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The answer of a handler.
pub type Answer<T> = Result<T, Problem>;

/// Media type of RFC 9457.
pub const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// What went wrong, before it is known which request it answers. [`crate::edge::problems`] writes the document.
#[derive(Clone, Debug)]
pub struct Problem(Box<Content>);

#[derive(Clone, Debug)]
struct Content {
    kind: &'static ProblemKind,
    detail: String,
    errors: Vec<ProblemField>,
    headers: HeaderMap,
    violated: Vec<&'static str>,
    cause: Option<Arc<Error>>,
}

/// A kind of problem: what its `type` path, title and status are.
#[derive(Debug, PartialEq, Eq)]
pub struct ProblemKind {
    /// Last segment of `type`.
    pub slug: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// Its status.
    pub status: StatusCode,
    /// What it means and what to do, for the page behind `type`.
    pub meaning: &'static str,
}

macro_rules! kinds {
    ($($name:ident, $slug:literal, $status:ident, $title:literal, $meaning:literal;)*) => {
        $(#[doc = $meaning] pub const $name: &ProblemKind = &ProblemKind { slug: $slug, title: $title, status: StatusCode::$status, meaning: $meaning };)*
        /// Every kind of problem.
        pub const KINDS: &[&ProblemKind] = &[$($name),*];
    };
}

kinds! {
    MALFORMED, "malformed", BAD_REQUEST, "Malformed request", "The request can't be read: its body is not JSON, or a header is not well formed.";
    UNAUTHENTICATED, "unauthenticated", UNAUTHORIZED, "Not signed in", "Send a valid API key as `Authorization: Bearer`, or sign in.";
    FORBIDDEN, "forbidden", FORBIDDEN, "Forbidden", "The role, or the scopes of the key, do not include the permission.";
    UNCONFIRMED, "unconfirmed", FORBIDDEN, "Not confirmed", "Show again who you are at `/api/auth/confirm`, and send the request once more.";
    SUSPENDED, "suspended", FORBIDDEN, "Organisation suspended", "Nobody of the organisation gets in; the detail says why. Those who run the hub can resume it.";
    CROSS_SITE, "cross-site", FORBIDDEN, "Cross-site request", "A browser sent this from another site; changes are accepted from the hub's own pages alone.";
    NOT_FOUND, "not-found", NOT_FOUND, "Not found", "There is nothing here that you may see.";
    METHOD_NOT_ALLOWED, "method-not-allowed", METHOD_NOT_ALLOWED, "Method not allowed", "The header Allow names the methods of this path.";
    CONFLICT, "conflict", CONFLICT, "Conflict", "The state of the thing excludes the request.";
    QUOTA, "quota-exceeded", CONFLICT, "Quota exceeded", "A quota of the organisation has no room for this. The detail says which, and who can raise it; free something, or ask them.";
    TOO_LARGE, "too-large", PAYLOAD_TOO_LARGE, "Body too large", "The body is larger than this path accepts.";
    MEDIA_TYPE, "media-type", UNSUPPORTED_MEDIA_TYPE, "Unsupported media type", "Send the body as `Content-Type: application/json`.";
    INVALID, "invalid", UNPROCESSABLE_ENTITY, "Invalid request", "The fields under `errors` are not as they must be.";
    KEY_REUSED, "idempotency-key-reused", UNPROCESSABLE_ENTITY, "Idempotency key reused", "The Idempotency-Key was used for another request; a new request needs a new key.";
    TOO_MANY, "too-many", TOO_MANY_REQUESTS, "Too many requests", "Wait as many seconds as Retry-After says.";
    INTERNAL, "internal", INTERNAL_SERVER_ERROR, "Internal error", "A fault of the hub; its log has the cause under the request id.";
    TIMEOUT, "timeout", SERVICE_UNAVAILABLE, "Timeout", "The hub did not finish in time; try again later.";
    UNAVAILABLE, "unavailable", SERVICE_UNAVAILABLE, "Unavailable", "Something that the hub depends on does not answer, or is switched off.";
}

/// The document as it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// A path that names the kind of problem; it does not change.
    #[serde(rename = "type")]
    pub kind: String,
    /// What this kind is called.
    pub title: &'static str,
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// The path that was asked for.
    pub instance: String,
    /// The fields that are not valid.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
    /// The limits that the request is beyond (draft-ietf-httpapi-ratelimit-headers-10), by their names in `RateLimit-Policy`.
    #[serde(rename = "violated-policies", skip_serializing_if = "Vec::is_empty")]
    pub violated_policies: Vec<&'static str>,
    /// What to search for in the hub's log.
    pub request_id: String,
}

/// One field that is not valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemField {
    /// JSON pointer (RFC 6901) into the body, or `/name` of a query parameter.
    pub pointer: String,
    /// What is allowed.
    pub detail: String,
}

impl From<FieldError> for ProblemField {
    fn from(field: FieldError) -> Self {
        Self { pointer: field.pointer, detail: field.message }
    }
}

impl Problem {
    /// A problem of this kind.
    pub fn new(kind: &'static ProblemKind, detail: impl Into<String>) -> Self {
        let (errors, headers) = (Vec::new(), HeaderMap::new());
        Self(Box::new(Content { kind, detail: detail.into(), errors, headers, violated: Vec::new(), cause: None }))
    }

    /// The same beyond the limit of this name.
    #[must_use]
    pub fn violating(mut self, policy: &'static str) -> Self {
        self.0.violated.push(policy);
        self
    }

    /// The same with a header in its answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// Its kind.
    pub fn kind(&self) -> &'static ProblemKind {
        self.0.kind
    }

    /// What the caller may read.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The headers of its answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The core's error behind it, for the log.
    pub fn cause(&self) -> Option<&Error> {
        self.0.cause.as_deref()
    }

    /// The answer to the request with this path and id.
    pub fn document(&self, instance: &str, request_id: &str) -> Response {
        let document = ProblemDocument {
            kind: format!("/problems/{}", self.0.kind.slug),
            title: self.0.kind.title,
            status: self.0.kind.status.as_u16(),
            detail: self.0.detail.clone(),
            instance: instance.to_owned(),
            errors: self.0.errors.clone(),
            violated_policies: self.0.violated.clone(),
            request_id: request_id.to_owned(),
        };
        let body = serde_json::to_vec(&document).expect("a problem document is plain text and numbers");
        let mut response = (self.0.kind.status, self.0.headers.clone(), Body::from(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, PROBLEM_JSON);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            Kind::Unauthenticated => UNAUTHENTICATED,
            Kind::Forbidden => FORBIDDEN,
            Kind::Unconfirmed => UNCONFIRMED,
            Kind::Suspended => SUSPENDED,
            Kind::NotFound => NOT_FOUND,
            Kind::Conflict => CONFLICT,
            Kind::Quota => QUOTA,
            Kind::Invalid => INVALID,
            Kind::TooMany => TOO_MANY,
            Kind::Unavailable => UNAVAILABLE,
            Kind::Internal => INTERNAL,
        };
        let mut problem = Self::new(kind, error.message());
        problem.0.errors = error.fields().iter().cloned().map(ProblemField::from).collect();
        if let Some(seconds) = error.retry_after_s() {
            problem.0.headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if error.kind() == Kind::Unauthenticated {
            problem.0.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        problem.0.cause = Some(Arc::new(error));
        problem
    }
}

impl IntoResponse for Problem {
    /// The document without the request's path and id; the edge writes it again with both.
    fn into_response(self) -> Response {
        let mut response = self.document("", "");
        response.extensions_mut().insert(self);
        response
    }
}
