//! The course of a number in the space of a word.

use leptos::prelude::*;

const WIDTH: f64 = 80.0;
const HEIGHT: f64 = 20.0;
const MARGIN: f64 = 3.0;

/// A line of the last values; a missing value is a gap.
#[component]
pub fn Sparkline(
    /// What it says, since a picture says nothing to a screen reader: "Score of the last 8 versions, from 71 to 84".
    #[prop(into)]
    label: String,
    /// Oldest first.
    points: Vec<Option<f64>>,
) -> impl IntoView {
    let (line, last) = drawn(&points);
    let dot = last.map(
        |(x, y)| view! { <circle class="sparkline-last" cx=format!("{x:.1}") cy=format!("{y:.1}") r="2"></circle> },
    );
    view! {
        <svg class="sparkline" viewBox="0 0 80 20" role="img" aria-label=label>
            <path class="sparkline-line" d=line></path>
            {dot}
        </svg>
    }
    .into_any()
}

/// The path of the line, and where its last value is.
fn drawn(points: &[Option<f64>]) -> (String, Option<(f64, f64)>) {
    let known = || points.iter().flatten().copied().filter(|value| value.is_finite());
    let low = known().fold(f64::INFINITY, f64::min);
    let span = known().fold(f64::NEG_INFINITY, f64::max) - low;
    let step = (WIDTH - 2.0 * MARGIN) / (points.len().max(2) - 1) as f64;
    let mut path = String::new();
    let (mut last, mut joined) = (None, false);
    for (index, point) in points.iter().enumerate() {
        let Some(value) = point.filter(|value| value.is_finite()) else {
            joined = false;
            continue;
        };
        let share = if span > 0.0 { (value - low) / span } else { 0.5 };
        let place = (MARGIN + step * index as f64, HEIGHT - MARGIN - share * (HEIGHT - 2.0 * MARGIN));
        let pen = if joined { 'L' } else { 'M' };
        path.push_str(&format!("{pen}{:.1} {:.1}", place.0, place.1));
        (last, joined) = (Some(place), true);
    }
    (path, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_breaks_where_nothing_was_measured() {
        let (path, last) = drawn(&[Some(1.0), Some(2.0), None, Some(1.5)]);
        assert_eq!(path, "M3.0 17.0L27.7 3.0M77.0 10.0");
        assert_eq!(last, Some((77.0, 10.0)));
    }

    #[test]
    fn equal_values_run_through_the_middle_and_no_values_draw_nothing() {
        assert_eq!(drawn(&[Some(5.0), Some(5.0)]).0, "M3.0 10.0L77.0 10.0");
        assert_eq!(drawn(&[None, Some(f64::NAN)]), (String::new(), None));
    }
}
