//! The concurrency limit: so many requests at once, so many waiting, the rest refused at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::{
    Extension,
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{Setting, faults, problem::Problem, shop::count};

/// A semaphore with a bounded queue.
pub(crate) struct Limiter {
    permits: Semaphore,
    waiting: AtomicUsize,
    queue_limit: usize,
}

impl Limiter {
    /// None when the limit is 0.
    pub fn of(limit: u32, queue_limit: u32) -> Option<Self> {
        (limit > 0).then(|| Self {
            permits: Semaphore::new(limit as usize),
            waiting: AtomicUsize::new(0),
            queue_limit: queue_limit as usize,
        })
    }

    /// A place to work, after waiting if need be; none when the queue is full.
    async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(permit) = self.permits.try_acquire() {
            return Some(permit);
        }
        let _place = Place::in_queue(self)?;
        self.permits.acquire().await.ok()
    }
}

/// A place in the queue; given back when dropped, so also when the client goes away.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn in_queue(limiter: &'a Limiter) -> Option<Self> {
        let place = Self(&limiter.waiting);
        (limiter.waiting.fetch_add(1, Ordering::AcqRel) < limiter.queue_limit).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Lets the request in, or answers 503. Health and administration always pass.
pub(crate) async fn limit(Extension(setting): Setting, request: Request, next: Next) -> Response {
    let limiter = setting.limiter.as_ref().filter(|_| !faults::is_operational(request.uri().path()));
    let Some(limiter) = limiter else {
        return next.run(request).await;
    };
    match limiter.enter().await {
        Some(_permit) => next.run(request).await,
        None => {
            count(&setting.counters.shed);
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the shop is at its concurrency limit").into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn works_queues_and_sheds() {
        let limiter = Limiter::of(1, 1).expect("a limit above 0");
        let working = limiter.enter().await.expect("the first may work");
        let mut waiting = Box::pin(limiter.enter());
        assert!(poll_once(&mut waiting).await.is_none(), "the second waits");
        assert!(limiter.enter().await.is_none(), "the third is refused");
        drop(working);
        assert!(waiting.await.is_some(), "the second works once the first is done");
        assert!(limiter.enter().await.is_some(), "places are given back");
    }

    /// Polls once: the output when it is ready at once.
    async fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(context) {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
