//! Truly signed by the identity provider, each in all places that may be signed, but not for us, not now, or not as SAML
//! demands: what is to refuse them is the check of the content alone.

use super::Forgery;
use crate::support::{
    edit, fixture, moment,
    signing::{Place, signed},
};
use chrono::{SecondsFormat, TimeDelta};

type Edit = (&'static str, Box<dyn Fn(&str) -> String>, &'static str);

pub fn all() -> Vec<Forgery> {
    let unsigned = fixture("response-unsigned.xml");
    let edits = [envelope(), conditions(), confirmation(), statements()].into_iter().flatten();
    let mut forgeries = Vec::new();
    for (what, edit, code) in edits {
        let edited = edit(&unsigned);
        assert_ne!(edited, unsigned, "{what} changes something");
        for place in Place::ALL {
            forgeries.push(Forgery::new(format!("{what}, {place:?} signed"), signed(&edited, place), code));
        }
    }
    forgeries
}

fn set(path: &'static str, name: &'static str, value: &str) -> Box<dyn Fn(&str) -> String> {
    let value = value.to_owned();
    Box::new(move |xml| edit::set(xml, path, name, &value))
}

fn unset(path: &'static str, name: &'static str) -> Box<dyn Fn(&str) -> String> {
    Box::new(move |xml| edit::unset(xml, path, name))
}

fn remove(path: &'static str) -> Box<dyn Fn(&str) -> String> {
    Box::new(move |xml| edit::remove(xml, path))
}

fn replace(path: &'static str, new: &'static str) -> Box<dyn Fn(&str) -> String> {
    Box::new(move |xml| edit::replace(xml, path, new))
}

fn append(path: &'static str, new: &'static str) -> Box<dyn Fn(&str) -> String> {
    Box::new(move |xml| edit::append(xml, path, new))
}

fn twice(path: &'static str) -> Box<dyn Fn(&str) -> String> {
    Box::new(move |xml| edit::after(xml, path, &edit::get(xml, path)))
}

/// A time relative to the moment of the tests; the tolerated difference of clocks is 30 seconds.
fn at(seconds: i64) -> String {
    (moment() + TimeDelta::seconds(seconds)).to_rfc3339_opts(SecondsFormat::Secs, true)
}

const DATA: &str = "SubjectConfirmation/SubjectConfirmationData";
const OTHER: &str = "_ffffffffffffffffffffffffffffffffffffffff";

fn envelope() -> Vec<Edit> {
    let failed = "<ns0:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><ns0:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:AuthnFailed\"/></ns0:StatusCode>";
    vec![
        ("another destination", set("Response", "Destination", "https://other.example.com/acs"), "destination"),
        (
            "a longer destination",
            set("Response", "Destination", "https://hub.example.com/saml/acme/acs/"),
            "destination",
        ),
        (
            "another tenant's destination",
            set("Response", "Destination", "https://hub.example.com/saml/other/acs"),
            "destination",
        ),
        ("no destination", unset("Response", "Destination"), "destination_missing"),
        ("an empty destination", set("Response", "Destination", ""), "destination_missing"),
        ("an answer to another request", set("Response", "InResponseTo", OTHER), "in_response_to"),
        ("an answer to no request", unset("Response", "InResponseTo"), "in_response_to_missing"),
        (
            "another issuer of the response",
            replace("Response/Issuer", "<ns1:Issuer>https://other.example.org</ns1:Issuer>"),
            "response_issuer",
        ),
        (
            "an issuer of another format",
            set("Response/Issuer", "Format", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
            "response_issuer",
        ),
        ("an issuer with an element in it", append("Response/Issuer", "<x/>"), "response_issuer"),
        ("two issuers of the response", twice("Response/Issuer"), "structure"),
        ("a failure", replace("Status/StatusCode", failed), "status"),
        (
            "a status within a failure",
            replace(
                "Status/StatusCode",
                "<ns0:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><ns0:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></ns0:StatusCode>",
            ),
            "status",
        ),
        ("a status without code", replace("Status/StatusCode", ""), "structure"),
        ("no status", remove("Response/Status"), "structure"),
        ("two statuses", twice("Response/Status"), "structure"),
        ("version 1.1 of the response", set("Response", "Version", "1.1"), "version"),
        (
            "a response of the future",
            Box::new(|xml| edit::set(xml, "Response", "IssueInstant", &at(600))),
            "not_yet_valid",
        ),
        ("no time of the response", unset("Response", "IssueInstant"), "issue_instant"),
        ("an element that is not SAML's", append("Response", "<other xmlns=\"urn:other\"/>"), "structure"),
    ]
}

fn conditions() -> Vec<Edit> {
    vec![
        ("expired", Box::new(|xml| edit::set(xml, "Assertion/Conditions", "NotOnOrAfter", &at(-30))), "expired"),
        (
            "not yet valid",
            Box::new(|xml| edit::set(xml, "Assertion/Conditions", "NotBefore", &at(31))),
            "not_yet_valid",
        ),
        ("a time without a zone", set("Assertion/Conditions", "NotOnOrAfter", "2099-01-01T00:00:00"), "time"),
        ("a time that is none", set("Assertion/Conditions", "NotOnOrAfter", "tomorrow"), "time"),
        (
            "another audience",
            replace("AudienceRestriction/Audience", "<ns1:Audience>https://other.example.com</ns1:Audience>"),
            "audience",
        ),
        (
            "an audience that only begins like ours",
            replace("AudienceRestriction/Audience", "<ns1:Audience>https://hub.example.com/saml/acme/2</ns1:Audience>"),
            "audience",
        ),
        ("an empty audience", replace("AudienceRestriction/Audience", "<ns1:Audience/>"), "audience_missing"),
        ("no audience in the restriction", remove("AudienceRestriction/Audience"), "audience_missing"),
        ("no restriction", remove("Conditions/AudienceRestriction"), "audience_missing"),
        (
            "one of two restrictions is another's",
            append(
                "Assertion/Conditions",
                "<ns1:AudienceRestriction><ns1:Audience>https://other.example.com</ns1:Audience></ns1:AudienceRestriction>",
            ),
            "audience",
        ),
        ("no conditions", remove("Assertion/Conditions"), "conditions_missing"),
        ("two conditions", twice("Assertion/Conditions"), "structure"),
        ("an unknown condition", append("Assertion/Conditions", "<other xmlns=\"urn:other\"/>"), "condition_unknown"),
        ("an abstract condition", append("Assertion/Conditions", "<ns1:Condition/>"), "condition_unknown"),
    ]
}

fn confirmation() -> Vec<Edit> {
    let key = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key";
    let vouches = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches";
    vec![
        ("another recipient", set(DATA, "Recipient", "https://other.example.com/acs"), "recipient"),
        ("a recipient in other letters", set(DATA, "Recipient", "https://hub.example.com/SAML/acme/acs"), "recipient"),
        ("no recipient", unset(DATA, "Recipient"), "recipient_missing"),
        ("no confirmation data", remove(DATA), "recipient_missing"),
        (
            "a confirmation that is over",
            Box::new(|xml| edit::set(xml, DATA, "NotOnOrAfter", &at(-30))),
            "confirmation_expired",
        ),
        ("a confirmation without end", unset(DATA, "NotOnOrAfter"), "confirmation_end_missing"),
        (
            "a confirmation with a beginning",
            Box::new(|xml| edit::set(xml, DATA, "NotBefore", &at(-60))),
            "confirmation_not_before",
        ),
        ("a confirmation of another request", set(DATA, "InResponseTo", OTHER), "in_response_to"),
        ("a confirmation of no request", unset(DATA, "InResponseTo"), "in_response_to_missing"),
        ("only holder of key", set("Subject/SubjectConfirmation", "Method", key), "bearer_missing"),
        ("only sender vouches", set("Subject/SubjectConfirmation", "Method", vouches), "bearer_missing"),
        ("no confirmation", remove("Subject/SubjectConfirmation"), "bearer_missing"),
        ("no method", unset("Subject/SubjectConfirmation", "Method"), "bearer_missing"),
        ("two data of one confirmation", twice(DATA), "structure"),
    ]
}

fn statements() -> Vec<Edit> {
    let other = "<ns1:Issuer>https://other.example.org</ns1:Issuer>";
    vec![
        ("another issuer of the assertion", replace("Assertion/Issuer", other), "assertion_issuer"),
        ("an empty issuer of the assertion", replace("Assertion/Issuer", "<ns1:Issuer/>"), "assertion_issuer"),
        ("no issuer of the assertion", remove("Assertion/Issuer"), "structure"),
        ("two issuers of the assertion", twice("Assertion/Issuer"), "structure"),
        ("version 1.1 of the assertion", set("Response/Assertion", "Version", "1.1"), "version"),
        (
            "an assertion of the future",
            Box::new(|xml| edit::set(xml, "Response/Assertion", "IssueInstant", &at(600))),
            "not_yet_valid",
        ),
        ("no subject", remove("Assertion/Subject"), "name_id"),
        ("two subjects", twice("Assertion/Subject"), "structure"),
        ("no name", remove("Subject/NameID"), "name_id"),
        ("an empty name", replace("Subject/NameID", "<ns1:NameID> </ns1:NameID>"), "name_id"),
        ("two names", twice("Subject/NameID"), "name_id"),
        (
            "a name with an element in it",
            replace("Subject/NameID", "<ns1:NameID>ada@example.org<x/>.attacker.example</ns1:NameID>"),
            "name_id",
        ),
        ("a name of two lines", replace("Subject/NameID", "<ns1:NameID>ada@example.org\neve</ns1:NameID>"), "name_id"),
        ("an encrypted name", replace("Subject/NameID", "<ns1:EncryptedID/>"), "name_id"),
        (
            "a name that is too long",
            Box::new(|xml| {
                edit::replace(xml, "Subject/NameID", &format!("<ns1:NameID>{}</ns1:NameID>", "a".repeat(1_025)))
            }),
            "name_id",
        ),
        ("no authentication", remove("Assertion/AuthnStatement"), "authn_statement"),
        ("two authentications", twice("Assertion/AuthnStatement"), "authn_statement"),
        ("no time of authentication", unset("Assertion/AuthnStatement", "AuthnInstant"), "authn_statement"),
        (
            "a session that is over",
            Box::new(|xml| edit::set(xml, "Assertion/AuthnStatement", "SessionNotOnOrAfter", &at(-30))),
            "session_expired",
        ),
        (
            "an assertion in an assertion",
            append("Response/Assertion", "<ns1:Advice><ns1:Assertion Version=\"2.0\" ID=\"_inner\"/></ns1:Advice>"),
            "misplaced_assertion",
        ),
        (
            "a second assertion",
            append("Response", "<ns1:Assertion Version=\"2.0\" ID=\"_second\"/>"),
            "several_assertions",
        ),
        ("a statement that is not SAML's", append("Response/Assertion", "<other xmlns=\"urn:other\"/>"), "structure"),
    ]
}
