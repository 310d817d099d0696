//! Our side.

use crate::{
    key::KeyPair,
    metadata::{MetadataError, sp},
    request::RequestError,
};

/// Why a service provider can't be set up so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceProviderError {
    /// No entity id, or one that is too long.
    #[error("the entity id must have 1 to 1,024 characters, without spaces")]
    EntityId,
    /// An address that browsers can't be sent to safely.
    #[error(
        "the address {0} is not allowed; only https without a fragment or a password is, and http on this machine itself"
    )]
    Address(String),
}

/// A service provider: one entity id with one address for responses and one for logout messages, both for HTTP-POST, the
/// latter for HTTP-Redirect too.
#[derive(Debug, Clone)]
pub struct ServiceProvider {
    entity_id: String,
    acs_url: String,
    slo_url: String,
    key: Option<KeyPair>,
}

impl ServiceProvider {
    /// A service provider without a key. Responses are compared with the addresses letter by letter.
    ///
    /// # Errors
    /// Any of [`ServiceProviderError`].
    pub fn new(entity_id: &str, acs_url: &str, slo_url: &str) -> Result<Self, ServiceProviderError> {
        let is_fit =
            !entity_id.is_empty() && entity_id.chars().count() <= 1_024 && !entity_id.contains(char::is_whitespace);
        if !is_fit {
            return Err(ServiceProviderError::EntityId);
        }
        for address in [acs_url, slo_url] {
            sp::check_address(address).map_err(|error| match error {
                MetadataError::Address(address) => ServiceProviderError::Address(address),
                _ => ServiceProviderError::Address(String::new()),
            })?;
        }
        let (entity_id, acs_url, slo_url) = (entity_id.to_owned(), acs_url.to_owned(), slo_url.to_owned());
        Ok(Self { entity_id, acs_url, slo_url, key: None })
    }

    /// The same with a key: requests are signed, single logout is possible, and with RSA encrypted assertions are opened.
    #[must_use]
    pub fn with_key(mut self, key: KeyPair) -> Self {
        self.key = Some(key);
        self
    }

    /// The entity id, which assertions name as their audience.
    #[must_use]
    pub fn entity_id(&self) -> &str {
        &self.entity_id
    }

    /// Where responses are received: the assertion consumer service.
    #[must_use]
    pub fn acs_url(&self) -> &str {
        &self.acs_url
    }

    /// Where logout messages are received.
    #[must_use]
    pub fn slo_url(&self) -> &str {
        &self.slo_url
    }

    /// The key, if there is one.
    #[must_use]
    pub const fn key(&self) -> Option<&KeyPair> {
        self.key.as_ref()
    }

    /// Our metadata (SAML Metadata 2.4.4), signed if asked for.
    ///
    /// # Errors
    /// [`RequestError::KeyNeeded`] if it is to be signed without a key, [`RequestError::Signing`].
    pub fn metadata_xml(&self, signed: bool) -> Result<String, RequestError> {
        sp::write(self, signed)
    }
}
