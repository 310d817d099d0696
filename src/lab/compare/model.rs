//! What a comparison is asked for, and what it found.

use crate::ids::{BenchmarkId, EnvironmentId, SubjectId, SystemId, TeardownId};
use sbh_stats::Dimension;
#[cfg(feature = "backend")]
use sbh_stats::Interval;
use serde::{Deserialize, Serialize};

/// What is compared with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct ComparisonQuery {
    /// The system or the teardown that the candidate is compared with.
    pub baseline: SubjectId,
    /// Its version; the one measured last when left out.
    #[serde(default)]
    pub baseline_version: Option<String>,
    /// Its environment; the one measured last when left out.
    #[serde(default)]
    pub baseline_environment_id: Option<EnvironmentId>,
    /// The system or the teardown that is judged.
    pub candidate: SubjectId,
    /// Its version; the one measured last when left out.
    #[serde(default)]
    pub candidate_version: Option<String>,
    /// Its environment; the one measured last when left out.
    #[serde(default)]
    pub candidate_environment_id: Option<EnvironmentId>,
}

/// A version that was measured, of a system in an environment or of a teardown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Measured {
    /// The system, unless it is a teardown.
    pub system_id: Option<SystemId>,
    /// The teardown, if it is one.
    pub teardown_id: Option<TeardownId>,
    /// The environment, unless it is a teardown.
    pub environment_id: Option<EnvironmentId>,
    /// The version.
    pub version: String,
    /// The newest benchmark of it.
    pub benchmark_id: Option<BenchmarkId>,
}

impl Measured {
    /// Whether the other is of the same subject, environment and version.
    #[cfg(feature = "backend")]
    pub(in crate::lab) fn is_of_the_same(&self, other: &Self) -> bool {
        let what = |it: &Self| Self { benchmark_id: None, ..it.clone() };
        what(self) == what(other)
    }

    /// What was measured.
    pub fn subject(&self) -> Option<SubjectId> {
        self.system_id.map(SubjectId::from).or(self.teardown_id.map(SubjectId::from))
    }
}

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Comparison {
    /// What the candidate is compared with.
    pub baseline: ComparedSide,
    /// What is judged.
    pub candidate: ComparedSide,
    /// Whether the two were measured in turns, so that what drifted on the way fell on both.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_turns: bool,
    /// The chance that any metric is called better or worse when none differs, 0 to 1 (Holm's adjustment).
    pub significance: f64,
    /// The metrics that both sides have, in the order of the scorecard; empty where the sides were measured differently.
    pub metrics: Vec<MetricComparison>,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ComparedSide {
    /// The system or the teardown.
    pub subject: SubjectId,
    /// The version.
    pub version: String,
    /// The environment, unless it is a teardown.
    pub environment_id: Option<EnvironmentId>,
    /// The benchmarks that take part, newest first; at most the newest 100 of the version, and of imported ones the newest
    /// alone: imports are no repetitions.
    pub benchmarks: Vec<BenchmarkId>,
    /// The tools that measured, if the benchmarks that take part were imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<String>,
    /// How many others of the version were run in another way: another load, time, request mix, protocol or device, or not
    /// in turns where those that take part were.
    pub measured_otherwise: u64,
}

/// What the repetitions say of one metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum MetricVerdict {
    /// The candidate is better, by enough to matter.
    Better,
    /// The candidate is worse, by enough to matter.
    Worse,
    /// Changes that matter are ruled out.
    NoDifference,
    /// The repetitions do not say.
    Inconclusive,
}

impl MetricVerdict {
    /// All of them, the worst first.
    pub const ALL: [Self; 4] = [Self::Worse, Self::Better, Self::NoDifference, Self::Inconclusive];

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::NoDifference => "no difference",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// One metric of a comparison. Differences are those of the candidate against the baseline, whichever is good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct MetricComparison {
    /// Its name in policies.
    pub metric: String,
    /// Its name for people.
    pub label: String,
    /// The symbol behind its values.
    pub unit: String,
    /// Whether more is better.
    pub higher_is_better: bool,
    /// Where it counts.
    #[cfg_attr(feature = "backend", schema(value_type = String))]
    pub dimension: Dimension,
    /// What follows.
    pub verdict: MetricVerdict,
    /// Why nothing follows, where it is inconclusive.
    pub reason: Option<String>,
    /// The baseline's repetitions.
    pub baseline: Repetitions,
    /// The candidate's repetitions.
    pub candidate: Repetitions,
    /// The difference in the metric's unit: the Hodges-Lehmann estimate.
    pub difference: Effect,
    /// The same as a share of the baseline's median; absent where that is 0.
    pub relative: Option<Effect>,
    /// The smallest difference that matters, in the metric's unit.
    pub relevant: f64,
    /// How much more often the candidate's value is the larger one than the smaller one, -1 to 1: Cliff's delta.
    pub cliffs_delta: f64,
    /// The two-sided Mann-Whitney probability, 0 to 1.
    pub p: f64,
    /// The same, adjusted by Holm for the metrics that had enough repetitions; absent where this one had not.
    pub adjusted_p: Option<f64>,
}

/// The repetitions of one side.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Repetitions {
    /// How many.
    pub count: u64,
    /// Their median, in the metric's unit.
    pub median: f64,
}

/// A difference with its confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Effect {
    /// The estimate.
    pub estimate: f64,
    /// The interval's lower bound.
    pub low: f64,
    /// The interval's upper bound.
    pub high: f64,
    /// How often such an interval holds the truth, 0 to 1; less than 0.95 where there are too few repetitions for it.
    pub confidence: f64,
}

#[cfg(feature = "backend")]
impl Effect {
    pub(in crate::lab) fn of(estimate: f64, interval: Interval) -> Self {
        Self { estimate, low: interval.low, high: interval.high, confidence: interval.confidence }
    }
}
