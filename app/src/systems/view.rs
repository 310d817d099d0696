//! What the pages of systems show.

use crate::moment::Moment;
use hub::{
    gates,
    ids::{BenchmarkId, SystemId, ValidationId},
    lab::BenchmarkState,
    systems::{Environment, OwnershipMethod, PriceModel, System, SystemDetail},
};
use serde::{Deserialize, Serialize};

/// A part of the list of systems.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemsView {
    /// The systems, newest first.
    pub systems: Vec<SystemItem>,
    /// The cursor of the next part.
    pub next: Option<String>,
    /// The reader may register systems.
    pub may_write: bool,
}

/// A system in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemItem {
    /// The system with its environments.
    pub detail: SystemDetail,
    /// When it was registered.
    pub registered: Moment,
}

/// One system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemView {
    /// The system.
    pub system: System,
    /// Its environments with what is known of each.
    pub environments: Vec<EnvironmentRow>,
    /// The newest scorecard of each version in each environment, newest first.
    pub cards: Vec<CardRow>,
    /// The newest runs.
    pub runs: Vec<RunRow>,
    /// The reader may add environments.
    pub may_write: bool,
    /// The reader may start benchmarks.
    pub may_run: bool,
}

/// An environment with what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentRow {
    /// The environment.
    pub environment: Environment,
    /// The version that was measured or judged last.
    pub version: Option<String>,
    /// The last judgement of that version.
    pub judged: Option<Judged>,
    /// The overall score of its newest scorecard.
    pub score: Option<f64>,
    /// The overall scores of the last scorecards, oldest first.
    pub scores: Vec<Option<f64>>,
    /// The newest run.
    pub last_run: Option<RunRow>,
}

/// An environment as lists name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its stage, which gives it its colour.
    pub stage: String,
}

impl Named {
    /// Names an environment.
    pub fn of(environment: &Environment) -> Self {
        Self { name: environment.name.clone(), stage: environment.kind.as_str().to_owned() }
    }
}

/// A validation as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The validation.
    pub id: ValidationId,
    /// Where it stands.
    pub state: gates::ValidationState,
    /// The verdict, once it is finished.
    pub verdict: Option<gates::Verdict>,
}

/// A scorecard of a version in an environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardRow {
    /// The version.
    pub version: String,
    /// Where.
    pub environment: Named,
    /// The overall score.
    pub score: Option<f64>,
    /// Its grade.
    pub grade: Option<String>,
    /// The last judgement of the version there.
    pub judged: Option<Judged>,
    /// The run behind it.
    pub run: BenchmarkId,
    /// The tools that measured, if it was imported.
    pub imported: Option<String>,
    /// When it was measured.
    pub measured: Moment,
}

/// A run as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    /// The run.
    pub id: BenchmarkId,
    /// The version.
    pub version: String,
    /// Where.
    pub environment: Named,
    /// Where it stands.
    pub state: BenchmarkState,
    /// Why it failed or is invalid.
    pub reason: Option<String>,
    /// When it was over, or else when it was asked for.
    pub at: Moment,
}

/// One environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentView {
    /// Its system.
    pub system: System,
    /// The names and addresses of the environments beside it.
    pub beside: Vec<(String, String)>,
    /// The environment.
    pub environment: Environment,
    /// When it was registered.
    pub registered: Moment,
    /// How and when its ownership was shown.
    pub verified: Option<(OwnershipMethod, Moment)>,
    /// Who allowed the private address, why and when.
    pub allowed: Option<(String, String, Moment)>,
    /// What it costs, if somebody said so.
    pub prices: Option<PricesView>,
    /// What a check looks for.
    pub proof: Proof,
    /// The reader may check.
    pub may_check: bool,
    /// The reader may allow a private address.
    pub may_allow: bool,
    /// The reader may start benchmarks.
    pub may_run: bool,
}

impl EnvironmentView {
    /// The system that the environment belongs to.
    pub fn system_id(&self) -> SystemId {
        self.system.id
    }
}

/// What an environment costs, who said so and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PricesView {
    /// The prices.
    pub prices: PriceModel,
    /// Who set them.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// What a check of the ownership looks for, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The line of the file or the text of the record.
    pub line: String,
    /// Where the file is served.
    pub file_url: String,
    /// The name of the TXT record; none for an address without a name.
    pub record: Option<String>,
    /// The host is this machine or inside a private network, as far as its spelling tells.
    pub private: bool,
}
