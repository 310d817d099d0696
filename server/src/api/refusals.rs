//! How operations may refuse, for their description: every one of them with a problem document. A handler names what its
//! use case refuses; what is refused before any handler runs is described here for all of them.

use crate::{
    edge,
    problem::{self, ProblemDocument, ProblemKind},
};
use axum::http::{Method, StatusCode};
use std::collections::BTreeMap;
use utoipa::{
    IntoResponses, ToSchema as _,
    openapi::{
        ContentBuilder, HeaderBuilder, Object, OpenApi, Ref, RefOr, Response, ResponseBuilder, Type,
        path::{Operation, Parameter, ParameterIn},
    },
};

/// Media type of RFC 9457.
const MEDIA_TYPE: &str = "application/problem+json";

type Responses = BTreeMap<String, RefOr<Response>>;

/// What reading something may answer beside it.
pub struct Reading;
/// What finding one thing may answer beside it.
pub struct Finding;
/// What making something may answer beside it.
pub struct Making;
/// What changing one thing may answer beside it.
pub struct Changing;
/// What an operation whose credential is in its path may answer beside its success.
pub struct Revealed;
/// What an operation without an identity may answer beside its success.
pub struct Open;

const IDENTIFIED: [&ProblemKind; 2] = [problem::UNAUTHENTICATED, problem::FORBIDDEN];

impl IntoResponses for Reading {
    fn responses() -> Responses {
        of(&[&IDENTIFIED])
    }
}

impl IntoResponses for Finding {
    fn responses() -> Responses {
        of(&[&IDENTIFIED, &[problem::NOT_FOUND]])
    }
}

impl IntoResponses for Making {
    fn responses() -> Responses {
        of(&[&IDENTIFIED, &[problem::INVALID, problem::CONFLICT]])
    }
}

impl IntoResponses for Changing {
    fn responses() -> Responses {
        of(&[&IDENTIFIED, &[problem::INVALID, problem::CONFLICT, problem::NOT_FOUND]])
    }
}

impl IntoResponses for Revealed {
    fn responses() -> Responses {
        of(&[&[problem::NOT_FOUND, problem::INVALID]])
    }
}

impl IntoResponses for Open {
    fn responses() -> Responses {
        of(&[&[problem::UNAUTHENTICATED, problem::SUSPENDED, problem::INVALID, problem::CONFLICT]])
    }
}

/// Describes what [`crate::edge`] and [`super::extract`] may answer before a handler runs, for every operation.
pub fn describe_the_edge(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let methods = [
            (Method::GET, &mut item.get),
            (Method::PUT, &mut item.put),
            (Method::POST, &mut item.post),
            (Method::PATCH, &mut item.patch),
            (Method::DELETE, &mut item.delete),
        ];
        for (method, operation) in methods {
            let Some(operation) = operation else { continue };
            for kind in before_the_handler(path, &method, operation) {
                add(operation, kind);
            }
        }
    }
}

/// What may be answered to this operation without its handler. The first kind of a status gives its words.
fn before_the_handler(path: &str, method: &Method, operation: &Operation) -> Vec<&'static ProblemKind> {
    let is_unsafe = edge::is_unsafe(method);
    let takes = |place: ParameterIn| {
        let here =
            |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == place);
        operation.parameters.iter().flatten().any(here)
    };
    let groups: [(bool, &[&'static ProblemKind]); 6] = [
        // A credential that is sent and wrong is refused even where none is needed.
        (true, &[problem::UNAUTHENTICATED, problem::INTERNAL, problem::UNAVAILABLE]),
        (edge::limits::counts(path, method), &[problem::TOO_MANY]),
        // Cookies from elsewhere, bodies, and keys that make a change happen once.
        (
            is_unsafe,
            &[problem::MALFORMED, problem::CROSS_SITE, problem::CONFLICT, problem::TOO_LARGE, problem::KEY_REUSED],
        ),
        (operation.request_body.is_some(), &[problem::MALFORMED, problem::MEDIA_TYPE, problem::INVALID]),
        (takes(ParameterIn::Query), &[problem::INVALID]),
        (takes(ParameterIn::Path), &[problem::NOT_FOUND]),
    ];
    groups.into_iter().filter(|(applies, _)| *applies).flat_map(|(_, kinds)| kinds.iter().copied()).collect()
}

/// Adds a kind unless its status is described as a problem already; a status with another content gets both.
fn add(operation: &mut Operation, kind: &'static ProblemKind) {
    let described = operation.responses.responses.entry(kind.status.as_str().to_owned());
    let described = described.or_insert_with(|| response(kind).into());
    if let RefOr::T(described) = described
        && !described.content.contains_key(MEDIA_TYPE)
    {
        described.content.extend(response(kind).content);
    }
}

fn of(groups: &[&[&ProblemKind]]) -> Responses {
    groups.iter().copied().flatten().map(|kind| (kind.status.as_str().to_owned(), response(kind).into())).collect()
}

fn response(kind: &ProblemKind) -> Response {
    let schema = Ref::from_schema_name(ProblemDocument::name());
    let content = ContentBuilder::new().schema(Some(RefOr::Ref(schema))).build();
    let response = ResponseBuilder::new().description(kind.meaning).content(MEDIA_TYPE, content);
    let header = |kind, words: &str| {
        HeaderBuilder::new().schema(Some(Object::with_type(kind))).description(Some(words.to_owned())).build()
    };
    match kind.status {
        StatusCode::UNAUTHORIZED => response
            .header("WWW-Authenticate", header(Type::String, "How to identify oneself (RFC 9110, section 11.6.1).")),
        StatusCode::TOO_MANY_REQUESTS => {
            response.header("Retry-After", header(Type::Integer, "Seconds until a request is accepted again."))
        }
        _ => response,
    }
    .build()
}
