//! Charts of benchmarks, drawn by plotters as SVG on the server: plotters does not reach the browser.

use super::view::Slot;
use crate::ui::{chart_colour, format};
use hub::{
    Error, Result,
    lab::{LatencyPair, Percentiles, ScalabilitySummary},
};
use plotters::{
    backend::SVGBackend,
    chart::{ChartBuilder, ChartContext},
    coord::{Shift, cartesian::Cartesian2d, types::RangedCoordf64},
    drawing::{DrawingArea, IntoDrawingArea},
    element::{Circle, EmptyElement, PathElement, Rectangle, Text},
    series::LineSeries,
    style::{Color, IntoFont, RGBColor, ShapeStyle, TextStyle},
};
use std::ops::Range;

/// The drawing's size; it grows and shrinks with the page.
const SIZE: (u32, u32) = (520, 270);
/// Height of the words above the plot.
const LEGEND: u32 = 26;
/// Size of words.
const WORDS: i32 = 12;
/// Dashes of the series, so that colour is never alone.
const DASHES: [&str; 3] = ["", "7 3", "2 3"];

pub(crate) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(crate) type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// A line and its name; it breaks where there is no value.
struct Line {
    name: &'static str,
    points: Vec<(f64, Option<f64>)>,
}

/// What the axes of a chart say.
pub(crate) struct Axes<'f> {
    pub x: Range<f64>,
    pub y: Range<f64>,
    /// Below the x axis; empty for none.
    pub x_label: &'static str,
    /// Above the y axis.
    pub y_label: &'static str,
    pub x_count: usize,
    pub x_words: &'f dyn Fn(&f64) -> String,
}

/// Latency p50, p95 and p99 over time, with the failed requests below where there are any.
pub(crate) fn over_time(slots: &[Slot]) -> Result<Option<String>> {
    let Some(last) = slots.last() else { return Ok(None) };
    let end = f64::from(last.from_s + last.seconds);
    let line = |name, of: fn(&Slot) -> Option<f64>| Line {
        name,
        points: slots.iter().map(|slot| (f64::from(slot.from_s), of(slot))).collect(),
    };
    let lines = [line("p50", |it| it.p50_ms), line("p95", |it| it.p95_ms), line("p99", |it| it.p99_ms)];
    let title = format!("Latency over {end:.0} seconds: p50, p95 and p99 in milliseconds, with failed requests");
    let failed = slots.iter().any(|slot| slot.errors > 0);
    let drawn = drawn(&title, |root| {
        let whole = |x: &f64| format!("{x:.0}");
        let axes =
            Axes { x: 0.0..end, y: 0.0..top(&lines), x_label: "Seconds", y_label: "ms", x_count: 7, x_words: &whole };
        if !failed {
            return draw_lines(root, &axes, &lines);
        }
        let (upper, lower) = root.split_vertically(SIZE.1 * 7 / 10);
        draw_lines(&upper, &Axes { x_label: "", ..axes }, &lines)?;
        draw_errors(&lower, slots, end)
    })?;
    Ok(Some(drawn))
}

/// Raw and corrected latency by percentile. The axis counts nines, so that the tail is seen: log10(1 / (1 - q)), as in
/// HdrHistogram's plots.
pub(crate) fn percentiles(latency: &LatencyPair) -> Result<Option<String>> {
    let sides = [("corrected", latency.corrected.as_ref()), ("raw", latency.raw.as_ref())];
    let lines: Vec<Line> = sides.into_iter().filter_map(|(name, side)| Some(by_nines(name, side?))).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let title = "Latency by percentile in milliseconds: corrected and raw";
    let words = |x: &f64| nines(*x);
    let axes =
        Axes { x: 0.0..3.2, y: 0.0..top(&lines), x_label: "Percentile", y_label: "ms", x_count: 4, x_words: &words };
    drawn(title, |root| draw_lines(root, &axes, &lines)).map(Some)
}

/// Throughput against users: what was measured, and the law that fits it; nothing for fewer than two steps.
pub(crate) fn scaling(found: &ScalabilitySummary) -> Result<Option<String>> {
    let most = found.steps.iter().map(|step| f64::from(step.users)).fold(0.0, f64::max);
    if found.steps.len() < 2 {
        return Ok(None);
    }
    let at = |part: u32| 1.0 + (most - 1.0) * f64::from(part) / 60.0;
    let law: Vec<_> =
        found.law.iter().flat_map(|law| (0..=60).map(|part| (at(part), Some(law.throughput(at(part)))))).collect();
    let lines = [Line { name: "fitted law", points: law }];
    let measured = found.steps.iter().map(|step| step.throughput_rps).fold(0.0, f64::max);
    let axes = Axes {
        x: 0.0..most * 1.05,
        y: 0.0..top(&lines).max(measured * 1.08),
        x_label: "Users",
        y_label: "requests/s",
        x_count: 8,
        x_words: &|x: &f64| format!("{x:.0}"),
    };
    let title = "Throughput in requests per second against the number of users, with the law that fits";
    drawn(title, |root| {
        legend(root, axes.y_label, &lines)?;
        let mut chart = meshed(root, &axes, 5)?;
        let curve = lines[0].points.iter().filter_map(|(x, y)| Some((*x, (*y)?)));
        chart.draw_series(LineSeries::new(curve, series(0).stroke_width(2))).map_err(fault)?;
        let points = |fitted: bool| {
            let chosen = found.steps.iter().filter(move |step| step.fitted == fitted);
            chosen.map(|step| (f64::from(step.users), step.throughput_rps))
        };
        chart.draw_series(points(true).map(|point| Circle::new(point, 4, series(1).filled()))).map_err(fault)?;
        let outside = colour(chart_colour::QUIET);
        let square = |(x, y)| EmptyElement::at((x, y)) + Rectangle::new([(-3, -3), (3, 3)], outside.filled());
        chart.draw_series(points(false).map(square)).map_err(fault)?;
        Ok(())
    })
    .map(Some)
}

fn by_nines(name: &'static str, side: &Percentiles) -> Line {
    let known =
        [(0.5, side.p50_ms), (0.9, side.p90_ms), (0.95, side.p95_ms), (0.99, side.p99_ms), (0.999, side.p999_ms)];
    Line { name, points: known.into_iter().map(|(share, value)| (-(1.0_f64 - share).log10(), Some(value))).collect() }
}

/// A position on the axis of nines as a percentile: 1 is p90, 2 is p99.
fn nines(x: f64) -> String {
    let share = 100.0 * (1.0 - 10_f64.powf(-x));
    if x >= 1.0 && x.fract().abs() < 1e-6 { format!("p{}", (share * 10.0).round() / 10.0) } else { String::new() }
}

/// The upper end of the values' axis.
fn top(lines: &[Line]) -> f64 {
    let values = lines.iter().flat_map(|line| &line.points).filter_map(|(_, value)| *value);
    let largest = values.fold(0.0, f64::max);
    if largest > 0.0 { largest * 1.08 } else { 1.0 }
}

/// Draws into an SVG element that says what it shows.
fn drawn(title: &str, draw: impl FnOnce(&Area<'_>) -> Result<()>) -> Result<String> {
    drawn_in(SIZE, title, draw)
}

/// The same with another size.
pub(crate) fn drawn_in(size: (u32, u32), title: &str, draw: impl FnOnce(&Area<'_>) -> Result<()>) -> Result<String> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        draw(&root)?;
        root.present().map_err(fault)?;
    }
    Ok(spoken(&dashed(svg), title))
}

/// What a drawing is, for those who do not see it.
pub(crate) struct Described {
    /// The beginning of the ids of its words, one on a page.
    pub id: &'static str,
    /// What it shows, in a line.
    pub title: String,
    /// What it says, in a sentence or two.
    pub description: String,
}

/// Draws into an SVG element with a title and a description.
pub(crate) fn described(
    size: (u32, u32),
    words: &Described,
    draw: impl FnOnce(&Area<'_>) -> Result<()>,
) -> Result<String> {
    let svg = drawn_in(size, "", draw)?;
    let Described { id, title, description } = words;
    let (title, description) = (escaped(title), escaped(description));
    let named = format!(
        "role=\"img\" aria-labelledby=\"{id}-title {id}-desc\"><title id=\"{id}-title\">{title}</title><desc id=\"{id}-desc\">{description}</desc>"
    );
    Ok(svg.replacen("role=\"img\"><title></title>", &named, 1))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

pub(crate) fn fault(error: impl std::fmt::Display) -> Error {
    Error::internal(error.to_string())
}

/// Gives the drawing its role and its title. The title is our own and needs no escaping.
fn spoken(svg: &str, title: &str) -> String {
    let element = svg.find("<svg").map_or("", |at| &svg[at..]);
    let (head, body) = element.split_once('>').unwrap_or((element, ""));
    format!("{head} role=\"img\"><title>{title}</title>{body}")
}

/// Dashes the lines of the later series: plotters itself would cut them into hundreds of pieces.
fn dashed(svg: String) -> String {
    let series = chart_colour::SERIES.into_iter().zip(DASHES).filter(|(_, dash)| !dash.is_empty());
    series.fold(svg, |svg, ((red, green, blue), dash)| {
        let stroke = format!("stroke=\"#{red:02X}{green:02X}{blue:02X}\"");
        svg.replace(&stroke, &format!("{stroke} stroke-dasharray=\"{dash}\""))
    })
}

pub(crate) fn colour((red, green, blue): (u8, u8, u8)) -> RGBColor {
    RGBColor(red, green, blue)
}

pub(crate) fn series(at: usize) -> RGBColor {
    colour(chart_colour::SERIES[at % chart_colour::SERIES.len()])
}

pub(crate) fn words(tone: (u8, u8, u8)) -> TextStyle<'static> {
    TextStyle { color: colour(tone).to_backend_color(), ..TextStyle::from(("sans-serif", WORDS).into_font()) }
}

fn draw_lines(area: &Area<'_>, axes: &Axes<'_>, lines: &[Line]) -> Result<()> {
    legend(area, axes.y_label, lines)?;
    let mut chart = meshed(area, axes, 5)?;
    for (at, line) in lines.iter().enumerate() {
        let style = series(at).stroke_width(2);
        for part in parts(&line.points) {
            if let [lone] = part.as_slice() {
                chart.draw_series([Circle::new(*lone, 2, series(at).filled())]).map_err(fault)?;
            }
            chart.draw_series(LineSeries::new(part, style)).map_err(fault)?;
        }
    }
    Ok(())
}

/// The unit of the values, above their axis.
pub(crate) fn legend_unit(area: &Area<'_>, unit: &str) -> Result<()> {
    area.draw(&Text::new(unit.to_owned(), (8, 6), words(chart_colour::QUIET))).map_err(fault)
}

/// Names of the lines beside a piece of each, and the unit of the values.
fn legend(area: &Area<'_>, unit: &str, lines: &[Line]) -> Result<()> {
    legend_unit(area, unit)?;
    let mut x = 60.max(22 + 7 * i32::try_from(unit.len()).unwrap_or_default());
    for (at, line) in lines.iter().enumerate() {
        let stroke = series(at).stroke_width(2);
        area.draw(&PathElement::new(vec![(x, 13), (x + 22, 13)], stroke)).map_err(fault)?;
        area.draw(&Text::new(line.name, (x + 28, 6), words(chart_colour::INK))).map_err(fault)?;
        x += 60 + 7 * i32::try_from(line.name.len()).unwrap_or_default();
    }
    Ok(())
}

/// The runs of points that have a value.
pub(crate) fn parts(points: &[(f64, Option<f64>)]) -> Vec<Vec<(f64, f64)>> {
    let pieces = points.split(|(_, value)| value.is_none());
    let known = |piece: &[(f64, Option<f64>)]| piece.iter().filter_map(|(x, value)| Some((*x, (*value)?))).collect();
    pieces.filter(|piece| !piece.is_empty()).map(known).collect()
}

pub(crate) fn meshed<'a, 'b>(area: &Area<'b>, axes: &Axes<'_>, y_count: usize) -> Result<Chart<'a, 'b>> {
    let below = if axes.x_label.is_empty() { 20 } else { 36 };
    let mut chart = ChartBuilder::on(area)
        .margin_top(LEGEND)
        .margin_right(14)
        .x_label_area_size(below)
        .y_label_area_size(48)
        .build_cartesian_2d(axes.x.clone(), axes.y.clone())
        .map_err(fault)?;
    let mut mesh = chart.configure_mesh();
    mesh.disable_x_mesh()
        .bold_line_style(ShapeStyle::from(colour(chart_colour::GRID)).stroke_width(1))
        .light_line_style(ShapeStyle::from(colour(chart_colour::GROUND)).stroke_width(0))
        .axis_style(colour(chart_colour::QUIET))
        .label_style(words(chart_colour::QUIET))
        .max_light_lines(0)
        .x_labels(axes.x_count)
        .y_labels(y_count)
        .x_label_formatter(axes.x_words)
        .y_label_formatter(&|y| format::significant(*y));
    if !axes.x_label.is_empty() {
        mesh.x_desc(axes.x_label).axis_desc_style(words(chart_colour::QUIET));
    }
    mesh.draw().map_err(fault)?;
    Ok(chart)
}

/// Failed requests as bars.
fn draw_errors(area: &Area<'_>, slots: &[Slot], end: f64) -> Result<()> {
    area.draw(&Text::new("Failed requests", (8, 6), words(chart_colour::QUIET))).map_err(fault)?;
    let most = slots.iter().map(|slot| slot.errors).max().unwrap_or_default().max(1);
    let whole = |x: &f64| format!("{x:.0}");
    let axes = Axes { x: 0.0..end, y: 0.0..most as f64 * 1.1, x_label: "", y_label: "", x_count: 7, x_words: &whole };
    let mut chart = meshed(area, &axes, 2)?;
    let bars = slots.iter().filter(|slot| slot.errors > 0).map(|slot| {
        let from = f64::from(slot.from_s);
        let corners = [(from, 0.0), (from + f64::from(slot.seconds) * 0.8, slot.errors as f64)];
        Rectangle::new(corners, series(3).filled())
    });
    chart.draw_series(bars).map_err(fault)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hub::lab::StepSummary;

    fn slots(errors: u64) -> Vec<Slot> {
        let slot = |from_s: u32| Slot {
            from_s,
            seconds: 1,
            rate_rps: 20.0,
            errors: if from_s == 3 { errors } else { 0 },
            p50_ms: (from_s != 5).then_some(10.0),
            p95_ms: Some(20.0 + f64::from(from_s)),
            p99_ms: Some(80.0),
        };
        (0..10).map(slot).collect()
    }

    fn assert_drawing(svg: &str, words: &str) {
        assert!(svg.starts_with("<svg "), "{svg}");
        let title = svg.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
        assert!(title.is_some_and(|title| title.contains(words)), "{svg}");
        assert_eq!(svg.matches("role=\"img\"").count(), 1);
        assert!(svg.ends_with("</svg>\n") || svg.ends_with("</svg>"), "{svg}");
        assert!(!svg.contains("style="), "the policy of the pages forbids inline style: {svg}");
    }

    /// Every colour of a drawing is one that the stylesheet turns into the reader's scheme.
    fn assert_palette(svg: &str) {
        let known = [chart_colour::INK, chart_colour::QUIET, chart_colour::GRID, chart_colour::GROUND];
        let known: Vec<_> =
            known.into_iter().chain(chart_colour::SERIES).map(|(r, g, b)| format!("#{r:02X}{g:02X}{b:02X}")).collect();
        for piece in svg.split("=\"#").skip(1) {
            let used = format!("#{}", &piece[..6]);
            assert!(known.contains(&used), "{used} is not in the palette");
        }
    }

    #[test]
    fn latency_over_time_says_what_it_shows() {
        let svg = over_time(&slots(0)).unwrap().unwrap();
        assert_drawing(&svg, "Latency over 10 seconds");
        assert_palette(&svg);
        assert!(!svg.contains("Failed requests"), "{svg}");
        assert!(over_time(&[]).unwrap().is_none());
    }

    #[test]
    fn failed_requests_have_bars_of_their_own() {
        let svg = over_time(&slots(4)).unwrap().unwrap();
        assert_drawing(&svg, "with failed requests");
        assert_palette(&svg);
        assert!(svg.contains("Failed requests"), "{svg}");
    }

    #[test]
    fn a_missing_value_breaks_the_line() {
        let found = parts(&[(0.0, Some(1.0)), (1.0, None), (2.0, Some(3.0)), (3.0, Some(4.0))]);
        assert_eq!(found, [vec![(0.0, 1.0)], vec![(2.0, 3.0), (3.0, 4.0)]]);
    }

    #[test]
    fn percentiles_are_drawn_by_their_nines() {
        let side =
            Percentiles { p50_ms: 5.0, p90_ms: 9.0, p95_ms: 12.0, p99_ms: 40.0, p999_ms: 90.0, ..Default::default() };
        let svg = percentiles(&LatencyPair { raw: Some(side), corrected: Some(side) }).unwrap().unwrap();
        assert_drawing(&svg, "by percentile");
        assert_palette(&svg);
        assert_eq!([nines(1.0), nines(2.0), nines(3.0)], ["p90", "p99", "p99.9"]);
        assert!(svg.contains("p99.9"), "{svg}");
        assert!(percentiles(&LatencyPair::default()).unwrap().is_none());
    }

    #[test]
    fn scaling_shows_the_steps_and_the_law() {
        let step = |users: u32, throughput_rps, fitted| StepSummary {
            users,
            throughput_rps,
            p50_ms: None,
            p95_ms: None,
            p99_ms: None,
            error_rate_pct: None,
            fitted,
        };
        let steps = vec![step(1, 100.0, true), step(2, 180.0, true), step(4, 300.0, true), step(8, 20.0, false)];
        let found = ScalabilitySummary { steps, ..ScalabilitySummary::default() };
        let svg = scaling(&found).unwrap().unwrap();
        assert_drawing(&svg, "against the number of users");
        assert_palette(&svg);
        assert_eq!(svg.matches("<circle").count(), 3, "{svg}");
        assert!(scaling(&ScalabilitySummary::default()).unwrap().is_none());
    }
}
