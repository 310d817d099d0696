//! Two versions side by side.

mod calls;
#[cfg(feature = "ssr")]
mod chart;
#[cfg(feature = "ssr")]
mod gather;
mod page;
mod view;

pub use calls::compare_page;
pub use page::ComparePage;
