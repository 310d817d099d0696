//! Faults on demand: a stall of the whole shop, and errors at an even rate.

use std::{sync::PoisonError, time::Duration};

use axum::{
    Extension,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::{Instant, sleep_until};

use crate::{Setting, Shop, problem::Problem, shop::count};

/// Longest stall in milliseconds.
pub(crate) const MAX_STALL_MILLIS: u64 = 60_000;

/// Holds every request that comes within the next `millis` milliseconds until they are over.
pub(crate) fn stall(shop: &Shop, millis: u64) {
    let until = Instant::now() + Duration::from_millis(millis);
    let mut held = shop.inner.held_until.lock().unwrap_or_else(PoisonError::into_inner);
    *held = Some(held.map_or(until, |earlier| earlier.max(until)));
}

/// Health, administration and well-known files: they stay reachable under faults and load.
pub(crate) fn is_operational(path: &str) -> bool {
    path == "/health" || path == "/admin" || path.starts_with("/admin/") || path.starts_with("/.well-known/")
}

/// Waits out a stall; fails as often as the error rate says.
pub(crate) async fn inject(
    State(shop): State<Shop>,
    Extension(setting): Setting,
    request: Request,
    next: Next,
) -> Response {
    if is_operational(request.uri().path()) {
        return next.run(request).await;
    }
    wait_out(&shop).await;
    let nth = count(&setting.counters.faultable);
    if fails(nth, setting.knobs.error_rate) {
        count(&setting.counters.injected_errors);
        return Problem::internal("an injected error").into_response();
    }
    next.run(request).await
}

async fn wait_out(shop: &Shop) {
    let held = *shop.inner.held_until.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(until) = held {
        sleep_until(until).await;
    }
}

/// Whether the nth request (from 1 up) fails, so that among any n first requests `floor(n * rate)` do.
fn fails(nth: u64, rate: f64) -> bool {
    let failed_by = |n: u64| (n as f64 * rate).floor();
    failed_by(nth) > failed_by(nth - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_evenly_spread() {
        let failing = |rate| (1..=1000).filter(|&n| fails(n, rate)).count();
        assert_eq!((failing(0.0), failing(0.25), failing(1.0)), (0, 250, 1000));
        assert_eq!((1..=12).filter(|&n| fails(n, 0.25)).collect::<Vec<_>>(), [4, 8, 12]);
    }
}
