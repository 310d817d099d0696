//! XML signatures (W3C XML Signature, SAML Core 5.4) and signatures of addresses (SAML Bindings 3.4.4.1).

mod form;
pub(crate) mod query;
mod sign;

pub(crate) use form::check_form;
pub(crate) use sign::{sign, template};

use samael::crypto::{CertificateDer, CryptoProvider as _, ReduceMode, XmlSec};

use crate::{algorithm::SAMAEL, certificate::Certificate, refusal::Refusal, xml};

/// The one element that a signature covers, as the bytes that were signed.
pub(crate) struct Covered(String);

impl Covered {
    /// The canonical XML. Whatever is believed is read from here, never from the message.
    pub(crate) fn xml(&self) -> &str {
        &self.0
    }
}

/// Verifies every signature of a document whose signatures passed [`check_form`], and returns what the outermost covers:
/// the root if it is signed, else the only signed element.
///
/// The keys are those of the metadata, tried one by one: samael gives up at the first key of another kind than the
/// signature's. `KeyInfo` is not looked at, for a key is set before.
pub(crate) fn verify(document: &str, certificates: &[Certificate]) -> Result<Covered, Refusal> {
    certificates
        .iter()
        .map(|certificate| [CertificateDer::from(certificate.der().to_vec())])
        .find_map(|key| {
            XmlSec::reduce_xml_to_signed_with_allowed_algorithms(document, &key, ReduceMode::PreDigest, Some(&SAMAEL))
                .ok()
        })
        .filter(|bytes| !bytes.is_empty())
        .map(Covered)
        .ok_or(Refusal::SignatureInvalid)
}

/// Whether an element is the one that a signature was expected to cover.
pub(crate) fn is_expected(found: roxmltree::Node<'_, '_>, expected: roxmltree::Node<'_, '_>) -> bool {
    found.tag_name() == expected.tag_name() && found.attribute("ID") == expected.attribute("ID")
}

/// Reads the covered element again.
pub(crate) fn reread(covered: &Covered) -> Result<roxmltree::Document<'_>, Refusal> {
    Ok(xml::parse(covered.xml(), xml::Comments::Refused)?)
}
