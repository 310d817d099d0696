//! Systems and their environments, and the proof that whoever measures them may do so. Load goes only to environments
//! whose ownership was verified; the rest is watched passively, at most once a second.

mod model;
mod prices;
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;
#[cfg(all(test, feature = "backend"))]
mod tests;

pub use model::{
    AllowPrivate, Environment, EnvironmentKind, NewEnvironment, NewSystem, NewTeardown, Ownership, OwnershipMethod,
    System, SystemDetail, Teardown, VerifyOwnership, parse_base_url,
};
pub use prices::{CostParts, KeptPrices, Price, PriceModel};
pub use rules::{DNS_LABEL, VERIFICATION_PATH, expected_proof, may_load};
#[cfg(feature = "backend")]
pub use service::{Systems, Target};
