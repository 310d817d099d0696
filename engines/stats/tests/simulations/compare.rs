//! Verdicts on simulated benchmarks.

use sbh_stats::compare::{
    ADVISED_REPETITIONS, Comparison, FEWEST_FOR_LOAD, FEWEST_REPETITIONS, Pair, Relevance, SIGNIFICANCE, Unclear,
    Verdict, compare, compare_family,
};
use sbh_stats::random::Random;
use sbh_stats::{Direction, Sample};

use crate::{log_normal, sample};

const REQUESTS: usize = 500;

/// The median, the 95th and the 99th percentile of each run of a benchmark.
struct Runs([Sample; 3]);

/// Runs whose latencies have a log-normal spread of 0.5 and whose medians drift by 2 % from run to run. `tail` is by
/// how much the 95th percentile is larger than that spread makes it.
fn runs(random: &mut Random, repetitions: usize, tail: f64) -> Runs {
    let mut of_runs = [const { Vec::new() }; 3];
    for _ in 0..repetitions {
        let median = log_normal(random, 100.0, 0.02);
        let spread = 0.5 + f64::ln(tail) / 1.644_853_626_951_472_2;
        let latencies = sample(REQUESTS, || log_normal(random, median, spread));
        for (values, p) in of_runs.iter_mut().zip([0.5, 0.95, 0.99]) {
            values.push(latencies.quantile(p).unwrap());
        }
    }
    Runs(of_runs.map(|values| Sample::new(&values).unwrap()))
}

fn compared(baseline: &Runs, candidate: &Runs, relevant: Relevance) -> Vec<Comparison> {
    let pairs = baseline.0.iter().zip(&candidate.0);
    let pairs: Vec<Pair<'_>> = pairs
        .map(|(baseline, candidate)| Pair { baseline, candidate, direction: Direction::LowerIsBetter, relevant })
        .collect();
    compare_family(&pairs, SIGNIFICANCE).unwrap()
}

fn flagged(comparison: &Comparison) -> bool {
    matches!(comparison.verdict, Verdict::Better | Verdict::Worse)
}

#[test]
fn equal_systems_are_seldom_called_different() {
    for (relevant, allowed) in [(Relevance::Relative(0.0), 10), (Relevance::default(), 10)] {
        let mut random = Random::seeded(2026);
        let wrong = (0..200)
            .filter(|_| {
                let baseline = runs(&mut random, ADVISED_REPETITIONS, 1.0);
                let candidate = runs(&mut random, ADVISED_REPETITIONS, 1.0);
                compared(&baseline, &candidate, relevant).iter().any(flagged)
            })
            .count();
        assert!(wrong <= allowed, "{wrong} of 200 with {relevant:?}");
    }
}

#[test]
fn a_tail_that_is_ten_percent_larger_is_caught() {
    for relevant in [Relevance::Relative(0.0), Relevance::default()] {
        let mut random = Random::seeded(2027);
        let (mut caught, mut reversed) = (0, 0);
        for _ in 0..100 {
            let baseline = runs(&mut random, ADVISED_REPETITIONS, 1.0);
            let candidate = runs(&mut random, ADVISED_REPETITIONS, 1.1);
            let of_p95 = compared(&baseline, &candidate, relevant)[1];
            caught += u32::from(of_p95.verdict == Verdict::Worse);
            reversed += u32::from(of_p95.verdict == Verdict::Better);
        }
        assert!(caught >= 90 && reversed == 0, "{caught} caught, {reversed} reversed with {relevant:?}");
    }
}

fn verdict(baseline: &[f64], candidate: &[f64], direction: Direction, relevant: Relevance) -> Comparison {
    let (baseline, candidate) = (Sample::new(baseline).unwrap(), Sample::new(candidate).unwrap());
    compare(Pair { baseline: &baseline, candidate: &candidate, direction, relevant }, SIGNIFICANCE).unwrap()
}

const STEADY: [f64; 6] = [100.0, 100.5, 101.0, 99.5, 99.0, 100.25];
const SLOWER: [f64; 6] = [110.0, 111.5, 109.0, 110.5, 112.0, 111.25];
const HARDLY_SLOWER: [f64; 6] = [102.0, 102.5, 103.0, 101.5, 101.75, 102.25];
const UNSTEADY: [f64; 6] = [80.0, 130.0, 95.0, 140.0, 70.0, 105.0];

#[test]
fn the_direction_says_which_way_is_better() {
    for (direction, up, down) in [
        (Direction::LowerIsBetter, Verdict::Worse, Verdict::Better),
        (Direction::HigherIsBetter, Verdict::Better, Verdict::Worse),
    ] {
        let found = verdict(&STEADY, &SLOWER, direction, Relevance::default());
        assert_eq!(found.verdict, up);
        assert!(found.shift.estimate > 0.0 && found.delta.delta == 1.0 && found.adjusted_p == Some(found.test.p));
        let relative = found.relative.unwrap();
        assert!((relative.estimate - found.shift.estimate / 100.125).abs() < 1e-12 && relative.interval.low > 0.08);
        assert_eq!(verdict(&SLOWER, &STEADY, direction, Relevance::default()).verdict, down);
    }
}

#[test]
fn changes_too_small_to_matter_are_no_difference_and_unclear_ones_are_inconclusive() {
    let against_steady = |candidate, relevant| verdict(&STEADY, candidate, Direction::LowerIsBetter, relevant).verdict;
    let imprecise = Verdict::Inconclusive { reason: Unclear::Imprecise };
    assert_eq!(against_steady(&HARDLY_SLOWER, Relevance::default()), Verdict::NoDifference);
    assert_eq!(against_steady(&HARDLY_SLOWER, Relevance::Relative(0.0)), Verdict::Worse);
    assert_eq!(against_steady(&HARDLY_SLOWER, Relevance::Absolute(1.5)), Verdict::Worse);
    assert_eq!(against_steady(&HARDLY_SLOWER, Relevance::Absolute(2.3)), imprecise);
    assert_eq!(against_steady(&STEADY, Relevance::default()), Verdict::NoDifference);
    assert_eq!(against_steady(&UNSTEADY, Relevance::default()), imprecise);
    assert_eq!(against_steady(&UNSTEADY, Relevance::Relative(0.0)), Verdict::NoDifference);
}

#[test]
fn a_baseline_of_zero_has_no_shares_and_every_change_matters() {
    let errors = |candidate: &[f64]| verdict(&[0.0; 8], candidate, Direction::LowerIsBetter, Relevance::default());
    let (none, some) = (errors(&[0.0; 8]), errors(&[0.1, 0.2, 0.1, 0.3, 0.2, 0.1, 0.4, 0.2]));
    assert_eq!((none.verdict, none.relative), (Verdict::NoDifference, None));
    assert_eq!((some.verdict, some.relative), (Verdict::Worse, None));
}

#[test]
fn too_few_repetitions_are_inconclusive_and_do_not_weigh_on_the_family() {
    let few = Sample::new(&SLOWER[..FEWEST_REPETITIONS - 1]).unwrap();
    let (steady, slower) = (Sample::new(&STEADY).unwrap(), Sample::new(&SLOWER).unwrap());
    let pair = |candidate| Pair {
        baseline: &steady,
        candidate,
        direction: Direction::LowerIsBetter,
        relevant: Relevance::default(),
    };
    let found = compare_family(&[pair(&few), pair(&slower)], SIGNIFICANCE).unwrap();
    let reason = Unclear::TooFewRepetitions { needed: 5, baseline: 6, candidate: 4 };
    assert_eq!((found[0].verdict, found[0].adjusted_p), (Verdict::Inconclusive { reason }, None));
    assert!(reason.to_string().contains("the candidate 4"));
    assert_eq!((found[1].verdict, found[1].adjusted_p), (Verdict::Worse, Some(found[1].test.p)));
}

#[test]
fn a_family_is_held_to_more_than_its_metrics_alone() {
    let (steady, slower) = (Sample::new(&STEADY[..5]).unwrap(), Sample::new(&SLOWER[..5]).unwrap());
    let pair = Pair {
        baseline: &steady,
        candidate: &slower,
        direction: Direction::LowerIsBetter,
        relevant: Relevance::default(),
    };
    // Five against five that do not overlap: 2 of 252 orderings, so six metrics are the most that can be told apart.
    assert_eq!(compare(pair, SIGNIFICANCE).unwrap().verdict, Verdict::Worse);
    assert!(compare_family(&[pair; 6], SIGNIFICANCE).unwrap().iter().all(flagged));
    let seven = compare_family(&[pair; 7], SIGNIFICANCE).unwrap();
    let reason = Unclear::TooFewForFamily { metrics: 7, needed: FEWEST_FOR_LOAD };
    assert!(seven.iter().all(|found| found.verdict == Verdict::Inconclusive { reason }));
    assert!(reason.to_string().contains("for 7 metrics together: each side needs 6"));
    assert!(compare_family(&[], SIGNIFICANCE).unwrap().is_empty());
}

#[test]
fn criteria_that_are_no_shares_are_refused() {
    let steady = Sample::new(&STEADY).unwrap();
    let pair = |relevant| Pair { baseline: &steady, candidate: &steady, direction: Direction::LowerIsBetter, relevant };
    for significance in [0.0, 1.0, -0.1, f64::NAN] {
        assert!(compare(pair(Relevance::default()), significance).is_err(), "{significance}");
    }
    for relevant in [Relevance::Relative(-0.1), Relevance::Absolute(f64::NAN)] {
        assert!(compare(pair(relevant), SIGNIFICANCE).is_err(), "{relevant:?}");
    }
}
