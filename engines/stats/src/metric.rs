//! Metrics that score, their units and directions.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::StatsError;

/// A metric that has a score curve. Serialised by its [`key`](Metric::key).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Metric {
    /// Median response time under an open workload, corrected for coordinated omission.
    LatencyP50,
    /// 95th percentile of the corrected response time.
    LatencyP95,
    /// 99th percentile of the corrected response time.
    LatencyP99,
    /// Share of requests that failed, in percent of those sent.
    ErrorRate,
    /// Share of probes that the service answered correctly, in percent.
    Availability,
    /// Score of the HTTP Observatory rules, 0 to 100 and more with bonus points.
    Observatory,
    /// First Contentful Paint on a phone with a slow connection.
    FirstContentfulPaint,
    /// Largest Contentful Paint, on the same.
    LargestContentfulPaint,
    /// Total Blocking Time, on the same.
    TotalBlockingTime,
    /// Cumulative Layout Shift, on the same.
    CumulativeLayoutShift,
    /// Speed Index, on the same.
    SpeedIndex,
    /// Share of the accessibility rules that apply and that could be decided which the page keeps, in percent.
    Accessibility,
    /// Throughput at the most users that were tried, in percent of the best that fewer users got; 0 where the target failed before.
    ThroughputKept,
    /// κ of the Universal Scalability Law, in percent.
    Coherency,
    /// Known trackers that a page asks before anybody consented.
    Trackers,
    /// Cookies that a page sets before anybody consented, of those that need consent.
    UnaskedCookies,
    /// Other sites that a page asks for something.
    ThirdParties,
    /// Share of the compliance checks that could be decided which a site keeps, in percent.
    Compliance,
    /// Of the seconds that a target was watched after a burst, the share in which it was back at its baseline to stay, in percent; 0
    /// where it did not come back.
    Recovered,
    /// Share of normal requests that were answered beside rude clients, in percent.
    ServedBesideRude,
    /// What a million requests cost at the measured capacity, in US dollars.
    CostPerMillion,
}

impl Metric {
    /// Every metric that has a score curve.
    pub const ALL: [Self; 21] = [
        Self::LatencyP50,
        Self::LatencyP95,
        Self::LatencyP99,
        Self::ErrorRate,
        Self::Availability,
        Self::Observatory,
        Self::FirstContentfulPaint,
        Self::LargestContentfulPaint,
        Self::TotalBlockingTime,
        Self::CumulativeLayoutShift,
        Self::SpeedIndex,
        Self::Accessibility,
        Self::ThroughputKept,
        Self::Coherency,
        Self::Trackers,
        Self::UnaskedCookies,
        Self::ThirdParties,
        Self::Compliance,
        Self::Recovered,
        Self::ServedBesideRude,
        Self::CostPerMillion,
    ];

    /// The stable name in the API, in storage and in exports.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::LatencyP50 => "latency_p50",
            Self::LatencyP95 => "latency_p95",
            Self::LatencyP99 => "latency_p99",
            Self::ErrorRate => "error_rate",
            Self::Availability => "availability",
            Self::Observatory => "observatory",
            Self::FirstContentfulPaint => "first_contentful_paint",
            Self::LargestContentfulPaint => "largest_contentful_paint",
            Self::TotalBlockingTime => "total_blocking_time",
            Self::CumulativeLayoutShift => "cumulative_layout_shift",
            Self::SpeedIndex => "speed_index",
            Self::Accessibility => "accessibility",
            Self::ThroughputKept => "throughput_kept",
            Self::Coherency => "coherency",
            Self::Trackers => "trackers",
            Self::UnaskedCookies => "unasked_cookies",
            Self::ThirdParties => "third_parties",
            Self::Compliance => "compliance",
            Self::Recovered => "recovered",
            Self::ServedBesideRude => "served_beside_rude",
            Self::CostPerMillion => "cost_per_million",
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::LatencyP50 => "Latency p50 (corrected)",
            Self::LatencyP95 => "Latency p95 (corrected)",
            Self::LatencyP99 => "Latency p99 (corrected)",
            Self::ErrorRate => "Error rate",
            Self::Availability => "Availability",
            Self::Observatory => "HTTP Observatory score",
            Self::FirstContentfulPaint => "First Contentful Paint (mobile)",
            Self::LargestContentfulPaint => "Largest Contentful Paint (mobile)",
            Self::TotalBlockingTime => "Total Blocking Time (mobile)",
            Self::CumulativeLayoutShift => "Cumulative Layout Shift (mobile)",
            Self::SpeedIndex => "Speed Index (mobile)",
            Self::Accessibility => "Accessibility rules kept",
            Self::ThroughputKept => "Throughput kept at the last step",
            Self::Coherency => "Coherency (κ)",
            Self::Trackers => "Trackers before consent",
            Self::UnaskedCookies => "Cookies before consent",
            Self::ThirdParties => "Third parties",
            Self::Compliance => "Compliance checks kept",
            Self::Recovered => "Recovered after a burst",
            Self::ServedBesideRude => "Served beside rude clients",
            Self::CostPerMillion => "Cost of a million requests",
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for Metric {
    type Err = StatsError;

    fn from_str(text: &str) -> Result<Self, StatsError> {
        let found = Self::ALL.into_iter().find(|metric| metric.key() == text);
        found.ok_or_else(|| StatsError::UnknownName { field: "metric", value: text.to_owned() })
    }
}

/// The unit in which a metric's value is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unit {
    /// Thousandths of a second; 0 or more.
    Milliseconds,
    /// Hundredths; 0 to 100.
    Percent,
    /// Points of a scale that the metric defines; 0 or more.
    Points,
    /// A plain number; 0 or more.
    Number,
    /// US dollars; 0 or more.
    UsDollars,
}

impl Unit {
    /// The symbol to print behind a value.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Milliseconds => "ms",
            Self::Percent => "%",
            Self::Points => "points",
            Self::Number => "",
            Self::UsDollars => "USD",
        }
    }

    /// The largest value the unit allows; the smallest is 0 for all of them.
    #[must_use]
    pub const fn max(self) -> f64 {
        match self {
            Self::Percent => 100.0,
            Self::Milliseconds | Self::Points | Self::Number | Self::UsDollars => f64::INFINITY,
        }
    }
}

/// Which values of a metric are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Small values score high.
    LowerIsBetter,
    /// Large values score high.
    HigherIsBetter,
}
