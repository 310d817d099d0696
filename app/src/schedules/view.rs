//! What the pages of schedules show.

use crate::{lab::view::StartView, moment::Moment, systems::view::Named};
use hub::{
    ids::ScheduleId,
    schedules::{Schedule, ScheduleKind, ScheduledRun},
};
use serde::{Deserialize, Serialize};

/// A part of the list of schedules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchedulesView {
    /// The schedules, newest first.
    pub schedules: Vec<ScheduleItem>,
    /// The cursor of the next part.
    pub next: Option<String>,
    /// The reader may write schedules.
    pub may_write: bool,
}

/// A schedule in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScheduleItem {
    /// The schedule.
    pub schedule: Schedule,
    /// Its system's name.
    pub system: String,
    /// Its environment.
    pub environment: Option<Named>,
    /// When it is due next.
    pub next: Option<Moment>,
    /// What came of it last.
    pub last: Option<RunLine>,
}

/// One due time with what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLine {
    /// The run.
    pub run: ScheduledRun,
    /// When it was due.
    pub due: Moment,
    /// The page of what it started.
    pub href: Option<String>,
}

/// One schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScheduleView {
    /// The schedule.
    pub item: ScheduleItem,
    /// The next times, as a clock in its zone shows them.
    pub times: Vec<String>,
    /// What came of it, newest first.
    pub history: Vec<RunLine>,
    /// The cursor of the next part.
    pub next: Option<String>,
    /// The reader may write schedules.
    pub may_write: bool,
}

/// The form of a schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftView {
    /// The schedule that is changed, with its name; none for a new one.
    pub changed: Option<(ScheduleId, String)>,
    /// What it starts.
    pub kind: ScheduleKind,
    /// What can be measured or judged, and the limits.
    pub start: StartView,
    /// The values of the fields, by the names of their controls; empty for a new one.
    pub filled: Vec<(String, String)>,
    /// The next times, where the fields say when.
    pub times: Vec<String>,
    /// The reader may write schedules.
    pub may_write: bool,
}
