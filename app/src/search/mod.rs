//! Search over systems, benchmarks and pages.

mod calls;
#[cfg(feature = "ssr")]
mod gather;
mod page;
mod view;

pub use calls::search;
pub use page::SearchPage;
