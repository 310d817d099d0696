//! Benchmarks, scorecards and the files that benchmarks leave.

#[cfg(feature = "backend")]
use super::rules::{Card, Seen};
use super::{
    browser::BrowserSummary, cost::CostSummary, import::Import, load::LoadSummary, metrics::Metrics,
    request::BenchmarkRequest, resilience::ResilienceSummary, scalability::ScalabilitySummary,
    security::SecuritySummary,
};
use crate::{
    Error, Result,
    ids::{ArtifactId, BenchmarkId, EnvironmentId, ScorecardId, SystemId, TeardownId},
};
use chrono::{DateTime, Utc};
use sbh_stats::{Contribution, Dimension};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Load in steps.
    Stepping,
    /// A burst, with what is before and after it.
    Bursting,
    /// Rude clients.
    Visiting,
    /// The page is opened in a browser.
    Browsing,
    /// The scorecard is made.
    Scoring,
}

impl RunPhase {
    /// All phases in their order.
    pub const ALL: [Self; 10] = [
        Self::Waiting,
        Self::Probing,
        Self::WarmUp,
        Self::Measuring,
        Self::Draining,
        Self::Stepping,
        Self::Bursting,
        Self::Visiting,
        Self::Browsing,
        Self::Scoring,
    ];

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Probing => "Passive probes",
            Self::WarmUp => "Warm-up",
            Self::Measuring => "Measuring",
            Self::Draining => "Draining",
            Self::Stepping => "Load in steps",
            Self::Bursting => "Burst",
            Self::Visiting => "Rude clients",
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
    /// Which repetition of the load it is, from 1; 0 before the load.
    #[serde(default)]
    pub repetition: u32,
    /// Whether this is the baseline, of two that are measured in turns.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub baseline: bool,
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
    /// The benchmark that was measured in turns with this one, so that what drifted on the way fell on both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_turns_with: Option<BenchmarkId>,
    /// How far it is, while it runs.
    pub progress: Option<RunProgress>,
    /// Whether somebody asked for its end.
    pub cancel_requested: bool,
    /// What the load showed.
    pub load: Option<LoadSummary>,
    /// What the probes showed.
    pub security: Option<SecuritySummary>,
    /// How it scales.
    pub scalability: Option<ScalabilitySummary>,
    /// How it takes a burst and rude clients.
    pub resilience: Option<ResilienceSummary>,
    /// What it costs, where its environment has prices.
    pub cost: Option<CostSummary>,
    /// What the page showed in a browser.
    pub browser: Option<BrowserSummary>,
    /// Where the figures come from, if other tools measured them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Import>,
    /// When its files were removed, if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files_removed: Option<FilesRemoved>,
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
    /// The values of the repetitions, in their order, of those metrics that were measured more than once.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub samples: BTreeMap<String, Vec<f64>>,
    /// Where the metrics come from, if other tools measured them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Import>,
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

/// That the files of a benchmark were removed. Names and digests are in the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct FilesRemoved {
    /// When.
    pub at: DateTime<Utc>,
    /// After how many days (`ARTIFACT_RETENTION_DAYS` or the quota of the tier at that time).
    pub after_days: u32,
    /// It was the quota of the tier.
    #[serde(default)]
    pub by_tier: bool,
    /// How many there were.
    pub files: u32,
}

impl std::fmt::Display for FilesRemoved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (files, days) = (self.files, self.after_days);
        let (plural, were) = if files == 1 { ("", "was") } else { ("s", "were") };
        let (day, s) = (self.at.format("%Y-%m-%d"), if days == 1 { "" } else { "s" });
        let why = if self.by_tier { "quota of the tier" } else { "ARTIFACT_RETENTION_DAYS" };
        write!(f, "{files} file{plural} {were} removed on {day}, after {days} day{s} ({why}).")
    }
}

impl Scorecard {
    /// The same measurement under other curves.
    #[cfg(feature = "backend")]
    pub(super) fn rescored(self, card: Card) -> Self {
        Self {
            curve_version: card.curve_version,
            score: card.score,
            grade: card.grade,
            dimensions: card.dimensions,
            metrics: card.metrics,
            ..self
        }
    }
}

impl Benchmark {
    /// What its scorecard is made of.
    #[cfg(feature = "backend")]
    pub(super) fn seen(&self) -> Seen<'_> {
        Seen {
            load: self.load.as_ref(),
            no_load: self.reason.as_deref().unwrap_or_default(),
            security: self.security.as_ref(),
            scalability: self.scalability.as_ref(),
            resilience: self.resilience.as_ref(),
            cost: self.cost.as_ref(),
            browser: self.browser.as_ref(),
        }
    }

    /// The finished benchmark's load, or why there is none to see.
    ///
    /// # Errors
    /// Conflict with the reason.
    pub fn measured_load(&self) -> Result<&LoadSummary> {
        let reason = || self.reason.clone().unwrap_or_else(|| "No load was measured.".to_owned());
        self.load.as_ref().ok_or_else(|| Error::conflict(reason()))
    }
}
