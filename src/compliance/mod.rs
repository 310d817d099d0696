//! Evidence: a validation's records in a signed pack that verifies without the hub.

mod controls;
mod model;
#[cfg(feature = "backend")]
mod pack;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;

pub use controls::{Control, EvidenceScope, controls};
pub use model::{EvidencePacket, EvidenceQuery, NewEvidence, PublicKeyView};
#[cfg(feature = "backend")]
pub use pack::PREDICATE_TYPE;
#[cfg(feature = "backend")]
pub use service::Compliance;
