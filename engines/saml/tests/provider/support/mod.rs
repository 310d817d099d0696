//! The identity provider of the fixtures, and what its responses are expected to say.

pub mod edit;
pub mod signing;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use sbh_saml::{
    Expectations, Identity, IdpMetadata, KeyPair, MetadataOptions, Refusal, ServiceProvider, verify_response,
};
use std::{fs, path::Path};

pub const IDP: &str = "https://idp.example.org/metadata";
pub const SP: &str = "https://hub.example.com/saml/acme";
pub const ACS: &str = "https://hub.example.com/saml/acme/acs";
pub const SLO: &str = "https://hub.example.com/saml/acme/slo";
pub const REQUEST: &str = "_5a1d0c6e9b1f4c37a2f7e3a8d15b0c92e4f6a7b8";

pub fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A moment at which the fixtures hold.
pub fn moment() -> DateTime<Utc> {
    fixture("moment.txt").trim().parse().unwrap()
}

pub fn idp() -> IdpMetadata {
    let options = MetadataOptions { entity_id: None, now: moment() };
    IdpMetadata::parse(fixture("idp-metadata.xml").as_bytes(), options).unwrap()
}

pub fn sp() -> ServiceProvider {
    let key = KeyPair::from_pem(&fixture("sp.key.pem"), &fixture("sp.cert.pem")).unwrap();
    ServiceProvider::new(SP, ACS, SLO).unwrap().with_key(key)
}

pub fn expected() -> Expectations<'static> {
    Expectations {
        request_id: Some(REQUEST),
        idp_initiated_allowed: false,
        now: moment(),
        clock_skew: TimeDelta::seconds(30),
    }
}

pub fn verify(xml: &str) -> Result<Identity, Refusal> {
    verify_response(&STANDARD.encode(xml), &idp(), &sp(), &expected())
}
