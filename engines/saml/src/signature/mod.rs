//! XML signatures (W3C XML Signature, SAML Core 5.4) and signatures of addresses (SAML Bindings 3.4.4.1).

mod form;
pub(crate) mod query;
mod sign;

pub(crate) use form::check_form;
pub(crate) use sign::{sign, template};

use openssl::{ec::EcGroup, ec::EcKey, error::ErrorStack, nid::Nid, pkey::PKey};
use samael::crypto::{CertificateDer, CryptoProvider as _, ReduceMode, XmlSec};
use std::sync::Once;

use crate::{algorithm::SAMAEL, certificate::Certificate, refusal::Refusal, xml};

/// Prepares libxml2 and xmlsec1 for use by several threads. Everything here that needs them calls it; call it once more at the
/// start of a process that uses libxml2 elsewhere as well, before its threads begin.
///
/// libxml2 before 2.12 makes its locks when it is first used, and two threads that do so at once may wait for ever.
/// samael parses before it prepares libxml2, so the first parse is made here, alone.
pub fn initialize() {
    static READY: Once = Once::new();
    READY.call_once(|| {
        let key = || -> Result<Vec<u8>, ErrorStack> {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
            PKey::from_ec_key(EcKey::generate(&group)?)?.private_key_to_der()
        };
        // There is nothing to sign in it: it is read, a key is loaded, and that is all.
        let _ = XmlSec::sign_xml("<nothing/>", &key().unwrap_or_default());
    });
}

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
    initialize();
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
    Ok(xml::parse(covered.xml(), xml::Kind::Message)?)
}
