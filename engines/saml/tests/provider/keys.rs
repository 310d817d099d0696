//! Keys of the service provider, and its metadata.

use chrono::TimeDelta;
use roxmltree::Document;
use samael::crypto::{CertificateDer, CryptoProvider as _, ReduceMode, XmlSec};
use sbh_saml::{Certificate, KeyError, KeyKind, KeyPair, RequestError, ServiceProvider, ServiceProviderError};

use crate::support::{ACS, SLO, SP, edit, fixture, moment, sp};

#[test]
fn keys_are_made_written_and_read_back() {
    for kind in [KeyKind::Rsa3072, KeyKind::EcP256] {
        let key = KeyPair::generate(kind, SP, moment(), TimeDelta::days(3_650)).unwrap();
        assert_eq!(key.certificate().expires_at(), Some(moment() + TimeDelta::days(3_650)));
        let (private, certificate) = (key.private_pem().unwrap(), key.certificate_pem().unwrap());
        assert!(private.starts_with("-----BEGIN PRIVATE KEY-----"));
        let read = KeyPair::from_pem(&private, &certificate).unwrap();
        assert_eq!(read.certificate(), key.certificate());
        assert!(!format!("{read:?}").contains("PRIVATE"));
    }
}

#[test]
fn keys_that_do_not_fit_are_refused() {
    let (private, own, other) = (fixture("sp.key.pem"), fixture("sp.cert.pem"), fixture("idp.cert.pem"));
    assert_eq!(KeyPair::from_pem(&private, &other).unwrap_err(), KeyError::Mismatch);
    assert_eq!(KeyPair::from_pem("no key", &own).unwrap_err(), KeyError::PrivatePem);
    assert!(matches!(KeyPair::from_pem(&private, "no certificate").unwrap_err(), KeyError::Certificate(_)));
}

#[test]
fn a_service_provider_needs_an_entity_id_and_safe_addresses() {
    let long = "x".repeat(1_025);
    for entity_id in ["", "two words", &long] {
        assert_eq!(ServiceProvider::new(entity_id, ACS, SLO).unwrap_err(), ServiceProviderError::EntityId);
    }
    for address in ["http://hub.example.com/acs", "javascript:alert(1)", ""] {
        let error = ServiceProvider::new(SP, address, SLO).unwrap_err();
        assert!(matches!(error, ServiceProviderError::Address(_)), "{address}");
    }
    assert!(ServiceProvider::new(SP, "http://localhost:3000/acs", "http://[::1]:3000/slo").is_ok());
}

#[test]
fn our_metadata_names_addresses_and_keys_and_can_be_signed() {
    let signed = sp().metadata_xml(true).unwrap();
    let certificate = Certificate::from_pem(&fixture("sp.cert.pem")).unwrap();
    let key = [CertificateDer::from(certificate.der().to_vec())];
    let covered = XmlSec::reduce_xml_to_signed(&signed, &key, ReduceMode::PreDigest).unwrap();
    for xml in [&signed, &covered, &sp().metadata_xml(false).unwrap()] {
        assert_eq!(edit::attribute(xml, "EntityDescriptor", "entityID"), SP);
        assert_eq!(edit::attribute(xml, "SPSSODescriptor/AssertionConsumerService", "Location"), ACS);
        assert_eq!(edit::attribute(xml, "SPSSODescriptor/SingleLogoutService", "Location"), SLO);
        assert_eq!(edit::attribute(xml, "EntityDescriptor/SPSSODescriptor", "AuthnRequestsSigned"), "true");
        let document = Document::parse(xml).unwrap();
        let uses: Vec<_> = document.descendants().filter_map(|node| node.attribute("use")).collect();
        assert_eq!(uses, ["signing", "encryption"]);
        assert!(xml.contains(&certificate.to_base64()));
    }
    let without = ServiceProvider::new(SP, ACS, SLO).unwrap();
    let xml = without.metadata_xml(false).unwrap();
    assert!(!xml.contains("KeyDescriptor") && !xml.contains("SingleLogoutService"));
    assert_eq!(without.metadata_xml(true).unwrap_err(), RequestError::KeyNeeded);
}

#[test]
fn names_in_metadata_are_escaped() {
    let sp = ServiceProvider::new("urn:a&b<c>\"d", ACS, "https://hub.example.com/slo?a=1&b=2").unwrap();
    let xml = sp.metadata_xml(false).unwrap();
    assert_eq!(edit::attribute(&xml, "EntityDescriptor", "entityID"), "urn:a&b<c>\"d");
}
