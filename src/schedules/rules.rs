//! Which due time is run, with which version, and what is said of it.

use super::{
    model::{LATEST, RunOutcome, RunResult},
    timetable::Timetable,
};
use crate::{
    Error, Result,
    gates::{ValidationState, Verdict},
    lab::BenchmarkState,
    text,
};
use chrono::{DateTime, TimeDelta, Utc};

/// How late a due time may be run, for example after the hub was down.
pub const LATE: TimeDelta = TimeDelta::hours(1);
/// Most due times that are counted as passed over.
const MOST_PASSED_OVER: usize = 1_000;

/// What is to be done about a schedule now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing is due.
    NotYet,
    /// The due time is run; earlier ones were passed over.
    Run {
        /// The newest due time.
        at: DateTime<Utc>,
        /// How many earlier ones there were.
        passed_over: u32,
    },
    /// Every due time was longer ago than [`LATE`].
    Missed {
        /// The oldest due time.
        at: DateTime<Utc>,
        /// How many later ones there were.
        passed_over: u32,
    },
}

/// Decides what is due at `now`, when `next` is the first due time that was not settled. However many were missed, one
/// is run: the newest, unless it is older than [`LATE`].
pub fn due(table: &Timetable, next: DateTime<Utc>, now: DateTime<Utc>) -> Due {
    if next > now {
        return Due::NotYet;
    }
    // The search starts no earlier than what may still be run, so a long outage costs nothing.
    let from = next.max(now - LATE) - TimeDelta::milliseconds(1);
    let newest = table.after(from).take_while(|time| *time <= now).last();
    let newest = newest.or_else(|| (next >= now - LATE).then_some(next));
    let others = table.after(next).take_while(|time| *time <= now).take(MOST_PASSED_OVER).count();
    let passed_over = u32::try_from(others).unwrap_or(u32::MAX);
    match newest {
        Some(at) => Due::Run { at, passed_over },
        None => Due::Missed { at: next, passed_over },
    }
}

/// The version of a request at a due time; none where it is [`LATEST`].
///
/// # Errors
/// Invalid at `/version` for text that makes no version.
pub fn version_at(pattern: &str, table: &Timetable, due: DateTime<Utc>) -> Result<Option<String>> {
    let pattern = pattern.trim();
    if pattern == LATEST {
        return Ok(None);
    }
    let filled = pattern.replace("{date}", &table.date(due)).replace("{time}", &table.time(due));
    if filled.contains(['{', '}']) {
        let allowed = "Version may hold {date} and {time}, or be {latest} and nothing else.";
        return Err(Error::invalid("/version", allowed));
    }
    text::version("/version", &filled).map(Some)
}

/// Where a benchmark stands.
pub fn result_of_benchmark(state: BenchmarkState) -> RunResult {
    match state {
        BenchmarkState::Queued | BenchmarkState::Running => RunResult::UnderWay,
        BenchmarkState::Succeeded => RunResult::Succeeded,
        BenchmarkState::Invalid => RunResult::Invalid,
        BenchmarkState::Failed => RunResult::Failed,
        BenchmarkState::Cancelled => RunResult::Cancelled,
    }
}

/// Where a validation stands.
pub fn result_of_validation(state: ValidationState, verdict: Option<Verdict>) -> RunResult {
    match (state, verdict) {
        (ValidationState::Queued | ValidationState::Running, _) => RunResult::UnderWay,
        (_, Some(Verdict::Allowed)) => RunResult::Allowed,
        (_, Some(Verdict::Blocked)) => RunResult::Blocked,
        (_, Some(Verdict::Inconclusive)) => RunResult::Inconclusive,
        (ValidationState::Finished | ValidationState::Failed, None) => RunResult::Failed,
    }
}

/// Whether members are told that nothing was started: not for the same reason as the time before.
pub fn is_news(before: Option<(RunOutcome, Option<&str>)>, outcome: RunOutcome, reason: &str) -> bool {
    outcome != RunOutcome::Started && before != Some((outcome, Some(reason)))
}
