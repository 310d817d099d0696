//! Organisations: what each may use, how it shows itself, and its life from the first owner to the last row.
//!
//! - `quotas`: what each may use, what it uses, and what happens where that is more.
//! - `tier`: the tiers.
//! - `store`: the table `tenants`.

pub mod quotas;
#[cfg(feature = "backend")]
pub(crate) mod store;
mod tier;

pub use tier::Tier;
