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
pub(crate) use compare::label as dimension_label;
pub(crate) use dimensions::Parts;
pub(crate) use page::Radar;
pub use page::ScorecardPage;
