//! Differences with their intervals, one above the other: a forest plot.

use super::super::charts::{colour, drawn_in, fault, series, words};
use crate::ui::{chart_colour, format};
use hub::{
    Result,
    lab::{Effect, MetricComparison, MetricVerdict},
};
use plotters::{
    element::{Circle, PathElement, Rectangle, Text, TriangleMarker},
    style::Color,
};

/// Width of the drawing.
const WIDTH: u32 = 520;
/// Where the names end and the plot begins, and where it ends.
const PLOT: (i32, i32) = (178, 508);
/// Height of a line, of the head and of the axis below.
const LINE: i32 = 24;
const HEAD: i32 = 12;
const AXIS: i32 = 40;
/// Differences beyond these shares of the baseline are drawn at the edge.
const EDGES: (f64, f64) = (-1.0, 2.0);

/// The differences as shares of the baseline; nothing where none can be drawn.
///
/// # Errors
/// Internal when the drawing fails.
pub(super) fn differences(metrics: &[MetricComparison]) -> Result<Option<String>> {
    // Without enough repetitions there is no interval worth drawing.
    let compared = metrics.iter().filter(|metric| metric.adjusted_p.is_some());
    let lines: Vec<_> = compared.filter_map(|metric| Some((metric, metric.relative?))).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let scale = Scale::of(lines.iter().map(|(_, effect)| *effect));
    let bottom = HEAD + LINE * i32::try_from(lines.len()).unwrap_or(i32::MAX / LINE);
    let height = u32::try_from(bottom + AXIS).unwrap_or(u32::MAX);
    let title = "Difference of the candidate for each metric in percent of the baseline, with its confidence interval";
    let drawing = drawn_in((WIDTH, height), title, |area| {
        for tick in scale.ticks() {
            let x = scale.x(tick);
            let line = colour(if tick == 0.0 { chart_colour::QUIET } else { chart_colour::GRID });
            area.draw(&PathElement::new(vec![(x, HEAD), (x, bottom)], line.stroke_width(1))).map_err(fault)?;
            let label = format::signed(tick * 100.0);
            let left = x - i32::try_from(label.chars().count()).unwrap_or_default() * 3;
            area.draw(&Text::new(label, (left, bottom + 4), words(chart_colour::QUIET))).map_err(fault)?;
        }
        area.draw(&Text::new("% of the baseline", (PLOT.0, bottom + 22), words(chart_colour::QUIET))).map_err(fault)?;
        for (at, (metric, effect)) in (0_i32..).zip(&lines) {
            let y = HEAD + LINE * at + LINE / 2;
            area.draw(&Text::new(shortened(&metric.label), (4, y - 7), words(chart_colour::INK))).map_err(fault)?;
            let (low, estimate, high) = (scale.x(effect.low), scale.x(effect.estimate), scale.x(effect.high));
            let tone = match metric.verdict {
                MetricVerdict::Better => series(1),
                MetricVerdict::Worse => series(3),
                _ => colour(chart_colour::QUIET),
            };
            area.draw(&PathElement::new(vec![(low, y), (high, y)], tone.stroke_width(2))).map_err(fault)?;
            // The mark says what the colour says: a triangle is worse, a disc better, a square neither.
            match metric.verdict {
                MetricVerdict::Worse => area.draw(&TriangleMarker::new((estimate, y), 6, tone.filled())),
                MetricVerdict::Better => area.draw(&Circle::new((estimate, y), 5, tone.filled())),
                _ => area.draw(&Rectangle::new([(estimate - 4, y - 4), (estimate + 4, y + 4)], tone.filled())),
            }
            .map_err(fault)?;
        }
        area.draw(&PathElement::new(
            vec![(PLOT.0, bottom), (PLOT.1, bottom)],
            colour(chart_colour::QUIET).stroke_width(1),
        ))
        .map_err(fault)
    })?;
    Ok(Some(drawing))
}

/// A name that fits beside the plot.
fn shortened(label: &str) -> String {
    const FITS: usize = 27;
    if label.chars().count() <= FITS {
        return label.to_owned();
    }
    label.chars().take(FITS - 1).chain(['…']).collect()
}

/// From shares to places in the drawing.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(effects: impl Iterator<Item = Effect>) -> Self {
        let (low, high) = effects.fold((-0.05_f64, 0.05_f64), |(low, high), effect| {
            (low.min(effect.low.min(effect.estimate)), high.max(effect.high.max(effect.estimate)))
        });
        let (low, high) = (low.max(EDGES.0), high.min(EDGES.1));
        let edge = (high - low) * 0.04;
        Self { low: low - edge, high: high + edge }
    }

    fn x(&self, share: f64) -> i32 {
        let part = (share.clamp(self.low, self.high) - self.low) / (self.high - self.low);
        #[expect(clippy::cast_possible_truncation, reason = "between the plot's edges")]
        let x = (part * f64::from(PLOT.1 - PLOT.0)).round() as i32;
        PLOT.0 + x
    }

    /// Round shares within the plot, at most nine.
    fn ticks(&self) -> Vec<f64> {
        const STEPS: [f64; 7] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0];
        let step = STEPS.into_iter().find(|step| (self.high - self.low) / step <= 8.0).unwrap_or(1.0);
        let ticks = (-100..=100).map(|at| f64::from(at) * step);
        ticks.filter(|tick| (self.low..=self.high).contains(tick)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hub::lab::Repetitions;
    use sbh_stats::Dimension;

    fn metric(verdict: MetricVerdict, estimate: f64) -> MetricComparison {
        let effect = Effect { estimate, low: estimate - 0.04, high: estimate + 0.04, confidence: 0.95 };
        let side = Repetitions { count: 12, median: 10.0 };
        MetricComparison {
            metric: "latency.corrected.p95_ms".to_owned(),
            label: "Latency p95, corrected".to_owned(),
            unit: "ms".to_owned(),
            higher_is_better: false,
            dimension: Dimension::Performance,
            verdict,
            reason: None,
            baseline: side,
            candidate: side,
            difference: effect,
            relative: Some(effect),
            relevant: 0.5,
            cliffs_delta: 1.0,
            p: 0.001,
            adjusted_p: Some(0.002),
        }
    }

    #[test]
    fn each_metric_has_a_line_and_the_drawing_says_what_it_shows() {
        let metrics = [metric(MetricVerdict::Worse, 0.3), metric(MetricVerdict::Better, -0.2)];
        let svg = differences(&metrics).unwrap().unwrap();
        assert!(svg.starts_with("<svg ") && svg.contains("role=\"img\"><title>Difference of the candidate"), "{svg}");
        assert_eq!(svg.matches("Latency p95, corrected").count(), 2);
        assert!(svg.contains("+30") || svg.contains("+20"), "{svg}");
        let none = MetricComparison { relative: None, ..metric(MetricVerdict::Worse, 0.3) };
        let few = MetricComparison { adjusted_p: None, ..metric(MetricVerdict::Inconclusive, 0.3) };
        assert_eq!(differences(&[none, few]).unwrap(), None);
    }

    #[test]
    fn the_scale_holds_zero_and_ends_at_its_edges() {
        let wide = Scale::of([metric(MetricVerdict::Worse, 9.0).relative.unwrap()].into_iter());
        assert_eq!((wide.x(9.0), wide.x(-5.0)), (PLOT.1, PLOT.0));
        let small = Scale::of([metric(MetricVerdict::Worse, 0.01).relative.unwrap()].into_iter());
        assert!(small.x(0.0) > PLOT.0 && small.x(0.0) < PLOT.1);
        for scale in [wide, small] {
            assert!(scale.ticks().contains(&0.0) && scale.ticks().len() <= 9, "{:?}", scale.ticks());
        }
    }
}
