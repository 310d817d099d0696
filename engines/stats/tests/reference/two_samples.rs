use sbh_stats::Sample;
use sbh_stats::cliff::{Magnitude, cliffs_delta};
use sbh_stats::rank::{RankMethod, mann_whitney};
use sbh_stats::shift::hodges_lehmann;
use serde::Deserialize;

use crate::{Alternative, cases, same};

const FIXTURE: &str = include_str!("../fixtures/two_samples.json");

#[derive(Debug, Deserialize)]
struct Case {
    name: String,
    x: Vec<f64>,
    y: Vec<f64>,
    tests: Vec<Test>,
    shifts: Vec<Shift>,
    cliff: Cliff,
}

#[derive(Debug, Deserialize)]
struct Test {
    alternative: Alternative,
    method: String,
    u: f64,
    p: f64,
}

#[derive(Debug, Deserialize)]
struct Shift {
    confidence: f64,
    estimate: f64,
    low: f64,
    high: f64,
}

#[derive(Debug, Deserialize)]
struct Cliff {
    delta: f64,
    low: Option<f64>,
    high: Option<f64>,
}

/// Each case with its samples.
fn samples() -> impl Iterator<Item = (Case, Sample, Sample)> {
    cases::<Case>(FIXTURE, "cases").into_iter().map(|case| {
        let (x, y) = (Sample::new(&case.x).unwrap(), Sample::new(&case.y).unwrap());
        (case, x, y)
    })
}

#[test]
fn mann_whitney_probabilities() {
    let mut exact = 0;
    for (case, x, y) in samples() {
        for test in &case.tests {
            let method = match test.method.as_str() {
                "exact" => RankMethod::Exact,
                continuity => RankMethod::Approximate { continuity: continuity == "continuity" },
            };
            let found = mann_whitney(&x, &y, test.alternative.into(), method).unwrap();
            same(found.u, test.u, 1e-15, &(&case.name, test));
            same(found.p, test.p, 1e-9, &(&case.name, test));
            exact += usize::from(method == RankMethod::Exact);
        }
    }
    assert!(exact > 30, "{exact}");
}

#[test]
fn the_automatic_method_is_exact_for_small_samples_without_ties() {
    for (case, x, y) in samples() {
        let found = mann_whitney(&x, &y, sbh_stats::Alternative::TwoSided, RankMethod::Auto).unwrap();
        let countable = case.tests.iter().any(|test| test.method == "exact");
        let small = case.x.len().max(case.y.len()) < 50 || case.x.len().min(case.y.len()) <= 8;
        assert_eq!(found.method == RankMethod::Exact, countable && small, "{}", case.name);
    }
}

#[test]
fn samples_of_one_value_only_do_not_differ() {
    let (x, y) = (Sample::new(&[7.0; 6]).unwrap(), Sample::new(&[7.0; 5]).unwrap());
    for alternative in [Alternative::TwoSided, Alternative::Less, Alternative::Greater] {
        assert_eq!(mann_whitney(&x, &y, alternative.into(), RankMethod::Auto).unwrap().p, 1.0);
    }
    let shift = hodges_lehmann(&x, &y, 0.95).unwrap();
    assert_eq!((shift.estimate, shift.interval.low, shift.interval.high), (0.0, 0.0, 0.0));
}

#[test]
fn hodges_lehmann_shifts() {
    for (case, x, y) in samples() {
        for shift in &case.shifts {
            let found = hodges_lehmann(&x, &y, shift.confidence).unwrap();
            for (found, expected) in
                [(found.estimate, shift.estimate), (found.interval.low, shift.low), (found.interval.high, shift.high)]
            {
                assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}: {} {shift:?}", case.name);
            }
        }
    }
}

#[test]
fn a_shift_of_thousands_against_thousands_takes_no_list_of_all_differences() {
    let x = Sample::new(&(0..40_000).map(f64::from).collect::<Vec<_>>()).unwrap();
    let y = Sample::new(&(0..30_000).map(|value| f64::from(value) + 0.5).collect::<Vec<_>>()).unwrap();
    let shift = hodges_lehmann(&x, &y, 0.95).unwrap();
    // 1.2e9 differences, symmetric about the difference of the middles: 19 999.5 - 15 000.
    assert!((shift.estimate - 4999.5).abs() <= 0.5, "{shift:?}");
    assert!((shift.interval.low + shift.interval.high - 2.0 * 4999.5).abs() <= 1.0, "{shift:?}");
}

#[test]
fn cliffs_deltas() {
    for (case, x, y) in samples() {
        let found = cliffs_delta(&x, &y, 0.95).unwrap();
        assert!((found.delta - case.cliff.delta).abs() < 1e-12, "{} {found:?}", case.name);
        assert_eq!(found.interval.is_some(), case.cliff.low.is_some(), "{}", case.name);
        if let (Some(interval), Some(low), Some(high)) = (found.interval, case.cliff.low, case.cliff.high) {
            assert!(
                (interval.low - low).abs() < 1e-9 && (interval.high - high).abs() < 1e-9,
                "{} {found:?}",
                case.name
            );
            assert!(interval.low >= -1.0 && interval.high <= 1.0 && interval.contains(found.delta), "{}", case.name);
        }
    }
}

#[test]
fn magnitudes_begin_at_their_bounds() {
    for (delta, magnitude) in [
        (0.0, Magnitude::Negligible),
        (-0.146, Magnitude::Negligible),
        (0.147, Magnitude::Small),
        (-0.33, Magnitude::Medium),
        (0.473, Magnitude::Medium),
        (-0.474, Magnitude::Large),
        (1.0, Magnitude::Large),
    ] {
        assert_eq!(Magnitude::of(delta), magnitude, "{delta}");
    }
}
