//! Pieces of the pages of schedules.

use super::view::RunLine;
use crate::{
    moment::When,
    ui::{Badge, Meaning},
};
use hub::schedules::{RunOutcome, RunResult, ScheduleKind, ScheduleState, ScheduledRun};
use leptos::prelude::*;

/// Whether a schedule runs, as a badge.
#[component]
pub fn StateBadge(
    /// Whether it runs.
    state: ScheduleState,
) -> impl IntoView {
    let (meaning, word) = match state {
        ScheduleState::On => (Meaning::Pass, "On"),
        ScheduleState::Paused => (Meaning::Unknown, "Paused"),
        ScheduleState::Stopped => (Meaning::Fail, "Stopped"),
    };
    view! { <Badge meaning word/> }.into_any()
}

/// What a schedule starts, in a word.
pub fn word_of(kind: ScheduleKind) -> &'static str {
    match kind {
        ScheduleKind::Benchmark => "Benchmark",
        ScheduleKind::Validation => "Validation",
    }
}

/// What came of a due time, and what it means.
pub fn words_of(run: &ScheduledRun) -> (Meaning, &'static str) {
    match (run.outcome, run.result) {
        (RunOutcome::Skipped, _) => (Meaning::Warn, "Skipped"),
        (RunOutcome::Refused, _) => (Meaning::Fail, "Not started"),
        (RunOutcome::Started, None) => (Meaning::Unknown, "Started"),
        (RunOutcome::Started, Some(result)) => match result {
            RunResult::UnderWay => (Meaning::Running, "Under way"),
            RunResult::Succeeded => (Meaning::Pass, "Measured"),
            RunResult::Invalid => (Meaning::Warn, "Invalid"),
            RunResult::Failed => (Meaning::Fail, "Failed"),
            RunResult::Cancelled => (Meaning::Unknown, "Cancelled"),
            RunResult::Allowed => (Meaning::Pass, "Allowed"),
            RunResult::Blocked => (Meaning::Fail, "Blocked"),
            RunResult::Inconclusive => (Meaning::Warn, "Inconclusive"),
        },
    }
}

/// What came of a due time as a badge that leads to what was started.
#[component]
pub fn RunMark(
    /// The due time.
    line: RunLine,
) -> impl IntoView {
    let (meaning, word) = words_of(&line.run);
    let badge = view! { <Badge meaning word/> };
    match line.href {
        Some(href) => view! { <a class="badge-link" href=href>{badge}</a> }.into_any(),
        None => badge.into_any(),
    }
}

/// The last due time in the list of schedules.
#[component]
pub fn LastLine(
    /// The due time, if there was one.
    line: Option<RunLine>,
) -> impl IntoView {
    match line {
        Some(line) => {
            let due = line.due.clone();
            view! { <span class="cluster"><RunMark line/><When moment=due/></span> }.into_any()
        }
        None => view! { <span class="cell-quiet">"Never"</span> }.into_any(),
    }
}

/// The next due times, one on a line.
#[component]
pub fn Times(
    /// RFC 3339 with the zone's offset.
    times: Vec<String>,
) -> impl IntoView {
    let line = |at: String| {
        let words = words_of_time(&at);
        view! { <li><time datetime=at>{words}</time></li> }
    };
    view! { <ol class="schedule-times">{times.into_iter().map(line).collect_view()}</ol> }.into_any()
}

/// `2026-03-01T02:00:00+01:00` as `2026-03-01 02:00 (UTC+01:00)`.
fn words_of_time(at: &str) -> String {
    match (at.get(..10), at.get(11..16), at.get(19..)) {
        (Some(day), Some(time), Some(offset)) => format!("{day} {time} (UTC{offset})"),
        _ => at.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_as_the_clock_of_its_zone_shows_it() {
        assert_eq!(words_of_time("2026-03-01T02:00:00+01:00"), "2026-03-01 02:00 (UTC+01:00)");
        assert_eq!(words_of_time("soon"), "soon");
    }
}
