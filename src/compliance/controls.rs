//! Which controls a validation's records speak to. A pack shows that a check was made and what it found; whether that
//! fulfils a control is the auditor's judgement.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// The framework that a pack is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum EvidenceScope {
    /// AICPA Trust Services Criteria 2017 (revised points of focus 2022).
    #[serde(rename = "SOC2")]
    Soc2,
    /// ISO/IEC 27001:2022, annex A.
    #[serde(rename = "ISO27001")]
    Iso27001,
    /// 45 CFR part 164, subpart C.
    #[serde(rename = "HIPAA")]
    Hipaa,
    /// PCI DSS 4.0.1.
    #[serde(rename = "PCI_DSS")]
    PciDss,
}

impl EvidenceScope {
    /// All frameworks.
    pub const ALL: [Self; 4] = [Self::Soc2, Self::Iso27001, Self::Hipaa, Self::PciDss];

    /// The name on the wire and in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Soc2 => "SOC2",
            Self::Iso27001 => "ISO27001",
            Self::Hipaa => "HIPAA",
            Self::PciDss => "PCI_DSS",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Soc2 => "SOC 2",
            Self::Iso27001 => "ISO 27001",
            Self::Hipaa => "HIPAA",
            Self::PciDss => "PCI DSS",
        }
    }

    /// Reads what a form or a column holds.
    ///
    /// # Errors
    /// Invalid, naming `/scope`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| Error::invalid("/scope", "Scope must be SOC2, ISO27001, HIPAA or PCI_DSS."))
    }
}

/// A control and the files of the pack that speak to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Control {
    /// Its number in the framework.
    pub id: &'static str,
    /// What it asks for, in our words.
    pub title: &'static str,
    /// The files.
    pub files: &'static [&'static str],
}

const VERDICT: &[&str] = &["verdict.json", "inputs.json"];
const SECURITY: &[&str] = &["findings.json", "verdict.json"];
const CAPACITY: &[&str] = &["benchmark.json", "scorecard.json"];
const TESTING: &[&str] = &["golden-paths.json", "verdict.json", "inputs.json"];
const AUDIT: &[&str] = &["audit/entries.jsonl", "audit/proofs.json", "audit/checkpoint"];

const fn control(id: &'static str, title: &'static str, files: &'static [&'static str]) -> Control {
    Control { id, title, files }
}

const SOC2: &[Control] = &[
    control("CC7.1", "Vulnerabilities and misconfigurations are looked for", SECURITY),
    control("CC8.1", "Changes are tested and authorised before they are released", TESTING),
    control("A1.1", "Capacity is measured against demand", CAPACITY),
    control("CC7.2", "Events are logged and can be examined", AUDIT),
];

const ISO27001: &[Control] = &[
    control("A.8.29", "Security is tested in development and acceptance", SECURITY),
    control("A.8.32", "Changes follow a procedure with acceptance tests", TESTING),
    control("A.8.6", "Capacity is monitored", CAPACITY),
    control("A.8.15", "Logs are produced, kept and protected", AUDIT),
];

const HIPAA: &[Control] = &[
    control("164.308(a)(8)", "Technical evaluation in response to changes", VERDICT),
    control("164.308(a)(1)(ii)(A)", "Risks and vulnerabilities are assessed", SECURITY),
    control("164.312(b)", "Activity is recorded and can be examined", AUDIT),
];

const PCI_DSS: &[Control] = &[
    control("6.5.1", "Changes are tested and approved before production", TESTING),
    control("6.4.1", "Public web applications are assessed for weaknesses", SECURITY),
    control("10.3", "Audit logs are protected from change", AUDIT),
];

/// The controls of a framework that a validation speaks to.
pub fn controls(scope: EvidenceScope) -> &'static [Control] {
    match scope {
        EvidenceScope::Soc2 => SOC2,
        EvidenceScope::Iso27001 => ISO27001,
        EvidenceScope::Hipaa => HIPAA,
        EvidenceScope::PciDss => PCI_DSS,
    }
}
