//! Golden paths, policies and validations, with their parsing.

mod golden_path;
mod policy;
mod validation;

pub use golden_path::{
    GoldenPath, JourneyCheck, JourneyProblem, JourneyRequest, JourneyRun, JourneyStep, NewGoldenPath,
};
pub use policy::{
    Comparison, Decision, GoldenPathRule, NewPolicy, Policy, PolicyDocument, Rule, RuleSubject, Severity, Threshold,
};
pub use validation::{
    Baseline, Check, CheckKind, CheckState, DryRun, Inputs, MeasuredCard, PathResult, Report, Validation,
    ValidationQuery, ValidationRequest, ValidationState, Verdict,
};
