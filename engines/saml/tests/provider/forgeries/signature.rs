//! Signatures that are missing, of another key, of another form or of other bytes.

use super::Forgery;
use crate::support::{
    edit, fixture,
    signing::{ENVELOPED, EXCLUSIVE, INCLUSIVE, Place, RECIPE, Recipe, sign, signed},
};

const KINDS: [&str; 3] = ["response", "assertion", "both"];
const HOLDERS: [&str; 2] = ["Response", "Response/Assertion"];

pub fn all() -> Vec<Forgery> {
    [missing(), changed(), other_keys(), recipes(), forms()].into_iter().flatten().collect()
}

fn missing() -> Vec<Forgery> {
    let remove = |kind: &str, path: &str| edit::remove(&fixture(&format!("response-signed-{kind}.xml")), path);
    vec![
        Forgery::new("never signed", fixture("response-unsigned.xml"), "unsigned"),
        Forgery::new("the response's signature removed", remove("response", "Response/Signature"), "unsigned"),
        Forgery::new("the assertion's signature removed", remove("assertion", "Assertion/Signature"), "unsigned"),
        Forgery::new("one of two signatures removed", remove("both", "Assertion/Signature"), "signature_invalid"),
        Forgery::new(
            "both signatures removed",
            edit::remove(&remove("both", "Assertion/Signature"), "Response/Signature"),
            "unsigned",
        ),
        Forgery::new("encrypted, never signed", fixture("encrypted-gcm-unsigned.xml"), "unsigned"),
    ]
}

fn changed() -> Vec<Forgery> {
    let mut forgeries = Vec::new();
    for kind in KINDS {
        let genuine = fixture(&format!("response-signed-{kind}.xml"));
        let attribute = "<ns1:Attribute Name=\"role\"><ns1:AttributeValue>owner</ns1:AttributeValue></ns1:Attribute>";
        let cases = [
            ("another name", genuine.replace(">ada@example.org</ns1:NameID>", ">eve@example.org</ns1:NameID>")),
            ("one more attribute", edit::append(&genuine, "Assertion/AttributeStatement", attribute)),
            ("another attribute value", genuine.replace(">staff<", ">owner<")),
            ("another session", edit::set(&genuine, "Assertion/AuthnStatement", "SessionIndex", "other")),
            ("a later end", edit::set(&genuine, "Assertion/Conditions", "NotOnOrAfter", "2099-01-01T00:00:00Z")),
            ("another assertion id", {
                let id = edit::attribute(&genuine, "Response/Assertion", "ID");
                genuine.replace(&id, "_another")
            }),
            ("another name format", edit::unset(&genuine, "Subject/NameID", "Format")),
        ];
        forgeries
            .extend(cases.map(|(what, xml)| Forgery::new(format!("{what}, {kind} signed"), xml, "signature_invalid")));
    }
    forgeries
}

fn other_keys() -> Vec<Forgery> {
    let unsigned = fixture("response-unsigned.xml");
    let stranger = Recipe { key: "stranger", ..RECIPE };
    let certificate: String =
        fixture("stranger.cert.pem").lines().filter(|line| !line.starts_with("-----")).collect::<String>();
    let mut forgeries = Vec::new();
    for holder in HOLDERS {
        let xml = sign(&unsigned, holder, &stranger);
        let info = format!(
            "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        );
        let with_key = edit::append(&xml, "Signature", &info);
        forgeries.push(Forgery::new(format!("{holder} signed with another key"), xml, "signature_invalid"));
        forgeries.push(Forgery::new(format!("{holder} with another key in KeyInfo"), with_key, "signature_invalid"));
    }
    let mixed = sign(&sign(&unsigned, "Response/Assertion", &RECIPE), "Response", &stranger);
    forgeries.push(Forgery::new("a genuine assertion in a response of another key", mixed, "signature_invalid"));
    let mixed = sign(&sign(&unsigned, "Response/Assertion", &stranger), "Response", &RECIPE);
    forgeries.push(Forgery::new("an assertion of another key in a genuine response", mixed, "signature_invalid"));
    forgeries
}

/// Really signed with the identity provider's key, in forms that are not allowed.
fn recipes() -> Vec<Forgery> {
    let unsigned = fixture("response-unsigned.xml");
    let sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";
    let cases = [
        (
            "SHA-1 signature",
            Recipe { method: "http://www.w3.org/2000/09/xmldsig#rsa-sha1", ..RECIPE },
            "signature_algorithm",
        ),
        ("SHA-1 digest", Recipe { digest: sha1, ..RECIPE }, "digest_algorithm"),
        (
            "SHA-224 signature",
            Recipe { method: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224", ..RECIPE },
            "signature_algorithm",
        ),
        ("inclusive canonicalization", Recipe { canonicalization: INCLUSIVE, ..RECIPE }, "canonicalization"),
        ("inclusive transform", Recipe { transforms: &[ENVELOPED, INCLUSIVE], ..RECIPE }, "transform"),
        ("no canonicalization of the reference", Recipe { transforms: &[ENVELOPED], ..RECIPE }, "transform"),
        ("three transforms", Recipe { transforms: &[ENVELOPED, EXCLUSIVE, EXCLUSIVE], ..RECIPE }, "transform"),
        ("reference to the whole document", Recipe { uri: Some(""), ..RECIPE }, "reference"),
        ("XPointer to the whole document", Recipe { uri: Some("#xpointer(/)"), ..RECIPE }, "reference"),
    ];
    let mut forgeries = Vec::new();
    for holder in HOLDERS {
        for (what, recipe, code) in &cases {
            forgeries.push(Forgery::new(format!("{what} of {holder}"), sign(&unsigned, holder, recipe), code));
        }
    }
    let of_response = Recipe { uri: Some("#RESPONSE"), ..RECIPE };
    let named = edit::set(&unsigned, "Response", "ID", "RESPONSE");
    let xml = sign(&named, "Response/Assertion", &of_response);
    forgeries.push(Forgery::new("the assertion's signature is of the response", xml, "reference"));
    forgeries
}

/// Changes of the signature itself. What is refused by form is not even compared with the key.
fn forms() -> Vec<Forgery> {
    let genuine = signed(&fixture("response-unsigned.xml"), Place::Assertion);
    let id = edit::attribute(&genuine, "Response/Assertion", "ID");
    let transform = |xml: &str| edit::prepend(&genuine, "Reference/Transforms", xml);
    let method = |uri: &str| edit::set(&genuine, "SignedInfo/SignatureMethod", "Algorithm", uri);
    let uri = |uri: &str| edit::set(&genuine, "SignedInfo/Reference", "URI", uri);
    let reference = edit::get(&genuine, "SignedInfo/Reference");
    let in_signature = |xml: &str| edit::append(&genuine, "Assertion/Signature", xml);
    let cases = [
        (
            "XPath transform",
            transform(
                "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>not(ancestor-or-self::*)</ds:XPath></ds:Transform>",
            ),
            "transform",
        ),
        (
            "XPath filter 2 transform",
            transform("<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"/>"),
            "transform",
        ),
        (
            "XSLT transform",
            transform(
                "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"><xsl:stylesheet xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"/></ds:Transform>",
            ),
            "transform",
        ),
        (
            "base64 transform",
            transform("<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"/>"),
            "transform",
        ),
        ("no transforms", edit::remove(&genuine, "Reference/Transforms"), "signature_form"),
        (
            "HMAC with the public key",
            method("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
            "signature_algorithm",
        ),
        ("MD5", method("http://www.w3.org/2001/04/xmldsig-more#rsa-md5"), "signature_algorithm"),
        ("DSA", method("http://www.w3.org/2000/09/xmldsig#dsa-sha1"), "signature_algorithm"),
        ("no algorithm", edit::unset(&genuine, "SignedInfo/SignatureMethod", "Algorithm"), "signature_algorithm"),
        (
            "ECDSA named over an RSA signature",
            method("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
            "signature_invalid",
        ),
        ("XPointer", uri(&format!("#xpointer(id('{id}'))")), "reference"),
        ("no reference", edit::remove(&genuine, "SignedInfo/Reference"), "reference"),
        ("empty reference", uri(""), "reference"),
        ("only a number sign", uri("#"), "reference"),
        ("a reference without URI", edit::unset(&genuine, "SignedInfo/Reference", "URI"), "reference"),
        ("a reference to elsewhere", uri("https://attacker.example/assertion.xml"), "reference"),
        ("a reference to a file", uri("file:///etc/passwd"), "reference"),
        ("two references", edit::after(&genuine, "SignedInfo/Reference", &reference), "reference"),
        ("an object", in_signature("<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>"), "signature_form"),
        (
            "a second SignedInfo",
            in_signature(
                &edit::get(&genuine, "Signature/SignedInfo")
                    .replace("<ds:SignedInfo>", "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">"),
            ),
            "signature_form",
        ),
        ("no SignedInfo", edit::remove(&genuine, "Signature/SignedInfo"), "signature_form"),
        ("no value", edit::remove(&genuine, "Signature/SignatureValue"), "signature_form"),
        (
            "an empty value",
            edit::replace(&genuine, "Signature/SignatureValue", "<ds:SignatureValue/>"),
            "signature_invalid",
        ),
        (
            "a value of zeros",
            edit::replace(
                &genuine,
                "Signature/SignatureValue",
                &format!("<ds:SignatureValue>{}</ds:SignatureValue>", "A".repeat(344)),
            ),
            "signature_invalid",
        ),
        (
            "a namespace that canonicalization fails at",
            edit::set(&genuine, "Assertion/Subject", "xmlns:void", "1"),
            "signature_invalid",
        ),
        (
            "another digest",
            edit::replace(
                &genuine,
                "Reference/DigestValue",
                "<ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ds:DigestValue>",
            ),
            "signature_invalid",
        ),
        ("no digest", edit::remove(&genuine, "Reference/DigestValue"), "signature_form"),
        ("an empty digest", edit::replace(&genuine, "Reference/DigestValue", "<ds:DigestValue/>"), "signature_invalid"),
        (
            "two signatures of one element",
            edit::after(&genuine, "Assertion/Signature", &edit::get(&genuine, "Assertion/Signature")),
            "structure",
        ),
        ("an id twice", edit::set(&genuine, "Assertion/Subject", "ID", &id), "duplicate_id"),
        ("an id twice, as xml:id", edit::set(&genuine, "Assertion/Subject", "xml:id", &id), "duplicate_id"),
        ("an id twice, in other letters", edit::set(&genuine, "Assertion/Subject", "Id", &id), "duplicate_id"),
    ];
    cases.map(|(what, xml, code)| Forgery::new(what, xml, code)).into()
}
