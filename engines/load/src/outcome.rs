//! The result of a run, as it is stored and exchanged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::ErrorClass;
use crate::histogram::{Histograms, LatencyHistogram, LatencySummary};
use crate::validity::judge_validity;

/// The result of a run. Counts and latencies are of measured requests: those due (open model) or sent (closed model) after the warm-up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The model that was run.
    pub model: ModelKind,
    /// The HTTP version that was spoken; `None` if no connection was made.
    pub http_version: Option<String>,
    /// How long was measured, in seconds, without warm-up and drain.
    pub duration_s: f64,
    /// Requests that were answered or failed.
    pub requests: u64,
    /// Those of them that failed, statuses from 400 on included.
    pub errors: u64,
    /// Arrivals that were never sent: still queued at the end of the drain, or beyond the queue limit. They are in no other count and no histogram.
    pub dropped: u64,
    /// Successful responses per second that were completed within the measured time, whenever they were sent.
    pub throughput_rps: f64,
    /// Latency, raw and corrected.
    pub latency: Latency,
    /// Failed requests by class.
    pub error_classes: BTreeMap<ErrorClass, u64>,
    /// Complete responses by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Bytes received on the wire while measuring and draining, TLS and HTTP framing included.
    pub bytes_in: u64,
    /// Bytes sent on the wire, counted in the same way.
    pub bytes_out: u64,
    /// Connections that were opened in the whole run.
    pub connections_opened: u64,
    /// Time to resolve and open a TCP connection, whole run.
    pub connect: Option<LatencySummary>,
    /// Time of a TLS handshake, whole run.
    pub tls_handshake: Option<LatencySummary>,
    /// Whether the numbers describe the target. Those of an invalid run are not to be scored.
    pub valid: bool,
    /// Why not, in a sentence.
    pub invalid_reason: Option<String>,
    /// Whether the run was cancelled; then it covers only a part and is not valid.
    pub cancelled: bool,
    /// What happened in each second.
    pub series: Vec<SeriesPoint>,
    /// The same by request of the mix.
    pub by_request: Vec<RequestOutcome>,
    /// The generator itself.
    pub generator: Generator,
    /// All samples, so that outcomes merge exactly.
    pub histograms: Histograms,
    /// Samples of `connect` and `tls_handshake`.
    pub connection_histograms: ConnectionHistograms,
}

/// Which model was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Virtual users.
    Closed,
    /// Arrivals by a schedule.
    Open,
}

/// Latency side by side; `None` where nothing was answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// From sending to the last byte: hides what a stall keeps from being sent.
    pub raw: Option<LatencySummary>,
    /// Corrected for coordinated omission: what users would have seen.
    pub corrected: Option<LatencySummary>,
    /// The interval of the closed model's correction: the median time between two requests of a virtual user. `None` in the open model, which
    /// knows when each request was due.
    pub expected_interval_ms: Option<f64>,
}

/// One second of a run. Seconds count from the start of measuring and go on into the drain.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SeriesPoint {
    /// Which second, from 0.
    pub second: u32,
    /// Requests sent in it.
    pub started: u64,
    /// Complete responses in it.
    pub completed: u64,
    /// Requests that failed in it, statuses from 400 on included.
    pub errors: u64,
    /// Requests that succeeded in it.
    #[serde(default)]
    pub succeeded: u64,
    /// Median corrected latency of what completed in it, in milliseconds.
    pub p50_ms: Option<f64>,
    /// 95th percentile.
    pub p95_ms: Option<f64>,
    /// 99th percentile.
    pub p99_ms: Option<f64>,
    /// The most requests in flight at a time.
    pub in_flight: u64,
    /// The most arrivals waiting for a connection at a time.
    pub queued: u64,
    /// The samples, with two significant digits.
    pub histogram: LatencyHistogram,
}

/// Results of one request of the mix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestOutcome {
    /// Its name in the plan.
    pub name: String,
    /// Requests that were answered or failed.
    pub requests: u64,
    /// Those that failed.
    pub errors: u64,
    /// Failures by class.
    pub error_classes: BTreeMap<ErrorClass, u64>,
    /// Latency, raw and corrected.
    pub latency: Latency,
    /// The samples.
    pub histograms: Histograms,
}

/// What the generator says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    /// Its threads.
    pub worker_threads: u32,
    /// CPU time of these threads by their wall time while measuring, 0 to 1.
    pub cpu_fraction: f64,
    /// Measured arrivals of the schedule; 0 in the closed model.
    pub scheduled: u64,
    /// Those that were sent later than [`crate::SCHEDULE_TOLERANCE`] by the generator's own fault.
    pub schedule_missed: u64,
    /// Their share.
    pub schedule_missed_fraction: f64,
    /// How late the generator itself was, with the server's part left out; `None` in the closed model.
    pub lateness: Option<LatencySummary>,
    /// Its samples.
    pub lateness_histogram: LatencyHistogram,
}

/// Samples of connecting.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ConnectionHistograms {
    /// Resolving and TCP.
    pub connect: LatencyHistogram,
    /// TLS.
    pub tls_handshake: LatencyHistogram,
}

impl Outcome {
    /// Adds the result of another generator that ran the same plan at the same time: counts and rates add up, histograms merge exactly,
    /// and the sum is valid only if both are.
    pub fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.errors += other.errors;
        self.dropped += other.dropped;
        self.throughput_rps = decimal(self.throughput_rps + other.throughput_rps);
        self.duration_s = self.duration_s.max(other.duration_s);
        self.bytes_in += other.bytes_in;
        self.bytes_out += other.bytes_out;
        self.connections_opened += other.connections_opened;
        self.http_version = self.http_version.take().or_else(|| other.http_version.clone());
        add_counts(&mut self.error_classes, &other.error_classes);
        add_counts(&mut self.statuses, &other.statuses);
        self.merge_latency(other);
        self.merge_series(&other.series);
        self.merge_requests(&other.by_request);
        self.cancelled |= other.cancelled;
        self.generator.merge(&other.generator);
        self.judge(other.invalid_reason.clone());
    }

    /// Adds the result of a later run of the same plan by the same generator: counts and times add up, rates become means over the time, its
    /// seconds come after those that are there, histograms merge exactly, and the whole is valid only if both runs are.
    pub fn append(&mut self, later: &Self) {
        let (before, after) = (self.duration_s, later.duration_s);
        let whole = before + after;
        let mean = |own: f64, theirs: f64| {
            if whole > 0.0 { decimal((own * before + theirs * after) / whole) } else { 0.0 }
        };
        let throughput = mean(self.throughput_rps, later.throughput_rps);
        let cpu = mean(self.generator.cpu_fraction, later.generator.cpu_fraction);
        let threads = self.generator.worker_threads;
        let next = self.series.last().map_or(0, |point| point.second + 1);
        let mut later = later.clone();
        later.series.iter_mut().for_each(|point| point.second += next);
        self.merge(&later);
        self.duration_s = decimal(whole);
        self.throughput_rps = throughput;
        self.generator.cpu_fraction = cpu;
        self.generator.worker_threads = threads;
    }

    /// The share of the requests that failed; `None` when none ended.
    #[must_use]
    pub fn error_rate(&self) -> Option<f64> {
        share(self.errors, self.requests)
    }

    /// Sets `valid` and its reason from what was measured, and from what is known against it already.
    pub(crate) fn judge(&mut self, known: Option<String>) {
        let generator = &self.generator;
        self.invalid_reason = self
            .cancelled
            .then(|| "The run was cancelled before its end.".to_owned())
            .or_else(|| self.invalid_reason.take())
            .or(known)
            .or_else(|| judge_validity(generator.cpu_fraction, generator.schedule_missed_fraction));
        self.valid = self.invalid_reason.is_none();
    }

    fn merge_latency(&mut self, other: &Self) {
        self.histograms.merge(&other.histograms);
        self.latency.merge(&other.latency, &self.histograms);
        let connections = &mut self.connection_histograms;
        connections.connect.merge(&other.connection_histograms.connect);
        connections.tls_handshake.merge(&other.connection_histograms.tls_handshake);
        self.connect = connections.connect.summary();
        self.tls_handshake = connections.tls_handshake.summary();
    }

    fn merge_series(&mut self, other: &[SeriesPoint]) {
        for point in other {
            match self.series.iter_mut().find(|p| p.second == point.second) {
                Some(own) => own.merge(point),
                None => self.series.push(point.clone()),
            }
        }
        self.series.sort_by_key(|p| p.second);
    }

    fn merge_requests(&mut self, other: &[RequestOutcome]) {
        for request in other {
            match self.by_request.iter_mut().find(|r| r.name == request.name) {
                Some(own) => own.merge(request),
                None => self.by_request.push(request.clone()),
            }
        }
    }
}

impl Latency {
    /// The summaries of a pair of histograms.
    #[must_use]
    pub fn of(histograms: &Histograms, expected_interval_ms: Option<f64>) -> Self {
        Self { raw: histograms.raw.summary(), corrected: histograms.corrected.summary(), expected_interval_ms }
    }

    fn merge(&mut self, other: &Self, merged: &Histograms) {
        // Each side was corrected with its own interval; of the two the shorter one is reported.
        let intervals = [self.expected_interval_ms, other.expected_interval_ms];
        let shortest = intervals.into_iter().flatten().reduce(f64::min);
        *self = Self::of(merged, shortest);
    }
}

impl SeriesPoint {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.started += other.started;
        self.completed += other.completed;
        self.errors += other.errors;
        self.succeeded += other.succeeded;
        self.in_flight += other.in_flight;
        self.queued += other.queued;
        self.histogram.merge(&other.histogram);
        self.summarise();
    }

    /// The share of the requests that ended in it that failed; `None` when none ended.
    #[must_use]
    pub fn error_rate(&self) -> Option<f64> {
        share(self.errors, self.errors + self.succeeded)
    }

    pub(crate) fn summarise(&mut self) {
        self.p50_ms = self.histogram.quantile_ms(0.50);
        self.p95_ms = self.histogram.quantile_ms(0.95);
        self.p99_ms = self.histogram.quantile_ms(0.99);
    }
}

impl RequestOutcome {
    fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.errors += other.errors;
        add_counts(&mut self.error_classes, &other.error_classes);
        self.histograms.merge(&other.histograms);
        self.latency.merge(&other.latency, &self.histograms);
    }
}

impl Generator {
    fn merge(&mut self, other: &Self) {
        let (own, theirs) = (f64::from(self.worker_threads), f64::from(other.worker_threads));
        let busy = self.cpu_fraction * own + other.cpu_fraction * theirs;
        self.cpu_fraction = decimal(busy / (own + theirs).max(1.0));
        self.worker_threads += other.worker_threads;
        self.scheduled += other.scheduled;
        self.schedule_missed += other.schedule_missed;
        self.schedule_missed_fraction = fraction(self.schedule_missed, self.scheduled);
        self.lateness_histogram.merge(&other.lateness_histogram);
        self.lateness = self.lateness_histogram.summary();
    }
}

/// `part` of `whole`, and nothing of nothing.
pub(crate) fn fraction(part: u64, whole: u64) -> f64 {
    share(part, whole).unwrap_or(0.0)
}

/// `part` of `whole`; of nothing there is no share.
pub(crate) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| decimal(part as f64 / whole as f64))
}

/// The nearest number with nine decimals. JSON readers that are fast rather than exact give such a number back unchanged, so that
/// an outcome that is stored, signed and read again stays the same to the byte.
pub(crate) fn decimal(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

pub(crate) fn add_counts<K: Ord + Copy>(to: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
    for (&key, &count) in from {
        *to.entry(key).or_default() += count;
    }
}
