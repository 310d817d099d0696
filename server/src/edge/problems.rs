//! Errors leave as problem documents that name the request, and are logged here, once.

use super::{is_api, is_scim, request_id::RequestId};
use crate::{
    api::scim,
    problem::{self, PROBLEM_JSON, Problem, ProblemKind},
};
use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::Response,
};

/// What a document says about its request.
#[derive(Clone, Debug)]
pub struct About {
    path: String,
    request_id: String,
}

impl About {
    /// Of this request.
    pub fn of<B>(request: &axum::http::Request<B>) -> Self {
        let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        Self { path: request.uri().path().to_owned(), request_id }
    }
}

/// Finishes every problem on its way out.
pub async fn settle(request: Request, next: Next) -> Response {
    let about = About::of(&request);
    finish(next.run(request).await, &about)
}

/// Writes the document of an answer that carries a [`Problem`]; on the API, of every other error as well. SCIM has an error
/// format of its own.
pub fn finish(mut response: Response, about: &About) -> Response {
    let carried = response.extensions_mut().remove::<Problem>();
    let problem = match carried {
        Some(problem) => problem,
        None if (is_api(&about.path) || is_scim(&about.path)) && is_bare_error(&response) => {
            of_status(response.status())
        }
        None => return response,
    };
    log(&problem);
    let mut document = match is_scim(&about.path) {
        true => scim::document_of(&problem),
        false => problem.document(&about.path, &about.request_id),
    };
    keep_headers(&mut document, response.headers());
    document
}

/// What other layers have said about the answer stays; what described its old body goes.
fn keep_headers(document: &mut Response, headers: &HeaderMap) {
    for (name, value) in headers {
        if name != header::CONTENT_LENGTH && name != header::CONTENT_ENCODING && !document.headers().contains_key(name)
        {
            document.headers_mut().append(name.clone(), value.clone());
        }
    }
}

fn is_bare_error(response: &Response) -> bool {
    let status = response.status();
    let written = response.headers().get(header::CONTENT_TYPE);
    (status.is_client_error() || status.is_server_error())
        && written != Some(&PROBLEM_JSON)
        && written != Some(&scim::SCIM_JSON)
}

fn of_status(status: StatusCode) -> Problem {
    let (kind, detail): (&'static ProblemKind, _) = match status {
        StatusCode::NOT_FOUND => (problem::NOT_FOUND, "There is no such path."),
        StatusCode::METHOD_NOT_ALLOWED => {
            (problem::METHOD_NOT_ALLOWED, "The header Allow names the methods of this path.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => (problem::TOO_LARGE, "The body is larger than this path accepts."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (problem::MEDIA_TYPE, problem::MEDIA_TYPE.meaning),
        status if status.is_client_error() => (problem::MALFORMED, "The request can't be read."),
        _ => (problem::INTERNAL, "The hub could not complete this. The request id helps to find out why."),
    };
    Problem::new(kind, detail)
}

/// Faults of the hub are errors, what it depends on is a warning; what callers do wrong is theirs to read.
fn log(problem: &Problem) {
    let (kind, detail) = (problem.kind().slug, problem.detail());
    let cause = problem.cause().map(|error| format!("{error:?}"));
    if problem.kind().status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(kind, cause, "{detail}");
    } else if problem.kind().status.is_server_error() {
        tracing::warn!(kind, cause, "{detail}");
    } else {
        tracing::debug!(kind, cause, "{detail}");
    }
}
