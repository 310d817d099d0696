//! Statistics equal those of SciPy and statsmodels; `tests/fixtures/make.py` writes what they are compared with.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod bootstrap;
mod distributions;
mod families;
mod scalability;
mod tables;
mod two_samples;

use std::fmt::Debug;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The list of that name in a fixture.
fn cases<T: DeserializeOwned>(fixture: &str, name: &str) -> Vec<T> {
    let all: serde_json::Value = serde_json::from_str(fixture).unwrap();
    let cases: Vec<T> = serde_json::from_value(all[name].clone()).unwrap();
    assert!(!cases.is_empty(), "{name}");
    cases
}

/// Equal to `digits` relative precision, or both as good as 0.
#[track_caller]
fn same(found: f64, expected: f64, digits: f64, what: &impl Debug) {
    let allowed = digits * expected.abs() + f64::MIN_POSITIVE;
    assert!((found - expected).abs() <= allowed, "{found:e}, expected {expected:e}: {what:?}");
}

/// Which alternative a fixture means.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Alternative {
    TwoSided,
    Less,
    Greater,
}

impl From<Alternative> for sbh_stats::Alternative {
    fn from(given: Alternative) -> Self {
        match given {
            Alternative::TwoSided => Self::TwoSided,
            Alternative::Less => Self::Less,
            Alternative::Greater => Self::Greater,
        }
    }
}
