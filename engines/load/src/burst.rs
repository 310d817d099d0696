//! Recovery after a burst: a steady arrival rate, a multiple of it for some seconds, and the steady rate again.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::time::Duration;

use sbh_egress::Guard;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::availability::{self, Availability, OUTAGE_ERROR_RATE};
use crate::error::{LoadError, PlanErrors};
use crate::histogram::LatencyHistogram;
use crate::outcome::{Outcome, SeriesPoint, decimal, share};
use crate::plan::{Model, Plan, Stage};
use crate::progress::Progress;
use crate::validate::{Findings, MAX_RATE};

/// The lowest steady rate in requests per second: a second with fewer requests has no 95th percentile worth the name.
const LEAST_RATE: f64 = 10.0;
/// The longest part of a burst test in seconds.
const LONGEST_PART: u32 = 3_600;
const MAX_MULTIPLE: f64 = 1_000.0;
const MAX_SLACK_MS: f64 = 600_000.0;

/// A burst between two steady parts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// The steady arrival rate in requests per second.
    pub rate: f64,
    /// How many times that the burst is.
    pub multiple: f64,
    /// How many seconds the steady rate runs before the burst; the plan's warm-up comes before them.
    pub baseline_s: u32,
    /// How many seconds the burst lasts.
    pub burst_s: u32,
    /// How many seconds at the steady rate the target has for its recovery.
    pub watch_s: u32,
    /// What counts as recovered.
    #[serde(default)]
    pub band: Band,
}

/// How near to its baseline a target has to come, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Band {
    /// A second's 95th percentile may be this many times the baseline's.
    pub latency_factor: f64,
    /// Or lie above it by this many milliseconds, whichever is more.
    pub latency_slack_ms: f64,
    /// A second's share of failed requests may be this much above the baseline's, 0 to 1.
    pub error_slack: f64,
    /// This many seconds in a row must be within both.
    pub seconds: u32,
}

impl Default for Band {
    /// A factor of 1.5: the 95th percentile of a second with a hundred requests lies anywhere between the 90th and the 99th of all, and of
    /// exponentially distributed latencies the 99th is ln 100 / ln 20 = 1.54 times the 95th. 10 ms, by which a valid run may be late itself
    /// ([`crate::SCHEDULE_TOLERANCE`]). One request in a hundred. Three seconds, so that one lucky second is no recovery.
    fn default() -> Self {
        Self { latency_factor: 1.5, latency_slack_ms: 10.0, error_slack: 0.01, seconds: 3 }
    }
}

impl Burst {
    /// Checks every field.
    ///
    /// # Errors
    /// [`PlanErrors`] with each field that is not acceptable and what is allowed.
    pub fn validate(&self) -> Result<(), PlanErrors> {
        let mut found = Findings::default();
        found.rate("burst.rate", self.rate, LEAST_RATE);
        found.within("burst.multiple", self.multiple, 1.0, MAX_MULTIPLE);
        if self.rate * self.multiple > MAX_RATE {
            found.add("burst.multiple", format!("must keep the burst at or below {MAX_RATE} requests per second"));
        }
        found.number("burst.baseline_s", self.baseline_s, 1, LONGEST_PART);
        found.number("burst.burst_s", self.burst_s, 1, LONGEST_PART);
        found.number("burst.watch_s", self.watch_s, 1, LONGEST_PART);
        found.within("burst.band.latency_factor", self.band.latency_factor, 1.0, MAX_MULTIPLE);
        found.within("burst.band.latency_slack_ms", self.band.latency_slack_ms, 0.0, MAX_SLACK_MS);
        found.share("burst.band.error_slack", self.band.error_slack);
        if !(1..=self.watch_s).contains(&self.band.seconds) {
            found.add("burst.band.seconds", "must be from 1 to the seconds that are watched");
        }
        found.finish()
    }

    /// The plan with the burst in place of its own schedule. Connections and queue are those of the plan, if its model is the open one.
    #[must_use]
    pub fn plan(&self, plan: Plan) -> Plan {
        let part = |multiple: f64, seconds: u32| {
            Stage::constant(self.rate * multiple, Duration::from_secs(u64::from(seconds)))
        };
        let parts = vec![part(1.0, self.baseline_s), part(self.multiple, self.burst_s), part(1.0, self.watch_s)];
        let model = match plan.model {
            Model::Open { connections, streams_per_connection, queue_limit, .. } => {
                Model::Open { stages: parts, connections, streams_per_connection, queue_limit }
            }
            Model::Closed { .. } => Model::open(parts),
        };
        Plan { model, ..plan }
    }

    fn after(&self) -> u32 {
        self.baseline_s.saturating_add(self.burst_s)
    }

    fn end(&self) -> u32 {
        self.after().saturating_add(self.watch_s)
    }
}

/// What a burst did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BurstOutcome {
    /// How the target came back from it.
    pub recovery: Recovery,
    /// Availability over all three parts; `None` when nothing was due.
    pub availability: Option<Availability>,
    /// The run.
    pub outcome: Outcome,
}

/// How a target came back from a burst.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recovery {
    /// Before the burst.
    pub baseline: Part,
    /// During the burst: what ended in its seconds, not what began in them.
    pub burst: Part,
    /// After the burst, to the end of the watch.
    pub after: Part,
    /// The highest 95th percentile of a second that was taken as recovered, in milliseconds; `None` without a baseline.
    pub limit_p95_ms: Option<f64>,
    /// The highest share of failed requests of such a second; `None` without a baseline.
    pub limit_error_rate: Option<f64>,
    /// Whole seconds from the end of the burst until the target was within the band and stayed there; 0 when it never left it.
    pub recovery_s: Option<u32>,
    /// Why there is no recovery time, where there is none.
    pub not_recovered: Option<NotRecovered>,
}

/// Some seconds of a run together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Requests that ended in them.
    pub requests: u64,
    /// The 95th percentile of their corrected latency in milliseconds; `None` when nothing was answered.
    pub p95_ms: Option<f64>,
    /// The share of them that failed, 0 to 1; `None` when none ended.
    pub error_rate: Option<f64>,
}

/// Why there is no recovery time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[non_exhaustive]
pub enum NotRecovered {
    /// Nothing was answered before the burst.
    NoBaseline,
    /// The target did not stay within the band while it was watched.
    NotWithinWatch {
        /// How long it was watched.
        seconds: u32,
    },
    /// The run is not valid.
    Invalid {
        /// Why not.
        why: String,
    },
}

impl fmt::Display for NotRecovered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBaseline => out.write_str("Nothing was answered before the burst."),
            Self::NotWithinWatch { seconds } => {
                write!(out, "The target was not back at its baseline {seconds} seconds after the burst.")
            }
            Self::Invalid { why } => out.write_str(why),
        }
    }
}

/// Runs a plan's mix through a burst; the plan's own model gives its connections and queue alone.
///
/// # Errors
/// Those of [`crate::run`], and [`LoadError::Plan`] for a burst that is not acceptable and for a plan with a cap on its rate.
pub async fn run(
    plan: Plan,
    burst: Burst,
    guard: Guard,
    progress: watch::Sender<Progress>,
    cancel: CancellationToken,
) -> Result<BurstOutcome, LoadError> {
    burst.validate()?;
    plan.must_be_uncapped()?;
    let outcome = crate::run(burst.plan(plan), guard, progress, cancel).await?;
    let mut recovery = recovery(&outcome.series, &burst);
    if let Some(why) = &outcome.invalid_reason {
        recovery.recovery_s = None;
        recovery.not_recovered = Some(NotRecovered::Invalid { why: why.clone() });
    }
    Ok(BurstOutcome { recovery, availability: availability::of_run(&outcome, OUTAGE_ERROR_RATE), outcome })
}

/// Reads the recovery from the seconds of a run that began with the baseline.
///
/// A second is within the band when something was answered in it, its 95th percentile of the corrected latency and its share of failed requests are
/// at most the limits, and these come from all of the baseline's seconds together. The recovery time ends where the first
/// [`Band::seconds`] in a row begin that all are.
#[must_use]
pub fn recovery(series: &[SeriesPoint], burst: &Burst) -> Recovery {
    let seconds = Seconds(series.iter().map(|point| (point.second, point)).collect());
    let baseline = seconds.part(0..burst.baseline_s);
    let limits = limits(&baseline, &burst.band);
    let recovered = limits.and_then(|(latency, errors)| {
        let last = burst.end().saturating_sub(burst.band.seconds);
        let stays =
            |from: &u32| (*from..*from + burst.band.seconds).all(|second| seconds.within(second, latency, errors));
        (burst.after()..=last).find(stays)
    });
    let not_recovered = match (limits, recovered) {
        (None, _) => Some(NotRecovered::NoBaseline),
        (Some(_), None) => Some(NotRecovered::NotWithinWatch { seconds: burst.watch_s }),
        (Some(_), Some(_)) => None,
    };
    Recovery {
        baseline,
        burst: seconds.part(burst.baseline_s..burst.after()),
        after: seconds.part(burst.after()..burst.end()),
        limit_p95_ms: limits.map(|(latency, _)| latency),
        limit_error_rate: limits.map(|(_, errors)| errors),
        recovery_s: recovered.map(|second| second - burst.after()),
        not_recovered,
    }
}

/// The highest 95th percentile and share of failed requests that a recovered second may have.
fn limits(baseline: &Part, band: &Band) -> Option<(f64, f64)> {
    let (p95, errors) = (baseline.p95_ms?, baseline.error_rate?);
    let latency = (p95 * band.latency_factor).max(p95 + band.latency_slack_ms);
    Some((decimal(latency), decimal(errors + band.error_slack)))
}

/// A series by its seconds.
struct Seconds<'a>(BTreeMap<u32, &'a SeriesPoint>);

impl Seconds<'_> {
    fn part(&self, seconds: Range<u32>) -> Part {
        let (mut errors, mut ended, mut latency) = (0, 0, LatencyHistogram::coarse());
        for (_, point) in self.0.range(seconds) {
            errors += point.errors;
            ended += point.errors + point.succeeded;
            latency.merge(&point.histogram);
        }
        Part { requests: ended, p95_ms: latency.quantile_ms(0.95), error_rate: share(errors, ended) }
    }

    fn within(&self, second: u32, latency: f64, errors: f64) -> bool {
        let part = self.part(second..second + 1);
        part.p95_ms.is_some_and(|p95| p95 <= latency) && part.error_rate.is_some_and(|rate| rate <= errors)
    }
}

#[cfg(test)]
mod tests;
