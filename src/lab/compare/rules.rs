//! Which metrics differ, by how much, and how sure that is.

use super::model::{ComparedSide, Comparison, Effect, MetricComparison, MetricVerdict, Repetitions};
use crate::{
    Error, Result,
    ids::{BenchmarkId, SubjectId},
    lab::{BenchmarkRequest, Card, Import, METRICS, MetricInfo, Metrics, Scorecard},
};
use sbh_stats::{
    Direction, Sample,
    compare::{self, FEWEST_REPETITIONS, Pair, Relevance, SIGNIFICANCE, Verdict},
};
use std::collections::BTreeMap;

/// Metrics that would only repeat what another one says: other percentiles of the same latency, and latency as a
/// generator sees it that waits for the server.
const REPEATING: [&str; 10] = [
    "latency.corrected.p90_ms",
    "latency.corrected.p999_ms",
    "latency.corrected.max_ms",
    "latency.raw.p50_ms",
    "latency.raw.p90_ms",
    "latency.raw.p95_ms",
    "latency.raw.p99_ms",
    "latency.raw.p999_ms",
    "latency.raw.max_ms",
    "dropped",
];

/// A scorecard with how its benchmark was measured.
#[derive(Clone)]
pub(in crate::lab) struct Made {
    pub card: Scorecard,
    pub plan: BenchmarkRequest,
    pub in_turns_with: Option<BenchmarkId>,
}

/// Compares two sides, each with its subject and its scorecards, newest first. Those take part that were measured in
/// one way: the one with the most repetitions on the side that has fewer, and of several such the candidate's newest.
/// What was measured in turns with the other side is taken alone, where that gives repetitions enough.
///
/// # Errors
/// Internal when a stored value is no finite number.
pub(in crate::lab) fn sides(
    mut baseline: (SubjectId, Vec<Made>),
    mut candidate: (SubjectId, Vec<Made>),
) -> Result<Comparison> {
    let all = (baseline.1.len(), candidate.1.len());
    let turns = (with(&baseline.1, &candidate.1), with(&candidate.1, &baseline.1));
    let in_turns = is_enough(&turns.0) && is_enough(&turns.1);
    if in_turns {
        (baseline.1, candidate.1) = turns;
    }
    let repeated = |side: &[Made], way: &Made| -> u32 {
        let each = side.iter().filter(|made| same_way(way, made)).map(|made| made.plan.repeated());
        if way.card.imported.is_some() { each.max().unwrap_or_default() } else { each.sum() }
    };
    // Of equals the last is taken, so the newest has to come last.
    let ways = candidate.1.iter().rev();
    let way = ways.max_by_key(|way| repeated(&baseline.1, way).min(repeated(&candidate.1, way))).cloned();
    let (baseline, before) = side(baseline, all.0, way.as_ref());
    let (candidate, now) = side(candidate, all.1, way.as_ref());
    let metrics = compare(&figures(&before), &figures(&now))?;
    Ok(Comparison { baseline, candidate, in_turns, significance: SIGNIFICANCE, metrics })
}

/// Those of a side that were measured in turns with one of the other.
fn with(side: &[Made], other: &[Made]) -> Vec<Made> {
    let is_there = |id: BenchmarkId| other.iter().any(|other| other.card.benchmark_id == id);
    side.iter().filter(|made| made.in_turns_with.is_some_and(is_there)).cloned().collect()
}

fn is_enough(made: &[Made]) -> bool {
    made.iter().map(|made| made.plan.repeated() as usize).sum::<usize>() >= FEWEST_REPETITIONS
}

/// Whether two were measured in the same way: by the hub as it was asked, or by the same tools elsewhere.
fn same_way(one: &Made, other: &Made) -> bool {
    match (&one.card.imported, &other.card.imported) {
        (None, None) => one.plan.same_way(&other.plan),
        (Some(one), Some(other)) => one.formats() == other.formats(),
        _ => false,
    }
}

/// The side for readers, and those of its scorecards that were measured in this way, of so many in all.
fn side((subject, made): (SubjectId, Vec<Made>), all: usize, way: Option<&Made>) -> (ComparedSide, Vec<Scorecard>) {
    let newest = made.first().map(|made| (made.card.version.clone(), made.card.environment_id));
    let (version, environment_id) = newest.unwrap_or_default();
    let alike = made.into_iter().filter(|made| way.is_some_and(|way| same_way(way, made))).map(|made| made.card);
    let mut alike: Vec<_> = alike.collect();
    let measured_otherwise = (all - alike.len()) as u64;
    let imported = alike.first().and_then(|card| card.imported.as_ref()).map(Import::tools);
    if imported.is_some() {
        // The same file can be imported often, and would look like repetitions.
        alike.truncate(1);
    }
    let benchmarks = alike.iter().map(|card| card.benchmark_id).collect();
    (ComparedSide { subject, version, environment_id, benchmarks, imported, measured_otherwise }, alike)
}

/// Compares two measurements as [`sides`] compares those that are kept.
///
/// # Errors
/// Internal when a value is no finite number.
pub fn compare_cards(baseline: &Card, candidate: &Card) -> Result<Vec<MetricComparison>> {
    compare(&[Figures::from(baseline)], &[Figures::from(candidate)])
}

/// What one measurement gave: each metric, and the values of those that were measured more than once.
struct Figures<'a> {
    metrics: &'a Metrics,
    samples: &'a BTreeMap<String, Vec<f64>>,
}

impl<'a> From<&'a Card> for Figures<'a> {
    fn from(Card { metrics, samples, .. }: &'a Card) -> Self {
        Self { metrics, samples }
    }
}

impl<'a> From<&'a Scorecard> for Figures<'a> {
    fn from(Scorecard { metrics, samples, .. }: &'a Scorecard) -> Self {
        Self { metrics, samples }
    }
}

fn figures(cards: &[Scorecard]) -> Vec<Figures<'_>> {
    cards.iter().map(Figures::from).collect()
}

/// Compares the metrics that both sides have. All that have enough repetitions are one family.
///
/// # Errors
/// Internal when a stored value is no finite number.
fn compare(baseline: &[Figures<'_>], candidate: &[Figures<'_>]) -> Result<Vec<MetricComparison>> {
    let mut metrics = Vec::new();
    for info in METRICS.iter().filter(|info| !REPEATING.contains(&info.key)) {
        let (before, now) = (values(baseline, info.key), values(candidate, info.key));
        if !before.is_empty() && !now.is_empty() {
            metrics.push((info, Sample::new(&before).map_err(fault)?, Sample::new(&now).map_err(fault)?));
        }
    }
    let pairs = metrics.iter().map(|(info, baseline, candidate)| Pair {
        baseline,
        candidate,
        direction: if info.higher_is_better { Direction::HigherIsBetter } else { Direction::LowerIsBetter },
        relevant: relevance(info),
    });
    let compared = compare::compare_family(&pairs.collect::<Vec<_>>(), SIGNIFICANCE).map_err(fault)?;
    let found = metrics.iter().zip(compared);
    Ok(found.map(|((info, baseline, candidate), found)| told(info, (baseline, candidate), &found)).collect())
}

fn fault(error: sbh_stats::StatsError) -> Error {
    Error::internal(error.to_string())
}

/// One value for each repetition; a benchmark that did not repeat a metric gives one.
fn values(measured: &[Figures<'_>], key: &str) -> Vec<f64> {
    let of_one = |one: &Figures<'_>| match one.samples.get(key) {
        Some(samples) => samples.clone(),
        None => one.metrics.get(key).copied().into_iter().collect(),
    };
    measured.iter().flat_map(of_one).collect()
}

/// The smallest change that matters: 5 % of the baseline where sizes are compared, and a fixed step near a bound, where
/// a share would say little: from 99.9 % to 98 % availability is a large change.
fn relevance(info: &MetricInfo) -> Relevance {
    match (info.key, info.unit) {
        ("error_rate_pct" | "availability_pct", _) => Relevance::Absolute(0.1),
        (_, "ms" | "B" | "requests/s") => Relevance::default(),
        (_, "") => Relevance::Absolute(0.01),
        _ => Relevance::Absolute(1.0),
    }
}

fn told(info: &MetricInfo, (before, now): (&Sample, &Sample), found: &compare::Comparison) -> MetricComparison {
    let (verdict, reason) = match found.verdict {
        Verdict::Better => (MetricVerdict::Better, None),
        Verdict::Worse => (MetricVerdict::Worse, None),
        Verdict::NoDifference => (MetricVerdict::NoDifference, None),
        Verdict::Inconclusive { reason } => (MetricVerdict::Inconclusive, Some(reason.to_string())),
    };
    let side = |sample: &Sample| Repetitions { count: sample.values().len() as u64, median: sample.median() };
    MetricComparison {
        metric: info.key.to_owned(),
        label: info.label.to_owned(),
        unit: info.unit.to_owned(),
        higher_is_better: info.higher_is_better,
        dimension: info.dimension,
        verdict,
        reason,
        baseline: side(before),
        candidate: side(now),
        difference: Effect::of(found.shift.estimate, found.shift.interval),
        relative: found.relative.map(|relative| Effect::of(relative.estimate, relative.interval)),
        relevant: match relevance(info) {
            Relevance::Relative(share) => share * before.median().abs(),
            Relevance::Absolute(step) => step,
        },
        cliffs_delta: found.delta.delta,
        p: found.test.p,
        adjusted_p: found.adjusted_p,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ScorecardId;

    fn card(samples: &[(&str, &[f64])]) -> Scorecard {
        let samples: BTreeMap<String, Vec<f64>> =
            samples.iter().map(|(key, values)| ((*key).to_owned(), values.to_vec())).collect();
        Scorecard {
            id: ScorecardId::generate(),
            benchmark_id: BenchmarkId::generate(),
            system_id: None,
            environment_id: None,
            teardown_id: None,
            version: "1.0".to_owned(),
            curve_version: "2026.1".to_owned(),
            score: None,
            grade: None,
            dimensions: Vec::new(),
            metrics: samples.iter().map(|(key, values)| (key.clone(), values[0])).collect(),
            samples: samples.into_iter().filter(|(_, values)| values.len() > 1).collect(),
            imported: None,
            created_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    fn made(card: Scorecard, plan: BenchmarkRequest) -> Made {
        Made { card, plan, in_turns_with: None }
    }

    const STEADY: [f64; 6] = [100.0, 101.0, 99.0, 100.5, 99.5, 100.2];

    fn one(baseline: &[Scorecard], candidate: &[Scorecard]) -> MetricComparison {
        let found = compare(&figures(baseline), &figures(candidate)).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    }

    #[test]
    fn what_rose_is_worse_for_latency_and_better_for_throughput() {
        let risen = STEADY.map(|value| value * 1.3);
        for (key, verdict) in
            [("latency.corrected.p95_ms", MetricVerdict::Worse), ("throughput_rps", MetricVerdict::Better)]
        {
            let found = one(&[card(&[(key, &STEADY)])], &[card(&[(key, &risen)])]);
            assert_eq!((found.verdict, found.reason), (verdict, None), "{key}");
            assert!((found.relative.unwrap().estimate - 0.3).abs() < 0.02);
            assert!(found.difference.low > 0.0 && found.cliffs_delta > 0.99 && found.adjusted_p.unwrap() < 0.01);
        }
    }

    #[test]
    fn the_same_is_no_difference_and_too_little_says_nothing() {
        let key = "latency.corrected.p50_ms";
        let same = one(&[card(&[(key, &STEADY)])], &[card(&[(key, &STEADY)])]);
        assert_eq!(same.verdict, MetricVerdict::NoDifference);
        let few = one(&[card(&[(key, &STEADY)])], &[card(&[(key, &STEADY[..4])])]);
        assert_eq!((few.verdict, few.adjusted_p), (MetricVerdict::Inconclusive, None));
        assert!(few.reason.unwrap().contains("needs 5 repetitions"));
    }

    #[test]
    fn benchmarks_of_a_version_are_taken_together() {
        let key = "observatory_score";
        let cards: Vec<_> = (0..5).map(|_| card(&[(key, &[60.0])])).collect();
        let better: Vec<_> = (0..5).map(|_| card(&[(key, &[100.0])])).collect();
        let found = one(&cards, &better);
        assert_eq!((found.verdict, found.baseline.count, found.candidate.median), (MetricVerdict::Better, 5, 100.0));
    }

    #[test]
    fn a_metric_that_one_side_lacks_is_not_compared() {
        let baseline = [card(&[("throughput_rps", &STEADY), ("latency.raw.p95_ms", &STEADY)])];
        let candidate = [card(&[("error_rate_pct", &STEADY), ("latency.raw.p95_ms", &STEADY)])];
        assert_eq!(compare(&figures(&baseline), &figures(&candidate)).unwrap(), []);
    }

    #[test]
    fn only_what_was_measured_in_the_same_way_takes_part() {
        let key = "throughput_rps";
        let seconds = |duration_s| BenchmarkRequest { duration_s: Some(duration_s), ..BenchmarkRequest::default() };
        let made = |duration_s| made(card(&[(key, &STEADY)]), seconds(duration_s));
        let (old, new) = (SubjectId::generate(), SubjectId::generate());
        let found = sides((old, vec![made(10.0), made(5.0), made(5.0)]), (new, vec![made(5.0)])).unwrap();
        assert_eq!((found.baseline.benchmarks.len(), found.baseline.measured_otherwise), (2, 1));
        assert_eq!(found.metrics[0].baseline.count, 12);
        let found = sides((old, vec![made(10.0)]), (new, vec![made(5.0), made(10.0)])).unwrap();
        assert_eq!(
            (found.candidate.benchmarks.len(), found.metrics.len()),
            (1, 1),
            "the way that both were measured in"
        );
        let often = |duration_s| {
            let once = made(duration_s);
            Made { plan: BenchmarkRequest { repetitions: Some(6), ..once.plan }, ..once }
        };
        let found = sides((old, vec![made(5.0), often(10.0)]), (new, vec![made(5.0), often(10.0)])).unwrap();
        assert_eq!(found.candidate.benchmarks.len(), 1, "the way that was repeated most");
        assert_eq!(found.metrics[0].baseline.count, 6);
        let found = sides((old, vec![made(10.0)]), (new, vec![made(5.0)])).unwrap();
        assert_eq!((found.metrics.len(), found.baseline.version.as_str()), (0, "1.0"));
    }

    #[test]
    fn what_was_measured_in_turns_is_compared_alone_where_it_is_enough() {
        let key = "throughput_rps";
        let plan = |times| BenchmarkRequest { repetitions: Some(times), ..BenchmarkRequest::default() };
        let pair = |times| {
            let (old, new) = (made(card(&[(key, &STEADY)]), plan(times)), made(card(&[(key, &STEADY)]), plan(times)));
            let (before, now) = (old.card.benchmark_id, new.card.benchmark_id);
            (Made { in_turns_with: Some(now), ..old }, Made { in_turns_with: Some(before), ..new })
        };
        let alone = || made(card(&[(key, &STEADY)]), plan(12));
        let (old, new) = (SubjectId::generate(), SubjectId::generate());
        let (before, now) = pair(6);
        let found = sides((old, vec![alone(), before]), (new, vec![alone(), now, alone()])).unwrap();
        assert!(found.in_turns);
        assert_eq!((found.baseline.benchmarks.len(), found.baseline.measured_otherwise), (1, 1));
        assert_eq!((found.candidate.benchmarks.len(), found.candidate.measured_otherwise), (1, 2));
        let (before, now) = pair(2);
        let found = sides((old, vec![alone(), before.clone()]), (new, vec![alone(), now])).unwrap();
        assert_eq!((found.in_turns, found.baseline.benchmarks.len()), (false, 2), "too few");
        let found = sides((old, vec![before]), (new, vec![alone()])).unwrap();
        assert!(!found.in_turns, "measured in turns with something else");
    }

    fn import(format: &str) -> Import {
        let file = crate::lab::ImportedFile {
            name: "a.json".to_owned(),
            artifact: "a.json".to_owned(),
            format: format.to_owned(),
            tool: format.to_owned(),
            tool_version: None,
            sha256: String::new(),
            size: 1,
            target_url: None,
            measured_at: None,
            notes: Vec::new(),
        };
        Import { files: vec![file], not_taken: Vec::new(), by: String::new(), at: chrono::DateTime::UNIX_EPOCH }
    }

    #[test]
    fn imported_results_are_no_repetitions_and_meet_only_their_like() {
        let key = "error_rate_pct";
        let made = |format: Option<&str>| {
            let card = Scorecard { imported: format.map(import), ..card(&[(key, &[1.0])]) };
            made(card, BenchmarkRequest::default())
        };
        let (old, new) = (SubjectId::generate(), SubjectId::generate());
        let five = || (0..5).map(|_| made(Some("k6_summary"))).collect::<Vec<_>>();
        let found = sides((old, five()), (new, five())).unwrap();
        assert_eq!((found.candidate.benchmarks.len(), found.candidate.imported.as_deref()), (1, Some("k6_summary")));
        assert_eq!((found.metrics[0].verdict, found.metrics[0].baseline.count), (MetricVerdict::Inconclusive, 1));
        let mixed = sides((old, vec![made(None)]), (new, vec![made(Some("k6_summary"))])).unwrap();
        assert_eq!((mixed.metrics.len(), mixed.baseline.measured_otherwise), (0, 1));
        let own = sides((old, vec![made(None)]), (new, vec![made(Some("oha")), made(None)])).unwrap();
        assert_eq!((own.candidate.imported, own.candidate.measured_otherwise, own.metrics.len()), (None, 1, 1));
    }

    #[test]
    fn what_repeats_another_metric_is_one_that_exists() {
        assert!(REPEATING.iter().all(|key| METRICS.iter().any(|info| info.key == *key)));
    }
}
