//! The product core of System Builder Hub, one module per capability, in reading order.
//!
//! Invariants that hold everywhere:
//! - Imports only go down: capability → platform and engines. No web framework and no page is known here.
//! - Every use case takes `&Actor` first and asks for its permission before anything else; the answer is a `Scope`.
//! - Every store function takes a `&Scope`. Another tenant's thing is not found, never forbidden.
//! - Decisions are pure functions in `rules.rs`; what they decided and from which inputs is stored.
//! - A verdict fails closed: what is missing is "not measured" or "inconclusive", never a pass.
//! - What changes something is audited in the same transaction.
//!
//! Without the feature `backend` only models and rules are here, and they compile to WASM.

pub mod access;
pub mod error;
pub mod ids;
pub mod page;
pub mod text;
pub mod wire;

pub mod audit;
pub mod compliance;
pub mod gates;
pub mod identity;
pub mod lab;
pub mod library;
pub mod notifications;
pub mod privacy;
pub mod schedules;
pub mod sharing;
pub mod systems;
pub mod tenants;
pub mod workspaces;

#[cfg(feature = "backend")]
pub mod platform;

#[cfg(feature = "backend")]
mod hub;

#[cfg(feature = "backend")]
pub use hub::Hub;

pub use error::{Error, Kind, Result};
