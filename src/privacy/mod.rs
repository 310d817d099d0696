//! Privacy: what the hub holds of a person is given to them and erased when they ask; what they agreed to is kept; how long
//! things are kept can be looked at before it happens; and the processing is on record. An erasure leaves the audit log as
//! verifiable as it was: see `docs/decisions/0033-erasure.md`.

mod consents;
#[cfg(feature = "backend")]
mod erasure;
#[cfg(feature = "backend")]
mod export;
#[cfg(feature = "backend")]
mod holdings;
#[cfg(feature = "backend")]
mod job;
mod model;
#[cfg(feature = "backend")]
mod people_rows;
mod register;
#[cfg(feature = "backend")]
mod requests;
mod retention;
#[cfg(feature = "backend")]
mod rewriting;
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;
#[cfg(all(test, feature = "backend"))]
mod tests;

pub use consents::{Consent, ConsentQuery, NewConsent, NewPurpose, Purpose, PurposeState};
#[cfg(feature = "backend")]
pub use export::ExportDocument;
#[cfg(feature = "backend")]
pub(crate) use holdings::tables_of_tenants;
#[cfg(feature = "backend")]
pub use job::{EraseHandler, ExportHandler};
pub use model::{NewRequest, PrivacyRequest, RequestKind, RequestQuery, RequestState};
pub use register::{Activity, LegalBasis, NewActivity, Register};
pub use retention::{Aged, KindOfRows};
pub use rules::{EXPORT_KEPT_DAYS, GRACE_DAYS};
#[cfg(feature = "backend")]
pub use service::Privacy;
