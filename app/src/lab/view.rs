//! What the pages of benchmarks show.

use super::{form::RunForm, waterfall::WaterfallView};
use crate::{moment::Moment, systems::view::Named};
use hub::{
    ids::{BenchmarkId, EnvironmentId, SystemId},
    lab::{Artifact, Benchmark, BenchmarkState, RunProgress},
};
use serde::{Deserialize, Serialize};

/// What a benchmark is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The name of the system, or of the teardown's product.
    pub name: String,
    /// The system, unless it is of a teardown.
    pub system: Option<SystemId>,
    /// The environment, unless it is of a teardown.
    pub environment: Option<Named>,
    /// Load may go there.
    pub may_load: bool,
}

/// A part of the list of benchmarks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunsView {
    /// The benchmarks, newest first.
    pub runs: Vec<RunItem>,
    /// The cursor of the next part.
    pub next: Option<String>,
    /// The systems by which the list can be narrowed: id and name.
    pub systems: Vec<(SystemId, String)>,
    /// The system to which it is narrowed.
    pub system: Option<SystemId>,
    /// The reader may start benchmarks.
    pub may_run: bool,
}

/// A benchmark in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunItem {
    /// The benchmark.
    pub id: BenchmarkId,
    /// What it is of.
    pub subject: Subject,
    /// What was deployed there.
    pub version: String,
    /// Where it stands.
    pub state: BenchmarkState,
    /// Why it is invalid or failed.
    pub reason: Option<String>,
    /// The tools that measured, if it was imported.
    pub imported: Option<String>,
    /// The overall score of its scorecard.
    pub score: Option<f64>,
    /// The grade of its scorecard.
    pub grade: Option<String>,
    /// When it began, or else when it was asked for.
    pub started: Moment,
    /// Who asked for it.
    pub by: String,
}

/// What a new benchmark can be of, and its limits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StartView {
    /// The environments that can be chosen.
    pub environments: Vec<EnvironmentChoice>,
    /// The system to which they belong, when one was named.
    pub system: Option<(SystemId, String)>,
    /// Most virtual users (BENCH_MAX_VUS).
    pub max_vus: u32,
    /// Longest measured time in seconds (BENCH_DURATION_S).
    pub max_duration_s: f64,
    /// The devices on which a page may be opened in a browser (BENCH_DEVICE_MATRIX).
    pub devices: Vec<String>,
    /// What stands in the form at first.
    pub form: RunForm,
    /// The form can't hold all of the benchmark that is to be run again.
    pub loses: bool,
    /// Benchmarks are switched on (FEATURE_BENCHMARK_LAB).
    pub open: bool,
    /// The reader may start benchmarks.
    pub may_run: bool,
}

/// An environment that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentChoice {
    /// The environment.
    pub id: EnvironmentId,
    /// Its system.
    pub system: SystemId,
    /// System, environment and host in words.
    pub label: String,
    /// System and environment in words.
    pub place: String,
    /// Load may go there.
    pub verified: bool,
}

/// One benchmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunView {
    /// The benchmark; its series is in `slots`.
    pub run: Benchmark,
    /// What it is of.
    pub subject: Subject,
    /// When it was asked for.
    pub asked: Moment,
    /// When a worker began.
    pub started: Option<Moment>,
    /// When it was over.
    pub finished: Option<Moment>,
    /// How long it took, in milliseconds.
    pub took_ms: Option<u64>,
    /// Its scorecard, if it has one.
    pub card: Option<CardLink>,
    /// The load over time, in at most as many slots as a chart can show.
    pub slots: Vec<Slot>,
    /// Latency over time, drawn.
    pub over_time: Option<String>,
    /// Latency by percentile, drawn.
    pub percentiles: Option<String>,
    /// Throughput by users with the law that fits, drawn.
    pub scaling: Option<String>,
    /// The load around a burst over time.
    pub burst_slots: Vec<Slot>,
    /// Latency around a burst, drawn.
    pub burst_drawn: Option<String>,
    /// The requests of its page.
    pub waterfall: Option<WaterfallView>,
    /// The files that it left.
    pub artifacts: Vec<Artifact>,
    /// What it was measured in turns with.
    pub turns: Option<TurnsView>,
    /// The day until which they are kept, unless for ever.
    pub kept_until: Option<String>,
    /// The reader may start and cancel benchmarks.
    pub may_run: bool,
}

/// What a benchmark was measured in turns with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurnsView {
    /// The other benchmark.
    pub other: BenchmarkId,
    /// What the other is of, and its version, in words.
    pub label: String,
    /// The page that compares the two, where both are of environments.
    pub compare: Option<String>,
}

/// Where a benchmark's scorecard is, and what it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardLink {
    /// The overall score.
    pub score: Option<f64>,
    /// Its grade.
    pub grade: Option<String>,
    /// The page; none for a teardown.
    pub href: Option<String>,
}

/// One or more seconds of a run as charts and tables show them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    /// The first second.
    pub from_s: u32,
    /// Seconds in it.
    pub seconds: u32,
    /// Responses completed a second, on average.
    pub rate_rps: f64,
    /// Requests failed.
    pub errors: u64,
    /// Corrected latency of its worst second: median, in milliseconds.
    pub p50_ms: Option<f64>,
    /// 95th percentile.
    pub p95_ms: Option<f64>,
    /// 99th percentile.
    pub p99_ms: Option<f64>,
}

/// What an event of the live page says.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Pulse {
    /// Where the benchmark stands.
    pub state: BenchmarkState,
    /// How far it is.
    pub progress: Option<RunProgress>,
    /// Whether somebody asked for its end.
    pub cancel_requested: bool,
}
