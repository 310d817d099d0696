//! Responses of identity providers that we did not write are accepted, and everything that they say is read.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use sbh_saml::{
    Expectations, Identity, IdpMetadata, Refusal, ServiceProvider, limits::MAX_CLOCK_SKEW, verify_response,
};

use crate::support::{
    ACS, IDP, SLO, SP, edit, expected, fixture, idp, moment,
    signing::{Place, RECIPE, Recipe, sign, signed},
    sp, verify,
};

const PYSAML2: [&str; 10] = [
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

const SAMLP: [&str; 5] =
    ["samlp-assertion", "samlp-response", "samlp-prefixed", "samlp-encrypted", "samlp-encrypted-cbc"];

const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

fn check(name: &str, [mail, groups]: [&str; 2]) -> Identity {
    let identity = verify(&fixture(&format!("{name}.xml"))).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
    assert_eq!(identity.name_id.value, "ada@example.org", "{name}");
    assert_eq!(identity.name_id.format.as_deref(), Some(EMAIL), "{name}");
    assert_eq!(identity.issuer, IDP, "{name}");
    assert_eq!(identity.attributes[mail], ["ada@example.org"], "{name}");
    assert_eq!(identity.attributes[groups], ["staff", "member"], "{name}");
    assert_eq!(identity.authn_context.as_deref(), Some(PASSWORD), "{name}");
    assert!(identity.session_index.is_some() && !identity.assertion_id.is_empty(), "{name}");
    assert!(identity.authn_instant <= moment() && identity.expires_at > moment(), "{name}");
    identity
}

#[test]
fn responses_of_pysaml2_are_accepted() {
    for name in PYSAML2 {
        let identity = check(name, ["urn:oid:0.9.2342.19200300.100.1.3", "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"]);
        assert!(identity.session_not_on_or_after.unwrap() > moment() + TimeDelta::hours(7), "{name}");
    }
}

#[test]
fn responses_of_samlp_are_accepted() {
    for name in SAMLP {
        assert_eq!(check(name, ["mail", "groups"]).session_index.as_deref(), Some("session-1"), "{name}");
    }
}

#[test]
fn an_assertion_has_to_be_remembered_until_no_clock_accepts_it() {
    let xml = fixture("response-signed-both.xml");
    let end = edit::attribute(&xml, "SubjectConfirmation/SubjectConfirmationData", "NotOnOrAfter");
    let identity = verify(&xml).unwrap();
    assert_eq!(identity.expires_at, end.parse::<chrono::DateTime<chrono::Utc>>().unwrap() + TimeDelta::seconds(30));
    let late = |seconds| Expectations { now: identity.expires_at + TimeDelta::seconds(seconds), ..expected() };
    assert!(accepts(&xml, &idp(), &sp(), &late(-1)).is_ok());
    assert_eq!(accepts(&xml, &idp(), &sp(), &late(0)).unwrap_err().code(), "expired");
}

fn accepts(
    xml: &str,
    idp: &IdpMetadata,
    sp: &ServiceProvider,
    expected: &Expectations<'_>,
) -> Result<Identity, Refusal> {
    verify_response(&STANDARD.encode(xml), idp, sp, expected)
}

#[test]
fn an_unsolicited_response_is_accepted_only_where_that_is_allowed_and_nothing_was_asked() {
    let (unsolicited, answer) = (fixture("response-unsolicited.xml"), fixture("response-signed-both.xml"));
    let code = |xml: &str, request_id, idp_initiated_allowed| {
        let expected = Expectations { request_id, idp_initiated_allowed, ..expected() };
        accepts(xml, &idp(), &sp(), &expected).map_or_else(|refusal| refusal.code(), |_| "accepted")
    };
    assert_eq!(code(&unsolicited, None, true), "accepted");
    assert_eq!(code(&unsolicited, None, false), "unsolicited");
    assert_eq!(code(&unsolicited, Some("_other"), true), "in_response_to_missing");
    assert_eq!(code(&answer, None, true), "in_response_to");
    assert_eq!(code(&answer, None, false), "unsolicited");
    assert_eq!(code(&answer, Some("_other"), false), "in_response_to");
}

#[test]
fn no_more_than_five_minutes_are_tolerated_between_clocks() {
    let xml = fixture("response-signed-both.xml");
    let start: chrono::DateTime<chrono::Utc> =
        edit::attribute(&xml, "Response/Assertion", "IssueInstant").parse().unwrap();
    let early = |by| Expectations { now: start - by, clock_skew: TimeDelta::days(1), ..expected() };
    assert!(accepts(&xml, &idp(), &sp(), &early(MAX_CLOCK_SKEW)).is_ok());
    let refused = accepts(&xml, &idp(), &sp(), &early(MAX_CLOCK_SKEW + TimeDelta::seconds(1))).unwrap_err();
    assert_eq!(refused.code(), "not_yet_valid");
}

#[test]
fn any_key_of_the_metadata_may_have_signed_whatever_kind_the_others_are() {
    let mut metadata = idp();
    let own = metadata.signing_certificates.remove(0);
    for other in ["ec.cert.pem", "stranger.cert.pem"] {
        metadata.signing_certificates.push(sbh_saml::Certificate::from_pem(&fixture(other)).unwrap());
    }
    let xml = fixture("response-signed-both.xml");
    assert_eq!(accepts(&xml, &metadata, &sp(), &expected()).unwrap_err().code(), "signature_invalid");
    metadata.signing_certificates.push(own);
    assert!(accepts(&xml, &metadata, &sp(), &expected()).is_ok());
}

#[test]
fn ecdsa_signatures_are_accepted() {
    let mut metadata = idp();
    metadata.signing_certificates = vec![sbh_saml::Certificate::from_pem(&fixture("ec.cert.pem")).unwrap()];
    let method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
    let recipe = Recipe { key: "ec", method, ..RECIPE };
    for holder in ["Response", "Response/Assertion"] {
        let xml = sign(&fixture("response-unsigned.xml"), holder, &recipe);
        assert!(accepts(&xml, &metadata, &sp(), &expected()).is_ok(), "{holder}");
        assert_eq!(accepts(&xml, &idp(), &sp(), &expected()).unwrap_err().code(), "signature_invalid");
    }
}

#[test]
fn a_second_confirmation_of_another_kind_does_no_harm() {
    let other = "<ns1:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:sender-vouches\"/>";
    let xml = edit::prepend(&fixture("response-unsigned.xml"), "Assertion/Subject", other);
    assert!(verify(&signed(&xml, Place::Both)).is_ok());
}

#[test]
fn structured_values_are_read_where_they_are_names_and_passed_over_where_they_are_not() {
    let values = "<ns1:Attribute Name=\"id\"><ns1:AttributeValue><ns1:NameID>ada-7</ns1:NameID></ns1:AttributeValue>\
                  <ns1:AttributeValue><x>no</x></ns1:AttributeValue><ns1:AttributeValue/></ns1:Attribute>\
                  <ns1:Attribute Name=\"id\"><ns1:AttributeValue> ada-8 </ns1:AttributeValue></ns1:Attribute>";
    let xml = edit::append(&fixture("response-unsigned.xml"), "Assertion/AttributeStatement", values);
    assert_eq!(verify(&signed(&xml, Place::Both)).unwrap().attributes["id"], ["ada-7", "ada-8"]);
}

#[test]
fn an_encrypted_assertion_needs_an_rsa_key() {
    let without = ServiceProvider::new(SP, ACS, SLO).unwrap();
    let xml = fixture("encrypted-gcm-both.xml");
    assert_eq!(accepts(&xml, &idp(), &without, &expected()).unwrap_err().code(), "decryption_key_missing");
}

#[test]
fn metadata_that_is_no_longer_usable_is_not_used() {
    let xml = fixture("response-signed-both.xml");
    let mut metadata = idp();
    metadata.valid_until = Some(moment());
    assert_eq!(accepts(&xml, &metadata, &sp(), &expected()).unwrap_err().code(), "metadata_expired");
    let mut metadata = idp();
    metadata.signing_certificates.clear();
    assert_eq!(accepts(&xml, &metadata, &sp(), &expected()).unwrap_err().code(), "metadata_no_signing_certificate");
}

#[test]
fn responses_are_verified_side_by_side() {
    sbh_saml::initialize();
    let xml = fixture("response-signed-both.xml");
    let verify = || (0..10).all(|_| verify(&xml).is_ok());
    let all = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(verify)).collect();
        threads.into_iter().all(|thread| thread.join().unwrap())
    });
    assert!(all);
}
