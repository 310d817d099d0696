//! Quotas: what a tier allows, where an organisation agreed on something else, what is used, and what happens when there is
//! no room. Promises:
//!
//! - Whoever asks for a place holds the organisation's row until the transaction ends, so that two who ask at the same time
//!   never both get the last one. An organisation without a quota of the kind waits for nobody.
//! - What was measured is kept. A quota is asked before the work, never after it.
//! - Calls of the API are counted in memory and written down in batches: see [`Meter`].
//!
//! How much each tier allows, what counts, and how exact it is: `docs/usage.md`.

#[cfg(feature = "backend")]
mod meter;
mod model;
#[cfg(feature = "backend")]
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;

#[cfg(feature = "backend")]
pub use meter::Meter;
pub use model::{
    DaysQuery, QuotaKind, QuotaOverride, QuotaOverrides, QuotaUse, Unlimited, UsageDay, UsageDays, UsageNow,
};
#[cfg(feature = "backend")]
pub use rules::{Quotas, shorter};
#[cfg(feature = "backend")]
pub use service::{RETENTION, Usage, set_overrides};
#[cfg(feature = "backend")]
pub(crate) use service::{retention_of, take};
