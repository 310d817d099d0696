//! What the organisation uses, and how much it may.

mod calls;
#[cfg(feature = "ssr")]
mod chart;
#[cfg(feature = "ssr")]
mod gather;
mod page;
mod view;

pub use calls::usage;
pub use page::UsagePage;
