//! From what the engines measured to what a benchmark keeps.

use super::{
    load::{HostSummary, LatencyPair, LoadSummary, Percentiles, RequestSummary, Second},
    security::{ComplianceCheck, FindingView, ObservatoryTest, ObservatoryView, SecuritySummary, Unmeasured},
};
use sbh_load::{Outcome, calibration::Calibration};
use sbh_probes::{Audit, compliance};

/// What a load showed, without its host and its repetitions.
pub(super) fn summary(outcome: &Outcome) -> LoadSummary {
    LoadSummary {
        latency: latency(&outcome.latency),
        throughput_rps: outcome.throughput_rps,
        requests: outcome.requests,
        errors: outcome.errors,
        dropped: outcome.dropped,
        valid: outcome.valid,
        invalid_reason: outcome.invalid_reason.clone(),
        duration_s: outcome.duration_s,
        http_version: outcome.http_version.clone(),
        bytes_in: outcome.bytes_in,
        bytes_out: outcome.bytes_out,
        connections_opened: outcome.connections_opened,
        error_classes: outcome.error_classes.iter().map(|(class, count)| (wire_name(class), *count)).collect(),
        statuses: outcome.statuses.clone(),
        generator_cpu_fraction: outcome.generator.cpu_fraction,
        schedule_missed_fraction: outcome.generator.schedule_missed_fraction,
        series: outcome.series.iter().map(second).collect(),
        by_request: outcome.by_request.iter().map(by_request).collect(),
        host: None,
        repetitions: Vec::new(),
    }
}

/// How quiet the generator's host is.
pub(super) fn host(found: &Calibration) -> HostSummary {
    HostSummary {
        cpu_variation: found.cpu_variation,
        cpu_wait: found.cpu_wait,
        timer_p99_ms: found.timer_p99_ms,
        steal_share: found.steal_share,
        load_per_core: found.load_per_core,
        noisy: found.noisy,
        reasons: found.reasons.clone(),
    }
}

/// The name under which an engine's plain enum is exchanged.
pub(super) fn wire_name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn latency(pair: &sbh_load::Latency) -> LatencyPair {
    LatencyPair { raw: pair.raw.map(percentiles), corrected: pair.corrected.map(percentiles) }
}

fn percentiles(summary: sbh_load::LatencySummary) -> Percentiles {
    Percentiles {
        count: summary.count,
        p50_ms: summary.p50_ms,
        p90_ms: summary.p90_ms,
        p95_ms: summary.p95_ms,
        p99_ms: summary.p99_ms,
        p999_ms: summary.p999_ms,
        max_ms: summary.max_ms,
        mean_ms: summary.mean_ms,
    }
}

/// A second of a load.
pub(super) fn second(point: &sbh_load::SeriesPoint) -> Second {
    Second {
        second: point.second,
        started: point.started,
        completed: point.completed,
        errors: point.errors,
        p50_ms: point.p50_ms,
        p95_ms: point.p95_ms,
        p99_ms: point.p99_ms,
    }
}

fn by_request(request: &sbh_load::RequestOutcome) -> RequestSummary {
    RequestSummary {
        name: request.name.clone(),
        requests: request.requests,
        errors: request.errors,
        latency: latency(&request.latency),
    }
}

/// What an audit showed.
pub(super) fn security(audit: &Audit) -> SecuritySummary {
    let test = |test: &sbh_probes::observatory::TestResult| ObservatoryTest {
        id: test.id.clone(),
        pass: Some(test.pass),
        result: test.result.clone(),
        score_modifier: test.score_modifier,
        explanation: test.explanation.clone(),
    };
    let finding = |finding: &sbh_probes::Finding| FindingView {
        id: finding.id.clone(),
        title: finding.title.clone(),
        severity: wire_name(&finding.severity),
        cvss: finding.cvss.clone(),
        cwe: finding.cwe,
        evidence: finding.evidence.clone(),
        location: finding.location.clone(),
        remediation: finding.remediation.clone(),
        reference: finding.reference.clone(),
    };
    let check = |check: &compliance::Check| ComplianceCheck {
        id: check.id.clone(),
        title: check.title.clone(),
        kept: match check.outcome {
            compliance::Outcome::Kept => Some(true),
            compliance::Outcome::Missed => Some(false),
            compliance::Outcome::Undecided => None,
        },
        evidence: check.evidence.clone(),
        remediation: check.remediation.clone(),
        reference: check.reference.clone(),
    };
    let gap = |gap: &sbh_probes::NotMeasured| Unmeasured { what: gap.what.clone(), why: gap.why.clone() };
    SecuritySummary {
        observatory: audit.observatory.as_ref().map(|observatory| ObservatoryView {
            score: observatory.score,
            grade: observatory.grade.clone(),
            tests: observatory.tests.iter().map(test).collect(),
        }),
        findings: audit.findings.iter().map(finding).collect(),
        compliance: audit.compliance.iter().map(check).collect(),
        not_measured: audit.not_measured.iter().map(gap).collect(),
    }
}
