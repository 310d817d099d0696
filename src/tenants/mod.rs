//! Organisations: what each may use, how it shows itself, and its life from the first owner to the last row.
//!
//! - `quotas`: what each may use, what it uses, and what happens where that is more.
//! - `tier`: the tiers.
//! - `model`, `rules`, `service`: making organisations, suspending them, deciding that one goes.
//! - `removal`: removing those whose time has come.
//! - `store`: the table `tenants`.

mod model;
pub mod quotas;
#[cfg(feature = "backend")]
mod removal;
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
pub(crate) mod store;
#[cfg(all(test, feature = "backend"))]
mod tests;
mod tier;

pub use model::{
    CreatedOrganisation, NewOrganisation, NewOwnerInvitation, Organisation, OrganisationState, OwnDeletion,
    OwnerInvitation, Suspension, TierChange,
};
#[cfg(feature = "backend")]
pub use service::Tenants;
pub use tier::Tier;
