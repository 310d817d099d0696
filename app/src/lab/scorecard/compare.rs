//! A scorecard beside that of the version before.

use hub::lab::{DimensionRow, Scorecard};
use sbh_stats::{Contribution, Dimension, Metric, Points, Unit};

/// The metric that moved a dimension most.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mover {
    pub metric: Metric,
    pub unit: Unit,
    pub before: f64,
    pub now: f64,
    /// Points of the dimension that it gave or took.
    pub points: f64,
}

/// A dimension of a scorecard, by its name.
pub(super) fn row(card: &Scorecard, dimension: Dimension) -> Option<&DimensionRow> {
    card.dimensions.iter().find(|row| row.dimension == dimension)
}

/// The difference of two scores, where both were measured, without the noise of binary fractions.
pub(super) fn change(now: Option<f64>, before: Option<f64>) -> Option<f64> {
    let (now, before) = now.zip(before)?;
    Some(((now - before) * 10.0).round() / 10.0)
}

/// The metric whose points changed most; none where nothing changed or could be compared.
pub(super) fn mover(now: &DimensionRow, before: &DimensionRow) -> Option<Mover> {
    let moved = |part: &Contribution| {
        let other = before.contributions.iter().find(|other| other.metric == part.metric)?;
        let points = change(Some(part.points.as_f64()), Some(other.points.as_f64()))?;
        Some(Mover { metric: part.metric, unit: part.unit, before: other.value, now: part.value, points })
    };
    let moved = now.contributions.iter().filter_map(moved).filter(|mover| mover.points != 0.0);
    moved.max_by(|a, b| a.points.abs().total_cmp(&b.points.abs()))
}

/// What the metrics add up to: the dimension's score.
pub(super) fn sum(contributions: &[Contribution]) -> Points {
    contributions.iter().map(|part| part.points).sum()
}

/// What would measure a dimension.
pub(super) fn step(dimension: Dimension, verified: bool) -> &'static str {
    match dimension {
        Dimension::Performance | Dimension::Reliability if !verified => {
            "Verify the environment's ownership, then run a benchmark."
        }
        Dimension::Performance | Dimension::Reliability => "Run a benchmark whose requests are answered.",
        Dimension::Security => "Run a benchmark while the environment answers over HTTP.",
        Dimension::Ux => "A benchmark that opens the page on a phone measures it.",
        Dimension::Scalability => "A load in steps measures it.",
        Dimension::Cost => "A price model and a measured capacity give it.",
        Dimension::Privacy => "A benchmark that opens the page in a browser measures it.",
        Dimension::Compliance => "Run a benchmark while the environment answers with a page.",
    }
}

/// The name of a dimension.
pub(crate) fn label(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Performance => "Performance",
        Dimension::Reliability => "Reliability",
        Dimension::Ux => "User experience",
        Dimension::Scalability => "Scalability",
        Dimension::Cost => "Cost",
        Dimension::Security => "Security",
        Dimension::Privacy => "Privacy",
        Dimension::Compliance => "Compliance",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sbh_stats::{curve::CURRENT, score::score_dimension};

    fn performance(p50: f64, p95: f64, p99: f64) -> DimensionRow {
        let values = [(Metric::LatencyP50, p50), (Metric::LatencyP95, p95), (Metric::LatencyP99, p99)];
        let measured = score_dimension(CURRENT, Dimension::Performance, &values).unwrap();
        DimensionRow {
            dimension: Dimension::Performance,
            score: Some(measured.score.as_f64()),
            grade: None,
            weight: 1.0,
            points: Some(measured.score.as_f64()),
            contributions: measured.contributions,
            reason: None,
        }
    }

    #[test]
    fn contributions_add_up_to_the_score_exactly() {
        for (p50, p95, p99) in [(3.0, 20.0, 90.0), (80.0, 400.0, 1_100.0), (333.3, 777.7, 4_321.0), (0.1, 0.2, 0.3)] {
            let row = performance(p50, p95, p99);
            assert_eq!(Some(sum(&row.contributions).as_f64()), row.score);
        }
    }

    #[test]
    fn the_metric_that_moved_most_is_named() {
        let (before, now) = (performance(20.0, 200.0, 900.0), performance(20.0, 190.0, 300.0));
        let found = mover(&now, &before).unwrap();
        assert_eq!((found.metric, found.before, found.now), (Metric::LatencyP99, 900.0, 300.0));
        assert!(found.points > 0.0);
        assert_eq!(mover(&now, &now), None);
        assert_eq!(mover(&now, &DimensionRow { contributions: Vec::new(), ..before }), None);
    }

    #[test]
    fn a_change_needs_both_scores_and_has_tenths() {
        assert_eq!(change(Some(70.3), Some(70.1)), Some(0.2));
        assert_eq!(change(Some(70.3), None), None);
        assert_eq!(change(None, Some(1.0)), None);
    }
}
