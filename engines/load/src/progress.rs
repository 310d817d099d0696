//! What a run says of itself while it goes on.

use serde::{Deserialize, Serialize};

use crate::histogram::LatencyHistogram;

/// The part of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Connections are being opened.
    #[default]
    Connecting,
    /// Load that does not count.
    WarmUp,
    /// Load that counts.
    Measuring,
    /// No new arrivals; running and queued requests finish.
    Draining,
    /// The outcome is there.
    Finished,
}

/// A moment of a run, several times a second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The part of the run.
    pub phase: Phase,
    /// Seconds since the first request.
    pub elapsed_s: f64,
    /// Seconds until the last arrival.
    pub remaining_s: f64,
    /// Requests finished per second, over the last second or so.
    pub rate_rps: f64,
    /// Median latency so far (open model: from the intended send time; closed model: raw). `None` before the first measured response.
    pub p50_ms: Option<f64>,
    /// 95th percentile so far, in the same way.
    pub p95_ms: Option<f64>,
    /// Requests finished so far, warm-up included.
    pub requests: u64,
    /// Requests failed so far, warm-up included.
    pub errors: u64,
    /// Requests in flight.
    pub in_flight: u64,
    /// Arrivals that wait for a connection.
    pub queued: u64,
}

/// What a worker shows of itself.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub(crate) requests: u64,
    pub(crate) errors: u64,
    pub(crate) in_flight: u64,
    pub(crate) queued: u64,
    pub(crate) latency: LatencyHistogram,
}

impl Default for Live {
    fn default() -> Self {
        Self { requests: 0, errors: 0, in_flight: 0, queued: 0, latency: LatencyHistogram::coarse() }
    }
}
