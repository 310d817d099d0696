//! The dimensions of a scorecard around a circle, with the version before. What was not measured is a gap with its word.

use super::{
    charts::{Described, colour, described, fault, series},
    scorecard::dimension_label,
};
use crate::ui::chart_colour;
use hub::Result;
use plotters::{
    element::{Circle, PathElement, Polygon, Rectangle, Text},
    style::{
        Color, IntoFont, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};
use sbh_stats::Dimension;
use std::f64::consts::TAU;

/// Size of the drawing, which keeps its words readable on a phone.
const SIZE: (u32, u32) = (400, 330);
/// Middle of the circle.
const MIDDLE: (f64, f64) = (200.0, 184.0);
/// Where 100 points are.
const RADIUS: f64 = 98.0;
/// Where the words begin.
const WORDS_FROM: f64 = RADIUS + 11.0;
/// Height of a line of words.
const LINE: f64 = 15.0;
/// Rings, in points.
const RINGS: [f64; 4] = [25.0, 50.0, 75.0, 100.0];

/// A scorecard of the drawing.
pub(crate) struct Web<'a> {
    /// Its version.
    pub version: &'a str,
    /// Its dimensions with their scores, 0 to 100, in their order around the circle.
    pub scores: Vec<(Dimension, Option<f64>)>,
}

/// The scores of a scorecard, with those of another where there is one; nothing where no dimension was measured.
///
/// # Errors
/// Internal when the drawing fails.
pub(crate) fn radar(now: &Web<'_>, before: Option<&Web<'_>>) -> Result<Option<String>> {
    if now.scores.iter().all(|(_, score)| score.is_none()) {
        return Ok(None);
    }
    let words = Described {
        id: "radar",
        title: "Scores of the dimensions, 0 to 100 points".to_owned(),
        description: told(now, before),
    };
    let count = now.scores.len();
    let drawing = described(SIZE, &words, |area| {
        for ring in RINGS {
            let corners: Vec<_> = (0..=count).map(|at| place(at, count, ring)).collect();
            area.draw(&PathElement::new(corners, colour(chart_colour::GRID).stroke_width(1))).map_err(fault)?;
        }
        for (at, (dimension, score)) in now.scores.iter().enumerate() {
            let spoke = vec![place(at, count, 0.0), place(at, count, 100.0)];
            area.draw(&PathElement::new(spoke, colour(chart_colour::GRID).stroke_width(1))).map_err(fault)?;
            label(area, (at, count), *dimension, *score)?;
        }
        for (shown, web) in [Some(now), before].into_iter().enumerate().rev().filter_map(|(at, web)| Some((at, web?))) {
            let tone = series(shown);
            for run in runs(&web.scores) {
                if shown == 0 {
                    area.draw(&Polygon::new(filled(&run, count), tone.mix(0.14).filled())).map_err(fault)?;
                }
                let line: Vec<_> = run.iter().map(|(at, score)| place(*at, count, *score)).collect();
                area.draw(&PathElement::new(line, tone.stroke_width(2))).map_err(fault)?;
            }
            for (at, score) in web.scores.iter().enumerate().filter_map(|(at, (_, score))| Some((at, (*score)?))) {
                let (x, y) = place(at, count, score);
                match shown {
                    0 => area.draw(&Circle::new((x, y), 4, tone.filled())),
                    _ => area.draw(&Rectangle::new([(x - 3, y - 3), (x + 3, y + 3)], tone.filled())),
                }
                .map_err(fault)?;
            }
        }
        for ring in RINGS {
            let (x, y) = place(0, count, ring);
            let style = style(12, chart_colour::QUIET, HPos::Left, VPos::Center);
            area.draw(&Text::new(format!("{ring:.0}"), (x + 5, y), style)).map_err(fault)?;
        }
        legend(area, now.version, before.map(|web| web.version))
    })?;
    Ok(Some(drawing))
}

/// The drawing in words: every score, and what is missing.
fn told(now: &Web<'_>, before: Option<&Web<'_>>) -> String {
    let one = |(dimension, score): &(Dimension, Option<f64>)| {
        let name = dimension_label(*dimension);
        score.map_or_else(|| format!("{name} not measured"), |score| format!("{name} {score:.0}"))
    };
    let all = |web: &Web<'_>| web.scores.iter().map(one).collect::<Vec<_>>().join(", ");
    let before = before.map(|web| format!(" Before, {}: {}.", web.version, all(web)));
    format!("{}: {}.{}", now.version, all(now), before.unwrap_or_default())
}

/// Where a score of the dimension at this place is, clockwise from the top.
fn place(at: usize, count: usize, score: f64) -> (i32, i32) {
    around(at, count, RADIUS * score.clamp(0.0, 100.0) / 100.0)
}

fn around(at: usize, count: usize, radius: f64) -> (i32, i32) {
    let angle = TAU * at as f64 / count.max(1) as f64;
    #[expect(clippy::cast_possible_truncation, reason = "a place within the drawing")]
    let whole = |value: f64| value.round() as i32;
    (whole(MIDDLE.0 + radius * angle.sin()), whole(MIDDLE.1 - radius * angle.cos()))
}

/// The runs of neighbours that were measured. A whole circle is one run that ends where it began.
fn runs(scores: &[(Dimension, Option<f64>)]) -> Vec<Vec<(usize, f64)>> {
    let count = scores.len();
    let known = |at: usize| scores[at % count].1.map(|score| (at % count, score));
    let Some(gap) = scores.iter().position(|(_, score)| score.is_none()) else {
        return vec![(0..=count).filter_map(known).collect()];
    };
    let mut runs = vec![Vec::new()];
    // Beginning at a gap, no run goes over the top of the circle.
    for at in gap..gap + count {
        match (known(at), runs.last_mut()) {
            (Some(point), Some(run)) => run.push(point),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run: &Vec<_>| run.len() > 1);
    runs
}

/// The area of a run; one that does not close goes through the middle.
fn filled(run: &[(usize, f64)], count: usize) -> Vec<(i32, i32)> {
    let closed = run.len() > count;
    let middle = (!closed).then(|| around(0, count, 0.0));
    run.iter().map(|(at, score)| place(*at, count, *score)).chain(middle).collect()
}

fn label(
    area: &super::charts::Area<'_>,
    (at, count): (usize, usize),
    dimension: Dimension,
    score: Option<f64>,
) -> Result<()> {
    let (x, y) = around(at, count, WORDS_FROM);
    let (middle_x, middle_y) = around(0, count, 0.0);
    let side = match x - middle_x {
        -8..=8 => HPos::Center,
        other if other > 0 => HPos::Left,
        _ => HPos::Right,
    };
    let mut lines: Vec<(String, (u8, u8, u8))> =
        dimension_label(dimension).split(' ').map(|word| (word.to_owned(), chart_colour::INK)).collect();
    lines.push((score.map_or_else(|| "not measured".to_owned(), |score| format!("{score:.0}")), chart_colour::QUIET));
    let height = LINE * lines.len() as f64;
    // Words stand above the top of the circle, below its bottom, and beside the rest.
    let above = match (side, y < middle_y) {
        (HPos::Center, true) => height,
        (HPos::Center, false) => 0.0,
        _ => height / 2.0,
    };
    for (at, (words, tone)) in lines.into_iter().enumerate() {
        #[expect(clippy::cast_possible_truncation, reason = "a place within the drawing")]
        let top = y + (LINE * at as f64 - above) as i32;
        area.draw(&Text::new(words, (x, top), style(16, tone, side, VPos::Top))).map_err(fault)?;
    }
    Ok(())
}

fn style(size: i32, (red, green, blue): (u8, u8, u8), side: HPos, height: VPos) -> TextStyle<'static> {
    let words = TextStyle::from(("sans-serif", size).into_font());
    TextStyle { color: colour((red, green, blue)).to_backend_color(), ..words }.pos(Pos::new(side, height))
}

/// The versions beside a piece of their lines.
fn legend(area: &super::charts::Area<'_>, now: &str, before: Option<&str>) -> Result<()> {
    let mut x = 8;
    for (at, version) in [Some(now), before].into_iter().flatten().enumerate() {
        let words: String = version.chars().take(18).collect();
        area.draw(&PathElement::new(vec![(x, 13), (x + 22, 13)], series(at).stroke_width(2))).map_err(fault)?;
        let style = style(16, chart_colour::INK, HPos::Left, VPos::Top);
        area.draw(&Text::new(words.clone(), (x + 28, 5), style)).map_err(fault)?;
        x += 56 + 8 * i32::try_from(words.chars().count()).unwrap_or_default();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web(missing: &[Dimension]) -> Web<'static> {
        let score = |dimension| (dimension, (!missing.contains(&dimension)).then_some(80.0));
        Web { version: "1.1.0", scores: Dimension::ALL.into_iter().map(score).collect() }
    }

    #[test]
    fn what_was_not_measured_is_a_gap_with_its_word_and_no_zero() {
        let svg = radar(&web(&[Dimension::Cost]), None).unwrap().unwrap();
        assert_eq!((svg.matches("not measured").count(), svg.matches("<circle").count()), (2, 7), "{svg}");
        assert!(svg.contains("Cost not measured") && !svg.contains("Cost 0"), "{svg}");
        assert!(svg.contains("role=\"img\" aria-labelledby=\"radar-title radar-desc\""), "{svg}");
        assert!(!svg.contains("style="), "{svg}");
        assert_eq!(radar(&web(&Dimension::ALL), None).unwrap(), None);
    }

    #[test]
    fn the_version_before_is_a_line_of_its_own() {
        let before = Web { version: "1.0.0", ..web(&[Dimension::Privacy]) };
        let svg = radar(&web(&[]), Some(&before)).unwrap().unwrap();
        assert!(svg.contains("Before, 1.0.0: ") && svg.contains("stroke-dasharray"), "{svg}");
        assert_eq!(svg.matches("<circle").count(), 8, "{svg}");
    }

    #[test]
    fn a_line_never_runs_over_a_gap() {
        let lengths = |missing: &[Dimension]| runs(&web(missing).scores).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(lengths(&[]), [9], "the whole circle closes");
        assert_eq!(lengths(&[Dimension::ALL[0]]), [7]);
        assert_eq!(lengths(&[Dimension::ALL[2], Dimension::ALL[5]]), [2, 4], "through the top, and between the gaps");
        assert_eq!(lengths(&[Dimension::ALL[0], Dimension::ALL[2]]), [5], "a lone score has no line");
        let run = runs(&web(&[Dimension::ALL[0]]).scores).remove(0);
        assert_eq!(run.first().map(|(at, _)| *at), Some(1));
    }
}
