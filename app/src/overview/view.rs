//! What the overview shows.

use crate::{
    moment::Moment,
    systems::view::{EnvironmentRow, Named},
};
use hub::ids::SystemId;
use serde::{Deserialize, Serialize};

/// The overview.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OverviewView {
    /// What needs the reader, the most pressing first.
    pub needs: Vec<Need>,
    /// The newest systems.
    pub systems: Vec<SystemRow>,
    /// There are more systems than are shown.
    pub more: bool,
    /// The first five minutes, until all of them are done.
    pub start: Option<Start>,
}

/// A system with what is known of its environments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemRow {
    /// The system.
    pub id: SystemId,
    /// Its name.
    pub name: String,
    /// Its environments.
    pub environments: Vec<EnvironmentRow>,
}

/// Why something is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reason {
    /// A version is blocked.
    Blocked,
    /// A verdict could not be reached.
    Inconclusive,
    /// A validation could not be carried out.
    NotJudged,
    /// A schedule stopped, or its last run could not start.
    Schedule,
    /// A run failed.
    Failed,
    /// A run was measured but must not be scored.
    Invalid,
    /// Nobody showed whose an environment is.
    Unverified,
    /// Something is under way.
    Running,
}

/// One thing that needs the reader, or is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Why.
    pub reason: Reason,
    /// What: "Shop 1.4.0".
    pub subject: String,
    /// Where.
    pub environment: Named,
    /// In a sentence.
    pub words: String,
    /// Where to act.
    pub href: String,
    /// Since when.
    pub at: Moment,
}

/// The first five minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The steps in their order.
    pub steps: Vec<Step>,
}

impl Start {
    /// How many are done.
    pub fn done(&self) -> u64 {
        self.steps.iter().filter(|step| step.done).count() as u64
    }
}

/// One of the first steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which.
    pub kind: StepKind,
    /// Where it is done; none while an earlier step is missing.
    pub href: Option<String>,
    /// It was done.
    pub done: bool,
}

/// Which of the first steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepKind {
    /// A system with an environment.
    Register,
    /// The ownership of an environment.
    Verify,
    /// A benchmark.
    Benchmark,
    /// A golden path.
    GoldenPath,
    /// A policy.
    Policy,
    /// A validation.
    Validate,
    /// An evidence pack.
    Evidence,
}
