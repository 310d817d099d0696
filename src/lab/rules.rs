//! From what was measured to a scorecard.

use super::{
    browser::{BrowserSummary, experience, no_experience, no_privacy, privacy},
    cost::CostSummary,
    load::LoadSummary,
    metrics::{self, Metrics},
    model::DimensionRow,
    resilience::{BurstSummary, ResilienceSummary, RudeSummary},
    scalability::ScalabilitySummary,
    security::SecuritySummary,
};
use crate::{Error, Result};
use sbh_stats::{Dimension, DimensionScore, Metric, curve, score};
use std::collections::BTreeMap;

/// The computed part of a scorecard.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// The curves that made it.
    pub curve_version: String,
    /// Overall score, 0 to 100.
    pub score: Option<f64>,
    /// Overall grade.
    pub grade: Option<String>,
    /// All eight dimensions.
    pub dimensions: Vec<DimensionRow>,
    /// Every measured metric.
    pub metrics: Metrics,
    /// The repetitions' values of those that were measured more than once.
    pub samples: BTreeMap<String, Vec<f64>>,
}

/// Share of requests that failed, in percent; an arrival that was never sent counts as failed. Nothing of nothing.
pub fn error_rate_pct(load: &LoadSummary) -> Option<f64> {
    let asked = load.requests + load.dropped;
    (asked > 0).then(|| (load.errors + load.dropped) as f64 / asked as f64 * 100.0)
}

/// Share of the measured seconds in which requests were sent and at least half of what ended was answered well, in
/// percent (time-based availability: Google, *Site Reliability Engineering*, 2016, appendix A).
pub fn availability_pct(load: &LoadSummary) -> Option<f64> {
    let seconds: Vec<_> = load.series.iter().filter(|second| second.started > 0).collect();
    let up = seconds.iter().filter(|second| second.completed.saturating_sub(second.errors) >= second.errors.max(1));
    (!seconds.is_empty()).then(|| up.count() as f64 / seconds.len() as f64 * 100.0)
}

/// Share of the compliance checks that could be decided which are kept, in percent. Nothing of nothing.
pub fn compliance_pct(security: Option<&SecuritySummary>) -> Option<f64> {
    let decided: Vec<bool> = security?.compliance.iter().filter_map(|check| check.kept).collect();
    let kept = decided.iter().filter(|kept| **kept).count();
    (!decided.is_empty()).then(|| kept as f64 / decided.len() as f64 * 100.0)
}

/// Everything that a scorecard is made of.
#[derive(Clone, Copy, Default)]
pub struct Seen<'a> {
    /// What the load showed.
    pub load: Option<&'a LoadSummary>,
    /// Why there is no load, where there is none.
    pub no_load: &'a str,
    /// What the probes showed.
    pub security: Option<&'a SecuritySummary>,
    /// What load in steps showed.
    pub scalability: Option<&'a ScalabilitySummary>,
    /// What a burst and rude clients showed.
    pub resilience: Option<&'a ResilienceSummary>,
    /// What it costs; none where there are no prices.
    pub cost: Option<&'a CostSummary>,
    /// What the page showed in a browser.
    pub browser: Option<&'a BrowserSummary>,
}

/// Scores what was measured by the curves of a version.
///
/// # Errors
/// Internal when a curve refuses a measured value, which would be a fault of the measurement.
pub fn card(seen: Seen<'_>, version: &'static str) -> Result<Card> {
    let scores = Dimension::ALL
        .into_iter()
        .map(|dimension| Ok((dimension, score_dimension(dimension, &seen, version)?)))
        .collect::<Result<Vec<_>>>()?;
    let samples = seen.load.map(samples).unwrap_or_default();
    weighed(scores, metrics::collect(&seen), samples, version)
}

/// The card of scored dimensions.
pub(super) fn weighed(
    scores: Vec<(Dimension, DimensionScore)>,
    metrics: Metrics,
    samples: BTreeMap<String, Vec<f64>>,
    version: &str,
) -> Result<Card> {
    let overall = score::overall(version, &scores).map_err(|error| Error::internal(error.to_string()))?;
    let rows = scores.into_iter().map(|(dimension, score)| {
        let share = overall.contributions.iter().find(|part| part.dimension == dimension);
        row(dimension, score, share.map(|part| (part.weight, part.points.as_f64())))
    });
    Ok(Card {
        curve_version: version.to_owned(),
        score: overall.score.map(|points| points.as_f64()),
        grade: overall.grade.map(|grade| grade.letter().to_owned()),
        dimensions: rows.collect(),
        metrics,
        samples,
    })
}

/// The repetitions' values by metric. A metric that a repetition lacks has no samples: they would not be of one kind.
fn samples(load: &LoadSummary) -> BTreeMap<String, Vec<f64>> {
    let mut samples = BTreeMap::<String, Vec<f64>>::new();
    for (key, value) in load.repetitions.iter().flatten() {
        samples.entry(key.clone()).or_default().push(*value);
    }
    samples.retain(|_, values| values.len() == load.repetitions.len());
    samples
}

fn row(dimension: Dimension, score: DimensionScore, share: Option<(f64, f64)>) -> DimensionRow {
    let (weight, points) = share.map_or((0.0, None), |(weight, points)| (weight, Some(points)));
    match score {
        DimensionScore::Measured(measured) => DimensionRow {
            dimension,
            score: Some(measured.score.as_f64()),
            grade: Some(measured.grade.letter().to_owned()),
            weight,
            points,
            contributions: measured.contributions,
            reason: None,
        },
        DimensionScore::NotMeasured { reason } => DimensionRow {
            dimension,
            score: None,
            grade: None,
            weight,
            points,
            contributions: Vec::new(),
            reason: Some(reason),
        },
    }
}

fn score_dimension(dimension: Dimension, seen: &Seen<'_>, version: &str) -> Result<DimensionScore> {
    let Seen { load, no_load, security, scalability, resilience, cost, browser } = *seen;
    let (mut values, mut reason) = match dimension {
        Dimension::Performance => (performance(load), load_reason(load, no_load)),
        Dimension::Reliability => (reliability(load, resilience), load_reason(load, no_load)),
        Dimension::Security => (observatory(security), security_reason(security)),
        Dimension::Ux => (experience(browser), no_experience(browser)),
        Dimension::Privacy => (privacy(browser), no_privacy(browser)),
        Dimension::Compliance => (
            compliance_pct(security).map(|kept| (Metric::Compliance, kept)).into_iter().collect(),
            "The passive probes could decide no check.".to_owned(),
        ),
        Dimension::Scalability => (scaling(scalability), no_scaling(scalability)),
        Dimension::Cost => (costs(cost), no_costs(cost)),
    };
    if !values.is_empty() {
        values.retain(|(metric, _)| curve::curve(version, *metric).is_ok());
        reason = format!("The curves of version {version} have none for what was measured.");
    }
    scored(dimension, &values, reason, version)
}

/// The score of these values; not measured, for this reason, where there are none.
pub(super) fn scored(
    dimension: Dimension,
    values: &[(Metric, f64)],
    reason: String,
    version: &str,
) -> Result<DimensionScore> {
    if values.is_empty() {
        return Ok(DimensionScore::not_measured(reason));
    }
    let measured = score::score_dimension(version, dimension, values);
    measured.map(DimensionScore::Measured).map_err(|error| Error::internal(error.to_string()))
}

fn performance(load: Option<&LoadSummary>) -> Vec<(Metric, f64)> {
    let corrected = load.and_then(|load| load.latency.corrected.as_ref());
    corrected.map_or_else(Vec::new, |latency| {
        vec![
            (Metric::LatencyP50, latency.p50_ms),
            (Metric::LatencyP95, latency.p95_ms),
            (Metric::LatencyP99, latency.p99_ms),
        ]
    })
}

/// What a burst and rude clients showed adds to what the load did, and is no reliability of its own.
fn reliability(load: Option<&LoadSummary>, resilience: Option<&ResilienceSummary>) -> Vec<(Metric, f64)> {
    let Some(load) = load else { return Vec::new() };
    let burst = resilience.and_then(|found| found.burst.as_ref());
    let rude = resilience.and_then(|found| found.rude.as_ref());
    let values = [
        (Metric::ErrorRate, error_rate_pct(load)),
        (Metric::Availability, availability_pct(load)),
        (Metric::Recovered, burst.and_then(BurstSummary::recovered_pct)),
        (Metric::ServedBesideRude, rude.and_then(RudeSummary::served_pct)),
    ];
    values.into_iter().filter_map(|(metric, value)| value.map(|value| (metric, value))).collect()
}

fn scaling(scalability: Option<&ScalabilitySummary>) -> Vec<(Metric, f64)> {
    let kept = scalability.and_then(ScalabilitySummary::kept_pct).map(|kept| (Metric::ThroughputKept, kept));
    let law = scalability.and_then(|scalability| scalability.law);
    let coherency = law.map(|law| (Metric::Coherency, law.kappa.value * 100.0)).filter(|_| kept.is_some());
    kept.into_iter().chain(coherency).collect()
}

fn costs(cost: Option<&CostSummary>) -> Vec<(Metric, f64)> {
    let parts = cost.and_then(|cost| cost.per_million);
    parts.map(|parts| (Metric::CostPerMillion, parts.total())).into_iter().collect()
}

fn no_costs(cost: Option<&CostSummary>) -> String {
    match cost {
        None => "No prices are set for this environment.".to_owned(),
        Some(cost) => cost.not_measured.clone().unwrap_or_default(),
    }
}

fn no_scaling(scalability: Option<&ScalabilitySummary>) -> String {
    match scalability {
        None => "The load of this benchmark was not stepped, so no scaling law can be fitted.".to_owned(),
        Some(found) => {
            let why = found.stopped.as_ref().or(found.not_fitted.as_ref());
            why.cloned().unwrap_or_else(|| "No step could be counted.".to_owned())
        }
    }
}

fn observatory(security: Option<&SecuritySummary>) -> Vec<(Metric, f64)> {
    let score = security.and_then(|security| security.observatory.as_ref()).map(|observatory| observatory.score);
    score.map_or_else(Vec::new, |score| vec![(Metric::Observatory, f64::from(score.max(0)))])
}

fn load_reason(load: Option<&LoadSummary>, no_load: &str) -> String {
    match load {
        Some(_) => "No request was answered.".to_owned(),
        None => no_load.to_owned(),
    }
}

fn security_reason(security: Option<&SecuritySummary>) -> String {
    let why = security.and_then(|security| security.not_measured.iter().find(|gap| gap.what == "observatory"));
    why.map_or_else(|| "The passive probes did not run.".to_owned(), |gap| format!("{}.", gap.why))
}
