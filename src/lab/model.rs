//! Benchmarks, what they measured, and scorecards.

use super::{browser::BrowserSummary, metrics::Metrics};
use crate::{
    Error, Result,
    error::Faults,
    ids::{ArtifactId, BenchmarkId, EnvironmentId, ScorecardId, SystemId, TeardownId},
    text,
};
use chrono::{DateTime, Utc};
use sbh_stats::{Contribution, Dimension};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most arrivals a second that a benchmark may ask for.
const MAX_RATE: f64 = 50_000.0;
/// Longest warm-up, in seconds.
const MAX_WARM_UP_S: f64 = 60.0;
/// Most requests of a mix.
const MAX_MIX: usize = 50;

/// A benchmark to be run: of an environment of a system, or of a teardown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BenchmarkRequest {
    /// The environment; its system follows from it.
    #[serde(default)]
    pub environment_id: Option<EnvironmentId>,
    /// The teardown, in place of an environment.
    #[serde(default)]
    pub teardown_id: Option<TeardownId>,
    /// What is deployed there now.
    pub version: String,
    /// Who decides when the next request is sent; an open model of 20 requests a second when left out.
    #[serde(default)]
    pub model: LoadModel,
    /// How long is measured, in seconds; 30 when left out, and never more than BENCH_DURATION_S.
    #[serde(default)]
    pub duration_s: Option<f64>,
    /// Load before the measurement, in seconds; 3 when left out.
    #[serde(default)]
    pub warm_up_s: Option<f64>,
    /// What is requested; `GET` of the base URL when left out.
    #[serde(default)]
    pub requests: Vec<RequestLine>,
    /// `auto`, `http1` or `http2`.
    #[serde(default)]
    pub http: Option<String>,
    /// The devices on which the page is opened in a browser, of those in BENCH_DEVICE_MATRIX: `desktop`, `tablet`,
    /// `mobile`. None when left out. It needs a verified environment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<String>,
}

/// Who decides when the next request is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields, try_from = "WrittenModel")]
pub enum LoadModel {
    /// Arrivals by a schedule that the server can't delay.
    Open {
        /// Requests a second.
        rate: f64,
        /// Requests a second at the end, for a ramp.
        #[serde(default)]
        ramp_to: Option<f64>,
    },
    /// Virtual users, each of whom waits for the answer.
    Closed {
        /// How many, up to BENCH_MAX_VUS.
        vus: u32,
        /// Pause between an answer and the next request, in seconds.
        #[serde(default)]
        think_time_s: f64,
    },
}

/// A load model as JSON has it. It is read field by field, because an enum that is tagged from within reads no numbers
/// from text where a dependency switches on serde_json's `arbitrary_precision`, as Hurl does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenModel {
    kind: ModelKind,
    rate: Option<f64>,
    ramp_to: Option<f64>,
    vus: Option<u32>,
    think_time_s: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ModelKind {
    Open,
    Closed,
}

impl TryFrom<WrittenModel> for LoadModel {
    type Error = &'static str;

    fn try_from(written: WrittenModel) -> Result<Self, &'static str> {
        match written {
            WrittenModel { kind: ModelKind::Open, rate: Some(rate), ramp_to, vus: None, think_time_s: None } => {
                Ok(Self::Open { rate, ramp_to })
            }
            WrittenModel { kind: ModelKind::Closed, vus: Some(vus), think_time_s, rate: None, ramp_to: None } => {
                Ok(Self::Closed { vus, think_time_s: think_time_s.unwrap_or_default() })
            }
            WrittenModel { kind: ModelKind::Open, .. } => Err("an open model has rate and, for a ramp, ramp_to"),
            WrittenModel { kind: ModelKind::Closed, .. } => {
                Err("a closed model has vus and, for a pause, think_time_s")
            }
        }
    }
}

impl Default for LoadModel {
    fn default() -> Self {
        Self::Open { rate: 20.0, ramp_to: None }
    }
}

/// One request of the mix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestLine {
    /// The name under which it is reported; unique in the mix.
    pub name: String,
    /// `GET` when left out.
    #[serde(default)]
    pub method: Option<String>,
    /// Path and query, beginning with `/`.
    pub path: String,
    /// Header fields.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default)]
    pub body: Option<String>,
    /// Share of the mix; 1 when left out.
    #[serde(default)]
    pub weight: Option<u32>,
}

impl BenchmarkRequest {
    /// Measured seconds when nothing else is asked for.
    pub const DEFAULT_DURATION_S: f64 = 30.0;
    /// Seconds of warm-up when nothing else is asked for.
    pub const DEFAULT_WARM_UP_S: f64 = 3.0;

    /// Checks everything that needs no database; `max_vus` and `max_duration_s` come from the configuration.
    ///
    /// # Errors
    /// Invalid, naming each field and what is allowed.
    pub fn parse(mut self, max_vus: u32, max_duration_s: f64, devices: &[String]) -> Result<Self> {
        let mut faults = Faults::default();
        if self.environment_id.is_some() == self.teardown_id.is_some() {
            faults.add("/environment_id", "Name either an environment or a teardown.");
        }
        self.version = faults.keep(text::version("/version", &self.version)).unwrap_or_default();
        let duration = *self.duration_s.get_or_insert(Self::DEFAULT_DURATION_S.min(max_duration_s));
        if !(1.0..=max_duration_s).contains(&duration) {
            faults.add("/duration_s", format!("Duration must be 1 s to {max_duration_s} s; you sent {duration} s."));
        }
        let warm_up = *self.warm_up_s.get_or_insert(Self::DEFAULT_WARM_UP_S);
        if !(0.0..=MAX_WARM_UP_S).contains(&warm_up) {
            faults.add("/warm_up_s", format!("Warm-up must be 0 s to {MAX_WARM_UP_S} s; you sent {warm_up} s."));
        }
        self.model.check(&mut faults, max_vus);
        self.check_mix(&mut faults);
        if self.http.as_deref().is_some_and(|http| !["auto", "http1", "http2"].contains(&http)) {
            faults.add("/http", "HTTP version must be auto, http1 or http2.");
        }
        self.check_devices(&mut faults, devices);
        faults.finish()?;
        Ok(self)
    }

    fn check_devices(&self, faults: &mut Faults, allowed: &[String]) {
        for (at, device) in self.devices.iter().enumerate() {
            let pointer = || format!("/devices/{at}");
            if !allowed.contains(device) {
                let allowed = if allowed.is_empty() { "none".to_owned() } else { allowed.join(", ") };
                faults.add(pointer(), format!("A device must be one of BENCH_DEVICE_MATRIX: {allowed}."));
            } else if self.devices.iter().take(at).any(|before| before == device) {
                faults.add(pointer(), "Each device may be named once.");
            }
        }
    }

    fn check_mix(&self, faults: &mut Faults) {
        if self.requests.len() > MAX_MIX {
            faults.add("/requests", format!("A mix may have at most {MAX_MIX} requests."));
        }
        let mut names = std::collections::BTreeSet::new();
        for (at, request) in self.requests.iter().enumerate() {
            if !names.insert(&request.name) {
                faults.add(format!("/requests/{at}/name"), "Each request of a mix needs a name of its own.");
            }
        }
    }
}

impl LoadModel {
    fn check(&self, faults: &mut Faults, max_vus: u32) {
        match self {
            Self::Open { rate, ramp_to } => {
                for (pointer, rate) in [("/model/rate", Some(*rate)), ("/model/ramp_to", *ramp_to)] {
                    if rate.is_some_and(|rate| !(0.1..=MAX_RATE).contains(&rate)) {
                        faults.add(pointer, format!("Rate must be 0.1 to {MAX_RATE} requests a second."));
                    }
                }
            }
            Self::Closed { vus, think_time_s } => {
                if !(1..=max_vus).contains(vus) {
                    faults.add("/model/vus", format!("Virtual users must be 1 to {max_vus}; you sent {vus}."));
                }
                if !(0.0..=60.0).contains(think_time_s) {
                    faults.add("/model/think_time_s", "Think time must be 0 s to 60 s.");
                }
            }
        }
    }
}

/// Where a benchmark stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum BenchmarkState {
    /// Waits for a worker.
    Queued,
    /// Is being measured.
    Running,
    /// Has a scorecard.
    Succeeded,
    /// The generator was the bottleneck: kept, never scored.
    Invalid,
    /// Could not be measured.
    Failed,
    /// Somebody ended it.
    Cancelled,
}

impl BenchmarkState {
    /// All states.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Running, Self::Succeeded, Self::Invalid, Self::Failed, Self::Cancelled];

    /// The text in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Invalid => "invalid",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the column.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether nothing more will happen.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// The part of a running benchmark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum RunPhase {
    /// Waits for a worker or for another benchmark's load.
    #[default]
    Waiting,
    /// Passive probes.
    Probing,
    /// Load that does not count, connections included.
    WarmUp,
    /// Load that counts.
    Measuring,
    /// Running requests finish.
    Draining,
    /// The page is opened in a browser.
    Browsing,
    /// The scorecard is made.
    Scoring,
}

impl RunPhase {
    /// All phases in their order.
    pub const ALL: [Self; 7] =
        [Self::Waiting, Self::Probing, Self::WarmUp, Self::Measuring, Self::Draining, Self::Browsing, Self::Scoring];

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Probing => "Passive probes",
            Self::WarmUp => "Warm-up",
            Self::Measuring => "Measuring",
            Self::Draining => "Draining",
            Self::Browsing => "In a browser",
            Self::Scoring => "Scoring",
        }
    }
}

/// A moment of a running benchmark.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct RunProgress {
    /// The part of the run.
    pub phase: RunPhase,
    /// Seconds of load so far, warm-up included.
    pub elapsed_s: f64,
    /// Seconds of load to come.
    pub remaining_s: f64,
    /// Requests finished per second, over the last second or so.
    pub rate_rps: f64,
    /// Median latency so far.
    pub p50_ms: Option<f64>,
    /// 95th percentile so far.
    pub p95_ms: Option<f64>,
    /// Requests finished so far.
    pub requests: u64,
    /// Requests failed so far.
    pub errors: u64,
    /// Requests in flight.
    pub in_flight: u64,
}

/// A benchmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Benchmark {
    /// The benchmark.
    pub id: BenchmarkId,
    /// The system, unless it is of a teardown.
    pub system_id: Option<SystemId>,
    /// The environment, unless it is of a teardown.
    pub environment_id: Option<EnvironmentId>,
    /// The teardown, if it is of one.
    pub teardown_id: Option<TeardownId>,
    /// What was deployed.
    pub version: String,
    /// Where it stands.
    pub state: BenchmarkState,
    /// What was asked for.
    pub request: BenchmarkRequest,
    /// How far it is, while it runs.
    pub progress: Option<RunProgress>,
    /// Whether somebody asked for its end.
    pub cancel_requested: bool,
    /// What the load showed.
    pub load: Option<LoadSummary>,
    /// What the probes showed.
    pub security: Option<SecuritySummary>,
    /// What the page showed in a browser.
    pub browser: Option<BrowserSummary>,
    /// Why it is invalid or failed, or why no load was sent.
    pub reason: Option<String>,
    /// Who started it.
    pub created_by: String,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When a worker began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
}

/// What the load of a run showed. The names are those of the command line's JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    pub statuses: BTreeMap<u16, u64>,
    /// CPU time of the generator's threads by their wall time, 0 to 1.
    pub generator_cpu_fraction: f64,
    /// Share of arrivals that the generator sent late by its own fault, 0 to 1.
    pub schedule_missed_fraction: f64,
    /// What happened in each second.
    pub series: Vec<Second>,
    /// The same by request of the mix.
    pub by_request: Vec<RequestSummary>,
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

/// What the passive probes showed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct SecuritySummary {
    /// The HTTP Observatory's score and tests; absent when the origin can't be scored.
    pub observatory: Option<ObservatoryView>,
    /// What is wrong, worst first.
    pub findings: Vec<FindingView>,
    /// What could not be seen.
    pub not_measured: Vec<Unmeasured>,
}

/// The HTTP Observatory's verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ObservatoryView {
    /// Score from 0; bonus points lift it above 100.
    pub score: i32,
    /// `A+` to `F`.
    pub grade: String,
    /// The ten tests.
    pub tests: Vec<ObservatoryTest>,
}

/// One of the HTTP Observatory's tests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ObservatoryTest {
    /// Which.
    pub id: String,
    /// Whether it passed; absent when it does not apply.
    pub pass: Option<bool>,
    /// What it found, as the Observatory names it.
    pub result: String,
    /// Points added or taken.
    pub score_modifier: i32,
    /// The same in a sentence.
    pub explanation: String,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct FindingView {
    /// Stable name of the rule.
    pub id: String,
    /// What is wrong.
    pub title: String,
    /// `info`, `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// CVSS base vector.
    pub cvss: String,
    /// Number in the Common Weakness Enumeration.
    pub cwe: u32,
    /// What was seen, secrets masked.
    pub evidence: String,
    /// Where.
    pub location: String,
    /// What to do.
    pub remediation: String,
    /// Where the rule comes from.
    pub reference: String,
}

/// Something that could not be measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Unmeasured {
    /// What.
    pub what: String,
    /// Why not.
    pub why: String,
}

/// The scores of one benchmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Scorecard {
    /// The scorecard.
    pub id: ScorecardId,
    /// The benchmark that it rests on.
    pub benchmark_id: BenchmarkId,
    /// The system, unless it is of a teardown.
    pub system_id: Option<SystemId>,
    /// The environment, unless it is of a teardown.
    pub environment_id: Option<EnvironmentId>,
    /// The teardown, if it is of one.
    pub teardown_id: Option<TeardownId>,
    /// What was deployed.
    pub version: String,
    /// The curves that made it.
    pub curve_version: String,
    /// The weighted mean of the measured dimensions, 0 to 100 with one decimal; absent when none was measured.
    pub score: Option<f64>,
    /// Its grade.
    pub grade: Option<String>,
    /// All eight dimensions.
    pub dimensions: Vec<DimensionRow>,
    /// Every measured metric by its key.
    pub metrics: Metrics,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// One dimension of a scorecard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct DimensionRow {
    /// Which.
    #[cfg_attr(feature = "backend", schema(value_type = String))]
    pub dimension: Dimension,
    /// 0 to 100 with one decimal; absent when it was not measured.
    pub score: Option<f64>,
    /// Its grade.
    pub grade: Option<String>,
    /// Its share of the overall score, 0 to 1.
    pub weight: f64,
    /// What it adds to the overall score; these add up to it.
    pub points: Option<f64>,
    /// What each metric adds to the dimension's score; these add up to it.
    #[cfg_attr(feature = "backend", schema(value_type = Vec<Object>))]
    pub contributions: Vec<Contribution>,
    /// Why it was not measured.
    pub reason: Option<String>,
}

/// A file that a benchmark left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Artifact {
    /// The artifact.
    pub id: ArtifactId,
    /// Its name, unique in the benchmark.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// SHA-256 of its content, in hex.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
}

/// Which benchmarks are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct BenchmarkQuery {
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Most rows wanted, 1 to 200; 50 when left out.
    pub limit: Option<u32>,
    /// Only benchmarks of this system.
    pub system_id: Option<SystemId>,
}

/// Which scorecard of a system is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct ScorecardQuery {
    /// The version; the latest scorecard when left out.
    pub version: Option<String>,
    /// The environment; any when left out.
    pub environment_id: Option<EnvironmentId>,
}

impl BenchmarkQuery {
    /// The part of the list.
    pub fn page(&self) -> crate::page::PageRequest {
        crate::page::PageRequest { cursor: self.cursor.clone(), limit: self.limit }
    }
}

impl Benchmark {
    /// The finished benchmark's load, or why there is none to see.
    ///
    /// # Errors
    /// Conflict with the reason.
    pub fn measured_load(&self) -> Result<&LoadSummary> {
        let reason = || self.reason.clone().unwrap_or_else(|| "No load was measured.".to_owned());
        self.load.as_ref().ok_or_else(|| Error::conflict(reason()))
    }
}
