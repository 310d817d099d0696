//! Signing what we send.

use samael::crypto::{CryptoProvider as _, XmlSec};

use crate::{
    algorithm::SHA256,
    key::KeyPair,
    request::RequestError,
    uri::{DS, ENVELOPED, EXC_C14N},
    write::Xml,
    xml,
};

/// A signature to be filled in by [`sign`], for the element with the id.
pub(crate) fn template(id: &str, key: &KeyPair) -> String {
    let mut xml = Xml::new();
    xml.open("ds:Signature", &[("xmlns:ds", Some(DS))]).open("ds:SignedInfo", &[]);
    xml.empty("ds:CanonicalizationMethod", &[("Algorithm", Some(EXC_C14N))]);
    xml.empty("ds:SignatureMethod", &[("Algorithm", Some(key.algorithm().uri()))]);
    xml.open("ds:Reference", &[("URI", Some(&format!("#{id}")))]).open("ds:Transforms", &[]);
    xml.empty("ds:Transform", &[("Algorithm", Some(ENVELOPED))]);
    xml.empty("ds:Transform", &[("Algorithm", Some(EXC_C14N))]).close("ds:Transforms");
    xml.empty("ds:DigestMethod", &[("Algorithm", Some(SHA256))]).empty("ds:DigestValue", &[]);
    xml.close("ds:Reference").close("ds:SignedInfo").empty("ds:SignatureValue", &[]).close("ds:Signature");
    xml.finish()
}

/// Fills in the first signature of a document.
pub(crate) fn sign(document: &str, key: &KeyPair) -> Result<String, RequestError> {
    super::initialize();
    let failed = |error: String| RequestError::Signing(error);
    let der = key.private().private_key_to_der().map(zeroize::Zeroizing::new);
    let der = der.map_err(|error| failed(error.to_string()))?;
    let signed = XmlSec::sign_xml(document, &der).map_err(|error| failed(error.to_string()))?;
    xml::body(&signed).map(|body| body.trim_end().to_owned()).map_err(|error| failed(error.to_string()))
}
