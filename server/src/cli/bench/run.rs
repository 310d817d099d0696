//! What a run gave, wherever it ran.

use super::compared::Compared;
use crate::cli::{FAILED, Failure, UNREACHABLE};
use hub::ids::{BenchmarkId, ScorecardId};
use hub::lab::{
    Benchmark, BenchmarkState, Card, DimensionRow, LoadSummary, Measurement, Metrics, Scorecard, SecuritySummary, card,
    compare_cards,
};
use sbh_stats::{Dimension, curve};

/// Why an invalid run has no scores.
const NEVER_SCORED: &str = "The run is invalid, and an invalid run is never scored.";

/// What a run gave.
pub(super) struct Run {
    /// Where the system answers.
    pub(super) url: Option<String>,
    /// What is deployed there.
    pub(super) version: Option<String>,
    /// The part of the product that was measured.
    pub(super) scope: Option<&'static str>,
    /// The benchmark on the hub, if it ran there.
    pub(super) benchmark_id: Option<BenchmarkId>,
    /// The scorecard on the hub, if it made one.
    pub(super) scorecard_id: Option<ScorecardId>,
    /// The tools that measured, if the results were imported.
    pub(super) imported: Option<String>,
    /// What the load showed.
    pub(super) load: Option<LoadSummary>,
    /// Why there is no load, or why it must not be scored.
    pub(super) reason: Option<String>,
    /// What the probes showed.
    pub(super) security: SecuritySummary,
    /// How it differs from its baseline, if it was measured in turns with one.
    pub(super) compared: Option<Compared>,
    /// The scores.
    pub(super) card: Card,
    pub(super) reached: bool,
    /// Why there is no baseline to compare with, where one was asked for.
    pub(super) baseline_fault: Option<String>,
}

impl Run {
    /// A run here.
    ///
    /// # Errors
    /// When a curve refuses a measured value, which would be a fault of the measurement.
    pub(super) fn measured(measured: Measurement) -> Result<Self, Failure> {
        let invalid = measured.invalid_reason().map(str::to_owned);
        let card = match invalid {
            Some(_) => unscored(NEVER_SCORED),
            None => card(measured.seen(), curve::CURRENT)?,
        };
        let reason = invalid.or_else(|| (!measured.no_load.is_empty()).then_some(measured.no_load));
        Ok(Self::of(measured.load, reason, measured.security, card))
    }

    /// Two runs here in turns: the candidate, with how it differs from the baseline of this name.
    ///
    /// # Errors
    /// As [`Run::measured`].
    pub(super) fn in_turns(candidate: Measurement, baseline: Measurement, name: String) -> Result<Self, Failure> {
        let baseline = Self::measured(baseline)?;
        let candidate = Self::measured(candidate)?;
        if let Some(reason) = baseline.invalid_reason() {
            let reason = format!("the baseline is not valid: {reason}");
            return Ok(Self { baseline_fault: Some(reason), ..candidate });
        }
        let metrics = compare_cards(&baseline.card, &candidate.card)?;
        Ok(Self { compared: Some(Compared { baseline: name, metrics }), ..candidate })
    }

    /// A run that did not begin, because nothing answers.
    pub(super) fn unreached(silence: String) -> Self {
        let card = unscored(&silence);
        Self { reached: false, ..Self::of(None, Some(silence), SecuritySummary::default(), card) }
    }

    /// A run on a hub.
    pub(super) fn on_hub(benchmark: Benchmark, scorecard: Option<Scorecard>, url: Option<String>) -> Self {
        let scorecard_id = scorecard.as_ref().map(|scorecard| scorecard.id);
        let why = match benchmark.state {
            BenchmarkState::Invalid => NEVER_SCORED,
            BenchmarkState::Succeeded => "A later benchmark of this version has replaced its scorecard.",
            _ => benchmark.reason.as_deref().unwrap_or("The hub made no scorecard."),
        };
        let card = scorecard.map_or_else(|| unscored(why), card_of);
        let security = benchmark.security.unwrap_or_default();
        Self {
            url,
            version: Some(benchmark.version),
            benchmark_id: Some(benchmark.id),
            scorecard_id,
            imported: benchmark.imported.map(|import| import.tools()),
            ..Self::of(benchmark.load, benchmark.reason, security, card)
        }
    }

    fn of(load: Option<LoadSummary>, reason: Option<String>, security: SecuritySummary, card: Card) -> Self {
        // An answer has a status, whatever it says.
        let reached = load.as_ref().is_none_or(|load| load.requests == 0 || !load.statuses.is_empty());
        Self {
            url: None,
            version: None,
            scope: None,
            benchmark_id: None,
            scorecard_id: None,
            imported: None,
            load,
            reason,
            security,
            compared: None,
            card,
            reached,
            baseline_fault: None,
        }
    }

    /// Whether the figures describe the target.
    pub(super) fn is_valid(&self) -> bool {
        self.imported.is_some() || self.load.as_ref().is_some_and(|load| load.valid)
    }

    /// Why not.
    pub(super) fn invalid_reason(&self) -> Option<&str> {
        match self.is_valid() {
            true => None,
            false => Some(self.reason.as_deref().unwrap_or("No load was measured.")),
        }
    }

    /// How the command ends.
    ///
    /// # Errors
    /// Unreachable when nothing answered; failed when the figures do not describe the target.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        if !self.reached {
            let reason = self.reason.as_deref().unwrap_or("No request reached the target.");
            return Err(Failure::new(UNREACHABLE, reason));
        }
        let invalid = self.invalid_reason().map(|reason| format!("not valid: {reason}"));
        invalid.or(self.baseline_fault.clone()).map_or(Ok(()), |reason| Err(Failure::new(FAILED, reason)))
    }
}

fn card_of(scorecard: Scorecard) -> Card {
    Card {
        curve_version: scorecard.curve_version,
        score: scorecard.score,
        grade: scorecard.grade,
        dimensions: scorecard.dimensions,
        metrics: scorecard.metrics,
        samples: scorecard.samples,
    }
}

/// Eight dimensions without a score.
fn unscored(why: &str) -> Card {
    let row = |dimension| DimensionRow {
        dimension,
        score: None,
        grade: None,
        weight: 0.0,
        points: None,
        contributions: Vec::new(),
        reason: Some(why.to_owned()),
    };
    Card {
        curve_version: curve::CURRENT.to_owned(),
        score: None,
        grade: None,
        dimensions: Dimension::ALL.into_iter().map(row).collect(),
        metrics: Metrics::new(),
        samples: std::collections::BTreeMap::new(),
    }
}
