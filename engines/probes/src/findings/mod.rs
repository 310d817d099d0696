//! Findings: what is wrong with an origin, by rules that look at an observation only.

mod catalogue;
mod content;
mod cookies;
mod csp;
mod cvss;
mod disclosure;
mod headers;
mod security_txt;
mod transport;

pub use catalogue::{CATALOGUE, Rule};
pub use cvss::base_score;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::document::Page;
use crate::observation::{Observation, Response, Visit};
use crate::summary::without_query;
use crate::text::excerpt;

/// The longest evidence, in characters.
const MAX_EVIDENCE: usize = 300;

/// How much a finding matters: the qualitative rating of its CVSS base score, `Info` for a score of 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// No impact by itself.
    Info,
    /// 0.1 to 3.9
    Low,
    /// 4.0 to 6.9
    Medium,
    /// 7.0 to 8.9
    High,
    /// 9.0 to 10.0
    Critical,
}

/// Something wrong, with what shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable identifier of the rule, for example `SBH-CSP-001`.
    pub id: String,
    /// What is wrong.
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// CVSS v3.1 base vector.
    pub cvss: String,
    /// Number in the Common Weakness Enumeration.
    pub cwe: u32,
    /// What was seen.
    pub evidence: String,
    /// Where it was seen, without query.
    pub location: String,
    /// What to do.
    pub remediation: String,
    /// Where the rule comes from.
    pub reference: String,
}

/// What rules get: the observation, the page judged, and its parsed content.
struct Subject<'a> {
    observation: &'a Observation,
    visit: &'a Visit,
    page: Page,
    findings: Vec<Finding>,
}

impl Subject<'_> {
    fn response(&self) -> &Response {
        &self.visit.response
    }

    fn is_secure(&self) -> bool {
        self.visit.response.url.scheme() == "https"
    }

    /// Reports `rule` on the page.
    fn report(&mut self, rule: &Rule, evidence: impl AsRef<str>) {
        let url = self.visit.response.url.clone();
        self.report_at(rule, evidence, &url);
    }

    /// Reports `rule` on `url`.
    fn report_at(&mut self, rule: &Rule, evidence: impl AsRef<str>, url: &Url) {
        self.findings.push(rule.finding(excerpt(evidence.as_ref(), MAX_EVIDENCE), without_query(url)));
    }

    fn report_if(&mut self, applies: bool, rule: &Rule, evidence: impl AsRef<str>) {
        if applies {
            self.report(rule, evidence);
        }
    }
}

/// All findings of an observation, worst first, then by identifier.
pub fn judge(observation: &Observation) -> Vec<Finding> {
    let Some(visit) = observation.page() else { return Vec::new() };
    let page = if visit.response.is_html() { Page::parse(&visit.response.body) } else { Page::default() };
    let mut subject = Subject { observation, visit, page, findings: Vec::new() };
    csp::judge(&mut subject);
    cookies::judge(&mut subject);
    transport::judge(&mut subject);
    content::judge(&mut subject);
    headers::judge(&mut subject);
    disclosure::judge(&mut subject);
    security_txt::judge(&mut subject);
    let mut findings = subject.findings;
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id.cmp(&b.id)));
    findings.dedup();
    findings
}
