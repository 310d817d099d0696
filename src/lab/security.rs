//! What the passive probes of a benchmark showed.

use serde::{Deserialize, Serialize};

/// What the passive probes showed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct SecuritySummary {
    /// The HTTP Observatory's score and tests; absent when the origin can't be scored.
    pub observatory: Option<ObservatoryView>,
    /// What is wrong, worst first.
    pub findings: Vec<FindingView>,
    /// What laws and standards ask of a page.
    #[serde(default)]
    pub compliance: Vec<ComplianceCheck>,
    /// What could not be seen.
    pub not_measured: Vec<Unmeasured>,
}

/// The HTTP Observatory's verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ObservatoryView {
    /// Score from 0; bonus points lift it above 100.
    pub score: i32,
    /// `A+` to `F`.
    pub grade: String,
    /// The ten tests.
    pub tests: Vec<ObservatoryTest>,
}

/// One of the HTTP Observatory's tests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ObservatoryTest {
    /// Which.
    pub id: String,
    /// Whether it passed; absent when it does not apply.
    pub pass: Option<bool>,
    /// What it found, as the Observatory names it.
    pub result: String,
    /// Points added or taken.
    pub score_modifier: i32,
    /// The same in a sentence.
    pub explanation: String,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct FindingView {
    /// Stable name of the rule.
    pub id: String,
    /// What is wrong.
    pub title: String,
    /// `info`, `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// CVSS base vector.
    pub cvss: String,
    /// Number in the Common Weakness Enumeration.
    pub cwe: u32,
    /// What was seen, secrets masked.
    pub evidence: String,
    /// Where.
    pub location: String,
    /// What to do.
    pub remediation: String,
    /// Where the rule comes from.
    pub reference: String,
}

/// One thing that a law or a standard asks of a page, as far as a visitor can see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ComplianceCheck {
    /// Stable name of the check.
    pub id: String,
    /// What should be so.
    pub title: String,
    /// Whether it is; absent where it could not be decided.
    pub kept: Option<bool>,
    /// What was seen, or why nothing was.
    pub evidence: String,
    /// What to do where it is not kept.
    pub remediation: String,
    /// The law or the standard behind it.
    pub reference: String,
}

/// Something that could not be measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Unmeasured {
    /// What.
    pub what: String,
    /// Why not.
    pub why: String,
}
