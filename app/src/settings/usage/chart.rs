//! What was counted day by day as bars, with the quota as a line.

use crate::{
    lab::charts::{Axes, Described, described, fault, legend_unit, meshed, series, words},
    ui::{chart_colour, format},
};
use hub::{
    Result,
    tenants::quotas::{QuotaKind, UsageDay},
};
use plotters::{
    element::{EmptyElement, Rectangle, Text},
    series::LineSeries,
    style::Color,
};

/// Size of the drawing.
const SIZE: (u32, u32) = (520, 240);
/// How many times the largest bar the quota may be for its line to be drawn: beyond that, the bars could not be told apart.
const LINE_UP_TO: f64 = 4.0;

/// The drawing; nothing where nothing was counted.
///
/// # Errors
/// Internal when the drawing fails.
pub(super) fn drawn((kind, title): (QuotaKind, &str), days: &[UsageDay], limit: Option<u64>) -> Result<Option<String>> {
    let counts: Vec<f64> = days.iter().map(|day| day.of(kind).unwrap_or_default() as f64).collect();
    let most = counts.iter().copied().fold(0.0, f64::max);
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(None) };
    if most == 0.0 {
        return Ok(None);
    }
    let limit = limit.map(|limit| limit as f64);
    let line = limit.filter(|limit| *limit <= most * LINE_UP_TO);
    let end = f64::from(u32::try_from(days.len()).unwrap_or(u32::MAX));
    let names = |x: &f64| day_at(days, *x);
    let axes = Axes {
        x: 0.0..end,
        y: 0.0..most.max(line.unwrap_or_default()) * 1.08,
        x_label: "Day (UTC)",
        y_label: "a day",
        x_count: 6,
        x_words: &names,
    };
    let quota = limit.map_or_else(|| "no quota".to_owned(), |limit| format!("quota {}", format::significant(limit)));
    let id = match kind {
        QuotaKind::ApiCalls => "usage-calls",
        _ => "usage-runs",
    };
    let words_of = Described {
        id,
        title: format!("{title} from {} to {}", first.day, last.day),
        description: format!("Most on a day: {}; {quota}.", format::significant(most)),
    };
    described(SIZE, &words_of, |area| {
        legend_unit(area, axes.y_label)?;
        let mut chart = meshed(area, &axes, 4)?;
        let bars = (0_u32..).zip(&counts).filter(|(_, count)| **count > 0.0).map(|(at, count)| {
            let from = f64::from(at);
            Rectangle::new([(from + 0.1, 0.0), (from + 0.9, *count)], series(0).filled())
        });
        chart.draw_series(bars).map_err(fault)?;
        if let Some(limit) = line {
            let tone = series(3).stroke_width(2);
            chart.draw_series(LineSeries::new([(0.0, limit), (end, limit)], tone)).map_err(fault)?;
            let name = EmptyElement::at((0.0, limit)) + Text::new(quota.clone(), (6, 4), words(chart_colour::INK));
            chart.draw_series([name]).map_err(fault)?;
        }
        Ok(())
    })
    .map(Some)
}

/// The day whose bar begins there; nothing between.
fn day_at(days: &[UsageDay], x: f64) -> String {
    let nearest = (0_u32..).zip(days).find(|(at, _)| (f64::from(*at) - x).abs() < 0.05);
    nearest.map(|(_, day)| day.day.format("%m-%d").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(runs: &[u64]) -> Vec<UsageDay> {
        let first: chrono::NaiveDate = "2026-03-01".parse().unwrap();
        let day = |(day, runs): (chrono::NaiveDate, &u64)| UsageDay { runs: *runs, ..UsageDay::empty(day) };
        first.iter_days().zip(runs).map(day).collect()
    }

    #[test]
    fn bars_have_their_quota_as_a_line_where_it_is_near() {
        let kind = (QuotaKind::Runs, "Runs by day");
        let svg = drawn(kind, &days(&[3, 0, 18]), Some(20)).unwrap().unwrap();
        for words in ["Runs by day from 2026-03-01 to 2026-03-03", "Most on a day: 18; quota 20.", ">\nquota 20"] {
            assert!(svg.contains(words), "{words}: {svg}");
        }
        assert!(!svg.contains("style="), "{svg}");
        let far = drawn(kind, &days(&[3, 0, 1]), Some(500)).unwrap().unwrap();
        assert!(far.contains("quota 500.") && !far.contains(">\nquota 500"), "{far}");
        let none = drawn(kind, &days(&[3]), None).unwrap().unwrap();
        assert!(none.contains("no quota"), "{none}");
        assert!(drawn(kind, &days(&[0, 0]), Some(20)).unwrap().is_none());
        assert!(drawn(kind, &[], Some(20)).unwrap().is_none());
    }
}
