//! What browsers bring from an identity provider, and its metadata.

use crate::choice;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use sbh_saml::{
    Expectations, IdpMetadata, Incoming, KeyPair, LogoutExpectations, MetadataOptions, ServiceProvider,
    verify_logout_request, verify_response,
};
use std::sync::OnceLock;

/// SAML: responses as XML or as the field, logout messages, metadata. Nobody signs in but whom the corpus's identity
/// provider signed in, and metadata that was accepted is accepted again after it was stored.
pub fn saml(data: &[u8]) {
    static PARTIES: OnceLock<Parties> = OnceLock::new();
    let parties = PARTIES.get_or_init(Parties::of_the_fixtures);
    let (which, data) = choice(data);
    match which % 4 {
        0 => parties.response(&STANDARD.encode(data)),
        1 => parties.metadata(data),
        2 => parties.logout(&String::from_utf8_lossy(data)),
        _ => parties.response(&String::from_utf8_lossy(data)),
    }
}

struct Parties {
    idp: IdpMetadata,
    sp: ServiceProvider,
    now: DateTime<Utc>,
}

impl Parties {
    fn of_the_fixtures() -> Self {
        let now = MOMENT.trim().parse().expect("a time");
        let metadata = IdpMetadata::parse(METADATA.as_bytes(), MetadataOptions { entity_id: None, now });
        let key = KeyPair::from_pem(KEY, CERTIFICATE).expect("a key with its certificate");
        let acme = "https://hub.example.com/saml/acme";
        let sp = ServiceProvider::new(acme, &format!("{acme}/acs"), &format!("{acme}/slo")).expect("plain addresses");
        Self { idp: metadata.expect("metadata"), sp: sp.with_key(key), now }
    }

    fn response(&self, encoded: &str) {
        let expected = Expectations {
            request_id: Some("_5a1d0c6e9b1f4c37a2f7e3a8d15b0c92e4f6a7b8"),
            idp_initiated_allowed: false,
            now: self.now,
            clock_skew: TimeDelta::zero(),
        };
        match verify_response(encoded, &self.idp, &self.sp, &expected) {
            Ok(identity) => assert_eq!(identity.name_id.value, "ada@example.org"),
            Err(refusal) => assert!(!refusal.to_string().contains(char::is_control), "{refusal:?}"),
        }
    }

    fn logout(&self, query: &str) {
        let expected = LogoutExpectations { now: self.now, clock_skew: TimeDelta::zero() };
        let incoming = Incoming::Redirect { query };
        if let Ok(request) = verify_logout_request(incoming, &self.idp, &self.sp, expected) {
            assert_eq!(request.name_id.value, "ada@example.org");
        }
    }

    fn metadata(&self, data: &[u8]) {
        let options = MetadataOptions { entity_id: None, now: self.now };
        if let Ok(metadata) = IdpMetadata::parse(data, options) {
            let stored = serde_json::to_string(&metadata).expect("metadata is plain text");
            let read: IdpMetadata = serde_json::from_str(&stored).expect("what was stored is read");
            assert_eq!(read, metadata);
            assert!(read.usable(self.now).is_ok());
        }
    }
}

// The identity provider of the engine's own tests, so that the corpus reaches what is behind the signature.
const METADATA: &str = include_str!("../../../engines/saml/tests/fixtures/idp-metadata.xml");
const MOMENT: &str = include_str!("../../../engines/saml/tests/fixtures/moment.txt");
const KEY: &str = include_str!("../../../engines/saml/tests/fixtures/sp.key.pem");
const CERTIFICATE: &str = include_str!("../../../engines/saml/tests/fixtures/sp.cert.pem");
