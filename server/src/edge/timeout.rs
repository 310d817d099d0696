//! No request holds its place for ever. Event streams answer at once and go on behind their headers.

use crate::problem::{Problem, TIMEOUT};
use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use std::time::Duration;

/// Longest time until an answer begins; what takes longer is a job.
pub const LIMIT: Duration = Duration::from_secs(30);

/// Answers for a handler that does not.
pub async fn limit(request: Request, next: Next) -> Response {
    within(LIMIT, next.run(request)).await
}

/// The answer, or the problem that it took longer than `limit`.
pub async fn within(limit: Duration, answer: impl Future<Output = Response>) -> Response {
    let late =
        |_| Problem::new(TIMEOUT, format!("The hub did not answer within {} s.", limit.as_secs())).into_response();
    tokio::time::timeout(limit, answer).await.unwrap_or_else(late)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_that_does_not_come_becomes_a_problem() {
        let never = within(Duration::ZERO, std::future::pending()).await;
        assert_eq!(never.status(), 503);
        assert_eq!(never.extensions().get::<Problem>().map(Problem::kind), Some(TIMEOUT));
        assert_eq!(within(LIMIT, async { Response::default() }).await.status(), 200);
    }
}
