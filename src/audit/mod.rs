//! The audit log: everything that changes something, in a Merkle tree per tenant (RFC 9162). An entry is written in the
//! transaction of the change; a signed checkpoint fixes what the log was; inclusion and consistency proofs show it to
//! somebody who has nothing but the checkpoint.

#[cfg(feature = "backend")]
mod export;
mod model;
#[cfg(feature = "backend")]
mod proof;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;
#[cfg(all(test, feature = "backend"))]
mod tests;

#[cfg(feature = "backend")]
pub(crate) use export::about;
#[cfg(feature = "backend")]
pub use export::{ExportFormat, ExportStream};
pub use model::{AuditQuery, Damage, Entry, Outcome, Verification};
#[cfg(feature = "backend")]
pub use service::{Audit, Change, record};
