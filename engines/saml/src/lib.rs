//! SAML 2.0 for a service provider: metadata, authentication requests, strictly checked responses, single logout.
//!
//! Pure: no network, no store and no clock of its own; times are arguments. The profile is the Web Browser SSO Profile
//! (SAML Profiles 4.1) with the bindings HTTP-Redirect and HTTP-POST, and Single Logout (SAML Profiles 4.4).
//!
//! - [`IdpMetadata`]: what is known of an identity provider, above all the keys that it signs with.
//! - [`ServiceProvider`]: our side; writes metadata, authentication and logout messages.
//! - [`verify_response`]: from the field `SAMLResponse` to an [`Identity`], or a [`Refusal`].
//! - [`verify_logout_request`] and [`verify_logout_response`]: the identity provider's logout messages.
//!
//! # What the caller does
//! - **Replay.** An assertion may be used once (SAML Profiles 4.1.4.5). Keep [`Identity::assertion_id`] with
//!   [`Identity::issuer`] until [`Identity::expires_at`], and refuse what is already there. The same goes for the id of a
//!   [`LogoutRequest`].
//! - **Requests.** Keep the id of each request with the browser's session, accept one answer to it, then forget it. The
//!   response is posted from another site: cookies with `SameSite=Lax` or `Strict` do not come with it.
//! - **Relay state** comes from the browser: it names a page of our own or nothing.
//! - **Threads.** Call [`initialize`] when the process starts, before other threads use libxml2.
//! - **Metadata** is trusted as it is handed over; whoever fetches it has to know from whom. See [`IdpMetadata::parse`].

#![warn(missing_docs)]

mod algorithm;
mod assertion;
mod binding;
mod certificate;
mod encryption;
mod identity;
mod key;
pub mod limits;
mod logout;
mod metadata;
mod refusal;
mod request;
mod response;
mod service_provider;
mod signature;
mod time;
mod uri;
mod write;
mod xml;

pub use binding::{Binding, Delivery, Incoming, Outgoing};
pub use certificate::{Certificate, CertificateError};
pub use identity::{Identity, NameId};
pub use key::{KeyError, KeyKind, KeyPair};
pub use logout::{
    LogoutExpectations, LogoutOutcome, LogoutRequest, LogoutResponse, verify_logout_request, verify_logout_response,
};
pub use metadata::{Endpoint, IdpMetadata, MetadataError, MetadataOptions};
pub use refusal::Refusal;
pub use request::{AuthnOptions, RequestError};
pub use response::{Expectations, verify_response};
pub use service_provider::{ServiceProvider, ServiceProviderError};
pub use signature::initialize;
pub use xml::XmlError;
