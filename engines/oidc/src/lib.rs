//! OpenID Connect relying party (Core 1.0, Discovery 1.0, RP-Initiated and Back-Channel Logout 1.0) and verifier of JWT access
//! tokens (RFC 9068). It knows no tenant, no database and no web server, and time is an argument.
//!
//! - [`Registration`]: what an administrator enters about a provider.
//! - [`Provider`]: a provider in use: its metadata and keys in memory, sign-in, sign-out, bearer tokens.
//! - [`examine`]: the same configuration tried step by step, for the person who enters it.
//! - [`Refusal`]: why something was not accepted, with a stable code and a sentence.
//!
//! Invariants: a token counts only after its signature, by an asymmetric algorithm and a key of the provider itself; a redirect is
//! never followed, so that no secret reaches another address; a forged key id costs the provider one request per cooldown at most.

#![warn(missing_docs)]

mod access_token;
mod algorithm;
mod authorization;
mod callback;
mod claims;
mod endpoint;
mod examine;
mod exchange;
mod http;
mod id_token;
mod identity;
mod jws;
mod keys;
mod logout;
mod metadata;
mod provider;
mod refusal;
mod registration;
mod secret;
mod user_info;

pub use access_token::{AccessToken, Expectations};
pub use algorithm::Algorithm;
pub use authorization::{Authorization, AuthorizationRequest, Pending};
pub use callback::Callback;
pub use examine::{Finding, Outcome, Step, examine};
pub use identity::Identity;
pub use jws::Jws;
pub use keys::KeySet;
pub use logout::{LogoutRequest, LogoutToken};
pub use metadata::Metadata;
pub use provider::Provider;
pub use refusal::{Part, Refusal, TokenKind};
pub use registration::{ClientAuthentication, Registration};
pub use secret::Secret;
