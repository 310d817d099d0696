use sbh_stats::holm::holm;
use sbh_stats::proportion::wilson;
use serde::Deserialize;

use crate::{cases, same};

const FIXTURE: &str = include_str!("../fixtures/families.json");

#[derive(Debug, Deserialize)]
struct Family {
    p: Vec<f64>,
    adjusted: Vec<f64>,
}

#[test]
fn holm_adjustments() {
    for case in cases::<Family>(FIXTURE, "holm") {
        let adjusted = holm(&case.p).unwrap();
        assert_eq!(adjusted.len(), case.adjusted.len());
        for (found, expected) in adjusted.into_iter().zip(&case.adjusted) {
            same(found, *expected, 1e-12, &case);
        }
    }
}

#[derive(Debug, Deserialize)]
struct Wilson {
    count: u64,
    trials: u64,
    confidence: f64,
    low: f64,
    high: f64,
}

#[test]
fn wilson_intervals() {
    for case in cases::<Wilson>(FIXTURE, "wilson") {
        let found = wilson(case.count, case.trials, case.confidence).unwrap();
        assert!((found.low - case.low).abs() < 1e-12 && (found.high - case.high).abs() < 1e-12, "{found:?} {case:?}");
        assert!(found.low >= 0.0 && found.high <= 1.0, "{case:?}");
    }
}
