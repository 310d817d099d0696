//! The egress guard: the only way to an address that somebody typed.
//!
//! Invariants: a name is resolved once and the connection goes to the address that was judged, so DNS rebinding has no effect; one closed address
//! among a name's addresses refuses the name; redirects are judged like first requests; cloud metadata addresses cannot be opened.

#![warn(missing_docs)]

mod address;
mod client;
mod error;
mod guard;
mod host;
mod policy;
mod proxy;
mod resolver;

pub use address::{Special, special};
pub use client::{Client, ClientLimits, Fetched, install_crypto};
pub use error::EgressError;
pub use guard::Guard;
pub use host::Host;
pub use policy::Policy;
pub use proxy::{Credentials, Proxy, ProxyLimits, Refusal, Refusals};
pub use resolver::{Resolver, SystemResolver};
