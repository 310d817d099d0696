//! How operations may refuse, for their description: every one of them with a problem document.

use crate::problem::{self, ProblemDocument, ProblemKind};
use std::collections::BTreeMap;
use utoipa::{
    IntoResponses, ToSchema as _,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

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

const ALWAYS: [&ProblemKind; 3] = [problem::TOO_MANY, problem::INTERNAL, problem::UNAVAILABLE];
const IDENTIFIED: [&ProblemKind; 2] = [problem::UNAUTHENTICATED, problem::FORBIDDEN];
const BODY: [&ProblemKind; 4] = [problem::MALFORMED, problem::TOO_LARGE, problem::MEDIA_TYPE, problem::INVALID];

impl IntoResponses for Reading {
    fn responses() -> Responses {
        of(&[&ALWAYS, &IDENTIFIED, &[problem::INVALID]])
    }
}

impl IntoResponses for Finding {
    fn responses() -> Responses {
        of(&[&ALWAYS, &IDENTIFIED, &[problem::NOT_FOUND]])
    }
}

impl IntoResponses for Making {
    fn responses() -> Responses {
        of(&[&ALWAYS, &IDENTIFIED, &BODY, &[problem::CONFLICT]])
    }
}

impl IntoResponses for Changing {
    fn responses() -> Responses {
        of(&[&ALWAYS, &IDENTIFIED, &BODY, &[problem::CONFLICT, problem::NOT_FOUND]])
    }
}

impl IntoResponses for Revealed {
    fn responses() -> Responses {
        of(&[&ALWAYS, &[problem::NOT_FOUND, problem::INVALID]])
    }
}

impl IntoResponses for Open {
    fn responses() -> Responses {
        of(&[&ALWAYS, &BODY, &[problem::UNAUTHENTICATED, problem::CONFLICT, problem::CROSS_SITE]])
    }
}

fn of(groups: &[&[&ProblemKind]]) -> Responses {
    groups.iter().copied().flatten().map(|kind| (kind.status.as_str().to_owned(), response(kind).into())).collect()
}

fn response(kind: &ProblemKind) -> Response {
    let schema = Ref::from_schema_name(ProblemDocument::name());
    let content = ContentBuilder::new().schema(Some(RefOr::Ref(schema))).build();
    ResponseBuilder::new().description(kind.meaning).content("application/problem+json", content).build()
}
