use sbh_stats::StatsError;
use sbh_stats::scalability::{Load, Scalability, fit};
use serde::Deserialize;

use crate::cases;

const FIXTURE: &str = include_str!("../fixtures/scalability.json");

#[derive(Debug, Deserialize)]
struct Case {
    concurrency: Vec<f64>,
    throughput: Vec<f64>,
    parameters: [f64; 3],
    half_widths: [f64; 3],
    squares: f64,
}

fn loads(concurrency: &[f64], throughput: impl Fn(usize, f64) -> f64) -> Vec<Load> {
    let load = |(index, n): (usize, &f64)| Load { concurrency: *n, throughput: throughput(index, *n) };
    concurrency.iter().enumerate().map(load).collect()
}

#[test]
fn least_squares_fits_and_their_intervals() {
    for case in cases::<Case>(FIXTURE, "cases") {
        let found = fit(&loads(&case.concurrency, |index, _| case.throughput[index]), 0.95).unwrap();
        let intervals = found.intervals.unwrap();
        let parameters = [
            (found.law.lambda, intervals.lambda.high),
            (found.law.sigma, intervals.sigma.high),
            (found.law.kappa, intervals.kappa.high),
        ];
        for ((value, high), (expected, half)) in
            parameters.into_iter().zip(case.parameters.into_iter().zip(case.half_widths))
        {
            assert!((value - expected).abs() <= 1e-6 * (expected + half), "{found:?} {case:?}");
            assert!((high - value - half).abs() <= 1e-5 * half, "{found:?} {case:?}");
        }
        assert!(found.squares <= case.squares * (1.0 + 1e-9), "{found:?} {case:?}");
    }
}

#[test]
fn parameters_are_recovered_from_exact_measurements() {
    let concurrency = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
    for (lambda, sigma, kappa) in [
        (1000.0, 0.02, 1e-4),
        (0.5, 0.3, 0.002),
        (1e7, 0.0, 1e-5),
        (12.0, 0.08, 0.0),
        (3.0, 0.0, 0.0),
        (40.0, 0.9, 0.05),
        (250.0, 1e-4, 1e-6),
    ] {
        let law = Scalability { lambda, sigma, kappa };
        for from in [0, 2] {
            let found = fit(&loads(&concurrency[from..], |_, n| law.throughput(n)), 0.95).unwrap().law;
            assert!((found.lambda / lambda - 1.0).abs() < 1e-6, "{found:?} {law:?}");
            assert!((found.sigma - sigma).abs() < 1e-6 * sigma.max(1e-3), "{found:?} {law:?}");
            assert!((found.kappa - kappa).abs() < 1e-6 * kappa.max(1e-3), "{found:?} {law:?}");
        }
    }
}

#[test]
fn three_loads_are_fitted_without_intervals_and_two_are_refused() {
    let law = Scalability { lambda: 10.0, sigma: 0.1, kappa: 0.01 };
    let three = loads(&[1.0, 4.0, 16.0], |_, n| law.throughput(n));
    let found = fit(&three, 0.95).unwrap();
    assert!((found.law.kappa - 0.01).abs() < 1e-9 && found.intervals.is_none(), "{found:?}");
    let two = loads(&[1.0, 4.0, 4.0, 4.0], |_, n| law.throughput(n));
    assert_eq!(fit(&two, 0.95), Err(StatsError::TooFew { field: "distinct concurrencies", needed: 3, given: 2 }));
}

#[test]
fn what_is_no_measurement_is_refused() {
    let measured = |concurrency: f64, throughput: f64| {
        let mut loads = loads(&[1.0, 2.0, 3.0], |_, n| n);
        loads.push(Load { concurrency, throughput });
        fit(&loads, 0.95)
    };
    assert!(measured(4.0, 4.0).is_ok());
    for (concurrency, throughput) in [(0.5, 1.0), (f64::NAN, 1.0), (4.0, -1.0), (4.0, f64::INFINITY)] {
        assert!(measured(concurrency, throughput).is_err(), "{concurrency} {throughput}");
    }
    assert!(matches!(fit(&loads(&[1.0, 2.0, 3.0], |_, _| 0.0), 0.95), Err(StatsError::Undefined { .. })));
    assert!(fit(&loads(&[1.0, 2.0, 3.0], |_, n| n), 1.0).is_err());
}
