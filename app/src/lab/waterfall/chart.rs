//! Requests as bars, one below the other, with the moments of the page across them.

use super::super::charts::{Area, Described, colour, described, fault, series};
use crate::ui::{chart_colour, format};
use hub::{
    Result,
    lab::{PageEvent, PageEventKind, PageRequest, Waterfall},
};
use plotters::{
    element::{PathElement, Rectangle, Text, TriangleMarker},
    style::{
        Color, IntoFont, RGBColor, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};

/// Width of the drawing, which keeps its words readable on a phone.
const WIDTH: u32 = 400;
/// Where the bars begin and end.
const PLOT: (i32, i32) = (124, 392);
/// Height of a request, of the words above, of those below, and of a line of words.
const ROW: i32 = 17;
const HEAD: i32 = 50;
const AXIS: i32 = 38;
const LINE: i32 = 15;
/// Characters of a name that fit beside the bars.
const NAME: usize = 16;

/// The drawing; nothing for a page without requests.
///
/// # Errors
/// Internal when the drawing fails.
pub(super) fn drawn(waterfall: &Waterfall) -> Result<Option<String>> {
    let rows = i32::try_from(waterfall.requests.len()).unwrap_or_default();
    if rows == 0 {
        return Ok(None);
    }
    let bottom = HEAD + ROW * rows;
    let scale = Scale { end_ms: waterfall.end_ms.max(1.0) * 1.02 };
    let words = Described {
        id: "waterfall-chart",
        title: "Requests of the page over time in milliseconds".to_owned(),
        description: told(waterfall),
    };
    let size = (WIDTH, u32::try_from(bottom + AXIS).unwrap_or(u32::MAX));
    described(size, &words, |area| {
        axis(area, &scale, bottom)?;
        for (at, request) in (0..).zip(&waterfall.requests) {
            bar(area, &scale, HEAD + ROW * at, request)?;
        }
        for (at, event) in (0..).zip(&waterfall.events) {
            moment(area, &scale, at, event, bottom)?;
        }
        Ok(())
    })
    .map(Some)
}

/// The drawing in words; its table has every number.
fn told(waterfall: &Waterfall) -> String {
    let count = waterfall.requests.len() as u64;
    let foreign = waterfall.requests.iter().filter(|request| request.third_party).count();
    let events = waterfall.events.iter();
    let events = events.map(|event| format!("{} at {:.0} ms", event.kind.label(), event.at_ms));
    let events = events.map(|event| format!(", {event}")).collect::<String>();
    format!("{}, {foreign} of them to other sites{events}", format::counted(count, "request"))
}

fn axis(area: &Area<'_>, scale: &Scale, bottom: i32) -> Result<()> {
    for tick in scale.ticks() {
        let x = scale.x(tick);
        let line = colour(chart_colour::GRID).stroke_width(1);
        area.draw(&PathElement::new(vec![(x, HEAD), (x, bottom)], line)).map_err(fault)?;
        let words = Text::new(format::significant(tick), (x, bottom + 4), style(chart_colour::QUIET, HPos::Center));
        area.draw(&words).map_err(fault)?;
    }
    let base = colour(chart_colour::QUIET).stroke_width(1);
    area.draw(&PathElement::new(vec![(PLOT.0, bottom), (PLOT.1, bottom)], base)).map_err(fault)?;
    let unit = Text::new("ms since the first request", (PLOT.1, bottom + 20), style(chart_colour::QUIET, HPos::Right));
    area.draw(&unit).map_err(fault)
}

fn bar(area: &Area<'_>, scale: &Scale, top: i32, request: &PageRequest) -> Result<()> {
    let middle = top + ROW / 2;
    if request.third_party {
        area.draw(&TriangleMarker::new((8, middle + 1), 5, series(3).filled())).map_err(fault)?;
    }
    let name = Text::new(name(request), (16, top + 2), style(chart_colour::INK, HPos::Left));
    area.draw(&name).map_err(fault)?;
    let mut from = request.start_ms;
    let mut part = |length: f64, half: i32, fill: plotters::style::ShapeStyle| {
        let to = from + length;
        let (left, right) = (scale.x(from), scale.x(to).max(scale.x(from) + 1));
        from = to;
        if length <= 0.0 {
            return Ok(());
        }
        area.draw(&Rectangle::new([(left, middle - half), (right, middle + half)], fill)).map_err(fault)
    };
    let tone: RGBColor = if request.failure.is_some() { series(3) } else { series(0) };
    match request.phases {
        Some(phases) => {
            part(phases.blocked_ms, 1, colour(chart_colour::QUIET).filled())?;
            part(phases.connect_ms, 3, series(2).filled())?;
            part(phases.wait_ms, 6, tone.mix(0.35).filled())?;
            part(phases.receive_ms.max(f64::EPSILON), 6, tone.filled())
        }
        // Nothing is known of its parts.
        None => part((request.end_ms.unwrap_or(scale.end_ms) - request.start_ms).max(f64::EPSILON), 3, tone.filled()),
    }
}

/// The last part of the path, or the other site.
fn name(request: &PageRequest) -> String {
    let path = request.path.split('?').next().unwrap_or_default().trim_end_matches('/');
    let last = path.rsplit('/').next().filter(|last| !last.is_empty()).unwrap_or("/");
    let name = if request.third_party { request.host.as_str() } else { last };
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    name.chars().take(NAME - 1).chain(['…']).collect()
}

/// A line across all requests, with its name above; names take turns at three heights.
fn moment(area: &Area<'_>, scale: &Scale, at: i32, event: &PageEvent, bottom: i32) -> Result<()> {
    let tone = match event.kind {
        PageEventKind::FirstContentfulPaint => series(1),
        PageEventKind::LargestContentfulPaint => series(2),
        PageEventKind::DomContentLoaded => colour(chart_colour::QUIET),
        PageEventKind::Load => series(3),
    };
    let x = scale.x(event.at_ms);
    let top = 2 + LINE * (at % 3);
    area.draw(&PathElement::new(vec![(x, top), (x, bottom)], tone.stroke_width(2))).map_err(fault)?;
    let words = format!("{} {}", event.kind.short(), format::significant(event.at_ms));
    let (place, side) = if x > PLOT.1 - 80 { (x - 4, HPos::Right) } else { (x + 4, HPos::Left) };
    area.draw(&Text::new(words, (place, top), style(chart_colour::INK, side))).map_err(fault)
}

fn style((red, green, blue): (u8, u8, u8), side: HPos) -> TextStyle<'static> {
    let words = TextStyle::from(("sans-serif", 15).into_font());
    TextStyle { color: colour((red, green, blue)).to_backend_color(), ..words }.pos(Pos::new(side, VPos::Top))
}

/// From milliseconds to places in the drawing.
struct Scale {
    end_ms: f64,
}

impl Scale {
    fn x(&self, ms: f64) -> i32 {
        #[expect(clippy::cast_possible_truncation, reason = "between the plot's edges")]
        let x = ((ms / self.end_ms).clamp(0.0, 1.0) * f64::from(PLOT.1 - PLOT.0)).round() as i32;
        PLOT.0 + x
    }

    /// Round times from 0 on, at most six.
    fn ticks(&self) -> Vec<f64> {
        let rough = self.end_ms / 5.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|of| of * power).find(|step| *step >= rough);
        let step = step.unwrap_or(rough);
        (0..=5).map(|at| f64::from(at) * step).filter(|tick| *tick <= self.end_ms).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hub::lab::RequestPhases;

    fn request(path: &str, start_ms: f64, host: Option<&str>) -> PageRequest {
        PageRequest {
            host: host.unwrap_or("shop.example").to_owned(),
            path: path.to_owned(),
            start_ms,
            end_ms: Some(start_ms + 40.0),
            phases: Some(RequestPhases { blocked_ms: 5.0, connect_ms: 10.0, wait_ms: 20.0, receive_ms: 5.0 }),
            third_party: host.is_some(),
            ..PageRequest::default()
        }
    }

    fn page() -> Waterfall {
        let event = |kind, at_ms| PageEvent { kind, at_ms };
        Waterfall {
            device: "mobile".to_owned(),
            requests: vec![
                request("/", 0.0, None),
                request("/assets/shop.js?v=1", 50.0, None),
                request("/t.js", 60.0, Some("tracker.example")),
            ],
            left_out: 2,
            events: vec![event(PageEventKind::FirstContentfulPaint, 90.0), event(PageEventKind::Load, 180.0)],
            end_ms: 180.0,
        }
    }

    #[test]
    fn each_request_has_a_bar_and_each_moment_a_line() {
        let svg = drawn(&page()).unwrap().unwrap();
        for words in ["shop.js", "tracker.example", "FCP 90", "Load 180", "3 requests, 1 of them to other sites"] {
            assert!(svg.contains(words), "{words}: {svg}");
        }
        assert_eq!((svg.matches("<polygon").count(), svg.contains("style=")), (1, false), "{svg}");
        assert!(svg.contains("role=\"img\" aria-labelledby="), "{svg}");
        assert_eq!(drawn(&Waterfall::default()).unwrap(), None);
    }

    #[test]
    fn an_address_in_a_name_stays_text() {
        let mut page = page();
        page.requests[0].path = "/<script>alert(1)</script>".to_owned();
        page.requests[1] =
            PageRequest { end_ms: None, phases: None, path: "/\"&<b>".to_owned(), ..PageRequest::default() };
        let svg = drawn(&page).unwrap().unwrap();
        assert!(!svg.contains("<script") && !svg.contains("<b>"), "{svg}");
    }

    #[test]
    fn times_have_round_marks() {
        let ticks = |end_ms| Scale { end_ms }.ticks();
        assert_eq!(ticks(180.0), [0.0, 50.0, 100.0, 150.0]);
        assert_eq!(ticks(1_000.0), [0.0, 200.0, 400.0, 600.0, 800.0, 1_000.0]);
        assert!(ticks(1.0).len() <= 6);
    }
}
