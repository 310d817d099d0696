use sbh_stats::table::{chi_square_test, fisher_exact};
use serde::Deserialize;

use crate::{Alternative, cases, same};

const FIXTURE: &str = include_str!("../fixtures/tables.json");

#[derive(Debug, Deserialize)]
struct ChiSquare {
    table: Vec<Vec<u64>>,
    yates: bool,
    statistic: f64,
    degrees: usize,
    p: f64,
    smallest_expected: f64,
}

#[test]
fn chi_square_tests() {
    for case in cases::<ChiSquare>(FIXTURE, "chi_square") {
        let rows: Vec<&[u64]> = case.table.iter().map(Vec::as_slice).collect();
        let found = chi_square_test(&rows, case.yates).unwrap();
        assert_eq!(found.degrees, case.degrees, "{case:?}");
        assert!((found.statistic - case.statistic).abs() <= 1e-9 * (1.0 + case.statistic), "{found:?} {case:?}");
        same(found.p, case.p, 1e-9, &case);
        same(found.smallest_expected, case.smallest_expected, 1e-12, &case);
    }
}

#[derive(Debug, Deserialize)]
struct Fisher {
    table: [[u64; 2]; 2],
    alternative: Alternative,
    p: f64,
    /// Computed with whole numbers.
    exact: Option<f64>,
    odds_ratio: Option<f64>,
}

#[test]
fn fisher_tests() {
    for case in cases::<Fisher>(FIXTURE, "fisher") {
        let found = fisher_exact(case.table, case.alternative.into()).unwrap();
        same(found.p, case.p, 1e-9, &case);
        if let Some(exact) = case.exact {
            same(found.p, exact, 1e-12, &case);
        }
        assert_eq!(found.odds_ratio.is_some(), case.odds_ratio.is_some(), "{found:?} {case:?}");
        if let (Some(found), Some(expected)) = (found.odds_ratio, case.odds_ratio) {
            same(found, expected, 1e-12, &case);
        }
    }
}
