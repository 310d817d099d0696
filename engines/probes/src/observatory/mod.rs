//! The MDN HTTP Observatory, algorithm version 4: ten tests, a score, a grade.
//!
//! Rules and numbers are those of the npm package `@mdn/mdn-http-observatory` 1.4.8; `tests/fixtures/observatory.json` holds results
//! which that package gave, and a test compares them with ours.

mod cookies;
mod csp;
mod csp_parser;
mod headers;
mod outcome;
mod preload;
mod sri;
mod transport;

pub use outcome::Outcome;
pub use preload::PreloadList;

use serde::{Deserialize, Serialize};

use crate::document::Page;
use crate::observation::Observation;

/// Version of the scoring algorithm.
pub const ALGORITHM_VERSION: u32 = 4;
/// Bonus points count only from this score without bonus.
const EXTRA_CREDIT_FROM: i32 = 90;

/// Result of one test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// Name of the test, for example `content-security-policy`.
    pub id: String,
    /// Whether the test passed.
    pub pass: bool,
    /// Name of the result, for example `csp-not-implemented`.
    pub result: String,
    /// Points added to the score.
    pub score_modifier: i32,
    /// What the result means.
    pub explanation: String,
}

/// Score, grade and test results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observatory {
    /// Version of the scoring algorithm.
    pub algorithm_version: u32,
    /// Score from 0; bonus points lift it above 100.
    pub score: i32,
    /// Grade from `A+` to `F`.
    pub grade: String,
    /// The ten tests.
    pub tests: Vec<TestResult>,
}

/// Why an origin gets no score.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unscored {
    /// Neither scheme answered.
    #[error("the origin did not answer")]
    NoAnswer,
    /// The page answered with a status outside 200 to 399, 401 and 403.
    #[error("the page answered with status {0}; only 200 to 399, 401 and 403 are scored")]
    Status(u16),
}

impl Observatory {
    /// Judges what was observed.
    pub fn judge(observation: &Observation, preload: &PreloadList) -> Result<Self, Unscored> {
        let visit = observation.page().ok_or(Unscored::NoAnswer)?;
        let status = visit.response.status;
        if !(200..400).contains(&status) && status != 401 && status != 403 {
            return Err(Unscored::Status(status));
        }
        let page = Page::parse(&visit.response.body);
        let policy = csp::judge(observation, visit, &page);
        let outcomes = [
            ("content-security-policy", policy.outcome),
            ("cookies", cookies::judge(observation, visit, preload)),
            ("cross-origin-resource-sharing", headers::cors(observation.preflight.as_ref())),
            ("redirection", transport::redirection(observation, preload)),
            ("referrer-policy", headers::referrer_policy(&visit.response, &page)),
            ("strict-transport-security", transport::hsts(observation, preload)),
            ("subresource-integrity", sri::judge(observation, visit, &page)),
            ("x-content-type-options", headers::content_type_options(&visit.response)),
            ("x-frame-options", headers::frame_options(&visit.response, policy.has_frame_ancestors)),
            ("cross-origin-resource-policy", headers::resource_policy(&visit.response)),
        ];
        Ok(Self::from_outcomes(&outcomes))
    }

    fn from_outcomes(outcomes: &[(&str, Outcome)]) -> Self {
        let score = score(outcomes.iter().map(|(_, outcome)| outcome.modifier()));
        let tests = outcomes.iter().map(|(id, outcome)| TestResult {
            id: (*id).to_owned(),
            pass: outcome.pass(),
            result: outcome.id().to_owned(),
            score_modifier: outcome.modifier(),
            explanation: outcome.explanation().to_owned(),
        });
        Self { algorithm_version: ALGORITHM_VERSION, score, grade: grade(score).to_owned(), tests: tests.collect() }
    }
}

/// 100 plus all modifiers, never below 0; positive modifiers count only if the penalties leave at least 90.
fn score(modifiers: impl Iterator<Item = i32> + Clone) -> i32 {
    let base = 100 + modifiers.clone().filter(|modifier| *modifier < 0).sum::<i32>();
    if base < EXTRA_CREDIT_FROM { base.max(0) } else { 100 + modifiers.sum::<i32>() }
}

/// The grade chart: steps of five points, each letter 15 to 20 points wide.
fn grade(score: i32) -> &'static str {
    match score.clamp(0, 100) {
        100 => "A+",
        90..100 => "A",
        85..90 => "A-",
        80..85 => "B+",
        70..80 => "B",
        65..70 => "B-",
        60..65 => "C+",
        50..60 => "C",
        45..50 => "C-",
        40..45 => "D+",
        30..40 => "D",
        25..30 => "D-",
        _ => "F",
    }
}
