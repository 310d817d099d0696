//! A measure over scorecards as a line, with intervals and the gates' thresholds.

use super::{
    super::charts::{Axes, Described, described, fault, legend_unit, meshed, parts, series, words},
    Limit,
};
use crate::ui::{chart_colour, format};
use hub::{
    Result,
    gates::Severity,
    lab::{Measure, MeasuredPoint},
};
use plotters::{
    element::{Circle, EmptyElement, PathElement, Text},
    series::LineSeries,
    style::Color,
};

/// Size of the drawing.
const SIZE: (u32, u32) = (460, 280);
/// Characters of a version that fit below its point.
const VERSION: usize = 10;

/// The drawing; nothing for fewer than two values.
///
/// # Errors
/// Internal when the drawing fails.
pub(super) fn drawn(
    label: &str,
    measure: Measure,
    points: &[MeasuredPoint],
    limits: &[Limit],
) -> Result<Option<String>> {
    if points.iter().filter(|point| point.value.is_some()).count() < 2 {
        return Ok(None);
    }
    let (low, high) = ends(measure, points, limits);
    let last = f64::from(u32::try_from(points.len() - 1).unwrap_or(u32::MAX));
    let names = |x: &f64| version_at(points, *x);
    let axes = Axes {
        x: -0.3..last + 0.3,
        y: low..high,
        x_label: "Version",
        y_label: measure.unit(),
        x_count: points.len().min(6),
        x_words: &names,
    };
    let words_of = Described {
        id: "trend-chart",
        title: format!("{label} of the last {} scorecards", points.len()),
        description: told(measure, points, limits),
    };
    described(SIZE, &words_of, |area| {
        legend_unit(area, measure.unit())?;
        let mut chart = meshed(area, &axes, 5)?;
        for limit in limits {
            // A blocking threshold is a full line, a warning one is dotted.
            let tone = if limit.severity == Severity::Block { series(3) } else { series(2) };
            let line = [(-0.3, limit.value), (last + 0.3, limit.value)];
            chart.draw_series(LineSeries::new(line, tone.stroke_width(2))).map_err(fault)?;
            let side = if limit.at_most { "at most" } else { "at least" };
            let does = if limit.severity == Severity::Block { "block" } else { "warn" };
            let name = format!("{does}: {side} {}", format::significant(limit.value));
            let above = limit.value < low + (high - low) * 0.85;
            let place = (6, if above { -16 } else { 4 });
            let name = EmptyElement::at((-0.3, limit.value)) + Text::new(name, place, words(chart_colour::INK));
            chart.draw_series([name]).map_err(fault)?;
        }
        let tone = series(0);
        for (at, point) in (0_u32..).zip(points) {
            let Some((low, high)) = point.interval else { continue };
            let x = f64::from(at);
            let bar = EmptyElement::at((x, low)) + PathElement::new(vec![(-4, 0), (4, 0)], chart_quiet());
            chart.draw_series([bar]).map_err(fault)?;
            let cap = EmptyElement::at((x, high)) + PathElement::new(vec![(-4, 0), (4, 0)], chart_quiet());
            chart.draw_series([cap]).map_err(fault)?;
            chart.draw_series(LineSeries::new([(x, low), (x, high)], chart_quiet())).map_err(fault)?;
        }
        let line: Vec<_> = (0_u32..).zip(points).map(|(at, point)| (f64::from(at), point.value)).collect();
        for part in parts(&line) {
            chart.draw_series(LineSeries::new(part, tone.stroke_width(2))).map_err(fault)?;
        }
        let discs = line.iter().filter_map(|(x, value)| Some(Circle::new((*x, (*value)?), 3, tone.filled())));
        chart.draw_series(discs).map_err(fault)?;
        Ok(())
    })
    .map(Some)
}

fn chart_quiet() -> plotters::style::ShapeStyle {
    super::super::charts::colour(chart_colour::QUIET).stroke_width(1)
}

/// The ends of the values' axis: of scores always 0 and 100, so that drawings can be compared.
fn ends(measure: Measure, points: &[MeasuredPoint], limits: &[Limit]) -> (f64, f64) {
    if measure.is_score() {
        return (0.0, 100.0);
    }
    let values = points.iter().filter_map(|point| point.value);
    let intervals = points.iter().filter_map(|point| point.interval).flat_map(|(low, high)| [low, high]);
    let all = values.chain(intervals).chain(limits.iter().map(|limit| limit.value));
    let (low, high) = all.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    if high > low { (low * 1.08, high * 1.08) } else { (low, low + 1.0) }
}

fn version_at(points: &[MeasuredPoint], x: f64) -> String {
    let nearest = (0_u32..).zip(points).find(|(at, _)| (f64::from(*at) - x).abs() < 0.05);
    nearest.map(|(_, point)| point.version.chars().take(VERSION).collect()).unwrap_or_default()
}

/// The drawing in words: first and last value, the extremes, and the thresholds.
fn told(measure: Measure, points: &[MeasuredPoint], limits: &[Limit]) -> String {
    let known: Vec<_> = points.iter().filter_map(|point| Some((point.version.as_str(), point.value?))).collect();
    let value =
        |(version, value): &(&str, f64)| format!("{} {} in {version}", format::significant(*value), measure.unit());
    let least = known.iter().min_by(|a, b| a.1.total_cmp(&b.1)).map(value).unwrap_or_default();
    let most = known.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(value).unwrap_or_default();
    let first = known.first().map(value).unwrap_or_default();
    let last = known.last().map(value).unwrap_or_default();
    let limits: String = limits.iter().map(|limit| format!(" Gate {}.", limit.told())).collect();
    format!("From {first} to {last}; least {least}, most {most}.{limits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(version: &str, value: Option<f64>, interval: Option<(f64, f64)>) -> MeasuredPoint {
        MeasuredPoint {
            card: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            benchmark: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            version: version.to_owned(),
            measured_at: Default::default(),
            value,
            interval,
        }
    }

    #[test]
    fn a_trend_has_its_points_intervals_and_thresholds() {
        let measure = Measure::parse("latency.corrected.p95_ms").unwrap();
        let points =
            [point("1.0", Some(120.0), Some((100.0, 140.0))), point("1.1", None, None), point("1.2", Some(80.0), None)];
        let limit = |severity, value| Limit { rule: "p95".to_owned(), severity, at_most: true, value };
        let limits = [limit(Severity::Block, 300.0), limit(Severity::Warn, 100.0)];
        let svg = drawn("Latency p95", measure, &points, &limits).unwrap().unwrap();
        for words in [
            "block: at most 300",
            "warn: at most 100",
            "Latency p95 of the last 3 scorecards",
            "From 120 ms in 1.0 to 80 ms in 1.2",
            "p95 blocks above 300",
        ] {
            assert!(svg.contains(words), "{words}: {svg}");
        }
        assert_eq!((svg.matches("<circle").count(), svg.contains("style=")), (2, false), "{svg}");
        assert!(drawn("Latency p95", measure, &points[..2], &limits).unwrap().is_none());
    }

    #[test]
    fn scores_have_the_same_axis_and_metrics_hold_their_thresholds() {
        let points = [point("1.0", Some(20.0), None), point("1.1", Some(40.0), Some((30.0, 60.0)))];
        let limit = Limit { rule: "p95".to_owned(), severity: Severity::Block, at_most: true, value: 90.0 };
        assert_eq!(ends(Measure::Overall, &points, std::slice::from_ref(&limit)), (0.0, 100.0));
        let measure = Measure::parse("latency.corrected.p95_ms").unwrap();
        let (low, high) = ends(measure, &points, &[limit]);
        assert!(low == 0.0 && high > 90.0 && high < 100.0, "{low} {high}");
        assert!(ends(measure, &points, &[]).1 > 60.0);
    }
}
