//! The outcome for people at a terminal.

use super::{compared, run::Run};
use crate::cli::terminal::{Judgement, bar, bold, faint, judged, one_line, wrapped};
use hub::{
    lab::{DimensionRow, FindingView, LoadSummary, Percentiles, error_rate_pct},
    text::significant,
};
use sbh_stats::Dimension;

/// Reads one percentile.
pub(super) type Read = fn(&Percentiles) -> f64;

/// The percentiles that are shown.
pub(super) const PERCENTILES: [(&str, Read); 6] = [
    ("p50", |latency| latency.p50_ms),
    ("p90", |latency| latency.p90_ms),
    ("p95", |latency| latency.p95_ms),
    ("p99", |latency| latency.p99_ms),
    ("p99.9", |latency| latency.p999_ms),
    ("max", |latency| latency.max_ms),
];

/// The whole outcome.
pub(super) fn text(run: &Run) -> String {
    let mut text = format!("{}\n\n", bold(&one_line(&headline(run))));
    text.push_str(&overall(run));
    if run.card.score.is_some() {
        run.card.dimensions.iter().for_each(|row| text.push_str(&dimension(row)));
    }
    if let Some(load) = &run.load {
        text.push_str(&format!("\n{}", latency(load)));
    }
    text.push_str(&run.compared.as_ref().map(compared::table).unwrap_or_default());
    text.push_str(&findings(run));
    text
}

/// Where, what, which part.
pub(super) fn headline(run: &Run) -> String {
    let version = run.version.as_ref().map(|version| format!("version {version}"));
    let scope = run.scope.map(|scope| format!("scope {scope}"));
    let imported = run.imported.as_ref().map(|tools| format!("imported from {tools}"));
    [run.url.clone(), version, scope, imported].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The name for people.
pub(super) fn label(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Performance => "Performance",
        Dimension::Reliability => "Reliability",
        Dimension::Ux => "UX",
        Dimension::Scalability => "Scalability",
        Dimension::Cost => "Cost",
        Dimension::Security => "Security",
        Dimension::Privacy => "Privacy",
        Dimension::Compliance => "Compliance",
    }
}

/// What the load was and how it went, in a line each.
pub(super) fn load_lines(load: &LoadSummary) -> Vec<String> {
    let rate = error_rate_pct(load).map(|rate| format!(": {} % failed", significant(rate))).unwrap_or_default();
    let http = load.http_version.as_ref().map(|version| format!(" over {version}")).unwrap_or_default();
    let mut lines = vec![
        format!("{} requests/s for {} s{http}", significant(load.throughput_rps), significant(load.duration_s)),
        format!("{} requests, {} errors, {} dropped{rate}", load.requests, load.errors, load.dropped),
    ];
    if !load.error_classes.is_empty() {
        let classes = load.error_classes.iter().map(|(class, count)| format!("{class} {count}"));
        lines.push(format!("errors: {}", classes.collect::<Vec<_>>().join(", ")));
    }
    lines
}

fn overall(run: &Run) -> String {
    let curves = faint(&format!("curves {}", run.card.curve_version));
    match (run.card.score, &run.card.grade) {
        (Some(score), Some(grade)) => {
            let value = judged(Judgement::of_score(score), &format!("{score:>5.1}  {grade:<2}"));
            format!("{}  {value}  {}  {curves}\n", bold("Overall      "), bar(score))
        }
        _ => {
            let why = run.invalid_reason().unwrap_or("Nothing was measured.");
            wrapped("Overall        not scored: ", why)
        }
    }
}

fn dimension(row: &DimensionRow) -> String {
    let name = label(row.dimension);
    match (row.score, &row.grade, &row.reason) {
        (Some(score), Some(grade), _) => {
            let value = judged(Judgement::of_score(score), &format!("{score:>5.1}  {grade:<2}"));
            format!("{name:13}  {value}  {}\n", bar(score))
        }
        (_, _, reason) => wrapped(&format!("{name:13}      –  "), reason.as_deref().unwrap_or("Not measured.")),
    }
}

fn latency(load: &LoadSummary) -> String {
    let mut text = format!("{}\n", bold(&format!("{:13}{:>14}{:>16}", "Latency", "raw", "corrected")));
    let (raw, corrected) = (&load.latency.raw, &load.latency.corrected);
    for (name, read) in PERCENTILES {
        let side = |latency: &Option<Percentiles>| latency.as_ref().map_or_else(|| "–".to_owned(), |it| ms(read(it)));
        text.push_str(&format!("{name:13}{:>14}{:>16}\n", side(raw), side(corrected)));
    }
    load_lines(load).iter().for_each(|line| text.push_str(&wrapped("", line)));
    text
}

/// Milliseconds with their unit.
pub(super) fn ms(value: f64) -> String {
    format!("{} ms", significant(value))
}

fn findings(run: &Run) -> String {
    let security = &run.security;
    let mut text = String::new();
    if let Some(observatory) = &security.observatory {
        text.push_str(&format!("\nHTTP Observatory {} {}\n", observatory.score, observatory.grade));
    }
    if !security.findings.is_empty() {
        text.push_str(&format!("\n{}\n", bold(&format!("Findings ({}, worst first)", security.findings.len()))));
    }
    security.findings.iter().for_each(|found| text.push_str(&finding(found)));
    for gap in &security.not_measured {
        text.push_str(&wrapped("not measured   ", &format!("{}: {}", gap.what, gap.why)));
    }
    text
}

fn finding(found: &FindingView) -> String {
    let severity = format!("{:8}", one_line(&found.severity));
    let title = wrapped(&severity, &format!("{} [{}, CWE-{}]", found.title, found.id, found.cwe));
    let judgement = match found.severity.as_str() {
        "critical" | "high" => Judgement::Bad,
        "medium" => Judgement::Fair,
        _ => Judgement::Good,
    };
    let title = match judgement {
        Judgement::Good => title,
        worse => title.replacen(&severity, &judged(worse, &severity), 1),
    };
    title + &wrapped("        ", &found.remediation)
}
