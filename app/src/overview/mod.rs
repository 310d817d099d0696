//! What needs the reader.

mod calls;
#[cfg(feature = "ssr")]
mod gather;
mod page;
mod start;
mod view;

pub use calls::overview;
pub use page::OverviewPage;
