//! The Universal Scalability Law: how throughput grows with load, and where it stops growing.
//!
//! `X(N) = λN / (1 + σ(N - 1) + κN(N - 1))`, with λ the throughput of one unit of load, σ the share of work that waits
//! for others (contention) and κ the cost of keeping each pair in agreement (coherency).
//!
//! Source: Gunther, Guerrilla Capacity Planning (2007), chapters 4 to 6; with λ as in Schwartz, Practical Scalability
//! Analysis with the Universal Scalability Law (2015).

mod fit;
mod solve;

pub use fit::{Fit, FitIntervals, PeakInterval, fit};

use serde::{Deserialize, Serialize};

/// A load and the throughput it gives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// How much is at work at once: users, threads or machines; at least 1.
    pub concurrency: f64,
    /// What gets done per unit of time.
    pub throughput: f64,
}

/// The three parameters of the law.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scalability {
    /// λ, the throughput at a concurrency of 1; positive, in the unit of throughput.
    pub lambda: f64,
    /// σ, contention; 0 or more, a share of the work at one unit of load.
    pub sigma: f64,
    /// κ, coherency; 0 or more, a share of the work at one unit of load.
    pub kappa: f64,
}

impl Scalability {
    /// The throughput that the law gives for a concurrency of at least 1.
    #[must_use]
    pub fn throughput(&self, concurrency: f64) -> f64 {
        self.lambda * concurrency / self.slowdown(concurrency)
    }

    /// By how much a unit of work takes longer than alone.
    fn slowdown(&self, concurrency: f64) -> f64 {
        let others = concurrency - 1.0;
        1.0 + self.sigma * others + self.kappa * concurrency * others
    }

    /// Where throughput is greatest: `N* = √((1 - σ) / κ)`, and 1 where that would be less. `None` when κ is 0: then
    /// throughput never falls, and tends to λ/σ.
    #[must_use]
    pub fn peak(&self) -> Option<Load> {
        let at = libm::sqrt((1.0 - self.sigma).max(0.0) / self.kappa).max(1.0);
        (self.kappa > 0.0).then(|| self.load(at))
    }

    /// The knee: where throughput over response time is greatest, so that more load costs more waiting than it brings
    /// throughput. At least 1; `None` when σ and κ are 0, for then nothing ever waits.
    ///
    /// Source: Kleinrock, Power and Deterministic Rules of Thumb for Probabilistic Problems in Computer Communications
    /// (ICC 1979). With response time `N / X(N)` by Little's law, power is `X(N)² / N`, and setting its derivative to 0
    /// gives `3κN² + (σ - κ)N - (1 - σ) = 0`.
    #[must_use]
    pub fn knee(&self) -> Option<Load> {
        let slope = self.sigma - self.kappa;
        let free = (1.0 - self.sigma).max(0.0);
        let at = 2.0 * free / (slope + libm::sqrt(slope * slope + 12.0 * self.kappa * free));
        // f64::max passes over the NaN of a law with σ = 1 and κ = 0.
        (self.sigma > 0.0 || self.kappa > 0.0).then(|| self.load(at.max(1.0)))
    }

    fn load(&self, concurrency: f64) -> Load {
        Load { concurrency, throughput: self.throughput(concurrency) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAW: Scalability = Scalability { lambda: 100.0, sigma: 0.02, kappa: 0.0005 };

    fn greatest(value: impl Fn(f64) -> f64) -> f64 {
        let steps = (100..20_000).map(|step| f64::from(step) / 100.0);
        steps.max_by(|one, other| value(*one).total_cmp(&value(*other))).unwrap()
    }

    #[test]
    fn peak_and_knee_are_where_a_search_finds_them() {
        let (peak, knee) = (LAW.peak().unwrap(), LAW.knee().unwrap());
        assert!((peak.concurrency - greatest(|n| LAW.throughput(n))).abs() < 0.01, "{peak:?}");
        assert!((knee.concurrency - greatest(|n| LAW.throughput(n) * LAW.throughput(n) / n)).abs() < 0.01, "{knee:?}");
        assert!(knee.concurrency < peak.concurrency && knee.throughput < peak.throughput);
    }

    #[test]
    fn laws_without_contention_or_coherency_have_no_knee_or_no_peak() {
        let law = |sigma, kappa| Scalability { lambda: 1.0, sigma, kappa };
        assert_eq!((law(0.0, 0.0).peak(), law(0.0, 0.0).knee()), (None, None));
        assert_eq!(law(0.1, 0.0).peak(), None);
        assert!((law(0.1, 0.0).knee().unwrap().concurrency - 9.0).abs() < 1e-12);
        for hopeless in [law(1.5, 0.1), law(1.0, 0.0), law(0.5, 0.9)] {
            assert_eq!(hopeless.knee().unwrap().concurrency, 1.0, "{hopeless:?}");
        }
        assert_eq!(law(1.5, 0.1).peak().unwrap().concurrency, 1.0);
    }
}
