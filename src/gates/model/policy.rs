//! Policies and their rules.

use crate::{
    Result,
    error::Faults,
    ids::{PolicyId, SystemId},
    lab::metric_info,
    text,
};
use chrono::{DateTime, Utc};
use sbh_stats::Dimension;
use serde::{Deserialize, Serialize};

/// Most rules of a policy.
const RULES_MAX: usize = 100;
/// Most passing versions that a relative rule may look back on.
const BASELINE_MAX: u32 = 20;

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
