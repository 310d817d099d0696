use std::collections::BTreeMap;

use sbh_stats::bootstrap::{Bootstrap, BootstrapMethod};
use sbh_stats::{Sample, StatsError};
use serde::Deserialize;

use crate::{cases, same};

const FIXTURE: &str = include_str!("../fixtures/bootstrap.json");

#[derive(Debug, Deserialize)]
struct Case {
    sample: String,
    statistic: String,
    method: String,
    confidence: f64,
    seed: u64,
    resamples: usize,
    estimate: f64,
    standard_error: f64,
    /// SciPy's bounds from the same resamples.
    low: f64,
    high: f64,
    /// SciPy's bounds from 20 000 resamples of its own.
    own_low: f64,
    own_high: f64,
}

impl Case {
    fn settings(&self) -> Bootstrap {
        let method = match self.method.as_str() {
            "BCa" => BootstrapMethod::BiasCorrected,
            _ => BootstrapMethod::Percentile,
        };
        Bootstrap { resamples: self.resamples, seed: self.seed, confidence: self.confidence, method }
    }
}

fn mean(values: &[f64]) -> f64 {
    Sample::new(values).unwrap().mean()
}

fn statistic(name: &str) -> fn(&[f64]) -> f64 {
    match name {
        "median" => |values| Sample::new(values).unwrap().median(),
        "p90" => |values| Sample::new(values).unwrap().quantile(0.9).unwrap(),
        "variance" => |values| Sample::new(values).unwrap().std_dev().unwrap().powi(2),
        _ => mean,
    }
}

fn samples() -> BTreeMap<String, Sample> {
    let all: serde_json::Value = serde_json::from_str(FIXTURE).unwrap();
    let samples: BTreeMap<String, Vec<f64>> = serde_json::from_value(all["samples"].clone()).unwrap();
    samples.into_iter().map(|(name, values)| (name, Sample::new(&values).unwrap())).collect()
}

#[test]
fn bounds_from_the_same_resamples() {
    let samples = samples();
    for case in cases::<Case>(FIXTURE, "cases") {
        let found = case.settings().estimate(&samples[&case.sample], statistic(&case.statistic)).unwrap();
        same(found.estimate, case.estimate, 1e-12, &case);
        same(found.standard_error, case.standard_error, 1e-9, &case);
        same(found.interval.low, case.low, 1e-9, &case);
        same(found.interval.high, case.high, 1e-9, &case);
    }
}

/// Of a smooth statistic; bounds of 6000 resamples vary by about a hundredth of the interval.
#[test]
fn bounds_from_other_resamples_agree_within_their_noise() {
    let samples = samples();
    for case in cases::<Case>(FIXTURE, "cases").iter().filter(|case| case.statistic == "mean") {
        let settings = Bootstrap { resamples: 6000, seed: 2026, ..case.settings() };
        let found = settings.estimate(&samples[&case.sample], mean).unwrap().interval;
        let noise = 0.05 * (case.own_high - case.own_low);
        assert!((found.low - case.own_low).abs() < noise, "{found:?} {case:?}");
        assert!((found.high - case.own_high).abs() < noise, "{found:?} {case:?}");
    }
}

#[test]
fn what_cannot_be_resampled_is_refused() {
    let sample = Sample::new(&[1.0, 2.0, 3.0]).unwrap();
    let settings = Bootstrap { resamples: 200, ..Bootstrap::default() };
    let few = Bootstrap { resamples: 99, ..settings };
    assert!(matches!(few.estimate(&sample, mean), Err(StatsError::TooFew { .. })));
    assert!(matches!(settings.estimate(&Sample::new(&[1.0]).unwrap(), mean), Err(StatsError::TooFew { .. })));
    assert!(matches!(settings.estimate(&sample, |_| f64::NAN), Err(StatsError::NotFinite { .. })));
    assert!(Bootstrap { confidence: 1.0, ..settings }.estimate(&sample, mean).is_err());
    let equal = settings.estimate(&Sample::new(&[0.1; 7]).unwrap(), mean).unwrap();
    assert_eq!((equal.interval.low, equal.interval.high, equal.standard_error), (0.1, 0.1, 0.0));
}
