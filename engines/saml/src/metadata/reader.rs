//! Reading an identity provider's metadata.

use chrono::{DateTime, Utc};
use roxmltree::Node;
use url::{Host, Url};

use super::{Endpoint, IdpMetadata, MetadataError};
use crate::{
    binding::Binding,
    certificate::{Certificate, CertificateError},
    limits::MAX_METADATA_BYTES,
    time,
    uri::{DS, MD, SAMLP},
    xml::{self, Element as _, Kind, XmlError, shown},
};

/// Longest entity id in characters (SAML Core 8.3.6).
pub(super) const MAX_ENTITY_ID_CHARS: usize = 1_024;

pub(super) fn read(bytes: &[u8], entity_id: Option<&str>) -> Result<IdpMetadata, MetadataError> {
    if bytes.len() > MAX_METADATA_BYTES {
        return Err(XmlError::TooLarge(MAX_METADATA_BYTES).into());
    }
    let text = std::str::from_utf8(bytes).map_err(|_| XmlError::Encoding)?;
    let document = xml::parse(xml::body(text)?, Kind::Metadata)?;
    let root = document.root_element();
    if !root.is(MD, "EntityDescriptor") && !root.is(MD, "EntitiesDescriptor") {
        return Err(MetadataError::NotMetadata);
    }
    let providers: Vec<_> = root
        .descendants()
        .filter(|node| node.is(MD, "EntityDescriptor") && !node.all(MD, "IDPSSODescriptor").is_empty())
        .filter(|node| entity_id.is_none_or(|wanted| node.attribute("entityID") == Some(wanted)))
        .collect();
    match providers.as_slice() {
        [] => Err(MetadataError::NoIdentityProvider(entity_id.map_or_else(String::new, shown))),
        [one] => provider(*one),
        several => Err(MetadataError::SeveralIdentityProviders(several.len())),
    }
}

fn provider(entity: Node<'_, '_>) -> Result<IdpMetadata, MetadataError> {
    let descriptors: Vec<_> = entity
        .all(MD, "IDPSSODescriptor")
        .into_iter()
        .filter(|role| {
            role.attribute("protocolSupportEnumeration")
                .is_some_and(|named| named.split_whitespace().any(|one| one == SAMLP))
        })
        .collect();
    let [role] = descriptors.as_slice() else {
        return Err(MetadataError::Descriptors(descriptors.len()));
    };
    Ok(IdpMetadata {
        entity_id: entity.attribute("entityID").unwrap_or_default().to_owned(),
        sign_on: endpoints(*role, "SingleSignOnService")?,
        logout: endpoints(*role, "SingleLogoutService")?,
        signing_certificates: certificates(*role)?,
        want_authn_requests_signed: matches!(role.attribute("WantAuthnRequestsSigned"), Some("true" | "1")),
        name_id_formats: role.all(MD, "NameIDFormat").iter().filter_map(xml::Element::value).collect(),
        valid_until: valid_until(*role)?,
    })
}

/// The earliest `validUntil` of the role and everything around it.
fn valid_until(role: Node<'_, '_>) -> Result<Option<DateTime<Utc>>, MetadataError> {
    let mut earliest = None;
    for text in role.ancestors().filter_map(|node| node.attribute("validUntil")) {
        let until = time::parse(text).ok_or_else(|| MetadataError::ValidUntil(shown(text)))?;
        earliest = Some(earliest.map_or(until, |known: DateTime<Utc>| known.min(until)));
    }
    Ok(earliest)
}

/// The addresses whose bindings browsers can carry; others (SOAP, artifacts) are passed over.
fn endpoints(role: Node<'_, '_>, name: &str) -> Result<Vec<Endpoint>, MetadataError> {
    let mut endpoints = Vec::new();
    for node in role.all(MD, name) {
        let Some(binding) = node.attribute("Binding").and_then(Binding::from_uri) else { continue };
        let location = node.attribute("Location").unwrap_or_default().trim().to_owned();
        let response_location = node.attribute("ResponseLocation").map(|address| address.trim().to_owned());
        for address in [Some(&location), response_location.as_ref()].into_iter().flatten() {
            check_address(address)?;
        }
        endpoints.push(Endpoint { binding, location, response_location });
    }
    Ok(endpoints)
}

/// The certificates for signing: those whose use is `signing` or not named (SAML Metadata 2.4.1.1).
fn certificates(role: Node<'_, '_>) -> Result<Vec<Certificate>, MetadataError> {
    let mut certificates = Vec::new();
    for key in role.all(MD, "KeyDescriptor") {
        if !matches!(key.attribute("use"), None | Some("signing")) {
            continue;
        }
        let found = key.all(DS, "KeyInfo").into_iter().flat_map(|info| info.all(DS, "X509Data"));
        for node in found.flat_map(|data| data.all(DS, "X509Certificate")) {
            let text = node.value().ok_or(CertificateError::NotACertificate)?;
            let certificate = Certificate::from_base64(&text)?;
            if !certificates.contains(&certificate) {
                certificates.push(certificate);
            }
        }
    }
    Ok(certificates)
}

/// Browsers are sent there, with what people may see: https, or http on this machine itself.
pub(crate) fn check_address(address: &str) -> Result<(), MetadataError> {
    // A fragment would swallow the message, and a name with a password is nothing to send people to.
    let plain = |url: &Url| url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    let url = Url::parse(address).ok().filter(plain);
    let is_safe = url.is_some_and(|url| match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Domain(name))) => name == "localhost",
        ("http", Some(Host::Ipv4(ip))) => ip.is_loopback(),
        ("http", Some(Host::Ipv6(ip))) => ip.is_loopback(),
        _ => false,
    });
    if is_safe { Ok(()) } else { Err(MetadataError::Address(shown(address))) }
}
