//! Responses of identity providers that we did not write are accepted, and everything that they say is read.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod support;

use chrono::TimeDelta;
use sbh_saml::{Expectations, verify_response};
use support::{IDP, expected, fixture, idp, moment, sp, verify};

const GENUINE: [&str; 10] = [
    "response-signed-response",
    "response-signed-assertion",
    "response-signed-both",
    "response-sha384",
    "response-sha512",
    "encrypted-gcm-response",
    "encrypted-gcm-assertion",
    "encrypted-gcm-both",
    "encrypted-cbc-response",
    "encrypted-cbc-both",
];

#[test]
fn genuine_responses_are_accepted() {
    for name in GENUINE {
        let identity = verify(&fixture(&format!("{name}.xml"))).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
        assert_eq!(identity.name_id.value, "ada@example.org", "{name}");
        assert_eq!(
            identity.name_id.format.as_deref(),
            Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
            "{name}"
        );
        assert_eq!(identity.issuer, IDP, "{name}");
        assert_eq!(identity.attributes["urn:oid:0.9.2342.19200300.100.1.3"], ["ada@example.org"], "{name}");
        assert_eq!(identity.attributes["urn:oid:1.3.6.1.4.1.5923.1.1.1.1"], ["staff", "member"], "{name}");
        assert_eq!(
            identity.authn_context.as_deref(),
            Some("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"),
            "{name}"
        );
        assert!(identity.session_index.is_some() && !identity.assertion_id.is_empty(), "{name}");
        assert!(identity.authn_instant <= moment() && identity.expires_at > moment(), "{name}");
        assert!(identity.session_not_on_or_after.unwrap() > moment() + TimeDelta::hours(7), "{name}");
    }
}
