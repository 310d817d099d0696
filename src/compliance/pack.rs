//! What goes into a pack, and the page that a person reads first.

use super::controls::{Control, EvidenceScope, controls};
use crate::{
    Error, Result,
    gates::{Check, CheckState, Inputs, Report, Validation},
    lab::{Benchmark, FindingView, Scorecard},
    platform::persons::Pseudonyms,
    systems::System,
};
use askama::Template;
use chrono::{DateTime, Utc};
use sbh_proof::{AuditTrail, PackBuilder, SigningKey};
use serde_json::json;

/// What the members of a pack's predicate mean; documented in `docs/evidence.md`.
pub const PREDICATE_TYPE: &str = "https://system-builder-hub.dev/evidence/v1";

/// The records of one validation.
pub(super) struct Records {
    pub scope: EvidenceScope,
    pub organisation: String,
    pub system: System,
    pub environment: String,
    pub validation: Validation,
    pub inputs: Inputs,
    pub report: Report,
    pub measured: Option<(Benchmark, Scorecard)>,
    pub trail: AuditTrail,
    pub made_by: String,
    pub made_at: DateTime<Utc>,
}

#[derive(Template)]
#[template(path = "evidence.html")]
struct IndexPage<'a> {
    records: &'a Records,
    controls: &'a [Control],
    findings: &'a [FindingView],
    key_id: String,
    verdict: &'a str,
}

impl IndexPage<'_> {
    fn word(&self, check: &Check) -> &'static str {
        match check.state {
            CheckState::Passed => "passed",
            CheckState::Failed => "failed",
            CheckState::Warned => "warning",
            CheckState::NotMeasured => "not measured",
        }
    }
}

/// A pack's contents before they are signed.
pub(super) struct Contents {
    predicate: String,
    files: Vec<(&'static str, String)>,
    trail: AuditTrail,
}

/// Writes down the records; `key_id` names what will sign them.
pub(super) fn contents(records: Records, key_id: String) -> Result<Contents> {
    let findings = records.measured.as_ref().and_then(|(benchmark, _)| benchmark.security.as_ref());
    let findings = findings.map(|security| security.findings.clone()).unwrap_or_default();
    let page = IndexPage {
        records: &records,
        controls: controls(records.scope),
        findings: &findings,
        key_id,
        verdict: records.report.verdict.as_str(),
    };
    let mut files = vec![("index.html", page.render().map_err(Error::internal)?)];
    for (name, value) in documents(&records, &findings)? {
        files.push((name, pretty(&value)?));
    }
    Ok(Contents { predicate: predicate(&records).to_string(), files, trail: records.trail })
}

impl Contents {
    /// Everything in which somebody may be named. The trail's entries are as they are stored, where nobody is.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(_, text)| text.as_str()).chain([self.predicate.as_str()])
    }

    /// The same with persons called by their numbers: a pack can't be rewritten when somebody is erased.
    pub fn pseudonymous(self, pseudonyms: &Pseudonyms) -> Self {
        let files = self.files.into_iter().map(|(name, text)| (name, pseudonyms.applied(text))).collect();
        Self { predicate: pseudonyms.applied(self.predicate), files, trail: self.trail }
    }
}

/// Signs the contents as a pack; gives its bytes and the names of its files.
pub(super) fn seal(contents: Contents, key: &SigningKey) -> Result<(Vec<u8>, Vec<String>)> {
    let mut builder = PackBuilder::new(PREDICATE_TYPE, serde_json::from_str(&contents.predicate)?);
    for (name, text) in contents.files {
        builder = builder.file(name, text.into_bytes()).map_err(Error::internal)?;
    }
    let packed = builder.audit(contents.trail).and_then(|builder| builder.seal(key)).map_err(Error::internal)?;
    let report = sbh_proof::verify(&packed, Some(&key.public_key())).map_err(Error::internal)?;
    Ok((packed, report.files.into_iter().map(|file| file.name).collect()))
}

fn predicate(records: &Records) -> serde_json::Value {
    json!({
        "scope": records.scope,
        "organisation": records.organisation,
        "system": { "id": records.system.id, "name": records.system.name },
        "environment": records.environment,
        "version": records.validation.version,
        "validation": records.validation.id,
        "verdict": records.report.verdict,
        "enforced": records.report.enforced,
        "madeBy": records.made_by,
        "madeAt": records.made_at,
        "controls": controls(records.scope),
    })
}

fn documents(records: &Records, findings: &[FindingView]) -> Result<Vec<(&'static str, serde_json::Value)>> {
    let mut documents = vec![
        ("verdict.json", serde_json::to_value(&records.report)?),
        ("inputs.json", serde_json::to_value(&records.inputs)?),
        ("golden-paths.json", serde_json::to_value(&records.inputs.golden_paths)?),
        ("findings.json", serde_json::to_value(findings)?),
        ("controls.json", serde_json::to_value(controls(records.scope))?),
    ];
    if let Some((benchmark, scorecard)) = &records.measured {
        documents.push(("benchmark.json", serde_json::to_value(benchmark)?));
        documents.push(("scorecard.json", serde_json::to_value(scorecard)?));
    }
    Ok(documents)
}

fn pretty(value: &serde_json::Value) -> Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(value)?))
}
