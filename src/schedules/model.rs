//! Schedules and what came of them.

use crate::{
    gates::ValidationRequest,
    ids::{BenchmarkId, EnvironmentId, ScheduleId, ScheduledRunId, SystemId, ValidationId},
    lab::BenchmarkRequest,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// In place of a version: the one that was measured last in the environment.
pub const LATEST: &str = "{latest}";

/// A schedule to be kept: when, and the very request that is sent then. Name either a benchmark or a validation.
///
/// The version of the request may hold `{date}` (2026-03-01) and `{time}` (0930) of the due time in the schedule's
/// zone, or be `{latest}`: the version that was measured last in the environment. The hub does not know by itself what
/// is deployed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSchedule {
    /// Its name, 1 to 100 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// Minute, hour, day of the month, month and day of the week, as in cron(5).
    #[cfg_attr(feature = "backend", schema(min_length = 1))]
    pub cron: String,
    /// A name of the IANA time zone database, such as `Europe/Berlin`.
    #[cfg_attr(feature = "backend", schema(min_length = 1))]
    pub time_zone: String,
    /// Whether it runs; true when left out.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The benchmark, as for `POST /api/teardown/benchmark/run`, of an environment.
    #[serde(default)]
    pub benchmark: Option<BenchmarkRequest>,
    /// The validation, as for `POST /api/gate/validate`.
    #[serde(default)]
    pub validation: Option<ValidationRequest>,
}

fn yes() -> bool {
    true
}

/// What a schedule starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum ScheduleKind {
    /// A benchmark.
    Benchmark,
    /// A validation.
    Validation,
}

impl ScheduleKind {
    /// The text in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Benchmark => "benchmark",
            Self::Validation => "validation",
        }
    }
}

/// Whether a schedule runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum ScheduleState {
    /// It runs when it is due.
    On,
    /// Somebody paused it.
    Paused,
    /// The hub stopped it; `reason` says why.
    Stopped,
}

impl ScheduleState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::On, Self::Paused, Self::Stopped];

    /// The text in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
        }
    }

    /// Reads the column.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Schedule {
    /// The schedule.
    pub id: ScheduleId,
    /// Its name.
    pub name: String,
    /// What it starts.
    pub kind: ScheduleKind,
    /// The system.
    pub system_id: SystemId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The benchmark that it starts, if it starts one.
    pub benchmark: Option<BenchmarkRequest>,
    /// The validation that it asks for, if it asks for one.
    pub validation: Option<ValidationRequest>,
    /// When it is due.
    pub cron: String,
    /// In which time zone.
    pub time_zone: String,
    /// Whether it runs.
    pub state: ScheduleState,
    /// Why it stopped, if it did.
    pub reason: Option<String>,
    /// The member as whom it acts: who saved it last.
    pub owner: String,
    /// When it is due next, while it is on.
    pub next_due_at: Option<DateTime<Utc>>,
    /// What came of it last.
    pub last_run: Option<ScheduledRun>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Schedule {
    /// The version of its request, as it was typed.
    pub fn version(&self) -> &str {
        let of_validation = self.validation.as_ref().map(|request| request.version.as_str());
        self.benchmark.as_ref().map(|request| request.version.as_str()).or(of_validation).unwrap_or_default()
    }

    /// Whether somebody should look at it: it stopped, or its last run did not go well.
    pub fn needs_attention(&self) -> bool {
        let went_wrong = self.last_run.as_ref().is_some_and(ScheduledRun::went_wrong);
        match self.state {
            ScheduleState::On => went_wrong,
            ScheduleState::Paused => false,
            ScheduleState::Stopped => true,
        }
    }
}

/// What came of a due time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum RunOutcome {
    /// The run was queued.
    Started,
    /// There was a reason to start nothing.
    Skipped,
    /// The hub would not start it.
    Refused,
}

impl RunOutcome {
    /// All outcomes.
    pub const ALL: [Self; 3] = [Self::Started, Self::Skipped, Self::Refused];

    /// The text in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
        }
    }

    /// Reads the column.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// Where a run that was started stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum RunResult {
    /// It waits or runs.
    UnderWay,
    /// The benchmark has a scorecard.
    Succeeded,
    /// The benchmark was measured but must not be scored.
    Invalid,
    /// It could not be carried out.
    Failed,
    /// Somebody ended it.
    Cancelled,
    /// The version may be released.
    Allowed,
    /// A check failed.
    Blocked,
    /// Something that is needed is missing.
    Inconclusive,
}

/// One due time of a schedule, or one run by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ScheduledRun {
    /// The run.
    pub id: ScheduledRunId,
    /// The schedule.
    pub schedule_id: ScheduleId,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// When the hub settled it.
    pub settled_at: DateTime<Utc>,
    /// Somebody ran it by hand.
    pub by_hand: bool,
    /// What came of it.
    pub outcome: RunOutcome,
    /// Why nothing was started, or why the run failed.
    pub reason: Option<String>,
    /// How many earlier due times were passed over because no hub ran; at most 1000 are counted.
    pub passed_over: u32,
    /// The version, once it was known.
    pub version: Option<String>,
    /// The benchmark that was started.
    pub benchmark_id: Option<BenchmarkId>,
    /// The validation that was asked for.
    pub validation_id: Option<ValidationId>,
    /// Where the run stands; absent where nothing was started, or where it was removed since.
    pub result: Option<RunResult>,
}

impl ScheduledRun {
    /// Whether somebody should look at it: refused, failed or invalid. A blocked version is the gates' to tell.
    pub fn went_wrong(&self) -> bool {
        self.outcome == RunOutcome::Refused || matches!(self.result, Some(RunResult::Failed | RunResult::Invalid))
    }
}

/// When a schedule would be due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct PreviewQuery {
    /// Minute, hour, day of the month, month and day of the week.
    pub cron: String,
    /// A name of the IANA time zone database.
    pub time_zone: String,
}

/// The next due times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Preview {
    /// The next five, each with the offset of the schedule's zone (RFC 3339).
    pub next: Vec<String>,
}
