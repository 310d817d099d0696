//! Figures for Prometheus, under the names that the product promises.

use prometheus::{HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry};
use std::sync::Arc;

/// Upper bounds of the request latency histogram, in seconds.
const LATENCY_BUCKETS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// All figures of the process. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Figures>);

/// The figures by name.
pub struct Figures {
    /// What is exposed.
    pub registry: Registry,
    /// `sbh_benchmark_runs_total`
    pub benchmark_runs: IntCounter,
    /// `sbh_scorecard_pass_total`: validations that allowed a scorecard's version.
    pub scorecard_pass: IntCounter,
    /// `sbh_gate_validate_total`
    pub gate_validate: IntCounter,
    /// `sbh_gate_block_total`
    pub gate_block: IntCounter,
    /// `sbh_gate_fail_total{dimension}`
    pub gate_fail: IntCounterVec,
    /// `sbh_evidence_packets_total{scope}`
    pub evidence_packets: IntCounterVec,
    /// `sbh_workspace_members_total`: members that were added to workspaces.
    pub workspace_members: IntCounter,
    /// `sbh_shared_assets_total{kind}`: assets that were shared.
    pub shared_assets: IntCounterVec,
    /// `sbh_workspace_activity_events_total`
    pub workspace_activity: IntCounter,
    /// `sbh_job_queue_depth{priority}`
    pub job_queue_depth: IntGaugeVec,
    /// `sbh_http_requests_total{route,method,status}`
    pub http_requests: IntCounterVec,
    /// `sbh_http_request_duration_seconds{route,method}`
    pub http_duration: HistogramVec,
}

impl Metrics {
    /// Registers all figures.
    pub fn new() -> Self {
        let registry = Registry::new();
        let figures = Figures {
            benchmark_runs: counter(&registry, "sbh_benchmark_runs_total", "Benchmarks that were started."),
            scorecard_pass: counter(&registry, "sbh_scorecard_pass_total", "Scorecards whose version was allowed."),
            gate_validate: counter(&registry, "sbh_gate_validate_total", "Validations that ended with a verdict."),
            gate_block: counter(&registry, "sbh_gate_block_total", "Validations that did not allow a release."),
            gate_fail: counters(&registry, "sbh_gate_fail_total", "Checks that failed, by dimension.", &["dimension"]),
            evidence_packets: counters(
                &registry,
                "sbh_evidence_packets_total",
                "Evidence packs made, by scope.",
                &["scope"],
            ),
            workspace_members: counter(&registry, "sbh_workspace_members_total", "Members added to workspaces."),
            shared_assets: counters(&registry, "sbh_shared_assets_total", "Assets shared, by kind.", &["kind"]),
            workspace_activity: counter(
                &registry,
                "sbh_workspace_activity_events_total",
                "Lines written into the activity feeds of workspaces.",
            ),
            job_queue_depth: gauges(&registry, "sbh_job_queue_depth", "Jobs that wait, by priority.", &["priority"]),
            http_requests: counters(
                &registry,
                "sbh_http_requests_total",
                "Requests answered.",
                &["route", "method", "status"],
            ),
            http_duration: histograms(
                &registry,
                "sbh_http_request_duration_seconds",
                "Time to answer.",
                &["route", "method"],
            ),
            registry,
        };
        Self(Arc::new(figures))
    }

    /// All figures as Prometheus text (exposition format 0.0.4).
    pub fn text(&self) -> String {
        let encoder = prometheus::TextEncoder::new();
        encoder.encode_to_string(&self.0.registry.gather()).unwrap_or_default()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl std::ops::Deref for Metrics {
    type Target = Figures;

    fn deref(&self) -> &Figures {
        &self.0
    }
}

const ONCE: &str = "every figure has a valid name and is registered once";

fn counter(registry: &Registry, name: &str, help: &str) -> IntCounter {
    let figure = IntCounter::new(name, help).expect(ONCE);
    registry.register(Box::new(figure.clone())).expect(ONCE);
    figure
}

fn counters(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
    let figure = IntCounterVec::new(Opts::new(name, help), labels).expect(ONCE);
    registry.register(Box::new(figure.clone())).expect(ONCE);
    figure
}

fn gauges(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
    let figure = IntGaugeVec::new(Opts::new(name, help), labels).expect(ONCE);
    registry.register(Box::new(figure.clone())).expect(ONCE);
    figure
}

fn histograms(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> HistogramVec {
    let options = HistogramOpts::new(name, help).buckets(LATENCY_BUCKETS.to_vec());
    let figure = HistogramVec::new(options, labels).expect(ONCE);
    registry.register(Box::new(figure.clone())).expect(ONCE);
    figure
}
