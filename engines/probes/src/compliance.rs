//! Compliance checks: what laws and standards ask of a public page and a visitor can see. They are signs, no legal advice: whether a rule applies
//! to somebody is theirs to say, and that a notice is linked says nothing of its text.

use serde::{Deserialize, Serialize};

use crate::document::{Link, Page};
use crate::findings::Finding;
use crate::observation::{Observation, Response, Visit};
use crate::text::excerpt;

/// The longest evidence, in characters.
const MAX_EVIDENCE: usize = 300;

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is as it should be.
    Kept,
    /// It is not.
    Missed,
    /// It could not be seen, or there is nothing to keep.
    Undecided,
}

/// One check with what shows its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Stable identifier, for example `SBH-COM-001`.
    pub id: String,
    /// What should be so.
    pub title: String,
    /// What was found.
    pub outcome: Outcome,
    /// What was seen, or why nothing was.
    pub evidence: String,
    /// What to do where it was missed.
    pub remediation: String,
    /// The law or the standard behind it.
    pub reference: String,
}

struct Rule {
    id: &'static str,
    title: &'static str,
    remediation: &'static str,
    reference: &'static str,
}

const TRANSPORT: Rule = Rule {
    id: "SBH-COM-001",
    title: "The page comes over HTTPS, with a valid certificate and no TLS before 1.2",
    remediation: "Serve everything over HTTPS with a certificate that browsers trust, and switch TLS 1.0 and 1.1 off.",
    reference: "Regulation (EU) 2016/679, article 32(1)(a); RFC 9325",
};
const SECURITY_TXT: Rule = Rule {
    id: "SBH-COM-002",
    title: "security.txt says where security problems are reported",
    remediation: "Publish /.well-known/security.txt with Contact and Expires.",
    reference: "RFC 9116",
};
const ROBOTS: Rule = Rule {
    id: "SBH-COM-003",
    title: "robots.txt can be read by crawlers",
    remediation: "Serve /robots.txt as plain text with one rule on a line, or answer 404 if everything may be crawled.",
    reference: "RFC 9309",
};
const PRIVACY_NOTICE: Rule = Rule {
    id: "SBH-COM-004",
    title: "The page links to a privacy notice",
    remediation: "Link to the notice that says which personal data are processed, why and for how long.",
    reference: "Regulation (EU) 2016/679, articles 12 and 13",
};
const LEGAL_NOTICE: Rule = Rule {
    id: "SBH-COM-005",
    title: "The page links to a legal notice or to terms",
    remediation: "Link to a page that names who offers the service, or to its terms.",
    reference: "Directive 2000/31/EC, article 5",
};
const CONTACT: Rule = Rule {
    id: "SBH-COM-006",
    title: "The page says how to get in touch",
    remediation: "Link to a contact page or to an e-mail address.",
    reference: "Directive 2000/31/EC, article 5(1)(c)",
};

/// Words by which links to a privacy notice are known, in lower case; parts of addresses among them.
const PRIVACY_WORDS: [&str; 14] = [
    "privacy",
    "data protection",
    "data-protection",
    "datenschutz",
    "confidentialit",
    "vie privée",
    "privacidad",
    "riservatezza",
    "integritetspolicy",
    "prywatno",
    "tietosuoja",
    "personvern",
    "プライバシー",
    "隐私",
];
const LEGAL_WORDS: [&str; 15] = [
    "imprint",
    "impressum",
    "legal",
    "mentions légales",
    "aviso legal",
    "note legali",
    "terms",
    "conditions",
    "nutzungsbedingungen",
    "geschäftsbedingungen",
    "colofon",
    "condiciones",
    "condizioni",
    "villkor",
    "利用規約",
];
const CONTACT_WORDS: [&str; 7] =
    ["contact", "kontakt", "contatt", "get in touch", "お問い合わせ", "联系", "yhteystiedot"];

/// Every check of an observation, in a fixed order. `findings` are those of the same observation.
pub(crate) fn judge(observation: &Observation, findings: &[Finding]) -> Vec<Check> {
    let page = observation.page().filter(|visit| visit.response.is_html());
    let parsed = page.map(|visit| Page::parse(&visit.response.body));
    let links = |rule, words: &[&str], schemes: &[&str]| linked(rule, page, parsed.as_ref(), words, schemes);
    vec![
        transport(observation),
        security_txt(observation, findings),
        robots(observation.robots.as_ref()),
        links(&PRIVACY_NOTICE, &PRIVACY_WORDS, &[]),
        links(&LEGAL_NOTICE, &LEGAL_WORDS, &[]),
        links(&CONTACT, &CONTACT_WORDS, &["mailto:", "tel:"]),
    ]
}

fn check(rule: &Rule, outcome: Outcome, evidence: impl AsRef<str>) -> Check {
    Check {
        id: rule.id.to_owned(),
        title: rule.title.to_owned(),
        outcome,
        evidence: excerpt(evidence.as_ref(), MAX_EVIDENCE),
        remediation: rule.remediation.to_owned(),
        reference: rule.reference.to_owned(),
    }
}

fn transport(observation: &Observation) -> Check {
    let Some(tls) = &observation.tls else {
        let plain = observation.https.is_none() && observation.http.is_some();
        return match (plain, observation.is_loopback()) {
            (true, false) => check(&TRANSPORT, Outcome::Missed, "the page came over plain HTTP"),
            (true, true) => check(&TRANSPORT, Outcome::Undecided, "plain HTTP on this machine, where none is expected"),
            (false, _) => check(&TRANSPORT, Outcome::Undecided, "the TLS connection was not seen"),
        };
    };
    let Some(certificate) = &tls.certificate else {
        return check(&TRANSPORT, Outcome::Undecided, "the certificate could not be parsed");
    };
    let expired = observation.observed_at > certificate.not_after || observation.observed_at < certificate.not_before;
    let wrong = [
        (!certificate.matches_host, "the certificate is for another host".to_owned()),
        (expired, format!("the certificate is valid from {} to {}", certificate.not_before, certificate.not_after)),
        (certificate.chain_problem.is_some(), certificate.chain_problem.clone().unwrap_or_default()),
        (tls.accepts_tls10 == Some(true), "TLS 1.0 is accepted".to_owned()),
        (tls.accepts_tls11 == Some(true), "TLS 1.1 is accepted".to_owned()),
    ];
    let wrong: Vec<_> = wrong.into_iter().filter(|(applies, _)| *applies).map(|(_, words)| words).collect();
    match wrong.as_slice() {
        [] => check(&TRANSPORT, Outcome::Kept, format!("{}, {}", tls.protocol, certificate.issuer)),
        wrong => check(&TRANSPORT, Outcome::Missed, wrong.join("; ")),
    }
}

fn security_txt(observation: &Observation, findings: &[Finding]) -> Check {
    if observation.security_txt.is_none() {
        return check(&SECURITY_TXT, Outcome::Undecided, "it was not seen");
    }
    let wrong = findings.iter().filter(|finding| finding.id.starts_with("SBH-TXT-"));
    let titles: Vec<_> = wrong.map(|finding| finding.title.as_str()).collect();
    match titles.as_slice() {
        [] => check(&SECURITY_TXT, Outcome::Kept, "Contact and Expires are valid"),
        titles => check(&SECURITY_TXT, Outcome::Missed, titles.join("; ")),
    }
}

/// RFC 9309: a file that a client error hides allows everything (2.3.1.3); one behind a server error forbids everything (2.3.1.4).
fn robots(response: Option<&Response>) -> Check {
    let Some(response) = response else { return check(&ROBOTS, Outcome::Undecided, "it was not seen") };
    match response.status {
        400..=499 => check(&ROBOTS, Outcome::Undecided, "there is none: everything may be crawled"),
        200 if response.is_html() => check(&ROBOTS, Outcome::Missed, "a web page is served in its place"),
        200 => match response.body.lines().zip(1..).find(|(line, _)| !is_robots_line(line)) {
            None => check(&ROBOTS, Outcome::Kept, format!("{} lines", response.body.lines().count())),
            Some((line, number)) => check(&ROBOTS, Outcome::Missed, format!("line {number} is no rule: {line}")),
        },
        status => check(&ROBOTS, Outcome::Missed, format!("status {status}: crawlers take nothing")),
    }
}

/// RFC 9309, 2.2: a name, a colon and a value; anything after `#` is a comment. Names that are not known are ignored by crawlers.
fn is_robots_line(line: &str) -> bool {
    let rule = line.split('#').next().unwrap_or_default().trim_start_matches('\u{feff}').trim();
    let name = rule.split_once(':').map(|(name, _)| name.trim());
    rule.is_empty() || name.is_some_and(|name| !name.is_empty() && !name.contains(char::is_whitespace))
}

/// Whether a link of the page has one of the words in its text or its address, or begins with one of the schemes.
fn linked(rule: &Rule, visit: Option<&Visit>, page: Option<&Page>, words: &[&str], schemes: &[&str]) -> Check {
    let (Some(visit), Some(page)) = (visit, page) else {
        return check(rule, Outcome::Undecided, "the page is no HTML");
    };
    let is_meant = |link: &&Link| {
        let (text, address) = (link.text.to_lowercase(), link.address.trim().to_lowercase());
        words.iter().any(|word| text.contains(word) || address.contains(word))
            || schemes.iter().any(|scheme| address.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
    };
    if let Some(link) = page.links.iter().find(is_meant) {
        return check(rule, Outcome::Kept, format!("“{}” leads to {}", link.text.trim(), without_query(&link.address)));
    }
    if visit.response.truncated {
        return check(rule, Outcome::Undecided, "only the beginning of the page was read");
    }
    if page.links.is_empty() && !page.scripts.is_empty() {
        return check(rule, Outcome::Undecided, "the page has no links before its scripts run");
    }
    check(rule, Outcome::Missed, format!("none of {} links", page.links.len()))
}

/// An address as written, without what may be a secret.
fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}
