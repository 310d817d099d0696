//! A system's scorecard.

mod calls;
mod compare;
mod dimensions;
#[cfg(feature = "ssr")]
mod gather;
mod metrics;
mod page;
mod rescored;
mod view;

pub use calls::scorecard_page;
pub use page::ScorecardPage;
