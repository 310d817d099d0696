//! From the workers' reports to an outcome.

use std::collections::BTreeMap;

use crate::histogram::Histograms;
use crate::outcome::{
    ConnectionHistograms, Generator, Latency, ModelKind, Outcome, RequestOutcome, SeriesPoint, add_counts, decimal,
    fraction,
};
use crate::tally::{RequestTally, Tally};
use crate::wire::Wire;
use crate::worker::Report;

/// What is known of a run besides the reports of its workers.
pub(crate) struct Facts {
    pub(crate) model: ModelKind,
    pub(crate) duration_s: f64,
    pub(crate) cancelled: bool,
    pub(crate) names: Vec<String>,
}

/// Merges the reports; `None` without any.
pub(crate) fn summarise(facts: Facts, reports: Vec<Report>) -> Option<Outcome> {
    let workers = u32::try_from(reports.len()).unwrap_or(u32::MAX);
    let busy: f64 = reports.iter().map(|r| r.cpu.as_secs_f64()).sum();
    let wall: f64 = reports.iter().map(|r| r.wall.as_secs_f64()).sum();
    let mut reports = reports.into_iter();
    let mut all = reports.next()?;
    for report in reports {
        all.tally.merge(&report.tally);
        all.wire.merge(&report.wire);
    }
    all.tally.correct();
    let generator = generator(&all.tally, workers, if wall > 0.0 { busy / wall } else { 0.0 });
    Some(outcome(facts, all.tally, all.wire, generator))
}

fn generator(tally: &Tally, worker_threads: u32, cpu_fraction: f64) -> Generator {
    Generator {
        worker_threads,
        cpu_fraction: decimal(cpu_fraction),
        scheduled: tally.scheduled,
        schedule_missed: tally.missed,
        schedule_missed_fraction: fraction(tally.missed, tally.scheduled),
        lateness: tally.lateness.summary(),
        lateness_histogram: tally.lateness.clone(),
    }
}

fn outcome(facts: Facts, tally: Tally, wire: Wire, generator: Generator) -> Outcome {
    let closed = facts.model == ModelKind::Closed;
    let interval = tally.expected_interval().filter(|_| closed).map(|d| decimal(d.as_secs_f64() * 1e3));
    let mut histograms = Histograms::default();
    let mut error_classes = BTreeMap::new();
    for request in &tally.by_request {
        histograms.merge(&request.latency);
        add_counts(&mut error_classes, &request.classes);
    }
    let mut outcome = Outcome {
        model: facts.model,
        http_version: wire.version.map(str::to_owned),
        duration_s: facts.duration_s,
        requests: tally.by_request.iter().map(|r| r.requests).sum(),
        errors: error_classes.values().sum(),
        dropped: tally.dropped,
        throughput_rps: per_second(tally.succeeded_in_time, facts.duration_s),
        latency: Latency::of(&histograms, interval),
        error_classes,
        statuses: tally.statuses,
        bytes_in: wire.bytes_in,
        bytes_out: wire.bytes_out,
        connections_opened: wire.connect.count(),
        connect: wire.connect.summary(),
        tls_handshake: wire.tls.summary(),
        valid: false,
        invalid_reason: None,
        cancelled: facts.cancelled,
        series: tally.series.into_iter().map(summarised).collect(),
        by_request: by_request(facts.names, tally.by_request, interval),
        generator,
        histograms,
        connection_histograms: ConnectionHistograms { connect: wire.connect, tls_handshake: wire.tls },
    };
    outcome.judge(None);
    outcome
}

fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { decimal(count as f64 / seconds) } else { 0.0 }
}

fn summarised(mut point: SeriesPoint) -> SeriesPoint {
    point.summarise();
    point
}

fn by_request(names: Vec<String>, tallies: Vec<RequestTally>, interval: Option<f64>) -> Vec<RequestOutcome> {
    let pairs = names.into_iter().zip(tallies);
    pairs
        .map(|(name, tally)| RequestOutcome {
            name,
            requests: tally.requests,
            errors: tally.classes.values().sum(),
            error_classes: tally.classes,
            latency: Latency::of(&tally.latency, interval),
            histograms: tally.latency,
        })
        .collect()
}
