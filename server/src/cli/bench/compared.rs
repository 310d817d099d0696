//! What a run in turns with a baseline says of the differences.

use super::markdown::cell;
use crate::cli::terminal::{Judgement, bold, judged, wrapped};
use hub::{
    lab::{Effect, MetricComparison, MetricVerdict},
    text::significant,
};
use serde::Serialize;

/// The differences of a run from its baseline.
#[derive(Serialize)]
pub(super) struct Compared {
    /// The baseline's address or version.
    pub(super) baseline: String,
    /// The metrics that both have.
    pub(super) metrics: Vec<MetricComparison>,
}

/// A line for each metric, for a terminal.
pub(super) fn table(compared: &Compared) -> String {
    let title = format!("Against {}, in turns", compared.baseline);
    let mut text = format!("\n{}", bold(&wrapped("", &title)));
    for metric in &compared.metrics {
        let verdict = format!("{:13}", metric.verdict.label());
        let judgement = match metric.verdict {
            MetricVerdict::Worse => Judgement::Bad,
            MetricVerdict::Inconclusive => Judgement::Fair,
            MetricVerdict::Better | MetricVerdict::NoDifference => Judgement::Good,
        };
        let line = wrapped(&verdict, &format!("{}: {}", metric.label, told(metric)));
        text.push_str(&line.replacen(&verdict, &judged(judgement, &verdict), 1));
    }
    text
}

/// A row for each metric.
pub(super) fn markdown(compared: &Compared) -> String {
    let row = |metric: &MetricComparison| {
        format!("| {} | {} | {} |\n", cell(&metric.label), cell(&told(metric)), metric.verdict.label())
    };
    let rows: String = compared.metrics.iter().map(row).collect();
    format!("\n| against {} | difference | verdict |\n| --- | --- | --- |\n{rows}", cell(&compared.baseline))
}

/// Both medians, the difference with its interval, and why nothing can be said where that is so.
fn told(metric: &MetricComparison) -> String {
    let unit = if metric.unit.is_empty() { String::new() } else { format!(" {}", metric.unit) };
    let medians = format!("{} to {}{unit}", significant(metric.baseline.median), significant(metric.candidate.median));
    let signed = |value: f64| format!("{}{}", if value > 0.0 { "+" } else { "" }, significant(value));
    let with = |effect: &Effect, scale: f64, unit: &str| {
        let [low, estimate, high] = [effect.low, effect.estimate, effect.high].map(|value| signed(value * scale));
        format!("{estimate}{unit} ({low} to {high})")
    };
    let difference = match &metric.relative {
        Some(relative) => with(relative, 100.0, " %"),
        None => with(&metric.difference, 1.0, &unit),
    };
    match &metric.reason {
        Some(reason) => format!("{medians}; {reason}"),
        None => format!("{medians}, {difference}"),
    }
}
