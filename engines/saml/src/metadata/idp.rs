//! What is known of an identity provider.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{MetadataError, reader};
use crate::{binding::Binding, certificate::Certificate, limits::MAX_CERTIFICATES};

/// How metadata is read.
#[derive(Debug, Clone, Copy)]
pub struct MetadataOptions<'a> {
    /// Which identity provider is meant, where there may be several.
    pub entity_id: Option<&'a str>,
    /// The time, for `validUntil`.
    pub now: DateTime<Utc>,
}

/// An address of an identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// How messages get there.
    pub binding: Binding,
    /// Where to: https, or http on this machine itself.
    pub location: String,
    /// Where answers go, if elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_location: Option<String>,
}

/// An identity provider as a hub stores it. Whoever reads it back has to ask [`Self::usable`]; everything that takes it
/// does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdpMetadata {
    /// Its entity id, which every assertion names as its issuer.
    pub entity_id: String,
    /// Where sign-in begins.
    pub sign_on: Vec<Endpoint>,
    /// Where sign-out begins.
    pub logout: Vec<Endpoint>,
    /// Whose keys its signatures are checked with. Never empty.
    pub signing_certificates: Vec<Certificate>,
    /// Whether it wants requests to be signed.
    pub want_authn_requests_signed: bool,
    /// The formats of names that it has.
    pub name_id_formats: Vec<String>,
    /// When this stops being true.
    pub valid_until: Option<DateTime<Utc>>,
}

impl IdpMetadata {
    /// Reads `EntityDescriptor`, or the one that is named of `EntitiesDescriptor` (SAML Metadata 2.3).
    ///
    /// A signature of the metadata itself is not checked: it says who wrote the file, not whether that is whom the
    /// administrator trusts. Load metadata over https from the identity provider, or by hand.
    ///
    /// # Errors
    /// Any of [`MetadataError`].
    pub fn parse(xml: &[u8], options: MetadataOptions<'_>) -> Result<Self, MetadataError> {
        let metadata = reader::read(xml, options.entity_id)?;
        metadata.usable(options.now)?;
        Ok(metadata)
    }

    /// Whether it can be used at a time: it has signing certificates, addresses that are safe, and is still valid.
    ///
    /// # Errors
    /// Any of [`MetadataError`] but those about the form.
    pub fn usable(&self, now: DateTime<Utc>) -> Result<(), MetadataError> {
        if self.entity_id.is_empty() || self.entity_id.chars().count() > reader::MAX_ENTITY_ID_CHARS {
            return Err(MetadataError::EntityId);
        }
        match self.signing_certificates.len() {
            0 => return Err(MetadataError::NoSigningCertificate),
            count if count > MAX_CERTIFICATES => return Err(MetadataError::TooManyCertificates(count)),
            _ => {}
        }
        if self.sign_on.is_empty() {
            return Err(MetadataError::NoSignOnAddress);
        }
        for endpoint in self.sign_on.iter().chain(&self.logout) {
            for address in [Some(&endpoint.location), endpoint.response_location.as_ref()].into_iter().flatten() {
                reader::check_address(address)?;
            }
        }
        match self.valid_until {
            Some(until) if until <= now => Err(MetadataError::Expired(until)),
            _ => Ok(()),
        }
    }

    /// The sign-on address for a binding, or the first, HTTP-Redirect before HTTP-POST.
    pub(crate) fn sign_on_for(&self, binding: Option<Binding>) -> Option<&Endpoint> {
        choose(&self.sign_on, binding)
    }

    /// The logout address for a binding, or the first, HTTP-Redirect before HTTP-POST.
    pub(crate) fn logout_for(&self, binding: Option<Binding>) -> Option<&Endpoint> {
        choose(&self.logout, binding)
    }
}

fn choose(endpoints: &[Endpoint], binding: Option<Binding>) -> Option<&Endpoint> {
    let of = |wanted: Binding| endpoints.iter().find(|endpoint| endpoint.binding == wanted);
    match binding {
        Some(binding) => of(binding),
        None => of(Binding::Redirect).or_else(|| of(Binding::Post)),
    }
}
