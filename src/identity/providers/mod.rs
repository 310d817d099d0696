//! Identity providers of a tenant: what an admin says about one, signing in with it, and signing out.
//!
//! - `model` and `view`: what an admin enters, and what pages show.
//! - `rules`: which role groups give.
//! - `store`: the tables `identity_providers`, `external_identities` and `used_messages`.
//! - `service`: adding, changing, trying and removing a provider.
//! - `oidc` and `saml`: one provider in the terms of its engine.
//! - `flow`: the way to a provider and back, bound to one browser.
//! - `accounts`: which account it is that a provider vouches for.
//! - `connections`: by which providers a member signs in.
//! - `leaving`: signing out, here and there.
//! - `bearer`: access tokens of a provider's authorization server.
//!
//! Invariant: an account is found by what its provider calls it, never by an address. An address connects nothing by itself.

#[cfg(feature = "backend")]
mod accounts;
#[cfg(feature = "backend")]
mod bearer;
#[cfg(feature = "backend")]
mod connections;
#[cfg(feature = "backend")]
mod flow;
#[cfg(feature = "backend")]
mod leaving;
mod model;
#[cfg(feature = "backend")]
mod oidc;
#[cfg(feature = "backend")]
mod rules;
#[cfg(feature = "backend")]
mod saml;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;
mod view;

#[cfg(feature = "backend")]
pub use bearer::looks_like_token;
pub use model::{
    ApiAccess, AttributeNames, ClientAuthentication, Errand, NewProvider, OidcSettings, Protocol, ProviderKind,
    SamlSettings,
};
#[cfg(feature = "backend")]
pub(super) use store::sweep;
pub use view::{
    Certificate, ConnectedAccount, Finding, OfferedProvider, Outcome, Provider, ProviderAddresses, SignInDoor, Vouched,
};

/// Prepares the libraries that read signed XML, before threads use them.
#[cfg(feature = "backend")]
pub fn prepare_saml() {
    sbh_saml::initialize();
}
#[cfg(feature = "backend")]
pub use {
    flow::{Begun, Delivery, Returned},
    leaving::{Left, LogoutMessage},
    service::{ProviderCache, Providers},
    store::ProviderSession,
};
