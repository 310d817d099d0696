//! Authentication requests: what they say, and that their signatures hold.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use flate2::read::DeflateDecoder;
use openssl::{bn::BigNum, ecdsa::EcdsaSig, hash::MessageDigest, sign::Verifier, x509::X509};
use samael::crypto::{CertificateDer, CryptoProvider as _, ReduceMode, XmlSec};
use sbh_saml::{AuthnOptions, Binding, Delivery, KeyKind, KeyPair, Outgoing, RequestError, ServiceProvider};
use std::{collections::HashSet, io::Read as _};
use url::Url;

use crate::support::{ACS, SLO, SP, edit, fixture, idp, moment, sp};

fn request(sp: &ServiceProvider, relay_state: Option<&str>, options: &AuthnOptions) -> Outgoing {
    sp.authn_request(&idp(), relay_state, options, moment()).unwrap()
}

fn address(outgoing: &Outgoing) -> &str {
    match &outgoing.delivery {
        Delivery::Redirect { url } => url,
        Delivery::Post { .. } => panic!("a form"),
    }
}

fn parameter(address: &str, name: &str) -> Option<String> {
    Url::parse(address).unwrap().query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn inflated(address: &str) -> String {
    let bytes = STANDARD.decode(parameter(address, "SAMLRequest").unwrap()).unwrap();
    let mut xml = String::new();
    DeflateDecoder::new(bytes.as_slice()).read_to_string(&mut xml).unwrap();
    xml
}

/// The octets that are signed, and the signature.
fn parts(address: &str) -> (&str, Vec<u8>) {
    let query = address.split_once('?').unwrap().1;
    let signed = query.split_once("&Signature=").unwrap().0;
    (signed, STANDARD.decode(parameter(address, "Signature").unwrap()).unwrap())
}

#[test]
fn a_request_says_who_asks_whom_and_where_to_answer() {
    let outgoing = request(&sp(), None, &AuthnOptions::default());
    assert!(address(&outgoing).starts_with("https://idp.example.org/sso/redirect?SAMLRequest="));
    let xml = inflated(address(&outgoing));
    let said = |name| edit::attribute(&xml, "AuthnRequest", name);
    assert_eq!(said("ID"), outgoing.id);
    assert_eq!(said("Destination"), "https://idp.example.org/sso/redirect");
    assert_eq!(said("AssertionConsumerServiceURL"), ACS);
    assert_eq!(said("IssueInstant").parse::<chrono::DateTime<chrono::Utc>>().unwrap(), moment());
    assert!(edit::get(&xml, "AuthnRequest/Issuer").contains(SP));
    assert!(!xml.contains("ForceAuthn") && !xml.contains("Signature"));
    let email = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress".to_owned();
    let again = AuthnOptions { force_authn: true, name_id_format: Some(email.clone()), ..AuthnOptions::default() };
    let xml = inflated(address(&request(&sp(), None, &again)));
    assert_eq!(edit::attribute(&xml, "AuthnRequest", "ForceAuthn"), "true");
    assert_eq!(edit::attribute(&xml, "AuthnRequest/NameIDPolicy", "Format"), email);
}

#[test]
fn ids_have_160_random_bits() {
    let ids: HashSet<_> = (0..100).map(|_| request(&sp(), None, &AuthnOptions::default()).id).collect();
    assert_eq!(ids.len(), 100);
    assert!(
        ids.iter().all(|id| id.len() == 41 && id.starts_with('_') && id[1..].chars().all(|c| c.is_ascii_hexdigit()))
    );
}

#[test]
fn an_address_is_signed_with_rsa() {
    let outgoing = request(&sp(), Some("a b&c=d"), &AuthnOptions::default());
    let address = address(&outgoing);
    assert_eq!(parameter(address, "RelayState").as_deref(), Some("a b&c=d"));
    assert_eq!(parameter(address, "SigAlg").as_deref(), Some("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"));
    let (signed, signature) = parts(address);
    assert!(!signed.contains('+'));
    let key = X509::from_pem(fixture("sp.cert.pem").as_bytes()).unwrap().public_key().unwrap();
    let mut verifier = Verifier::new(MessageDigest::sha256(), &key).unwrap();
    assert!(verifier.verify_oneshot(&signature, signed.as_bytes()).unwrap());
}

#[test]
fn an_address_is_signed_with_ecdsa() {
    let key = KeyPair::generate(KeyKind::EcP256, SP, moment(), TimeDelta::days(1)).unwrap();
    let certificate = key.certificate().clone();
    let sp = ServiceProvider::new(SP, ACS, SLO).unwrap().with_key(key);
    let outgoing = request(&sp, None, &AuthnOptions::default());
    let (signed, signature) = parts(address(&outgoing));
    assert_eq!(signature.len(), 64, "r and s, 32 bytes each");
    let (r, s) = signature.split_at(32);
    let (r, s) = (BigNum::from_slice(r).unwrap(), BigNum::from_slice(s).unwrap());
    let der = EcdsaSig::from_private_components(r, s).unwrap().to_der().unwrap();
    let key = X509::from_der(certificate.der()).unwrap().public_key().unwrap();
    let mut verifier = Verifier::new(MessageDigest::sha256(), &key).unwrap();
    assert!(verifier.verify_oneshot(&der, signed.as_bytes()).unwrap());
}

#[test]
fn a_form_is_signed_within_the_message() {
    for kind in [KeyKind::Rsa3072, KeyKind::EcP256] {
        let key = KeyPair::generate(kind, SP, moment(), TimeDelta::days(1)).unwrap();
        let certificates = [CertificateDer::from(key.certificate().der().to_vec())];
        let sp = ServiceProvider::new(SP, ACS, SLO).unwrap().with_key(key);
        let options = AuthnOptions { binding: Some(Binding::Post), ..AuthnOptions::default() };
        let Delivery::Post { url, fields } = request(&sp, Some("here"), &options).delivery else { panic!("no form") };
        assert_eq!(url, "https://idp.example.org/sso/post");
        assert_eq!(fields[1], ("RelayState", "here".to_owned()));
        let xml = String::from_utf8(STANDARD.decode(&fields[0].1).unwrap()).unwrap();
        assert!(edit::get(&xml, "AuthnRequest/Signature").contains(&edit::attribute(&xml, "AuthnRequest", "ID")));
        let covered = XmlSec::reduce_xml_to_signed(&xml, &certificates, ReduceMode::PreDigest).unwrap();
        assert_eq!(edit::attribute(&covered, "AuthnRequest", "Destination"), url);
    }
}

#[test]
fn a_request_that_cannot_be_made_is_not() {
    let without = ServiceProvider::new(SP, ACS, SLO).unwrap();
    let ask = |sp: &ServiceProvider, idp: &sbh_saml::IdpMetadata, relay_state: Option<&str>| {
        sp.authn_request(idp, relay_state, &AuthnOptions::default(), moment())
    };
    assert_eq!(ask(&without, &idp(), None).unwrap_err(), RequestError::KeyNeeded);
    let mut lenient = idp();
    lenient.want_authn_requests_signed = false;
    let unsigned = ask(&without, &lenient, None).unwrap();
    assert!(parameter(address(&unsigned), "Signature").is_none());
    assert_eq!(ask(&sp(), &idp(), Some(&"x".repeat(81))).unwrap_err(), RequestError::RelayState(81));
    let mut expired = idp();
    expired.valid_until = Some(moment());
    assert!(matches!(ask(&sp(), &expired, None).unwrap_err(), RequestError::Metadata(_)));
    let mut only_form = idp();
    only_form.sign_on.retain(|endpoint| endpoint.binding == Binding::Post);
    let options = AuthnOptions { binding: Some(Binding::Redirect), ..AuthnOptions::default() };
    assert_eq!(sp().authn_request(&only_form, None, &options, moment()).unwrap_err(), RequestError::NoAddress);
}

#[test]
fn an_address_that_has_a_query_keeps_it() {
    let mut metadata = idp();
    metadata.sign_on[0].location = "https://idp.example.org/sso?tenant=1".to_owned();
    let outgoing = sp().authn_request(&metadata, None, &AuthnOptions::default(), moment()).unwrap();
    assert!(address(&outgoing).starts_with("https://idp.example.org/sso?tenant=1&SAMLRequest="));
}
