//! Signatures of addresses in the binding HTTP-Redirect (SAML Bindings 3.4.4.1).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use openssl::{
    bn::BigNum,
    ecdsa::EcdsaSig,
    error::ErrorStack,
    pkey::{Id, PKey, Public},
    sign::{Signer, Verifier},
};

use crate::{algorithm::SignatureAlgorithm, certificate::Certificate, key::KeyPair, refusal::Refusal, xml::shown};

/// Signs the octets of a query. An ECDSA signature is written as `r` and `s`, each as long as the curve's order
/// (RFC 6931 2.3.6).
pub(crate) fn sign(query: &str, key: &KeyPair) -> Result<String, ErrorStack> {
    let mut signer = Signer::new(key.algorithm().digest(), key.private())?;
    let signature = signer.sign_oneshot_to_vec(query.as_bytes())?;
    if key.private().id() != Id::EC {
        return Ok(STANDARD.encode(signature));
    }
    let length = order_bytes(key.private().bits());
    let (signature, mut bytes) = (EcdsaSig::from_der(&signature)?, Vec::with_capacity(2 * length));
    for half in [signature.r(), signature.s()] {
        bytes.extend(half.to_vec_padded(i32::try_from(length).unwrap_or(i32::MAX))?);
    }
    Ok(STANDARD.encode(bytes))
}

/// Verifies the signature of the octets of a query with the keys of the metadata.
pub(crate) fn verify(query: &str, uri: &str, signature: &str, certificates: &[Certificate]) -> Result<(), Refusal> {
    let algorithm = SignatureAlgorithm::from_uri(uri).ok_or_else(|| Refusal::SignatureAlgorithm(shown(uri)))?;
    let signature: String = signature.split_ascii_whitespace().collect();
    let signature = STANDARD.decode(signature).map_err(|_| Refusal::NotBase64)?;
    let keys = certificates.iter().filter_map(Certificate::public_key).filter(|key| key.id() == algorithm.key());
    for key in keys {
        // A signature of another form is an error to OpenSSL; to us it is one that does not hold.
        if holds(query, algorithm, &signature, &key).unwrap_or(false) {
            return Ok(());
        }
    }
    Err(Refusal::SignatureInvalid)
}

fn holds(query: &str, algorithm: SignatureAlgorithm, signature: &[u8], key: &PKey<Public>) -> Result<bool, ErrorStack> {
    let check = |signature: &[u8]| {
        let mut verifier = Verifier::new(algorithm.digest(), key)?;
        verifier.verify_oneshot(signature, query.as_bytes())
    };
    let length = order_bytes(key.bits());
    if key.id() == Id::EC && signature.len() == 2 * length {
        let (r, s) = signature.split_at(length);
        let signature = EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?;
        return check(&signature.to_der()?);
    }
    // Some providers send ECDSA signatures in DER.
    check(signature)
}

const fn order_bytes(bits: u32) -> usize {
    bits.div_ceil(8) as usize
}
