//! Schedules: benchmarks and validations at stated times.

mod calls;
mod form;
#[cfg(feature = "ssr")]
pub(crate) mod gather;
mod list;
mod page;
mod parts;
pub(crate) mod view;
mod write;

pub use calls::{
    PauseSchedule, RemoveSchedule, ResumeSchedule, RunSchedule, SaveSchedule, list_schedules, pause_schedule,
    remove_schedule, resume_schedule, run_schedule, save_schedule, schedule_draft, schedule_page,
};
pub use list::SchedulesPage;
pub use page::SchedulePage;
pub use write::{EditSchedulePage, NewSchedulePage};
