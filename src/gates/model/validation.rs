//! Validations: what is asked, what is judged, and what comes of it.

use super::{JourneyRun, Policy, Severity};
use crate::{
    Error, Result,
    ids::{BenchmarkId, EnvironmentId, GoldenPathId, ScorecardId, SystemId, ValidationId},
    lab::Metrics,
};
use chrono::{DateTime, Utc};
use sbh_stats::Dimension;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is asked of the gates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ValidationRequest {
    /// The system.
    pub system_id: SystemId,
    /// The version.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub version: String,
    /// Where it was measured and where golden paths run; the system's only environment when left out.
    #[serde(default)]
    pub environment_id: Option<EnvironmentId>,
}

/// Where a validation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum ValidationState {
    /// Waits for a worker.
    Queued,
    /// Golden paths run.
    Running,
    /// Has a verdict.
    Finished,
    /// Could not be carried out; that allows nothing.
    Failed,
}

impl ValidationState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Queued, Self::Running, Self::Finished, Self::Failed];

    /// The text in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
        }
    }

    /// Reads the column.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether nothing more will happen.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Finished | Self::Failed)
    }
}

/// May this version be released?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum Verdict {
    /// Yes.
    Allowed,
    /// No: a check failed.
    Blocked,
    /// No: something that is needed is missing.
    Inconclusive,
}

impl Verdict {
    /// The text in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Blocked => "blocked",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// Reads the column.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Allowed, Self::Blocked, Self::Inconclusive].into_iter().find(|verdict| verdict.as_str() == text)
    }
}

/// A validation of all gates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Validation {
    /// The validation.
    pub id: ValidationId,
    /// The system.
    pub system_id: SystemId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The version.
    pub version: String,
    /// Where it stands.
    pub state: ValidationState,
    /// The verdict, once it is finished.
    pub verdict: Option<Verdict>,
    /// Whether the verdict binds; a dry run's does not.
    pub enforced: bool,
    /// What was judged.
    pub inputs: Option<Inputs>,
    /// How it was judged.
    pub report: Option<Report>,
    /// Why it failed, if it did.
    pub reason: Option<String>,
    /// Who asked.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When the verdict was there.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Everything that a verdict rests on; kept, so that it can be judged again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Inputs {
    /// The policy in force, if the system had one.
    pub policy: Option<Policy>,
    /// The version's measurement, if there was one.
    pub scorecard: Option<MeasuredCard>,
    /// The last versions that passed in the same environment, newest first.
    pub baselines: Vec<Baseline>,
    /// What each golden path did.
    pub golden_paths: Vec<PathResult>,
}

/// The part of a scorecard that gates judge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct MeasuredCard {
    /// The scorecard.
    pub id: ScorecardId,
    /// The benchmark behind it.
    pub benchmark_id: BenchmarkId,
    /// Overall score.
    pub score: Option<f64>,
    /// Scores of the measured dimensions.
    #[cfg_attr(feature = "backend", schema(value_type = std::collections::BTreeMap<String, f64>))]
    pub dimensions: BTreeMap<Dimension, f64>,
    /// Why a dimension was not measured.
    #[cfg_attr(feature = "backend", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub not_measured: BTreeMap<Dimension, String>,
    /// Measured metrics.
    pub metrics: Metrics,
    /// The tools that measured, if it was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<String>,
    /// When it was measured.
    pub measured_at: DateTime<Utc>,
}

/// A version that passed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Baseline {
    /// The version.
    pub version: String,
    /// The validation that allowed it.
    pub validation_id: ValidationId,
    /// Its measurement.
    pub card: MeasuredCard,
}

/// What a golden path did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct PathResult {
    /// The golden path.
    pub id: GoldenPathId,
    /// Its name.
    pub name: String,
    /// Which revision ran.
    pub revision: u32,
    /// What it did; absent when it could not be run.
    pub run: Option<JourneyRun>,
    /// Why it could not be run.
    pub not_run: Option<String>,
}

/// How inputs were judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// Whether it binds.
    pub enforced: bool,
    /// The verdict in one sentence.
    pub summary: String,
    /// Every check, failed ones first.
    pub checks: Vec<Check>,
    /// Weight of passed checks by weight of all, in percent, where the policy decides by a total.
    pub total_pct: Option<f64>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Check {
    /// The rule's id, or `golden-path.ID`.
    pub id: String,
    /// What is checked, in words.
    pub title: String,
    /// What kind of check it is.
    pub kind: CheckKind,
    /// How it went.
    pub state: CheckState,
    /// What a failure does.
    pub severity: Severity,
    /// Whether a failure blocks whatever the total says.
    pub key: bool,
    /// Its share of a total.
    pub weight: u32,
    /// The measured value with its unit, or why there is none.
    pub measured: String,
    /// What is allowed, with its unit.
    pub allowed: String,
    /// The measured number, if there is one.
    pub value: Option<f64>,
    /// The limit that it was compared with, if there is one.
    pub limit: Option<f64>,
    /// What to do, unless it passed.
    pub advice: Option<String>,
    /// The dimension that it counts for.
    #[cfg_attr(feature = "backend", schema(value_type = Option<String>))]
    pub dimension: Option<Dimension>,
    /// The tools that measured the value, if it was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<String>,
}

/// What kind of check it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// Something that must be there at all.
    Precondition,
    /// A threshold of the policy.
    Rule,
    /// A golden path.
    GoldenPath,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It failed.
    Failed,
    /// It could not be judged.
    NotMeasured,
    /// It failed, and warns.
    Warned,
    /// It passed.
    Passed,
}

/// What a policy would have said of an earlier version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct DryRun {
    /// The version.
    pub version: String,
    /// What was measured.
    pub scorecard_id: ScorecardId,
    /// When.
    pub measured_at: DateTime<Utc>,
    /// How the policy would have judged it; golden paths as they went when the version was validated last.
    pub report: Report,
}

/// Which validations are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct ValidationQuery {
    /// `next_cursor` of the page before.
    #[cfg_attr(feature = "backend", param(value_type = Option<uuid::Uuid>))]
    pub cursor: Option<String>,
    /// Most rows wanted, 1 to 200; 50 when left out.
    #[cfg_attr(feature = "backend", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// Only validations of this system.
    pub system_id: Option<SystemId>,
}

impl ValidationQuery {
    /// The part of the list.
    pub fn page(&self) -> crate::page::PageRequest {
        crate::page::PageRequest { cursor: self.cursor.clone(), limit: self.limit }
    }
}

impl Validation {
    /// The verdict of a finished validation.
    ///
    /// # Errors
    /// Conflict when there is none.
    pub fn report(&self) -> Result<&Report> {
        let missing =
            || Error::conflict(self.reason.clone().unwrap_or_else(|| "The validation is not finished.".to_owned()));
        self.report.as_ref().ok_or_else(missing)
    }
}
