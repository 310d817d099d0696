//! Organisations: what each may use, how it shows itself, and its life from the first owner to the last row.
//!
//! - `tier`: the tiers.
//! - `store`: the table `tenants`.

#[cfg(feature = "backend")]
pub(crate) mod store;
mod tier;

pub use tier::Tier;
