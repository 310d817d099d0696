//! From what files say to a scorecard. No figure is made up: what is not in a file is not measured, and what a file
//! counts in another way than the hub does not stand in for the hub's own metric.

use super::super::{
    browser::{SCORED, SCORED_DEVICE},
    metrics::{Metrics, metric_info},
    rules::{Card, scored, weighed},
    security::Unmeasured,
};
use crate::{Result, error::Faults, text::significant};
use sbh_imports::measure::{Figure, Imported, Latency, Page};
use sbh_stats::{Dimension, Metric};
use std::collections::BTreeMap;

/// Why a dimension has no score that no figure of the files belongs to.
const NOT_IN_FILE: &str = "Not in the imported file.";
/// Why imported latency has no score.
const UNCORRECTED: &str = "The imported file has latency without correction for coordinated omission, and the score rests on \
    corrected latency. Policies can judge latency.raw.";
/// The percentiles that have a metric of their own.
const PERCENTILES: [(f64, &str); 5] =
    [(50.0, "p50_ms"), (90.0, "p90_ms"), (95.0, "p95_ms"), (99.0, "p99_ms"), (99.9, "p999_ms")];
/// Lighthouse's categories that have a metric of their own.
const CATEGORIES: [(&str, &str); 4] = [
    ("performance", "lighthouse_performance"),
    ("accessibility", "lighthouse_accessibility"),
    ("best-practices", "lighthouse_best_practices"),
    ("seo", "lighthouse_seo"),
];

/// A file by its name, with what it says.
pub(super) type Read = (String, Imported);

/// The metrics of all files, and what could not be taken over.
///
/// # Errors
/// Invalid where two files hold the same metric, or where the files hold none at all.
pub(super) fn take(files: &[Read]) -> Result<(Metrics, Vec<Unmeasured>)> {
    let (mut metrics, mut not_taken, mut faults) = (Metrics::new(), Vec::new(), Faults::default());
    let mut from: BTreeMap<String, &str> = BTreeMap::new();
    for (at, (name, imported)) in files.iter().enumerate() {
        for (key, figure) in figures(imported) {
            match figure {
                Ok(value) => {
                    if let Some(other) = from.insert(key.clone(), name) {
                        let message = format!("{name} and {other} both have {key}; import them one by one.");
                        faults.add(format!("/files/{at}/content"), message);
                    }
                    metrics.insert(key, value);
                }
                Err(why) => not_taken.push(Unmeasured { what: format!("{name}: {key}"), why }),
            }
        }
    }
    faults.finish()?;
    if metrics.is_empty() {
        return Err(crate::Error::invalid("/files", "The files hold no figure of a metric that the hub knows."));
    }
    Ok((metrics, not_taken))
}

type Taken = (String, Result<f64, String>);

fn figures(imported: &Imported) -> Vec<Taken> {
    let mut taken = Vec::new();
    if let Some(latency) = &imported.latency {
        taken.extend(latency_figures(latency));
    }
    match &imported.page {
        Some(page) => taken.extend(page_figures(page)),
        None => taken.extend([
            ("throughput_rps".to_owned(), throughput(imported)),
            ("error_rate_pct".to_owned(), error_rate(imported)),
        ]),
    }
    taken
}

fn latency_figures(latency: &Latency) -> Vec<Taken> {
    let percentile = |(percent, name): &(f64, &str)| {
        let why = |_| format!("the file has no percentile {}", significant(*percent));
        (format!("latency.raw.{name}"), given(&latency.percentile_ms(*percent)).map_err(why))
    };
    let longest = ("latency.raw.max_ms".to_owned(), given(&latency.max_ms));
    PERCENTILES.iter().map(percentile).chain([longest]).collect()
}

fn given<T: Copy>(figure: &Figure<T>) -> Result<T, String> {
    figure.value().ok_or_else(|| figure.why().unwrap_or_default().to_owned())
}

/// Successful responses a second: tools count failed requests into their rate as well.
fn throughput(imported: &Imported) -> Result<f64, String> {
    let rate = given(&imported.throughput_rps)?;
    let failed = error_rate(imported)?;
    Ok(rate * (1.0 - failed / 100.0))
}

fn error_rate(imported: &Imported) -> Result<f64, String> {
    given(&imported.requests)?;
    given(&imported.errors)?;
    imported.error_rate_pct().ok_or_else(|| "the file has no request".to_owned())
}

fn page_figures(page: &Page) -> Vec<Taken> {
    let device = page.form_factor.map(|device| device.key());
    let key = |name: &str| format!("browser.{}.{name}", device.unwrap_or("unknown"));
    let known = |value: Result<f64, String>| match device {
        Some(_) => value,
        None => Err("the file does not say on which device the page was opened".to_owned()),
    };
    let metrics = page.metrics.iter().filter(|(name, _)| metric_info(&format!("browser.mobile.{name}")).is_some());
    let metrics = metrics.map(|(name, figure)| (key(name), known(given(figure))));
    let scores = CATEGORIES.iter().filter_map(|(category, name)| {
        let figure = page.scores.get(*category)?;
        Some((key(name), known(given(figure).map(|share| share * 100.0))))
    });
    metrics.chain(scores).collect()
}

/// The scorecard of imported metrics.
///
/// # Errors
/// Internal when a curve refuses a value, which would be a fault of the reader.
pub(in crate::lab) fn imported_card(metrics: Metrics, version: &str) -> Result<Card> {
    let score = |dimension| {
        let (values, reason) = match dimension {
            Dimension::Performance => (Vec::new(), performance_reason(&metrics)),
            Dimension::Reliability => (reliability(&metrics), NOT_IN_FILE),
            Dimension::Ux => (experience(&metrics), ux_reason(&metrics)),
            _ => (Vec::new(), NOT_IN_FILE),
        };
        Ok((dimension, scored(dimension, &values, reason.to_owned(), version)?))
    };
    let scores = Dimension::ALL.into_iter().map(score).collect::<Result<Vec<_>>>()?;
    weighed(scores, metrics, BTreeMap::new(), version)
}

fn performance_reason(metrics: &Metrics) -> &'static str {
    if metrics.keys().any(|key| key.starts_with("latency.raw.")) { UNCORRECTED } else { NOT_IN_FILE }
}

fn reliability(metrics: &Metrics) -> Vec<(Metric, f64)> {
    metrics.get("error_rate_pct").map(|rate| (Metric::ErrorRate, *rate)).into_iter().collect()
}

fn experience(metrics: &Metrics) -> Vec<(Metric, f64)> {
    let of = |(name, metric): &(&str, Metric)| {
        metrics.get(&format!("browser.{SCORED_DEVICE}.{name}")).map(|value| (*metric, *value))
    };
    SCORED.iter().filter_map(of).collect()
}

fn ux_reason(metrics: &Metrics) -> &'static str {
    match metrics.keys().any(|key| key.starts_with("browser.")) {
        true => "The imported page was not opened on a phone, and the curves are those of a phone.",
        false => NOT_IN_FILE,
    }
}
