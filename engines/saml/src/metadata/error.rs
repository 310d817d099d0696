//! Why metadata is refused.

use chrono::{DateTime, Utc};

use crate::{certificate::CertificateError, xml::XmlError};

/// Why metadata is refused, when it is read and when it is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// Not XML that we read.
    #[error("metadata: {0}")]
    Xml(#[from] XmlError),
    /// Some other document.
    #[error("the document is not SAML 2.0 metadata; its root must be EntityDescriptor or EntitiesDescriptor")]
    NotMetadata,
    /// No identity provider in it, or none of the name.
    #[error("the metadata does not describe the identity provider {0}")]
    NoIdentityProvider(String),
    /// Several identity providers, and none was named.
    #[error("the metadata describes {0} identity providers; name the entity id of one")]
    SeveralIdentityProviders(usize),
    /// The identity provider does not speak SAML 2.0, or is described twice.
    #[error("the identity provider must be described by exactly one IDPSSODescriptor for SAML 2.0, not {0}")]
    Descriptors(usize),
    /// No entity id, or one that is empty or too long.
    #[error("the metadata's entity id is missing or longer than 1,024 characters")]
    EntityId,
    /// Nothing to check signatures with.
    #[error("the metadata has no signing certificate; without one, no response can be believed")]
    NoSigningCertificate,
    /// More signing certificates than are tried.
    #[error("the metadata has {0} signing certificates; at most 8 are allowed")]
    TooManyCertificates(usize),
    /// A signing certificate that is of no use.
    #[error("the metadata's signing certificate can't be used: {0}")]
    Certificate(#[from] CertificateError),
    /// Nowhere to send people to.
    #[error("the metadata has no single sign-on address with the binding HTTP-Redirect or HTTP-POST")]
    NoSignOnAddress,
    /// An address that browsers can't be sent to safely.
    #[error(
        "the metadata has the address {0}; only https without a fragment or a password is allowed, and http on this machine itself"
    )]
    Address(String),
    /// A time that can't be read.
    #[error("the metadata's validUntil is not a time in UTC: {0}")]
    ValidUntil(String),
    /// No longer valid.
    #[error("the metadata was valid until {0}; load it again")]
    Expired(DateTime<Utc>),
}

impl MetadataError {
    /// A name for machines that never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Xml(error) => error.code(),
            Self::NotMetadata => "not_metadata",
            Self::NoIdentityProvider(_) => "metadata_no_identity_provider",
            Self::SeveralIdentityProviders(_) => "metadata_several_identity_providers",
            Self::Descriptors(_) => "metadata_descriptors",
            Self::EntityId => "metadata_entity_id",
            Self::NoSigningCertificate => "metadata_no_signing_certificate",
            Self::TooManyCertificates(_) => "metadata_too_many_certificates",
            Self::Certificate(_) => "metadata_certificate",
            Self::NoSignOnAddress => "metadata_no_sign_on_address",
            Self::Address(_) => "metadata_address",
            Self::ValidUntil(_) => "metadata_valid_until",
            Self::Expired(_) => "metadata_expired",
        }
    }
}
