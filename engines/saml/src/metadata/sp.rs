//! Our metadata, for the administrator of an identity provider.

use crate::{
    key::KeyPair,
    request::{RequestError, new_id},
    service_provider::ServiceProvider,
    signature::{sign, template},
    uri::{BINDING_POST, BINDING_REDIRECT, DS, MD, SAMLP},
    write::Xml,
};

pub(crate) use super::reader::check_address;

/// What we ask for, best first. Only with AES in GCM a changed ciphertext is noticed.
const CIPHERS: [&str; 3] = [
    "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    "http://www.w3.org/2009/xmlenc11#aes128-gcm",
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
];

pub(crate) fn write(sp: &ServiceProvider, signed: bool) -> Result<String, RequestError> {
    let key = match (signed, sp.key()) {
        (true, None) => return Err(RequestError::KeyNeeded),
        (true, key) => key,
        (false, _) => None,
    };
    let id = new_id()?;
    let mut xml = Xml::new();
    let attributes = [("xmlns:md", Some(MD)), ("ID", Some(id.as_str())), ("entityID", Some(sp.entity_id()))];
    xml.open("md:EntityDescriptor", &attributes);
    if let Some(key) = key {
        xml.raw(&template(&id, key));
    }
    let requests_signed = if sp.key().is_some() { "true" } else { "false" };
    let role = [
        ("AuthnRequestsSigned", Some(requests_signed)),
        ("WantAssertionsSigned", Some("true")),
        ("protocolSupportEnumeration", Some(SAMLP)),
    ];
    xml.open("md:SPSSODescriptor", &role);
    if let Some(key) = sp.key() {
        describe(&mut xml, key, "signing");
        if key.decrypts() {
            describe(&mut xml, key, "encryption");
        }
        for binding in [BINDING_REDIRECT, BINDING_POST] {
            xml.empty("md:SingleLogoutService", &[("Binding", Some(binding)), ("Location", Some(sp.slo_url()))]);
        }
    }
    let consumer = [
        ("Binding", Some(BINDING_POST)),
        ("Location", Some(sp.acs_url())),
        ("index", Some("0")),
        ("isDefault", Some("true")),
    ];
    xml.empty("md:AssertionConsumerService", &consumer);
    xml.close("md:SPSSODescriptor").close("md:EntityDescriptor");
    let xml = xml.finish();
    let xml = match key {
        Some(key) => sign(&xml, key)?,
        None => xml,
    };
    Ok(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{xml}\n"))
}

fn describe(xml: &mut Xml, key: &KeyPair, used_for: &str) {
    xml.open("md:KeyDescriptor", &[("use", Some(used_for))]);
    xml.open("ds:KeyInfo", &[("xmlns:ds", Some(DS))]).open("ds:X509Data", &[]);
    xml.leaf("ds:X509Certificate", &[], &key.certificate().to_base64());
    xml.close("ds:X509Data").close("ds:KeyInfo");
    if used_for == "encryption" {
        for cipher in CIPHERS {
            xml.empty("md:EncryptionMethod", &[("Algorithm", Some(cipher))]);
        }
    }
    xml.close("md:KeyDescriptor");
}
