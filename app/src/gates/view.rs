//! What the pages of gates show.

use super::{budget::BudgetForm, path_form::PathForm, policy_form::PolicyForm};
use crate::{error::WireError, moment::Moment, systems::view::Judged};
use hub::{
    gates::{DryRun, GoldenPath, JourneyRun, NotCarried, PolicyDocument, Validation},
    ids::SystemId,
    systems::System,
};
use serde::{Deserialize, Serialize};

/// All gates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GatesView {
    /// A part of the systems, newest first.
    pub systems: Vec<GatedSystem>,
    /// The cursor of their next part.
    pub more_systems: Option<String>,
    /// A part of all validations, newest first.
    pub validations: Vec<ValidationRow>,
    /// The cursor of their next part.
    pub next: Option<String>,
    /// The reader may register systems.
    pub may_register: bool,
}

/// A system with its gates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GatedSystem {
    /// The system.
    pub system: System,
    /// Its policy in force.
    pub policy: Option<PolicyHead>,
    /// How many golden paths it has.
    pub paths: u64,
    /// The newest validation in each environment.
    pub verdicts: Vec<Verdicted>,
}

/// An environment with its newest validation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdicted {
    /// The environment's name.
    pub environment: String,
    /// The version that was validated.
    pub version: Option<String>,
    /// The validation.
    pub judged: Option<Judged>,
}

/// Which policy, by whom and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyHead {
    /// Its name.
    pub name: String,
    /// Its revision.
    pub revision: u32,
    /// It enforces nothing.
    pub dry_run: bool,
    /// Who wrote the revision.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// A validation as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValidationRow {
    /// The validation.
    pub judged: Judged,
    /// Its system's name.
    pub system: String,
    /// Its environment's name.
    pub environment: String,
    /// The version.
    pub version: String,
    /// The verdict in a sentence, or why there is none.
    pub summary: String,
    /// Who asked.
    pub by: String,
    /// When.
    pub asked: Moment,
}

/// The gates of a system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemGatesView {
    /// The system.
    pub system: System,
    /// Ids and names of its environments.
    pub environments: Vec<(String, String)>,
    /// Measured versions, newest first.
    pub versions: Vec<String>,
    /// Its golden paths.
    pub paths: Vec<PathRow>,
    /// Its policy in force.
    pub policy: Option<(PolicyHead, PolicyDocument)>,
    /// A part of its validations, newest first.
    pub validations: Vec<ValidationRow>,
    /// The cursor of the next part.
    pub next: Option<String>,
    /// The reader may write golden paths and policies.
    pub may_write: bool,
    /// The reader may validate.
    pub may_validate: bool,
}

/// A golden path with the time of its last change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathRow {
    /// The golden path.
    pub path: GoldenPath,
    /// When it was changed.
    pub changed: Moment,
}

/// The editor of a golden path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathView {
    /// The system.
    pub system: System,
    /// Ids and names of its environments.
    pub environments: Vec<(String, String)>,
    /// The golden path as it is kept; none for a new one.
    pub kept: Option<PathRow>,
    /// What stands in the editor.
    pub form: PathForm,
    /// What came of the last attempt.
    pub answer: Option<Result<PathAnswer, WireError>>,
    /// The reader may save.
    pub may_write: bool,
    /// The reader may make test runs.
    pub may_try: bool,
}

/// What came of an attempt in the editor of a golden path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PathAnswer {
    /// It is kept under this revision.
    Saved(u32),
    /// It was run.
    Tried(JourneyRun),
}

/// The editor of a policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyView {
    /// The system.
    pub system: System,
    /// The policy in force.
    pub policy: Option<PolicyHead>,
    /// What stands in the editor.
    pub draft: PolicyDraft,
    /// What came of the last attempt.
    pub answer: Option<Result<PolicyAnswer, WireError>>,
    /// The reader may save.
    pub may_write: bool,
}

/// A policy twice: as rows and as text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PolicyDraft {
    /// The rows.
    pub form: PolicyForm,
    /// The text.
    pub text: String,
    /// The text was sent, not the rows.
    pub from_text: bool,
    /// The budget that was sent, if one was.
    pub budget: Option<BudgetForm>,
}

/// What came of an attempt in the editor of a policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PolicyAnswer {
    /// It is in force under this revision.
    Saved(u32),
    /// What it would have said.
    Said(Vec<DryRunRow>),
    /// A budget became rules of the draft.
    Filled(Filled),
}

/// What became of a budget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filled {
    /// How many rules it gave.
    pub rules: u64,
    /// Its entries that became none.
    pub not_carried: Vec<NotCarried>,
    /// What has to be known of the rules.
    pub notes: Vec<String>,
}

/// What a policy would have said of an earlier version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DryRunRow {
    /// The version and the report.
    pub run: DryRun,
    /// When it was measured.
    pub measured: Moment,
}

/// A validation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValidationView {
    /// The validation with its inputs and its report.
    pub validation: Validation,
    /// Its system.
    pub system: System,
    /// Its environment's name.
    pub environment: String,
    /// When it was asked for.
    pub asked: Moment,
    /// When the verdict was there.
    pub finished: Option<Moment>,
    /// When the version was measured.
    pub measured: Option<Moment>,
    /// When each baseline was measured.
    pub baselines: Vec<Moment>,
    /// The validation as Markdown.
    pub markdown: String,
    /// Whether the stored inputs, judged again just now, give the same report; none when nobody asked.
    pub again: Option<bool>,
    /// The reader may validate again.
    pub may_validate: bool,
    /// The reader may make evidence packs.
    pub may_pack: bool,
}

impl ValidationView {
    /// The system's id.
    #[must_use]
    pub fn system_id(&self) -> SystemId {
        self.system.id
    }
}
