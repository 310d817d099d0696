//! When two series of repetitions show the same value.
//!
//! For one metric of one page, the two sides agree when the ranges of their repetitions overlap, or lie no further apart than the metric's
//! resolution. Of two series of `n` values from one distribution, all of one lie beyond all of the other with probability `2 / C(2n, n)`
//! (ranks alone), so that a few gaps are to be expected; more than chance brings in 99 of 100 proofs are a difference. A shift that is too small for
//! gaps shows over all pages: the median ratio of a metric must not be shown to differ from 1 by more than [`RELEVANT`].

use sbh_stats::Sample;
use sbh_stats::bootstrap::{Bootstrap, BootstrapMethod};

use super::Repeated;
use crate::error::{Doing, Error};
use crate::proof::ratio;
use crate::scores::METRICS;

/// The largest systematic difference that does not matter: what `engines/stats` takes for it when versions are compared.
const RELEVANT: f64 = 0.05;
/// How sure chance must be ruled out.
const CONFIDENCE: f64 = 0.99;
/// A time is no finer than a frame at 60 Hz, in milliseconds.
const FRAME: f64 = 1000.0 / 60.0;
/// A layout shift is no finer than what a pixel's rounding does, without unit.
const SHIFT: f64 = 0.002;
/// Times below are no basis for a ratio, in milliseconds.
const SMALLEST: f64 = 20.0;

/// What follows from all repetitions.
pub struct Judged {
    pub met: bool,
    pub criterion: String,
    pub figures: Vec<(String, String)>,
    pub differences: Vec<String>,
}

struct Pair<'a> {
    of: &'a Repeated,
    ours: Sample,
    theirs: Sample,
}

impl Pair<'_> {
    fn resolution(&self) -> f64 {
        if self.of.metric == "cumulative-layout-shift" { SHIFT } else { FRAME }
    }

    /// How far the ranges lie apart; negative when they overlap.
    fn gap(&self) -> f64 {
        self.ours.min().max(self.theirs.min()) - self.ours.max().min(self.theirs.max())
    }

    fn agrees(&self) -> bool {
        self.gap() <= self.resolution()
    }

    fn ratio(&self) -> Option<f64> {
        let least = if self.of.metric == "cumulative-layout-shift" { 10.0 * SHIFT } else { SMALLEST };
        (self.theirs.median() >= least).then(|| self.ours.median() / self.theirs.median())
    }
}

/// Judges every metric of every page.
pub fn judge(all: &[Repeated], repetitions: usize) -> Result<Judged, Error> {
    let pair = |of| Ok(Pair { of, ours: sample(&of.ours)?, theirs: sample(&of.theirs)? });
    let pairs = all.iter().map(pair).collect::<Result<Vec<_>, Error>>()?;
    let apart = pairs.iter().filter(|pair| !pair.agrees()).count();
    let chance = chance(repetitions);
    let allowed = allowed(pairs.len(), chance);
    let mut figures = vec![
        ("repetitions of each page on each side".to_owned(), repetitions.to_string()),
        ("metrics of pages within the noise".to_owned(), ratio(pairs.len() - apart, pairs.len())),
        (format!("outside that chance alone allows (each {chance:.4})"), allowed.to_string()),
    ];
    let mut unbiased = true;
    for (name, ..) in METRICS {
        let ratios: Vec<f64> = pairs.iter().filter(|pair| pair.of.metric == name).filter_map(Pair::ratio).collect();
        let (sentence, near) = bias(&ratios)?;
        unbiased &= near;
        figures.push((format!("{name}, here / Lighthouse"), sentence));
    }
    let differences = pairs.iter().filter(|pair| !pair.agrees()).map(sentence).collect();
    let criterion = format!(
        "the ranges of both sides' repetitions overlap, to a frame's length, for all but so many metrics of pages as chance explains ({allowed} of \
         {} at {repetitions} repetitions), and no metric's median ratio is shown to be more than {:.0} % off 1.",
        pairs.len(),
        RELEVANT * 100.0,
    );
    Ok(Judged { met: apart <= allowed && unbiased, criterion, figures, differences })
}

fn sample(values: &[f64]) -> Result<Sample, Error> {
    Sample::new(values).doing("reading the repetitions")
}

/// The median of the ratios over the pages with its interval, and whether that reaches what does not matter.
fn bias(ratios: &[f64]) -> Result<(String, bool), Error> {
    if ratios.len() < 3 {
        return Ok((format!("{} pages have enough of it for a ratio", ratios.len()), true));
    }
    let ratios = sample(ratios)?;
    let median = |values: &[f64]| Sample::new(values).map_or(f64::NAN, |sample| sample.median());
    let resampled = Bootstrap { method: BootstrapMethod::Percentile, ..Bootstrap::default() };
    let found = resampled.estimate(&ratios, median).doing("resampling the ratios")?;
    let (low, high) = (found.interval.low, found.interval.high);
    let near = low <= 1.0 + RELEVANT && high >= 1.0 - RELEVANT;
    let count = ratios.values().len();
    Ok((format!("{:.3} (95 % interval {low:.3} to {high:.3}, {count} pages)", found.estimate), near))
}

/// `2 / C(2n, n)`: the probability that two series of `n` do not overlap.
fn chance(repetitions: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a few repetitions")]
    let factor = |k: usize| k as f64 / (repetitions + k) as f64;
    2.0 * (1..=repetitions).map(factor).product::<f64>()
}

/// The smallest count that a binomial variable stays at or below with [`CONFIDENCE`].
fn allowed(trials: usize, chance: f64) -> usize {
    #[expect(clippy::cast_precision_loss, reason = "a hundred comparisons")]
    let real = |count: usize| count as f64;
    let mut density = (1.0 - chance).powf(real(trials));
    let mut sum = density;
    let mut count = 0;
    while sum < CONFIDENCE && count < trials {
        density *= real(trials - count) / real(count + 1) * chance / (1.0 - chance);
        sum += density;
        count += 1;
    }
    count
}

fn sentence(pair: &Pair<'_>) -> String {
    let shown = |sample: &Sample| format!("{:.3} ({:.3} to {:.3})", sample.median(), sample.min(), sample.max());
    format!("{} of {}: {} here, {} in Lighthouse", pair.of.metric, pair.of.page, shown(&pair.ours), shown(&pair.theirs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeated(ours: &[f64], theirs: &[f64]) -> Repeated {
        let page = "page".to_owned();
        Repeated { page, metric: "speed-index", ours: ours.to_vec(), theirs: theirs.to_vec() }
    }

    #[test]
    fn chance_is_that_of_ranks() {
        assert!((chance(3) - 0.1).abs() < 1e-12 && (chance(5) - 2.0 / 252.0).abs() < 1e-12);
        // Quantiles from sums of exact binomial coefficients, computed apart from this code.
        assert_eq!((allowed(100, 0.1), allowed(100, 2.0 / 252.0), allowed(20, 0.5)), (18, 3, 15));
    }

    #[test]
    fn ranges_that_touch_agree_and_a_shift_of_every_page_is_found() {
        let same = [1000.0, 1010.0, 1020.0, 1030.0, 1040.0];
        let moved = same.map(|value| value * 1.2);
        let one = |ours: &[f64]| vec![repeated(ours, &same)];
        assert!(judge(&one(&same), 5).unwrap().met);
        let many: Vec<Repeated> = (0..20).map(|_| repeated(&moved, &same)).collect();
        let judged = judge(&many, 5).unwrap();
        assert!(!judged.met && judged.differences.len() == 20);
    }
}
