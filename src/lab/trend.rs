//! The trend of one measure over a system's scorecards.

use super::{
    metrics::{MetricInfo, metric_info},
    model::Scorecard,
};
use crate::{
    Error, Result,
    ids::{BenchmarkId, ScorecardId},
};
use chrono::{DateTime, Utc};
use sbh_stats::Dimension;
use serde::{Deserialize, Serialize};

/// What a trend shows: the overall score, a dimension's score, or a metric.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Measure {
    /// The overall score, 0 to 100.
    #[default]
    Overall,
    /// A dimension's score, 0 to 100.
    Dimension(Dimension),
    /// A metric in its own unit.
    Metric(&'static MetricInfo),
}

impl Measure {
    /// Reads its key: `overall`, `dimension.security`, or a metric's.
    ///
    /// # Errors
    /// Invalid for any other text.
    pub fn parse(key: &str) -> Result<Self> {
        let dimension = key.strip_prefix("dimension.");
        let dimension = dimension.and_then(|name| Dimension::ALL.into_iter().find(|known| known.key() == name));
        match (key, dimension, metric_info(key)) {
            ("overall", _, _) => Ok(Self::Overall),
            (_, Some(dimension), _) => Ok(Self::Dimension(dimension)),
            (_, None, Some(info)) => Ok(Self::Metric(info)),
            (_, None, None) => Err(Error::invalid(
                "/metric",
                "Metric must be overall, a dimension as dimension.security, or one that policies know.",
            )),
        }
    }

    /// The key that [`Measure::parse`] reads.
    pub fn key(self) -> String {
        match self {
            Self::Overall => "overall".to_owned(),
            Self::Dimension(dimension) => format!("dimension.{}", dimension.key()),
            Self::Metric(info) => info.key.to_owned(),
        }
    }

    /// The symbol behind its values.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Overall | Self::Dimension(_) => "points",
            Self::Metric(info) => info.unit,
        }
    }

    /// Whether it is a score from 0 to 100.
    pub fn is_score(self) -> bool {
        !matches!(self, Self::Metric(_))
    }

    fn of(self, card: &Scorecard) -> Option<f64> {
        match self {
            Self::Overall => card.score,
            Self::Dimension(dimension) => {
                card.dimensions.iter().find(|row| row.dimension == dimension).and_then(|row| row.score)
            }
            Self::Metric(info) => card.metrics.get(info.key).copied(),
        }
    }
}

/// One scorecard of a trend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredPoint {
    /// The scorecard.
    pub card: ScorecardId,
    /// The benchmark behind it.
    pub benchmark: BenchmarkId,
    /// The version.
    pub version: String,
    /// When it was measured.
    pub measured_at: DateTime<Utc>,
    /// The value; none where it was not measured.
    pub value: Option<f64>,
    /// Where the median of its repetitions lies with a confidence of 95 % and more; none for fewer than six.
    pub interval: Option<(f64, f64)>,
}

/// A measure over scorecards, in their order.
pub fn trend(cards: &[Scorecard], measure: Measure) -> Vec<MeasuredPoint> {
    let samples = |card: &Scorecard| match measure {
        Measure::Metric(info) => card.samples.get(info.key).and_then(|values| median_interval(values)),
        _ => None,
    };
    let point = |card: &Scorecard| MeasuredPoint {
        card: card.id,
        benchmark: card.benchmark_id,
        version: card.version.clone(),
        measured_at: card.created_at,
        value: measure.of(card),
        interval: samples(card),
    };
    cards.iter().map(point).collect()
}

/// A distribution-free interval of the median from order statistics: the narrowest symmetric pair whose coverage is 95 %
/// or more (Conover, *Practical Nonparametric Statistics*, 3rd edition, section 3.2). Nothing for fewer than six values,
/// of which even the extremes cover less.
fn median_interval(values: &[f64]) -> Option<(f64, f64)> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len();
    // How likely no more than `below` of the values lie under the median: a binomial with one half.
    let (mut likely, mut term, mut rank) = (0.0, 0.5_f64.powi(i32::try_from(count).ok()?), None);
    for below in 0..count / 2 {
        likely += term;
        if likely > 0.025 {
            break;
        }
        rank = Some(below);
        term *= (count - below) as f64 / (below + 1) as f64;
    }
    let rank = rank?;
    Some((*sorted.get(rank)?, *sorted.get(count - 1 - rank)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_is_known_by_its_key() {
        for key in ["overall", "dimension.security", "latency.corrected.p95_ms", "browser.mobile.lcp_ms"] {
            assert_eq!(Measure::parse(key).unwrap().key(), key);
        }
        for wrong in ["", "dimension.", "dimension.speed", "latency", "overall "] {
            assert_eq!(Measure::parse(wrong).unwrap_err().fields()[0].pointer, "/metric", "{wrong}");
        }
        assert_eq!((Measure::default().unit(), Measure::default().is_score()), ("points", true));
    }

    /// The ranks of the table in Conover's book (table A3 with one half).
    #[test]
    fn the_median_lies_where_order_statistics_say() {
        let ranks = |count: u32| median_interval(&(1..=count).map(f64::from).collect::<Vec<_>>());
        for (count, expected) in [
            (0, None),
            (5, None),
            (6, Some((1.0, 6.0))),
            (8, Some((1.0, 8.0))),
            (9, Some((2.0, 8.0))),
            (12, Some((3.0, 10.0))),
            (20, Some((6.0, 15.0))),
            (25, Some((8.0, 18.0))),
        ] {
            assert_eq!(ranks(count), expected, "{count}");
        }
        assert_eq!(median_interval(&[3.0, f64::NAN, 1.0, 2.0, 6.0, 5.0, 4.0]), Some((1.0, 6.0)), "in any order");
    }
}
