//! Gates: golden paths, policies, and the validation that allows or blocks a version.
//!
//! A validation gathers its inputs once, stores them, and judges them by [`evaluate`] alone; the same inputs give the same
//! report at any later time. What is missing never passes.

mod budgets;
#[cfg(feature = "backend")]
mod job;
mod markdown;
mod model;
mod policy_text;
mod rules;
#[cfg(feature = "backend")]
mod scheduled;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod sources;
#[cfg(feature = "backend")]
mod store;
#[cfg(test)]
mod tests;

pub use budgets::{ImportedPolicy, NewBudget, NotCarried};
#[cfg(feature = "backend")]
pub use job::ValidationHandler;
pub use markdown::markdown;
pub use model::{
    Baseline, Check, CheckKind, CheckState, Comparison, Decision, DryRun, GoldenPath, GoldenPathRule, Inputs,
    JourneyCheck, JourneyProblem, JourneyRequest, JourneyRun, JourneyStep, MeasuredCard, NewGoldenPath, NewPolicy,
    PathResult, Policy, PolicyDocument, Report, Rule, RuleSubject, Severity, Threshold, Validation, ValidationQuery,
    ValidationRequest, ValidationState, Verdict,
};
pub use policy_text::{line_of, read_policy};
pub use rules::evaluate;
#[cfg(feature = "backend")]
pub use service::Gates;
#[cfg(feature = "backend")]
pub(crate) use sources::check_journey;
