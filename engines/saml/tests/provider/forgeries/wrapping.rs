//! Signature wrapping, XSW 1 to 8 as SAML Raider numbers them, after Somorovsky et al., “On Breaking SAML” (USENIX Security 2012):
//! the genuine signed element is kept somewhere, and another is put where it is read.

use super::Forgery;
use crate::support::{edit, fixture};

const KINDS: [&str; 3] = ["response", "assertion", "both"];

pub fn all() -> Vec<Forgery> {
    KINDS.iter().flat_map(|kind| wrapped(kind)).chain(others()).collect()
}

/// Another person, under ids that are free.
fn evil(xml: &str) -> String {
    let ids = xml.replace(" ID=\"", " ID=\"evil-").replace(" Id=\"", " Id=\"evil-");
    ids.replace("ada@example.org", "eve@example.org")
}

/// Signatures keep what they refer to; only the elements around them are renamed.
fn keep(signature: &str) -> String {
    signature.replace(" Id=\"", " Id=\"kept-")
}

fn wrapped(kind: &str) -> Vec<Forgery> {
    let genuine = fixture(&format!("response-signed-{kind}.xml"));
    let genuine = &genuine[genuine.find("?>").map_or(0, |end| end + 2)..];
    let (outer, inner) = ("Response/Signature", "Assertion/Signature");
    let whole = if edit::has(genuine, outer) { outer } else { inner };
    let part = if edit::has(genuine, inner) { inner } else { outer };
    let (whole_signature, part_signature) = (keep(&edit::get(genuine, whole)), keep(&edit::get(genuine, part)));
    let bare_response = edit::remove(genuine, whole);
    let assertion = edit::get(genuine, "Response/Assertion");
    // Its prefixes are declared on the response.
    let bare_assertion = edit::get(&strip(genuine, inner), "Response/Assertion");
    let evil_assertion = evil(&bare_assertion);
    let evil_response = evil(&strip(&strip(genuine, outer), inner));
    let in_evil = |signature: &str| edit::after(&evil_response, "Response/Issuer", signature);
    let into = |xml: &str, content: &str| {
        let at = xml.rfind("</").unwrap();
        format!("{}{content}{}", &xml[..at], &xml[at..])
    };
    let after_issuer = |assertion: &str, content: &str| {
        let at = assertion.find("Issuer>").unwrap() + "Issuer>".len();
        format!("{}{content}{}", &assertion[..at], &assertion[at..])
    };
    let with = |replacement: &str| edit::replace(genuine, "Response/Assertion", replacement);
    let object = format!("<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{bare_assertion}</ds:Object>");
    let extensions = "<samlp:Extensions xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">";
    let cases = [
        ("1", in_evil(&into(&whole_signature, &bare_response)), "misplaced_assertion"),
        ("2", in_evil(&format!("{bare_response}{whole_signature}")), "misplaced_assertion"),
        ("3", edit::before(genuine, "Response/Assertion", &evil_assertion), "several_assertions"),
        ("4", with(&into(&evil_assertion, &assertion)), "misplaced_assertion"),
        (
            "5",
            with(&format!("{}{bare_assertion}", after_issuer(&evil_assertion, &part_signature))),
            "several_assertions",
        ),
        ("6", with(&after_issuer(&evil_assertion, &into(&part_signature, &bare_assertion))), "misplaced_assertion"),
        (
            "7",
            edit::before(genuine, "Response/Assertion", &format!("{extensions}{evil_assertion}</samlp:Extensions>")),
            "misplaced_assertion",
        ),
        ("8", with(&after_issuer(&evil_assertion, &into(&part_signature, &object))), "misplaced_assertion"),
    ];
    cases.map(|(number, xml, code)| Forgery::new(format!("XSW{number}, {kind} signed"), xml, code)).into()
}

fn strip(xml: &str, path: &str) -> String {
    if edit::has(xml, path) { edit::remove(xml, path) } else { xml.to_owned() }
}

/// Signatures in a place where they may be, of something else.
fn others() -> Vec<Forgery> {
    let genuine = fixture("response-signed-assertion.xml");
    let genuine = &genuine[genuine.find("?>").map_or(0, |end| end + 2)..];
    let assertion = edit::get(genuine, "Response/Assertion");
    let signature = edit::get(genuine, "Assertion/Signature");
    let evil_assertion = evil(&edit::get(&edit::remove(genuine, "Assertion/Signature"), "Response/Assertion"));
    let with = |replacement: &str| edit::replace(genuine, "Response/Assertion", replacement);
    let at = evil_assertion.find("Issuer>").unwrap() + "Issuer>".len();
    let signed_evil = format!("{}{signature}{}", &evil_assertion[..at], &evil_assertion[at..]);
    let hidden = |name: &str| format!("<{name}>{assertion}</{name}>");
    let in_advice =
        evil_assertion.replace("<ns1:AuthnStatement ", &format!("{}<ns1:AuthnStatement ", hidden("ns1:Advice")));
    let in_value = evil_assertion.replacen("</ns1:AttributeValue>", &format!("{assertion}</ns1:AttributeValue>"), 1);
    let in_key_info = keep(&signature).replace("<ns2:KeyInfo>", &format!("<ns2:KeyInfo>{assertion}"));
    vec![
        Forgery::new("the genuine signature in another assertion", with(&signed_evil), "reference"),
        Forgery::new("the genuine assertion in Advice", with(&in_advice), "misplaced_assertion"),
        Forgery::new("the genuine assertion in an attribute's value", with(&in_value), "misplaced_assertion"),
        Forgery::new(
            "the genuine assertion in KeyInfo",
            with(&format!("{}{in_key_info}{}", &evil_assertion[..at], &evil_assertion[at..])),
            "misplaced_assertion",
        ),
        Forgery::new(
            "the genuine assertion in the status",
            edit::append(&with(&evil_assertion), "Response/Status", &hidden("ns0:StatusDetail")),
            "misplaced_assertion",
        ),
        Forgery::new(
            "the genuine signature in the status",
            edit::append(&with(&evil_assertion), "Response/Status", &signature),
            "misplaced_signature",
        ),
        Forgery::new(
            "the genuine signature in the subject",
            edit::append(&with(&evil_assertion), "Assertion/Subject", &signature),
            "misplaced_signature",
        ),
        Forgery::new(
            "the genuine assertion beside an encrypted one",
            edit::after(genuine, "Response/Assertion", "<ns1:EncryptedAssertion/>"),
            "several_assertions",
        ),
        Forgery::new(
            "an assertion under another prefix of another namespace",
            with(&evil_assertion.replace("ns1:Assertion", "ns0:Assertion")),
            "structure",
        ),
    ]
}
