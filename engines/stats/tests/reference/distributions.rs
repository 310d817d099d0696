use sbh_stats::distribution::{chi_square, normal, student};
use serde::Deserialize;

use crate::{cases, same};

const FIXTURE: &str = include_str!("../fixtures/distributions.json");

#[derive(Debug, Deserialize)]
struct Normal {
    z: f64,
    cumulative: f64,
    upper_tail: f64,
}

#[test]
fn normal_probabilities() {
    for case in cases::<Normal>(FIXTURE, "normal") {
        same(normal::cumulative(case.z), case.cumulative, 1e-12, &case);
        same(normal::upper_tail(case.z), case.upper_tail, 1e-12, &case);
    }
}

#[derive(Debug, Deserialize)]
struct Quantile {
    p: f64,
    z: f64,
}

#[test]
fn normal_quantiles() {
    for case in cases::<Quantile>(FIXTURE, "quantile") {
        same(normal::quantile(case.p).unwrap(), case.z, 1e-13, &case);
    }
    assert_eq!(normal::quantile(1.0), Ok(f64::INFINITY));
    assert_eq!(normal::quantile(0.0), Ok(f64::NEG_INFINITY));
    assert!(normal::quantile(f64::NAN).is_err() && normal::quantile(1.1).is_err());
}

#[derive(Debug, Deserialize)]
struct ChiSquare {
    statistic: f64,
    degrees: usize,
    p: f64,
}

#[test]
fn chi_square_probabilities() {
    for case in cases::<ChiSquare>(FIXTURE, "chi_square") {
        same(chi_square::upper_tail(case.statistic, case.degrees).unwrap(), case.p, 1e-11, &case);
    }
    assert_eq!(chi_square::upper_tail(f64::INFINITY, 3), Ok(0.0));
    assert_eq!(chi_square::upper_tail(5.0, 0), Ok(1.0));
    assert!(chi_square::upper_tail(-1.0, 1).is_err() && chi_square::upper_tail(f64::NAN, 1).is_err());
}

#[derive(Debug, Deserialize)]
struct Student {
    confidence: f64,
    degrees: usize,
    reach: f64,
}

#[test]
fn student_quantiles() {
    for case in cases::<Student>(FIXTURE, "student") {
        same(student::reach(case.confidence, case.degrees).unwrap(), case.reach, 1e-10, &case);
        same(student::within(case.reach, case.degrees), case.confidence, 1e-12, &case);
    }
    assert!(student::reach(0.95, 0).is_err() && student::reach(1.0, 3).is_err());
}
