//! Evidence packs: what was checked, signed, to be verified without the hub.

mod calls;
#[cfg(feature = "ssr")]
mod gather;
mod list;
mod make;
mod pack;
mod view;

pub use calls::{CreateEvidence, create_evidence, evidence_page, list_evidence};
pub use list::EvidencePage;
pub use make::MakeEvidence;
pub use pack::PackPage;
