//! The audit: look, judge, report.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rustls::RootCertStore;
use sbh_egress::Guard;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use url::Url;

use crate::compliance::{self, Check};
use crate::error::ProbeError;
use crate::findings::{self, Finding};
use crate::look;
use crate::observation::Observation;
use crate::observatory::{Observatory, PreloadList};
use crate::summary::Summary;
use crate::tls::TlsFacts;

/// How to look.
#[derive(Debug, Clone)]
pub struct Options {
    /// Least time between the starts of two requests.
    pub interval: Duration,
    /// Time limit of one request, from connecting to the end of the body.
    pub timeout: Duration,
    /// Most octets of a body that are read.
    pub body_limit: usize,
    /// Most redirects that are followed.
    pub max_redirects: usize,
    /// `User-Agent` header.
    pub user_agent: String,
    /// `Origin` of the CORS preflight: one that no site knows.
    pub cors_origin: String,
    /// A path that no site serves, to see its error page.
    pub missing_path: String,
    /// The HSTS preload list; if empty, membership is not measured.
    pub preload: PreloadList,
    /// Trusted roots; the Mozilla list if `None`.
    pub roots: Option<Arc<RootCertStore>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(1),
            timeout: Duration::from_secs(10),
            body_limit: 512 * 1024,
            max_redirects: 10,
            user_agent: format!("SystemBuilderHub-Probe/{}", env!("CARGO_PKG_VERSION")),
            cors_origin: "https://cors-probe.invalid".to_owned(),
            missing_path: "/this-page-does-not-exist-sbh-probe".to_owned(),
            preload: PreloadList::default(),
            roots: None,
        }
    }
}

impl Options {
    fn check(&self) -> Result<(), ProbeError> {
        let faults = [
            (self.timeout.is_zero(), "timeout", "must be more than zero"),
            (self.body_limit == 0, "body_limit", "must be at least 1 byte"),
            (self.max_redirects > 20, "max_redirects", "must be at most 20"),
            (!self.missing_path.starts_with('/'), "missing_path", "must start with /"),
            (!is_header_value(&self.user_agent), "user_agent", "must be visible ASCII"),
            (!is_header_value(&self.cors_origin), "cors_origin", "must be visible ASCII"),
        ];
        match faults.into_iter().find(|(wrong, ..)| *wrong) {
            Some((_, field, allowed)) => Err(ProbeError::Option { field, allowed }),
            None => Ok(()),
        }
    }
}

fn is_header_value(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Something that could not be measured, which is neither a pass nor a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotMeasured {
    /// What.
    pub what: String,
    /// Why not.
    pub why: String,
}

/// The security score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The Observatory's score limited to 0 to 100.
    pub clamped: i32,
    /// The Observatory's score, which bonus points lift above 100.
    pub uncapped: i32,
}

/// The result of looking at one origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// The address that was judged.
    pub target: Url,
    /// When looking began.
    pub started_at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Requests and TLS handshakes that were made.
    pub requests: u32,
    /// Score, grade and tests; `None` with the reason in `not_measured` if the origin cannot be scored.
    pub observatory: Option<Observatory>,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
    /// What laws and standards ask of a page.
    pub compliance: Vec<Check>,
    /// What is unknown.
    pub not_measured: Vec<NotMeasured>,
    /// TLS facts of the target's host.
    pub tls: Option<TlsFacts>,
    /// What was seen, without secrets.
    pub summary: Option<Summary>,
}

impl Audit {
    /// The score of the security dimension; `None` means not measured.
    pub fn score(&self) -> Option<Score> {
        let uncapped = self.observatory.as_ref()?.score;
        Some(Score { clamped: uncapped.clamp(0, 100), uncapped })
    }

    /// Judges an observation without any network.
    pub fn judge(observation: &Observation, preload: &PreloadList) -> Self {
        let mut not_measured = Vec::new();
        let observatory = Observatory::judge(observation, preload)
            .map_err(|why| not_measured.push(NotMeasured { what: "observatory".to_owned(), why: why.to_string() }))
            .ok();
        let findings = findings::judge(observation);
        Self {
            target: observation.target.clone(),
            started_at: observation.observed_at,
            duration_ms: 0,
            requests: 0,
            observatory,
            compliance: compliance::judge(observation, &findings),
            findings,
            not_measured,
            tls: observation.tls.clone(),
            summary: observation.page().map(Summary::of),
        }
    }
}

/// Looks at the origin of `target` as a visitor would, and judges what was seen.
///
/// At most: the page over each scheme with its redirects, a CORS preflight, `security.txt`, `robots.txt`, a page that does not exist, and two
/// TLS handshakes; never closer together than `Options::interval`.
///
/// # Errors
/// [`ProbeError`] if the target is not a web address, is refused by the guard, or does not answer at all.
pub async fn audit(target: &Url, guard: &Guard, options: &Options) -> Result<Audit, ProbeError> {
    options.check()?;
    if !matches!(target.scheme(), "http" | "https") || target.host_str().is_none_or(str::is_empty) {
        return Err(ProbeError::Target(format!("{} is not a web address", target.scheme())));
    }
    guard.check_url(target).map_err(|error| ProbeError::Refused(error.to_string()))?;
    let begun = Instant::now();
    let seen = look::look(target, guard, options, Utc::now()).await?;
    let mut audit = Audit::judge(&seen.observation, &options.preload);
    audit.not_measured.extend(seen.not_measured);
    audit.requests = seen.requests;
    audit.duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(audit)
}
