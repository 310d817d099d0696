//! How a target scales: what stepped load showed, and the law that fits it.

use super::compare::Effect;
use serde::{Deserialize, Serialize};

/// What load in steps showed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ScalabilitySummary {
    /// The steps that took place, in ascending order of users.
    pub steps: Vec<StepSummary>,
    /// Where and why the steps ended before the last one, if they did.
    pub stopped: Option<String>,
    /// The Universal Scalability Law that fits the steps.
    pub law: Option<Law>,
    /// Why no law was fitted.
    pub not_fitted: Option<String>,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct StepSummary {
    /// Its virtual users.
    pub users: u32,
    /// Successful responses a second.
    pub throughput_rps: f64,
    /// Median latency.
    pub p50_ms: Option<f64>,
    /// 95th percentile.
    pub p95_ms: Option<f64>,
    /// 99th percentile.
    pub p99_ms: Option<f64>,
    /// Share of its requests that failed, in percent.
    pub error_rate_pct: Option<f64>,
    /// Whether the law was fitted to it: neither the generator nor a failing target was in the way.
    pub fitted: bool,
}

/// The Universal Scalability Law `X(N) = λN / (1 + σ(N - 1) + κN(N - 1))` (Gunther, Guerrilla Capacity Planning, 2007),
/// with intervals of 95 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Law {
    /// λ: responses a second of one user.
    pub lambda: Estimate,
    /// σ, contention: the share of the work that waits for other work.
    pub sigma: Estimate,
    /// κ, coherency: the cost of keeping each pair of users in agreement.
    pub kappa: Estimate,
    /// The knee: where more users bring more waiting than throughput (Kleinrock, 1979).
    pub knee: Option<Operating>,
    /// The predicted peak; none where the law never falls.
    pub peak: Option<Operating>,
    /// The peak's throughput with its interval; absent without one.
    pub peak_rps: Option<Effect>,
    /// The fewest and the most users of the peak's interval; no most where the steps do not exclude that it never falls.
    pub peak_users: Option<PeakUsers>,
}

/// Between which numbers of users the peak lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct PeakUsers {
    /// The fewest.
    pub low: f64,
    /// The most.
    pub high: Option<f64>,
}

/// A parameter with its interval, where the steps are enough for one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The interval's lower bound.
    pub low: Option<f64>,
    /// The interval's upper bound.
    pub high: Option<f64>,
}

/// A number of users and what they get.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Operating {
    /// Users at work at once.
    pub users: f64,
    /// Responses a second.
    pub throughput_rps: f64,
}

impl ScalabilitySummary {
    /// The best throughput of a step that counts.
    pub fn best_rps(&self) -> Option<f64> {
        self.steps.iter().filter(|step| step.fitted).map(|step| step.throughput_rps).reduce(f64::max)
    }

    /// The throughput of the last step as a share of the best one, in percent; 0 where the target failed before the last
    /// step. Nothing without a step that counts.
    pub fn kept_pct(&self) -> Option<f64> {
        let counted = || self.steps.iter().filter(|step| step.fitted);
        let best = counted().map(|step| step.throughput_rps).fold(0.0, f64::max);
        let last = counted().next_back().filter(|_| best > 0.0)?;
        Some(if self.stopped.is_some() { 0.0 } else { last.throughput_rps / best * 100.0 })
    }
}

impl Law {
    /// The throughput that the law gives for so many users.
    pub fn throughput(&self, users: f64) -> f64 {
        let (lambda, sigma, kappa) = (self.lambda.value, self.sigma.value, self.kappa.value);
        sbh_stats::scalability::Scalability { lambda, sigma, kappa }.throughput(users)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(users: u32, throughput_rps: f64, fitted: bool) -> StepSummary {
        StepSummary { users, throughput_rps, p50_ms: None, p95_ms: None, p99_ms: None, error_rate_pct: None, fitted }
    }

    #[test]
    fn what_the_last_step_keeps_of_the_best_is_a_share() {
        let of = |steps: &[StepSummary], stopped: Option<&str>| ScalabilitySummary {
            steps: steps.to_vec(),
            stopped: stopped.map(str::to_owned),
            ..ScalabilitySummary::default()
        };
        let steps = [step(1, 10.0, true), step(2, 20.0, true), step(4, 15.0, true), step(8, 400.0, false)];
        assert_eq!(of(&steps, None).kept_pct(), Some(75.0));
        assert_eq!(of(&steps, Some("At 8 users")).kept_pct(), Some(0.0));
        assert_eq!(of(&[step(1, 10.0, false)], None).kept_pct(), None);
        assert_eq!(of(&[], None).kept_pct(), None);
    }
}
