//! The audit log: reading it, filtering it, checking it.

mod calls;
mod check;
#[cfg(feature = "ssr")]
mod gather;
mod page;
mod view;

pub use calls::{check_audit, list_audit};
pub use check::AuditCheckPage;
pub use page::AuditPage;
