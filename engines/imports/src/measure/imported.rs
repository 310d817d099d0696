//! What a file of measurements says.

use super::Format;
use chrono::{DateTime, Utc};
use hdrhistogram::Histogram;
use std::collections::BTreeMap;

/// A figure, or why the file has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure<T> {
    /// The figure.
    Given(T),
    /// Why there is none.
    Absent(String),
}

impl<T: Copy> Figure<T> {
    pub(super) fn absent(why: impl Into<String>) -> Self {
        Self::Absent(why.into())
    }

    pub(super) fn or(value: Option<T>, why: impl Into<String>) -> Self {
        value.map_or_else(|| Self::Absent(why.into()), Self::Given)
    }

    /// The figure, if there is one.
    pub fn value(&self) -> Option<T> {
        match self {
            Self::Given(value) => Some(*value),
            Self::Absent(_) => None,
        }
    }

    /// Why there is none.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Given(_) => None,
            Self::Absent(why) => Some(why),
        }
    }
}

/// What a file of measurements says, with every figure checked.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Imported {
    /// The format that was read.
    pub format: Format,
    /// The tool: `Lighthouse`, `k6`, `oha` or `JMeter`.
    pub tool: &'static str,
    /// The tool's version, if the file says it.
    pub tool_version: Option<String>,
    /// The one address that was measured, if the file says it.
    pub target_url: Option<String>,
    /// When the measurement began, if the file says it.
    pub started_at: Option<DateTime<Utc>>,
    /// How long it took, in seconds.
    pub duration_s: Figure<f64>,
    /// Requests that ended.
    pub requests: Figure<u64>,
    /// Those of them that failed, as the tool counts failures.
    pub errors: Figure<u64>,
    /// Requests a second.
    pub throughput_rps: Figure<f64>,
    /// How long requests took; absent for a page.
    pub latency: Option<Latency>,
    /// Requests by status, where the file counts them.
    pub statuses: BTreeMap<String, u64>,
    /// One entry for each second in which a request ended, in order, where the file has raw samples.
    pub seconds: Vec<Second>,
    /// The breakdown by label, in order of the labels, where the file has labels.
    pub labels: Vec<LabelFigures>,
    /// What a browser showed.
    pub page: Option<Page>,
    /// What has to be known to read the figures.
    pub notes: Vec<String>,
}

impl Imported {
    pub(super) fn new(format: Format, tool: &'static str) -> Self {
        let absent = "the file does not say it";
        Self {
            format,
            tool,
            tool_version: None,
            target_url: None,
            started_at: None,
            duration_s: Figure::absent(absent),
            requests: Figure::absent(absent),
            errors: Figure::absent(absent),
            throughput_rps: Figure::absent(absent),
            latency: None,
            statuses: BTreeMap::new(),
            seconds: Vec::new(),
            labels: Vec::new(),
            page: None,
            notes: Vec::new(),
        }
    }

    /// Failed requests in percent of all; `None` when either is unknown or there was no request.
    #[must_use]
    pub fn error_rate_pct(&self) -> Option<f64> {
        let (errors, requests) = (self.errors.value()?, self.requests.value()?);
        (requests > 0).then(|| errors as f64 / requests as f64 * 100.0)
    }
}

/// How long requests took, in milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Latency {
    /// The mean.
    pub mean_ms: Figure<f64>,
    /// The shortest.
    pub min_ms: Figure<f64>,
    /// The longest.
    pub max_ms: Figure<f64>,
    /// The percentiles that the file has, or that its samples give, in rising order.
    pub percentiles: Vec<Percentile>,
    /// All samples in microseconds with three significant digits, where the file has raw samples.
    pub histogram: Option<Histogram<u64>>,
}

impl Latency {
    /// A percentile such as 95 or 99.9, in milliseconds.
    #[must_use]
    pub fn percentile_ms(&self, percent: f64) -> Figure<f64> {
        let found = self.percentiles.iter().find(|point| (point.percent - percent).abs() < 1e-9);
        Figure::or(found.map(|point| point.latency_ms), format!("the file has no percentile {percent}"))
    }
}

/// One percentile of the latency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentile {
    /// Percent of the requests, above 0 and at most 100.
    pub percent: f64,
    /// The latency at or below which they are, in milliseconds.
    pub latency_ms: f64,
}

/// A second of a run in which requests ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Second {
    /// Seconds since the epoch.
    pub epoch_s: i64,
    /// Requests that ended in it.
    pub requests: u64,
    /// Those of them that failed.
    pub errors: u64,
    /// Their mean latency in milliseconds.
    pub mean_ms: f64,
    /// Their longest latency in milliseconds.
    pub max_ms: f64,
}

/// The requests of one label.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelFigures {
    /// The label.
    pub label: String,
    /// Requests.
    pub requests: u64,
    /// Those of them that failed; absent where the file does not say it.
    pub errors: Figure<u64>,
    /// How long they took.
    pub latency: Latency,
}

/// The kind of device that a page was opened on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FormFactor {
    /// A phone.
    Mobile,
    /// A desktop.
    Desktop,
}

impl FormFactor {
    /// The name in metrics, as in `browser.mobile.lcp_ms`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Desktop => "desktop",
        }
    }
}

/// What a browser showed of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The device, if the file says it.
    pub form_factor: Option<FormFactor>,
    /// Metrics by name, such as `lcp_ms`, `cls` and `transfer_bytes`, as they follow `browser.<device>.`.
    pub metrics: BTreeMap<&'static str, Figure<f64>>,
    /// Scores from 0 to 1 by category, as the tool gave them.
    pub scores: BTreeMap<String, Figure<f64>>,
}
