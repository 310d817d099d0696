//! Signing what was edited, with the identity provider's key or with another, in the allowed form or in another.

use openssl::pkey::PKey;
use samael::crypto::{CryptoProvider as _, XmlSec};

use super::{edit, fixture};

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Response,
    Assertion,
    Both,
}

impl Place {
    pub const ALL: [Self; 3] = [Self::Response, Self::Assertion, Self::Both];
}

/// How it is signed.
#[derive(Clone, Copy)]
pub struct Recipe {
    pub key: &'static str,
    pub method: &'static str,
    pub digest: &'static str,
    pub canonicalization: &'static str,
    pub transforms: &'static [&'static str],
    /// The reference, `None` for the element itself.
    pub uri: Option<&'static str>,
}

pub const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
pub const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";

pub const RECIPE: Recipe = Recipe {
    key: "idp",
    method: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    digest: "http://www.w3.org/2001/04/xmlenc#sha256",
    canonicalization: EXCLUSIVE,
    transforms: &[ENVELOPED, EXCLUSIVE],
    uri: None,
};

/// Signs a response in a place.
pub fn signed(xml: &str, place: Place) -> String {
    let part = |xml: &str| sign(xml, "Response/Assertion", &RECIPE);
    let whole = |xml: &str| sign(xml, "Response", &RECIPE);
    match place {
        Place::Response => whole(xml),
        Place::Assertion => part(xml),
        Place::Both => whole(&part(xml)),
    }
}

/// Signs an element with a signature within it, after its issuer.
pub fn sign(xml: &str, holder: &str, recipe: &Recipe) -> String {
    sbh_saml::initialize();
    let id = edit::attribute(xml, holder, "ID");
    let uri = recipe.uri.map_or_else(|| format!("#{id}"), str::to_owned);
    let transforms: String =
        recipe.transforms.iter().map(|one| format!("<ds:Transform Algorithm=\"{one}\"/>")).collect();
    let template = format!(
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>\
         <ds:CanonicalizationMethod Algorithm=\"{}\"/><ds:SignatureMethod Algorithm=\"{}\"/>\
         <ds:Reference URI=\"{uri}\"><ds:Transforms>{transforms}</ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{}\"/><ds:DigestValue/></ds:Reference>\
         </ds:SignedInfo><ds:SignatureValue/></ds:Signature>",
        recipe.canonicalization, recipe.method, recipe.digest
    );
    let issuer = format!("{holder}/Issuer");
    let xml = if edit::has(xml, &issuer) {
        edit::after(xml, &issuer, &template)
    } else {
        edit::prepend(xml, holder, &template)
    };
    let key = PKey::private_key_from_pem(fixture(&format!("{}.key.pem", recipe.key)).as_bytes()).unwrap();
    XmlSec::sign_xml(xml, &key.private_key_to_der().unwrap()).unwrap()
}
