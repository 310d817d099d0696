//! The outcome as JSON. Every key is there in every outcome; what was not measured is null.

use super::{compared::Compared, run::Run};
use hub::{
    ids::{BenchmarkId, ScorecardId},
    lab::{
        DimensionRow, FindingView, LoadSummary, ObservatoryView, Percentiles, RequestSummary, Second, error_rate_pct,
    },
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The outcome as JSON.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    url: Option<&'a str>,
    version: Option<&'a str>,
    scope: Option<&'a str>,
    benchmark_id: Option<BenchmarkId>,
    scorecard_id: Option<ScorecardId>,
    imported: Option<&'a str>,
    valid: bool,
    invalid_reason: Option<&'a str>,
    duration_s: Option<f64>,
    requests: Option<u64>,
    errors: Option<u64>,
    dropped: Option<u64>,
    error_rate_pct: Option<f64>,
    throughput_rps: Option<f64>,
    latency: Latency,
    http_version: Option<&'a str>,
    error_classes: BTreeMap<&'a str, u64>,
    statuses: BTreeMap<u16, u64>,
    bytes_in: Option<u64>,
    bytes_out: Option<u64>,
    connections_opened: Option<u64>,
    generator_cpu_fraction: Option<f64>,
    schedule_missed_fraction: Option<f64>,
    by_request: &'a [RequestSummary],
    series: &'a [Second],
    score: Option<f64>,
    grade: Option<&'a str>,
    scores: BTreeMap<&'static str, Option<f64>>,
    not_measured: BTreeMap<&'static str, &'a str>,
    curve_version: &'a str,
    dimensions: &'a [DimensionRow],
    metrics: &'a BTreeMap<String, f64>,
    comparison: Option<&'a Compared>,
    observatory: Option<&'a ObservatoryView>,
    findings: &'a [FindingView],
}

#[derive(Serialize)]
struct Latency {
    raw: Sheet,
    corrected: Sheet,
}

#[derive(Default, Serialize)]
struct Sheet {
    count: Option<u64>,
    p50_ms: Option<f64>,
    p90_ms: Option<f64>,
    p95_ms: Option<f64>,
    p99_ms: Option<f64>,
    p999_ms: Option<f64>,
    max_ms: Option<f64>,
    mean_ms: Option<f64>,
}

impl From<Option<Percentiles>> for Sheet {
    fn from(percentiles: Option<Percentiles>) -> Self {
        percentiles.map_or_else(Self::default, |known| Self {
            count: Some(known.count),
            p50_ms: Some(known.p50_ms),
            p90_ms: Some(known.p90_ms),
            p95_ms: Some(known.p95_ms),
            p99_ms: Some(known.p99_ms),
            p999_ms: Some(known.p999_ms),
            max_ms: Some(known.max_ms),
            mean_ms: Some(known.mean_ms),
        })
    }
}

impl<'a> From<&'a Run> for Document<'a> {
    fn from(run: &'a Run) -> Self {
        let load = run.load.as_ref();
        let of = |read: fn(&LoadSummary) -> u64| load.map(read);
        let rows = &run.card.dimensions;
        Self {
            url: run.url.as_deref(),
            version: run.version.as_deref(),
            scope: run.scope,
            benchmark_id: run.benchmark_id,
            scorecard_id: run.scorecard_id,
            imported: run.imported.as_deref(),
            valid: run.is_valid(),
            invalid_reason: run.invalid_reason(),
            duration_s: load.map(|load| load.duration_s),
            requests: of(|load| load.requests),
            errors: of(|load| load.errors),
            dropped: of(|load| load.dropped),
            error_rate_pct: load.and_then(error_rate_pct),
            throughput_rps: load.map(|load| load.throughput_rps),
            latency: Latency {
                raw: load.and_then(|load| load.latency.raw).into(),
                corrected: load.and_then(|load| load.latency.corrected).into(),
            },
            http_version: load.and_then(|load| load.http_version.as_deref()),
            error_classes: load.map_or_else(BTreeMap::new, |load| {
                load.error_classes.iter().map(|(class, count)| (class.as_str(), *count)).collect()
            }),
            statuses: load.map(|load| load.statuses.clone()).unwrap_or_default(),
            bytes_in: of(|load| load.bytes_in),
            bytes_out: of(|load| load.bytes_out),
            connections_opened: of(|load| load.connections_opened),
            generator_cpu_fraction: load.map(|load| load.generator_cpu_fraction),
            schedule_missed_fraction: load.map(|load| load.schedule_missed_fraction),
            by_request: load.map_or(&[], |load| &load.by_request),
            series: load.map_or(&[], |load| &load.series),
            score: run.card.score,
            grade: run.card.grade.as_deref(),
            scores: rows.iter().map(|row| (row.dimension.key(), row.score)).collect(),
            not_measured: rows.iter().filter_map(|row| Some((row.dimension.key(), row.reason.as_deref()?))).collect(),
            curve_version: &run.card.curve_version,
            dimensions: rows,
            metrics: &run.card.metrics,
            comparison: run.compared.as_ref(),
            observatory: run.security.observatory.as_ref(),
            findings: &run.security.findings,
        }
    }
}
