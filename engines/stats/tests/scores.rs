//! What a scorecard promises: monotone bounded curves, contributions that add up as displayed, honest coverage.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use sbh_stats::curve::{CURRENT, UNSCORED, VERSIONS, curve, curves};
use sbh_stats::score::{overall, score_dimension};
use sbh_stats::{Dimension, DimensionScore, Direction, Grade, Metric, Points, Sample, StatsError};

fn measured(dimension: Dimension, values: &[(Metric, f64)]) -> DimensionScore {
    DimensionScore::Measured(score_dimension(CURRENT, dimension, values).unwrap())
}

fn latencies(p50: f64, p95: f64, p99: f64) -> [(Metric, f64); 3] {
    [(Metric::LatencyP50, p50), (Metric::LatencyP95, p95), (Metric::LatencyP99, p99)]
}

#[test]
fn every_version_has_one_curve_per_metric_and_names_its_source() {
    assert_eq!(VERSIONS.last(), Some(&CURRENT));
    for version in VERSIONS {
        let table = curves(version).unwrap();
        for (index, one) in table.iter().enumerate() {
            assert!(table[index + 1..].iter().all(|other| other.metric != one.metric), "{} twice", one.metric);
            assert!(one.weight > 0 && one.source.len() > 20, "{}", one.metric);
        }
    }
    assert!(Metric::ALL.into_iter().all(|metric| curve(CURRENT, metric).is_ok()));
    assert!(matches!(curves("1999.1"), Err(StatsError::UnknownVersion { .. })));
}

#[test]
fn throughput_has_a_reason_and_no_curve() {
    assert!(UNSCORED.iter().any(|unscored| unscored.metric == "throughput" && !unscored.reason.is_empty()));
    assert!("throughput".parse::<Metric>().is_err());
}

#[test]
fn control_values_score_as_documented() {
    for (metric, value, expected) in [
        (Metric::LatencyP50, 100.0, 0.9),
        (Metric::LatencyP95, 1800.0, 0.5),
        (Metric::LatencyP99, 0.0, 1.0),
        (Metric::ErrorRate, 0.0, 1.0),
        (Metric::ErrorRate, 0.1, 0.9),
        (Metric::ErrorRate, 0.55, 0.7),
        (Metric::ErrorRate, 100.0, 0.0),
        (Metric::Availability, 99.9, 0.9),
        (Metric::Availability, 100.0, 1.0),
        (Metric::Availability, 0.0, 0.0),
        (Metric::Observatory, 75.0, 0.75),
        (Metric::Observatory, 130.0, 1.0),
    ] {
        let score = curve(CURRENT, metric).unwrap().score(value).unwrap();
        assert!((score - expected).abs() < 1e-9, "{metric} {value}: {score}");
    }
}

#[derive(serde::Deserialize)]
struct Lighthouse {
    vectors: Vec<Vector>,
}

#[derive(serde::Deserialize)]
struct Vector {
    values: BTreeMap<String, f64>,
    expected: Expected,
}

#[derive(serde::Deserialize)]
struct Expected {
    metrics: BTreeMap<String, f64>,
    category: f64,
}

/// Values and scores made with the npm package by `cargo xtask bench accuracy --only scores --write`.
#[test]
fn a_page_scores_as_in_lighthouse() {
    let kept: Lighthouse = serde_json::from_str(include_str!("fixtures/lighthouse.json")).unwrap();
    assert!(kept.vectors.len() >= 200, "{}", kept.vectors.len());
    for Vector { values, expected } in kept.vectors {
        let named = |name: &str| name.replace('-', "_").parse::<Metric>().unwrap();
        let given: Vec<(Metric, f64)> = values.iter().map(|(name, value)| (named(name), *value)).collect();
        for (name, score) in &expected.metrics {
            let ours = curve(CURRENT, named(name)).unwrap().score(values[name]).unwrap();
            assert!((ours - score).abs() < 1e-9, "{name} of {}: {ours}, in Lighthouse {score}", values[name]);
        }
        let ours = score_dimension(CURRENT, Dimension::Ux, &given).unwrap().score.as_f64() / 100.0;
        // Lighthouse rounds its category to hundredths.
        assert!((ours - expected.category).abs() <= 0.005 + 1e-9, "{ours}, in Lighthouse {}", expected.category);
    }
}

#[test]
fn the_score_is_the_weighted_mean() {
    let score = score_dimension(CURRENT, Dimension::Performance, &latencies(100.0, 1800.0, 1000.0)).unwrap();
    assert_eq!(score.score.to_string(), "70.0");
    assert_eq!(score.grade.letter(), "B");
    let points: Vec<_> = score.contributions.iter().map(|part| part.points.to_string()).collect();
    assert_eq!(points, ["22.5", "25.0", "22.5"]);
}

#[test]
fn a_missing_metric_is_named_and_its_weight_goes_to_the_others() {
    let score = score_dimension(CURRENT, Dimension::Reliability, &[(Metric::ErrorRate, 0.1)]).unwrap();
    assert_eq!(score.score.to_string(), "90.0");
    assert_eq!(score.missing, [Metric::Availability, Metric::Recovered, Metric::ServedBesideRude]);
    assert!((score.contributions[0].weight - 1.0).abs() < 1e-12);
}

#[test]
fn values_that_do_not_belong_are_refused() {
    let refuse = |dimension, values: &[(Metric, f64)]| score_dimension(CURRENT, dimension, values).unwrap_err();
    assert_eq!(refuse(Dimension::Performance, &[]), StatsError::Empty { field: "values" });
    assert!(matches!(
        refuse(Dimension::Security, &[(Metric::ErrorRate, 1.0)]),
        StatsError::WrongDimension { metric: "error_rate", dimension: "security" }
    ));
    assert!(matches!(
        refuse(Dimension::Reliability, &[(Metric::ErrorRate, 1.0), (Metric::ErrorRate, 2.0)]),
        StatsError::Repeated { .. }
    ));
    for value in [f64::NAN, f64::INFINITY, -0.1, 100.1] {
        refuse(Dimension::Reliability, &[(Metric::ErrorRate, value)]);
    }
}

#[test]
fn a_dimension_that_was_not_measured_neither_scores_nor_hides() {
    let security = measured(Dimension::Security, &[(Metric::Observatory, 80.0)]);
    let ux = DimensionScore::not_measured("No browser is installed.");
    let both = overall(CURRENT, &[(Dimension::Security, security.clone()), (Dimension::Ux, ux)]).unwrap();
    let alone = overall(CURRENT, &[(Dimension::Security, security)]).unwrap();
    assert_eq!(both.score, alone.score);
    assert_eq!(both.covered(), [Dimension::Security]);
    assert_eq!(both.not_covered.len(), 7);
    assert!(both.not_covered.iter().any(|gap| gap.dimension == Dimension::Ux && gap.reason.contains("browser")));
}

#[test]
fn nothing_measured_is_no_score_rather_than_zero() {
    let nothing = overall(CURRENT, &[]).unwrap();
    assert_eq!((nothing.score, nothing.grade), (None, None));
    assert_eq!(nothing.not_covered.len(), Dimension::ALL.len());
    assert!(overall("1999.1", &[]).is_err());
    let twice = DimensionScore::not_measured("down");
    assert!(overall(CURRENT, &[(Dimension::Ux, twice.clone()), (Dimension::Ux, twice)]).is_err());
}

#[test]
fn dimension_weights_are_a_percentage() {
    assert_eq!(Dimension::ALL.iter().map(|dimension| dimension.weight()).sum::<u32>(), 100);
}

#[test]
fn grades_follow_their_thresholds() {
    for (points, letter) in
        [(100.0, "A+"), (94.9, "A"), (90.0, "A"), (89.9, "A-"), (50.0, "C"), (24.9, "F"), (0.0, "F")]
    {
        assert_eq!(Grade::of(Points::new(points).unwrap()).letter(), letter, "{points}");
    }
}

#[test]
fn scores_survive_json() {
    let score = measured(Dimension::Performance, &latencies(123.4, 777.7, 1515.0));
    let whole = overall(CURRENT, &[(Dimension::Performance, score.clone())]).unwrap();
    let json = serde_json::to_value(&score).unwrap();
    assert_eq!(json["state"], "measured");
    assert_eq!(json["contributions"][0]["metric"], "latency_p50");
    assert_eq!(serde_json::from_value::<DimensionScore>(json).unwrap(), score);
    let text = serde_json::to_string(&whole).unwrap();
    assert_eq!(serde_json::from_str::<sbh_stats::Overall>(&text).unwrap(), whole);
    assert!(serde_json::from_str::<Points>("100.1").is_err());
}

/// Expected values from R's `quantile(c(15, 20, 35, 40, 50), type = 7)`.
#[test]
fn quantiles_are_type_seven() {
    let sample = Sample::new(&[50.0, 15.0, 40.0, 20.0, 35.0]).unwrap();
    for (p, expected) in [(0.0, 15.0), (0.25, 20.0), (0.4, 29.0), (0.5, 35.0), (0.95, 48.0), (1.0, 50.0)] {
        assert!((sample.quantile(p).unwrap() - expected).abs() < 1e-9, "{p}");
    }
    assert_eq!((sample.mean(), sample.median(), sample.mad()), (32.0, 35.0, 15.0));
    assert!((sample.std_dev().unwrap() - 14.404_860_290_887_934).abs() < 1e-12);
    assert_eq!(Sample::new(&[7.0]).unwrap().std_dev(), None);
    for p in [-0.01, 1.01, f64::NAN] {
        assert!(sample.quantile(p).is_err());
    }
    assert!(Sample::new(&[]).is_err() && Sample::new(&[1.0, f64::NAN]).is_err());
}

#[test]
fn huge_samples_values_do_not_overflow() {
    let sample = Sample::new(&[f64::MAX, f64::MAX, f64::MAX]).unwrap();
    assert_eq!((sample.mean(), sample.median()), (f64::MAX, f64::MAX));
}

fn any_metric() -> impl Strategy<Value = Metric> {
    prop::sample::select(Metric::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_better_value_never_scores_less(metric in any_metric(), a in 0.0..1.0f64, b in 0.0..1.0f64, decade in -3..6i32) {
        let curve = curve(CURRENT, metric).unwrap();
        let scale = if curve.unit.max().is_finite() { curve.unit.max() } else { 10f64.powi(decade) };
        let (low, high) = (a.min(b) * scale, a.max(b) * scale);
        let (at_low, at_high) = (curve.score(low).unwrap(), curve.score(high).unwrap());
        prop_assert!((0.0..=1.0).contains(&at_low) && (0.0..=1.0).contains(&at_high));
        match curve.direction {
            Direction::LowerIsBetter => prop_assert!(at_low >= at_high, "{low} {high}"),
            Direction::HigherIsBetter => prop_assert!(at_high >= at_low, "{low} {high}"),
        }
    }

    #[test]
    fn any_number_scores_within_bounds_or_is_refused(metric in any_metric(), value in any::<f64>()) {
        let curve = curve(CURRENT, metric).unwrap();
        match curve.score(value) {
            Ok(score) => prop_assert!((0.0..=1.0).contains(&score) && value >= 0.0 && value <= curve.unit.max()),
            Err(_) => prop_assert!(!value.is_finite() || value < 0.0 || value > curve.unit.max()),
        }
    }

    #[test]
    fn displayed_contributions_add_up(p50 in 0.0..1e4f64, p95 in 0.0..1e4f64, p99 in 0.0..1e4f64, count in 1..=3usize) {
        let values = latencies(p50, p95, p99);
        let score = score_dimension(CURRENT, Dimension::Performance, &values[..count]).unwrap();
        let shown: Points = score.contributions.iter().map(|part| part.points).sum();
        prop_assert_eq!(shown, score.score);
        let exact: f64 = score.contributions.iter().map(|part| part.score * part.weight * 100.0).sum();
        prop_assert!((score.score.as_f64() - exact).abs() <= 0.05 + 1e-6);
        for part in &score.contributions {
            prop_assert!((part.points.as_f64() - part.score * part.weight * 100.0).abs() < 0.1 + 1e-6);
        }
    }

    #[test]
    fn displayed_dimensions_add_up(p95 in 0.0..1e4f64, errors in 0.0..100.0f64, observatory in 0.0..150.0f64) {
        let scores = [
            (Dimension::Performance, measured(Dimension::Performance, &[(Metric::LatencyP95, p95)])),
            (Dimension::Reliability, measured(Dimension::Reliability, &[(Metric::ErrorRate, errors)])),
            (Dimension::Security, measured(Dimension::Security, &[(Metric::Observatory, observatory)])),
        ];
        let whole = overall(CURRENT, &scores).unwrap();
        prop_assert_eq!(whole.contributions.iter().map(|part| part.points).sum::<Points>(), whole.score.unwrap());
    }

    #[test]
    fn quantiles_ascend_within_the_sample(values in prop::collection::vec(-1e9..1e9f64, 1..50), a in 0.0..=1.0f64, b in 0.0..=1.0f64) {
        let sample = Sample::new(&values).unwrap();
        let (low, high) = (sample.quantile(a.min(b)).unwrap(), sample.quantile(a.max(b)).unwrap());
        prop_assert!(sample.min() <= low && low <= high && high <= sample.max());
        prop_assert!(sample.min() <= sample.mean() && sample.mean() <= sample.max());
        prop_assert!(sample.mad() >= 0.0 && sample.mad() <= sample.max() - sample.min());
    }
}
