//! Faults on demand: a stall of the whole shop, a slow dependency, and errors at an even rate.

use std::{sync::PoisonError, time::Duration};

use axum::{
    Extension,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::{Instant, sleep, sleep_until};

use crate::{Setting, Shop, knobs::Knobs, problem::Problem, shop::count};

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

/// Waits out a stall and for the slow dependency; fails as often as the error rate says.
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
    sleep(wait(nth, &setting.knobs)).await;
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

/// How long the nth request waits for the slow dependency: log-normal around the median, the same for the same n.
fn wait(nth: u64, knobs: &Knobs) -> Duration {
    if knobs.latency_ms <= 0.0 {
        return Duration::ZERO;
    }
    // Box and Muller, A Note on the Generation of Random Normal Deviates (1958).
    let (radius, angle) = (uniform(2 * nth), uniform(2 * nth + 1));
    let normal = (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos();
    Duration::try_from_secs_f64(knobs.latency_ms / 1000.0 * (knobs.latency_spread * normal).exp()).unwrap_or_default()
}

/// A number above 0 and at most 1 that looks random: the finaliser of SplitMix64.
fn uniform(n: u64) -> f64 {
    let mut bits = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64 + f64::EPSILON / 2.0
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
    fn waits_are_log_normal_around_their_median() {
        let knobs = Knobs { latency_ms: 20.0, latency_spread: 0.5, ..Knobs::default() };
        let mut waits: Vec<f64> = (1..=10_001).map(|nth| wait(nth, &knobs).as_secs_f64() * 1000.0).collect();
        waits.sort_by(f64::total_cmp);
        assert!((waits[5_000] / 20.0 - 1.0).abs() < 0.03, "{}", waits[5_000]);
        // The normal distribution's 95th percentile is at 1.645 standard deviations.
        let p95 = waits[9_500] / (20.0 * (0.5_f64 * 1.645).exp());
        assert!((p95 - 1.0).abs() < 0.05, "{p95}");
        assert_eq!(wait(7, &Knobs::default()), Duration::ZERO);
    }

    #[test]
    fn errors_are_evenly_spread() {
        let failing = |rate| (1..=1000).filter(|&n| fails(n, rate)).count();
        assert_eq!((failing(0.0), failing(0.25), failing(1.0)), (0, 250, 1000));
        assert_eq!((1..=12).filter(|&n| fails(n, 0.25)).collect::<Vec<_>>(), [4, 8, 12]);
    }
}
