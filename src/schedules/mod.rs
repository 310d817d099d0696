//! Schedules: benchmarks and validations at stated times. A due time is settled once, however many hubs look: under the
//! schedule's lock, in one transaction with the run that it queues. A run acts as the member who saved the schedule
//! last, with the rights of that moment, and goes through the very use case that a person would call.

#[cfg(feature = "backend")]
mod dispatch;
#[cfg(feature = "backend")]
mod dispatcher;
mod model;
#[cfg(feature = "backend")]
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;
#[cfg(all(test, feature = "backend"))]
mod tests;
#[cfg(feature = "backend")]
mod timetable;

#[cfg(feature = "backend")]
pub use dispatcher::Dispatcher;
pub use model::{
    LATEST, NewSchedule, Preview, PreviewQuery, RunOutcome, RunResult, Schedule, ScheduleKind, ScheduleState,
    ScheduledRun,
};
#[cfg(feature = "backend")]
pub use rules::LATE;
#[cfg(feature = "backend")]
pub use service::{MOST_SCHEDULES, RETENTION, Schedules};
#[cfg(feature = "backend")]
pub use timetable::{LEAST_INTERVAL, Timetable};
