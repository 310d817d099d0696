//! Scores of dimensions and of a whole system, with the contributions that explain them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::curve::{Curve, curves};
use crate::points::apportion;
use crate::{Dimension, Grade, Metric, Points, StatsError, Unit};

/// What one metric adds to its dimension's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The metric.
    pub metric: Metric,
    /// The measured value in `unit`.
    pub value: f64,
    /// The unit of `value`.
    pub unit: Unit,
    /// The curve's score of the value, from 0 to 1.
    pub score: f64,
    /// The metric's share of the dimension, from 0 to 1; shares of the measured metrics add up to 1.
    pub weight: f64,
    /// What it adds to the dimension's score; contributions add up to it exactly.
    pub points: Points,
}

/// A score that rests on at least one measured metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasuredScore {
    /// The score from 0.0 to 100.0.
    pub score: Points,
    /// Its grade.
    pub grade: Grade,
    /// What each measured metric added, in the order of the curve table.
    pub contributions: Vec<Contribution>,
    /// Metrics of the dimension that have a curve but no value; their weight went to the others in proportion.
    pub missing: Vec<Metric>,
}

/// A dimension's score, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum DimensionScore {
    /// The dimension was measured.
    Measured(MeasuredScore),
    /// The dimension could not be measured; it takes no part in the overall score.
    NotMeasured {
        /// Why, in a sentence for people.
        reason: String,
    },
}

impl DimensionScore {
    /// A dimension without a score.
    #[must_use]
    pub fn not_measured(reason: impl Into<String>) -> Self {
        Self::NotMeasured { reason: reason.into() }
    }

    /// The score, when there is one.
    #[must_use]
    pub fn score(&self) -> Option<Points> {
        match self {
            Self::Measured(measured) => Some(measured.score),
            Self::NotMeasured { .. } => None,
        }
    }
}

/// The weighted mean of the measured metrics' scores by the curves of `version`.
///
/// # Errors
/// [`StatsError::Empty`] without a value: use [`DimensionScore::not_measured`] and say why. Unknown versions, metrics
/// of other dimensions, repeated metrics, and values that the metric's unit excludes are refused as well.
pub fn score_dimension(
    version: &str,
    dimension: Dimension,
    values: &[(Metric, f64)],
) -> Result<MeasuredScore, StatsError> {
    let table: Vec<&Curve> = curves(version)?.iter().filter(|curve| curve.dimension == dimension).collect();
    let values = distinct(dimension, &table, values)?;
    let (measured, missing): (Vec<&Curve>, Vec<&Curve>) =
        table.into_iter().partition(|curve| values.contains_key(&curve.metric));
    let scored = measured
        .into_iter()
        .map(|curve| Ok((curve, values[&curve.metric], curve.score(values[&curve.metric])?)))
        .collect::<Result<Vec<_>, StatsError>>()?;
    let parts: Vec<(u32, f64)> = scored.iter().map(|(curve, _, score)| (curve.weight, *score)).collect();
    let (score, points) = apportion(&parts).ok_or(StatsError::Empty { field: "values" })?;
    let weights: f64 = parts.iter().map(|(weight, _)| f64::from(*weight)).sum();
    let contributions = scored
        .into_iter()
        .zip(points)
        .map(|((curve, value, score), points)| Contribution {
            metric: curve.metric,
            value,
            unit: curve.unit,
            score,
            weight: f64::from(curve.weight) / weights,
            points,
        })
        .collect();
    let missing = missing.into_iter().map(|curve| curve.metric).collect();
    Ok(MeasuredScore { score, grade: score.grade(), contributions, missing })
}

fn distinct(
    dimension: Dimension,
    table: &[&Curve],
    values: &[(Metric, f64)],
) -> Result<BTreeMap<Metric, f64>, StatsError> {
    let mut found = BTreeMap::new();
    for (metric, value) in values {
        if !table.iter().any(|curve| curve.metric == *metric) {
            return Err(StatsError::WrongDimension { metric: metric.key(), dimension: dimension.key() });
        }
        if found.insert(*metric, *value).is_some() {
            return Err(StatsError::Repeated { field: "values", name: metric.key() });
        }
    }
    Ok(found)
}

/// What one dimension adds to the overall score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DimensionContribution {
    /// The dimension.
    pub dimension: Dimension,
    /// Its score.
    pub score: Points,
    /// Its share of the overall score, from 0 to 1; shares of the covered dimensions add up to 1.
    pub weight: f64,
    /// What it adds to the overall score; contributions add up to it exactly.
    pub points: Points,
}

/// A dimension that takes no part in an overall score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotCovered {
    /// The dimension.
    pub dimension: Dimension,
    /// Why it has no score.
    pub reason: String,
}

/// The overall score of a system and what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overall {
    /// The version of the curves and weights.
    pub version: String,
    /// The score from 0.0 to 100.0; `None` when no dimension was measured.
    pub score: Option<Points>,
    /// Its grade.
    pub grade: Option<Grade>,
    /// What each covered dimension added.
    pub contributions: Vec<DimensionContribution>,
    /// The dimensions that were not measured, each with its reason.
    pub not_covered: Vec<NotCovered>,
}

impl Overall {
    /// The dimensions the score rests on.
    #[must_use]
    pub fn covered(&self) -> Vec<Dimension> {
        self.contributions.iter().map(|part| part.dimension).collect()
    }
}

/// The mean of the measured dimensions' displayed scores, weighted by [`Dimension::weight`].
///
/// Displayed scores are used, so that the overall score can be recomputed by hand from a printed scorecard. A
/// dimension that `scores` leaves out counts as not measured.
///
/// # Errors
/// [`StatsError::UnknownVersion`] for an unknown version, [`StatsError::Repeated`] for a dimension given twice.
pub fn overall(version: &str, scores: &[(Dimension, DimensionScore)]) -> Result<Overall, StatsError> {
    curves(version)?;
    let mut seen = BTreeSet::new();
    if let Some((twice, _)) = scores.iter().find(|(dimension, _)| !seen.insert(*dimension)) {
        return Err(StatsError::Repeated { field: "scores", name: twice.key() });
    }
    let (mut covered, mut not_covered) = (Vec::new(), Vec::new());
    for dimension in Dimension::ALL {
        match scores.iter().find(|(given, _)| *given == dimension).map(|(_, score)| score) {
            Some(DimensionScore::Measured(measured)) => covered.push((dimension, measured.score)),
            Some(DimensionScore::NotMeasured { reason }) => {
                not_covered.push(NotCovered { dimension, reason: reason.clone() });
            }
            None => not_covered.push(NotCovered { dimension, reason: "This benchmark did not include it.".to_owned() }),
        }
    }
    let (score, contributions) = combine(&covered);
    Ok(Overall { version: version.to_owned(), score, grade: score.map(Points::grade), contributions, not_covered })
}

fn combine(covered: &[(Dimension, Points)]) -> (Option<Points>, Vec<DimensionContribution>) {
    let parts: Vec<(u32, f64)> =
        covered.iter().map(|(dimension, score)| (dimension.weight(), score.as_f64() / 100.0)).collect();
    let weights: f64 = parts.iter().map(|(weight, _)| f64::from(*weight)).sum();
    let Some((total, shares)) = apportion(&parts) else {
        return (None, Vec::new());
    };
    let contribution = |((dimension, score), points): (&(Dimension, Points), Points)| DimensionContribution {
        dimension: *dimension,
        score: *score,
        weight: f64::from(dimension.weight()) / weights,
        points,
    };
    (Some(total), covered.iter().zip(shares).map(contribution).collect())
}
