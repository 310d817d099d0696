//! What the load of a benchmark showed.

use super::metrics::Metrics;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the load of a run showed. The names are those of the command line's JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct LoadSummary {
    /// Latency, raw and corrected for coordinated omission.
    pub latency: LatencyPair,
    /// Successful responses a second.
    pub throughput_rps: f64,
    /// Requests that were answered or failed.
    pub requests: u64,
    /// Those of them that failed.
    pub errors: u64,
    /// Arrivals that were never sent.
    pub dropped: u64,
    /// Whether the figures describe the target.
    pub valid: bool,
    /// Why not.
    pub invalid_reason: Option<String>,
    /// Measured seconds.
    pub duration_s: f64,
    /// The HTTP version that was spoken.
    pub http_version: Option<String>,
    /// Bytes received.
    pub bytes_in: u64,
    /// Bytes sent.
    pub bytes_out: u64,
    /// Connections opened.
    pub connections_opened: u64,
    /// Failures by class.
    pub error_classes: BTreeMap<String, u64>,
    /// Responses by status.
    #[cfg_attr(feature = "backend", schema(value_type = BTreeMap<String, u64>))]
    pub statuses: BTreeMap<u16, u64>,
    /// CPU time of the generator's threads by their wall time, 0 to 1.
    pub generator_cpu_fraction: f64,
    /// Share of arrivals that the generator sent late by its own fault, 0 to 1.
    pub schedule_missed_fraction: f64,
    /// What happened in each second.
    pub series: Vec<Second>,
    /// The same by request of the mix.
    pub by_request: Vec<RequestSummary>,
    /// How steady the machine was that sent the load.
    #[serde(default)]
    pub host: Option<HostSummary>,
    /// The metrics of each repetition in their order; empty for a load that ran once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repetitions: Vec<Metrics>,
}

/// How steady the machine was that sent the load, measured right before it. On a noisy one, differences between runs say
/// more about its other work than about the target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct HostSummary {
    /// How much the time of the same work varied, as a share of it.
    pub cpu_variation: f64,
    /// The share of its time in which that work waited for a processor, 0 to 1.
    pub cpu_wait: f64,
    /// How much later than asked a sleep of a millisecond ended, 99th percentile.
    pub timer_p99_ms: f64,
    /// The share of processor time that the hypervisor took, 0 to 1; absent where the kernel does not say.
    pub steal_share: Option<f64>,
    /// The load average of the last minute by the number of cores; absent where there is none.
    pub load_per_core: Option<f64>,
    /// Whether it was too noisy to tell small changes.
    pub noisy: bool,
    /// Why, a sentence each.
    pub reasons: Vec<String>,
}

/// Latency side by side; absent where nothing was answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct LatencyPair {
    /// From sending to the last byte.
    pub raw: Option<Percentiles>,
    /// From the intended send time to the last byte.
    pub corrected: Option<Percentiles>,
}

/// Percentiles of a latency, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Percentiles {
    /// Samples.
    pub count: u64,
    /// Median.
    pub p50_ms: f64,
    /// 90th percentile.
    pub p90_ms: f64,
    /// 95th percentile.
    pub p95_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
    /// 99.9th percentile.
    pub p999_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// Arithmetic mean.
    pub mean_ms: f64,
}

/// One second of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Second {
    /// Which second, from 0.
    pub second: u32,
    /// Requests sent.
    pub started: u64,
    /// Responses completed.
    pub completed: u64,
    /// Requests failed.
    pub errors: u64,
    /// Median corrected latency.
    pub p50_ms: Option<f64>,
    /// 95th percentile.
    pub p95_ms: Option<f64>,
    /// 99th percentile.
    pub p99_ms: Option<f64>,
}

/// Results of one request of the mix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct RequestSummary {
    /// Its name.
    pub name: String,
    /// Requests that were answered or failed.
    pub requests: u64,
    /// Those that failed.
    pub errors: u64,
    /// Its latency.
    pub latency: LatencyPair,
}

impl LoadSummary {
    /// Bytes received per request that was answered or failed; nothing of nothing.
    pub fn bytes_per_request(&self) -> Option<f64> {
        (self.requests > 0).then(|| self.bytes_in as f64 / self.requests as f64)
    }
}
