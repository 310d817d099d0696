//! The lab: benchmarks, live and afterwards, and the scorecards that they make.

mod browser;
mod calls;
#[cfg(feature = "ssr")]
pub(crate) mod charts;
mod compare;
mod cost;
mod course;
mod files;
pub(crate) mod form;
#[cfg(feature = "ssr")]
pub(crate) mod gather;
mod import;
mod list;
mod live;
pub(crate) mod new;
mod privacy;
mod probes;
#[cfg(feature = "ssr")]
pub(crate) mod radar;
mod resilience;
mod results;
mod run;
mod scalability;
mod scorecard;
mod trend;
pub(crate) mod view;
mod waterfall;

pub use calls::{CancelRun, StartRun, cancel_run, list_runs, run_choices, run_page, start_run};
pub use compare::{ComparePage, compare_page};
pub use import::ImportPage;
pub(crate) use import::ImportedBadge;
pub use list::LabPage;
pub(crate) use list::RunsTable;
pub use new::NewRunPage;
pub use run::RunPage;
pub(crate) use scorecard::{Parts, Radar, dimension_label};
pub use scorecard::{ScorecardPage, scorecard_page};
