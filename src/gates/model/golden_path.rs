//! Golden paths and their runs.

use crate::{
    Result,
    error::Faults,
    ids::{EnvironmentId, GoldenPathId, SystemId},
    text,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most characters of a golden path's source.
const SOURCE_MAX: usize = 200_000;

/// A critical user journey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct GoldenPath {
    /// The golden path.
    pub id: GoldenPathId,
    /// The system whose users go it.
    pub system_id: SystemId,
    /// Its name, unique in the system.
    pub name: String,
    /// The Hurl file.
    pub source: String,
    /// Values of its variables; `base_url` is the environment's.
    pub variables: BTreeMap<String, String>,
    /// How long it may take, in seconds.
    pub timeout_s: u32,
    /// How often it was changed, from 1.
    pub revision: u32,
    /// Who changed it last.
    pub updated_by: String,
    /// When.
    pub updated_at: DateTime<Utc>,
}

/// A golden path to be registered, or a new revision of the one with this name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(example = json!({
    "system_id": "01890a5d-ac96-774b-bcce-b302099a8057", "name": "Home", "source": "GET {{base_url}}/\nHTTP 200\n"
})))]
#[serde(deny_unknown_fields)]
pub struct NewGoldenPath {
    /// The system.
    #[cfg_attr(feature = "backend", schema(value_type = SystemId, required))]
    pub system_id: Option<SystemId>,
    /// 1 to 100 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// A Hurl file of up to 200,000 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 200_000))]
    pub source: String,
    /// Values of its variables.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// 1 to 600 seconds; 60 when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(minimum = 1, maximum = 600))]
    pub timeout_s: Option<u32>,
}

impl NewGoldenPath {
    /// Checks everything but the Hurl grammar.
    pub fn parse(mut self) -> Result<Self> {
        let mut faults = Faults::default();
        if self.system_id.is_none() {
            faults.add("/system_id", "Name the system.");
        }
        self.name = faults.keep(text::line("/name", "Name", &self.name, 100)).unwrap_or_default();
        let length = self.source.chars().count();
        if length == 0 || length > SOURCE_MAX {
            faults.add("/source", format!("Source must have 1 to {SOURCE_MAX} characters; it has {length}."));
        }
        if self.variables.len() > 100 {
            faults.add("/variables", "There may be at most 100 variables.");
        }
        let timeout = *self.timeout_s.get_or_insert(60);
        if !(1..=600).contains(&timeout) {
            faults.add("/timeout_s", format!("Timeout must be 1 s to 600 s; you sent {timeout} s."));
        }
        faults.finish()?;
        Ok(self)
    }
}

/// A journey to be tried without being kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JourneyRequest {
    /// Where it runs.
    #[cfg_attr(feature = "backend", schema(value_type = EnvironmentId, required))]
    pub environment_id: Option<EnvironmentId>,
    /// The Hurl file.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 200_000))]
    pub source: String,
    /// Values of its variables.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
}

/// What a journey did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct JourneyRun {
    /// Whether every assert held and nothing else went wrong.
    pub success: bool,
    /// From start to end, in milliseconds.
    pub duration_ms: u64,
    /// Requests in the file.
    pub steps_total: u64,
    /// The requests that were made.
    pub steps: Vec<JourneyStep>,
    /// What is wrong with the run as a whole.
    pub problems: Vec<JourneyProblem>,
}

impl JourneyRun {
    /// The first thing that went wrong, in a sentence.
    pub fn first_failure(&self) -> Option<String> {
        let of_step = |step: &JourneyStep| {
            let check = step.checks.iter().find(|check| !check.success);
            let check = check.map(|check| {
                format!("line {}: {}", check.line, check.message.clone().unwrap_or_else(|| check.source.clone()))
            });
            check.or_else(|| step.problems.first().map(|problem| problem.message.clone()))
        };
        self.problems.first().map(|problem| problem.message.clone()).or_else(|| self.steps.iter().find_map(of_step))
    }
}

/// One request of a journey.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct JourneyStep {
    /// Line of the request, from 1.
    pub line: u64,
    /// The method.
    pub method: String,
    /// The address, secrets masked.
    pub url: String,
    /// The status of the last response.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// How often it was tried.
    pub attempts: u32,
    /// Its asserts.
    pub checks: Vec<JourneyCheck>,
    /// What it captured, secrets masked.
    pub captures: BTreeMap<String, String>,
    /// What else went wrong.
    pub problems: Vec<JourneyProblem>,
}

/// One assert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct JourneyCheck {
    /// Line, from 1.
    pub line: u64,
    /// The line as written.
    pub source: String,
    /// Whether it held.
    pub success: bool,
    /// What was expected and what was seen, when it did not hold.
    pub message: Option<String>,
}

/// Something that went wrong in a journey.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct JourneyProblem {
    /// Line, if it has one.
    pub line: Option<u64>,
    /// A sentence.
    pub message: String,
}
