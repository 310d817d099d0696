//! Intervals cover the truth about as often as they say.

use sbh_stats::bootstrap::{Bootstrap, BootstrapMethod};
use sbh_stats::cliff::cliffs_delta;
use sbh_stats::distribution::normal;
use sbh_stats::proportion::wilson;
use sbh_stats::random::Random;
use sbh_stats::scalability::{FitIntervals, Load, Scalability, fit};
use sbh_stats::shift::hodges_lehmann;

use crate::{log_normal, sample};

/// The share of `times` in which a trial succeeds.
fn share(times: u32, mut trial: impl FnMut() -> bool) -> f64 {
    f64::from((0..times).map(|_| u32::from(trial())).sum::<u32>()) / f64::from(times)
}

/// Of 95 %, with what chance and small samples take off or add in the trials here.
#[track_caller]
fn about_95_percent(covered: f64) {
    assert!((0.925..=0.985).contains(&covered), "{covered}");
}

#[test]
fn shifts_with_exact_and_with_approximate_ranks() {
    let mut random = Random::seeded(1);
    for (first, second) in [(6, 7), (60, 55)] {
        about_95_percent(share(600, || {
            let x = sample(first, || 5.0 + random.normal());
            let y = sample(second, || random.normal());
            hodges_lehmann(&x, &y, 0.95).unwrap().interval.contains(5.0)
        }));
    }
}

#[test]
fn cliffs_delta_of_shifted_normal_values() {
    let mut random = Random::seeded(2);
    // P(X > Y) for normal values one standard deviation apart is Φ(1/√2).
    let truth = 2.0 * normal::cumulative(0.5_f64.sqrt()) - 1.0;
    about_95_percent(share(600, || {
        let x = sample(20, || 1.0 + random.normal());
        let y = sample(25, || random.normal());
        cliffs_delta(&x, &y, 0.95).unwrap().interval.unwrap().contains(truth)
    }));
}

#[test]
fn wilson_of_a_small_share() {
    let mut random = Random::seeded(3);
    about_95_percent(share(2000, || {
        let failures = (0..200).map(|_| u64::from(random.unit() < 0.03)).sum();
        wilson(failures, 200, 0.95).unwrap().contains(0.03)
    }));
}

#[test]
fn bootstrap_of_a_mean_of_skewed_values() {
    let mut random = Random::seeded(2026);
    let truth = (0.5_f64 * 0.5 / 2.0).exp();
    let mut trial = |method, seed| {
        let values = sample(50, || log_normal(&mut random, 1.0, 0.5));
        let settings = Bootstrap { resamples: 300, seed, confidence: 0.95, method };
        let mean = |values: &[f64]| values.iter().sum::<f64>() / 50.0;
        settings.estimate(&values, mean).unwrap().interval.contains(truth)
    };
    let mut seed = 0;
    for method in [BootstrapMethod::Percentile, BootstrapMethod::BiasCorrected] {
        let covered = share(500, || {
            seed += 1;
            trial(method, seed)
        });
        // With 50 values this skewed both fall a little short: 93 % in the long run.
        assert!((0.90..=0.96).contains(&covered), "{method:?} {covered}");
    }
}

#[test]
fn scalability_parameters_and_peak() {
    let law = Scalability { lambda: 1000.0, sigma: 0.03, kappa: 4e-4 };
    let peak = law.peak().unwrap();
    let mut random = Random::seeded(5);
    let mut fits: Vec<FitIntervals> = Vec::new();
    for _ in 0..400 {
        let mut measure = |n: f64| Load { concurrency: n, throughput: law.throughput(n) + 150.0 * random.normal() };
        let loads: Vec<Load> =
            [1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0].into_iter().map(&mut measure).collect();
        fits.push(fit(&loads, 0.95).unwrap().intervals.unwrap());
    }
    let covered = |covers: &dyn Fn(&FitIntervals) -> bool| {
        let mut fits = fits.iter();
        share(400, || fits.next().is_some_and(covers))
    };
    let parameters = [
        covered(&|found| found.lambda.contains(law.lambda)),
        covered(&|found| found.sigma.contains(law.sigma)),
        covered(&|found| found.kappa.contains(law.kappa)),
        covered(&|found| {
            found.peak.is_some_and(|found| {
                found.concurrency_low <= peak.concurrency
                    && found.concurrency_high.is_none_or(|high| peak.concurrency <= high)
            })
        }),
        covered(&|found| found.peak.is_some_and(|found| found.throughput.contains(peak.throughput))),
    ];
    assert!(parameters.iter().all(|share| (0.92..=0.98).contains(share)), "{parameters:?}");
}
