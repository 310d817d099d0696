//! Reading requests: what can't be read is answered with a problem document that says where.

use crate::{
    edge::identity::Identified,
    problem::{MALFORMED, MEDIA_TYPE, NOT_FOUND, Problem, TOO_LARGE},
};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Path, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use hub::{Error, access::Actor};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::{Path as FieldPath, Segment};

/// Who asks; nobody is refused with 401, and those whose organisation is suspended with 403.
#[derive(Clone, Debug)]
pub struct Caller(pub Actor);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let identified = parts.extensions.get::<Identified>().cloned().unwrap_or_default();
        let nobody = || Error::unauthenticated("Send an API key as Authorization: Bearer, or sign in.");
        Ok(Self(identified.actor.ok_or_else(|| identified.shut_out.unwrap_or_else(nobody))?))
    }
}

/// A JSON body.
#[derive(Clone, Debug)]
pub struct ApiJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(MEDIA_TYPE, "The body must be sent as Content-Type: application/json."));
        }
        let bytes = read(request, state).await?;
        parse(&bytes).map(Self)
    }
}

async fn read<S: Send + Sync>(request: Request<Body>, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection: BytesRejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new(TOO_LARGE, "The body is larger than this path accepts.")
        } else {
            Problem::new(MALFORMED, "The body could not be read to its end.")
        }
    })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // The parser calls some values of the wrong type errors of syntax, so syntax is looked at by itself.
    serde_json::from_slice::<IgnoredAny>(bytes).map_err(|error| malformed(&error))?;
    // The parser would also read an array as an object's values in their order.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(Error::invalid("", "The body must be a JSON object.").into());
    }
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(bytes)).map_err(|error| {
        let pointer = pointer(error.path());
        Error::invalid(pointer, sentence(&error.into_inner())).into()
    })
}

fn malformed(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    Problem::new(MALFORMED, format!("The body is not JSON; it stops being so at line {line}, column {column}."))
}

/// The parser's words without the place, which the pointer names.
fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let words = text.split(" at line ").next().unwrap_or_default();
    let mut letters = words.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

/// A path as a JSON pointer (RFC 6901).
fn pointer(path: &FieldPath) -> String {
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    };
    path.iter().map(part).collect()
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = essence.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || essence.len() > 5 && essence.starts_with("application/") && essence.ends_with("+json")
}

/// The query parameters.
#[derive(Clone, Debug)]
pub struct ApiQuery<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = url_pairs(parts.uri.query().unwrap_or_default());
        // PostgreSQL keeps no text with such a character, so nothing can be found by one.
        if let Some((name, _)) = pairs.clone().find(|(name, value)| name.contains('\0') || value.contains('\0')) {
            let pointer = format!("/{}", name.replace('\0', ""));
            return Err(Error::invalid(pointer, "A parameter must not have the character U+0000.").into());
        }
        let query = serde_urlencoded::Deserializer::new(pairs);
        let value = serde_path_to_error::deserialize(query).map_err(|error| {
            let pointer = pointer(error.path());
            Problem::from(Error::invalid(pointer, format!("{}.", error.into_inner())))
        })?;
        Ok(Self(value))
    }
}

fn url_pairs(query: &str) -> url::form_urlencoded::Parse<'_> {
    url::form_urlencoded::parse(query.as_bytes())
}

/// An id in the path; what is no id names nothing.
#[derive(Clone, Debug)]
pub struct ApiPath<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ApiPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        let Path(value) = path.map_err(|_| Problem::new(NOT_FOUND, "There is nothing with this id."))?;
        Ok(Self(value))
    }
}
