//! Golden paths, policies and validations, with their parsing.

use crate::{
    Error, Result,
    error::Faults,
    ids::{BenchmarkId, EnvironmentId, GoldenPathId, PolicyId, ScorecardId, SystemId, ValidationId},
    lab::{Metrics, metric_info},
    text,
};
use chrono::{DateTime, Utc};
use sbh_stats::Dimension;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most characters of a golden path's source.
const SOURCE_MAX: usize = 200_000;
/// Most rules of a policy.
const RULES_MAX: usize = 100;
/// Most passing versions that a relative rule may look back on.
const BASELINE_MAX: u32 = 20;

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

/// A version of the thresholds that a system's versions must meet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Policy {
    /// This revision of the policy.
    pub id: PolicyId,
    /// The system.
    pub system_id: SystemId,
    /// Counts up with each change, from 1.
    pub revision: u32,
    /// The thresholds.
    pub document: PolicyDocument,
    /// Who wrote it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A policy to be kept as the system's next revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPolicy {
    /// The system.
    pub system_id: SystemId,
    /// The thresholds.
    pub document: PolicyDocument,
}

/// Thresholds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(example = json!({
    "name": "Release", "rules": [
        { "id": "p95", "subject": { "metric": "latency.corrected.p95_ms" }, "threshold": { "at_most": 300 }, "key": true },
        { "id": "no-slower", "subject": { "metric": "latency.corrected.p95_ms" }, "threshold": { "relative": { "versions": 3, "max_worse_pct": 10 } } },
        { "id": "security", "subject": { "dimension": "security" }, "threshold": { "at_least": 70 }, "severity": "warn" }
    ]
})))]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// 1 to 100 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// How failed checks make a verdict.
    #[serde(default)]
    pub decision: Decision,
    /// With `true`, the verdict is shown and enforces nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// What golden paths count for.
    #[serde(default)]
    pub golden_paths: GoldenPathRule,
    /// With `true`, results that other tools measured count as well; otherwise a check of them is inconclusive.
    #[serde(default)]
    pub accept_imported: bool,
    /// The thresholds, 1 to 100 unless golden paths are required.
    #[cfg_attr(feature = "backend", schema(max_items = 100))]
    pub rules: Vec<Rule>,
}

/// How failed checks make a verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Decision {
    /// Every failed check of severity `block` blocks.
    #[default]
    Every,
    /// The weights of passed checks must reach this share of all weights, in percent. A failed key check blocks all the
    /// same.
    Total {
        /// 1 to 100.
        #[cfg_attr(feature = "backend", schema(minimum = 1, maximum = 100))]
        min_pct: f64,
    },
}

/// What golden paths count for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GoldenPathRule {
    /// There must be one, and each must pass.
    #[default]
    Required,
    /// Those that exist must pass.
    IfPresent,
    /// A failed one warns.
    Warn,
    /// They are not run.
    Off,
}

/// One threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, unique in the policy: letters, digits, `.`, `_` and `-`.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 60, pattern = "^[A-Za-z0-9._-]+$"))]
    pub id: String,
    /// What is judged.
    pub subject: RuleSubject,
    /// What is allowed.
    pub threshold: Threshold,
    /// What a failure does.
    #[serde(default)]
    pub severity: Severity,
    /// Whether a failure blocks whatever the total says.
    #[serde(default)]
    pub key: bool,
    /// Its share of a total, 1 to 1,000; 1 when left out.
    #[serde(default = "one")]
    #[cfg_attr(feature = "backend", schema(minimum = 1, maximum = 1_000))]
    pub weight: u32,
}

fn one() -> u32 {
    1
}

/// What a rule judges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RuleSubject {
    /// A metric by its key.
    Metric(String),
    /// A dimension's score, 0 to 100.
    #[cfg_attr(feature = "backend", schema(value_type = String))]
    Dimension(Dimension),
    /// The overall score, 0 to 100.
    Overall(bool),
}

/// What a rule allows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Threshold {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
    /// Not much worse than the median of the last versions that passed.
    Relative(Comparison),
}

/// A comparison with versions that passed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// How many of the last passing versions, 1 to 20.
    #[cfg_attr(feature = "backend", schema(minimum = 1, maximum = 20))]
    pub versions: u32,
    /// How much worse than their median is allowed, in percent, 0 to 1,000.
    #[cfg_attr(feature = "backend", schema(minimum = 0, maximum = 1_000))]
    pub max_worse_pct: f64,
}

/// What a failed check does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It blocks.
    #[default]
    Block,
    /// It is shown.
    Warn,
}

impl PolicyDocument {
    /// Checks and trims.
    ///
    /// # Errors
    /// Invalid, with a pointer per wrong field.
    pub fn parse(mut self) -> Result<Self> {
        let mut faults = Faults::default();
        self.name = faults.keep(text::line("/name", "Name", &self.name, 100)).unwrap_or_default();
        if let Decision::Total { min_pct } = self.decision
            && !(1.0..=100.0).contains(&min_pct)
        {
            faults.add("/decision/total/min_pct", "The total must be 1 % to 100 %.");
        }
        if self.rules.len() > RULES_MAX {
            faults.add("/rules", format!("A policy may have at most {RULES_MAX} rules."));
        }
        if self.rules.is_empty() && self.golden_paths != GoldenPathRule::Required {
            faults.add("/rules", "A policy that requires no golden path needs at least one rule.");
        }
        let mut ids = std::collections::BTreeSet::new();
        for (at, rule) in self.rules.iter().enumerate() {
            rule.check(&format!("/rules/{at}"), &mut faults);
            if !ids.insert(&rule.id) {
                faults.add(format!("/rules/{at}/id"), "Each rule needs an id of its own.");
            }
        }
        faults.finish()?;
        Ok(self)
    }

    /// The policy with more rules behind its own; an id that it has already gets a number.
    #[must_use]
    pub fn with_rules(mut self, more: Vec<Rule>) -> Self {
        for mut rule in more {
            let stem = rule.id.clone();
            let mut number = 2;
            while self.rules.iter().any(|known| known.id == rule.id) {
                rule.id = format!("{stem}-{number}");
                number += 1;
            }
            self.rules.push(rule);
        }
        self
    }

    /// How many passing versions the rules look back on.
    pub fn baseline_versions(&self) -> u32 {
        let versions = |rule: &Rule| match rule.threshold {
            Threshold::Relative(comparison) => comparison.versions,
            _ => 0,
        };
        self.rules.iter().map(versions).max().unwrap_or_default()
    }
}

impl Rule {
    fn check(&self, pointer: &str, faults: &mut Faults) {
        let named = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if self.id.is_empty() || self.id.len() > 60 || !self.id.chars().all(named) {
            faults.add(format!("{pointer}/id"), "Id must have 1 to 60 letters, digits, dots, hyphens or underscores.");
        }
        match &self.subject {
            RuleSubject::Metric(key) if metric_info(key).is_none() => {
                faults.add(
                    format!("{pointer}/subject/metric"),
                    format!("There is no metric {key:?}; the metrics are listed at /api/gate/metrics."),
                );
            }
            RuleSubject::Overall(false) => faults.add(format!("{pointer}/subject/overall"), "Overall must be true."),
            _ => {}
        }
        self.threshold.check(&format!("{pointer}/threshold"), faults);
        if !(1..=1_000).contains(&self.weight) {
            faults.add(format!("{pointer}/weight"), "Weight must be 1 to 1,000.");
        }
    }

    /// Whether more is better of what the rule judges.
    pub fn higher_is_better(&self) -> bool {
        match &self.subject {
            RuleSubject::Metric(key) => metric_info(key).is_some_and(|info| info.higher_is_better),
            RuleSubject::Dimension(_) | RuleSubject::Overall(_) => true,
        }
    }
}

impl Threshold {
    fn check(&self, pointer: &str, faults: &mut Faults) {
        match self {
            Self::AtMost(limit) | Self::AtLeast(limit) => {
                if !limit.is_finite() || *limit < 0.0 {
                    faults.add(pointer, "The limit must be a number of 0 or more.");
                }
            }
            Self::Relative(comparison) => {
                if !(1..=BASELINE_MAX).contains(&comparison.versions) {
                    faults
                        .add(format!("{pointer}/relative/versions"), format!("Versions must be 1 to {BASELINE_MAX}."));
                }
                if !(0.0..=1_000.0).contains(&comparison.max_worse_pct) {
                    faults
                        .add(format!("{pointer}/relative/max_worse_pct"), "The allowed change must be 0 % to 1,000 %.");
                }
            }
        }
    }
}

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
