//! The one form of signature that is allowed: enveloped, one reference, to the element that it stands in (SAML Core 5.4).

use roxmltree::Node;

use crate::{
    algorithm::{SignatureAlgorithm, is_digest},
    refusal::Refusal,
    uri::{DS, ENVELOPED, EXC_C14N, EXC_C14N_WITH_COMMENTS},
    xml::{Element as _, shown},
};

/// Checks a signature's form: everything about it but whether it is true.
pub(crate) fn check_form(signature: Node<'_, '_>) -> Result<(), Refusal> {
    let parts = elements(signature);
    let [info, value, rest @ ..] = parts.as_slice() else {
        return Err(Refusal::SignatureForm("it needs SignedInfo and SignatureValue".to_owned()));
    };
    let has_key_info = rest.iter().all(|part| part.is(DS, "KeyInfo")) && rest.len() <= 1;
    if !info.is(DS, "SignedInfo") || !value.is(DS, "SignatureValue") || !has_key_info {
        let told = "it has other parts than SignedInfo, SignatureValue and KeyInfo";
        return Err(Refusal::SignatureForm(told.to_owned()));
    }
    let parts = elements(*info);
    let [canonicalization, method, references @ ..] = parts.as_slice() else {
        return Err(Refusal::SignatureForm("SignedInfo is not complete".to_owned()));
    };
    let in_place = canonicalization.is(DS, "CanonicalizationMethod") && method.is(DS, "SignatureMethod");
    if !in_place || !references.iter().all(|reference| reference.is(DS, "Reference")) {
        let told = "SignedInfo has other parts than a canonicalization, an algorithm and a reference";
        return Err(Refusal::SignatureForm(told.to_owned()));
    }
    let named = algorithm(*canonicalization);
    if !is_canonicalization(named) {
        return Err(Refusal::Canonicalization(shown(named)));
    }
    let named = algorithm(*method);
    if SignatureAlgorithm::from_uri(named).is_none() {
        return Err(Refusal::SignatureAlgorithm(shown(named)));
    }
    let [reference] = references else {
        return Err(Refusal::Reference(format!("{} elements", references.len())));
    };
    check_reference(*reference, signature.parent_element().and_then(|parent| parent.attribute("ID")))
}

fn check_reference(reference: Node<'_, '_>, id: Option<&str>) -> Result<(), Refusal> {
    let uri = reference.attribute("URI");
    match (uri.and_then(|uri| uri.strip_prefix('#')), id) {
        (Some(named), Some(id)) if named == id && !id.is_empty() => {}
        _ => {
            return Err(Refusal::Reference(
                uri.map_or_else(|| "nothing".to_owned(), |uri| format!("“{}”", shown(uri))),
            ));
        }
    }
    let parts = elements(reference);
    let [transforms, digest, value] = parts.as_slice() else {
        return Err(Refusal::SignatureForm("a reference needs transforms, an algorithm and a digest".to_owned()));
    };
    if !transforms.is(DS, "Transforms") || !digest.is(DS, "DigestMethod") || !value.is(DS, "DigestValue") {
        let told = "a reference has other parts than transforms, an algorithm and a digest";
        return Err(Refusal::SignatureForm(told.to_owned()));
    }
    check_transforms(*transforms)?;
    let named = algorithm(*digest);
    if is_digest(named) { Ok(()) } else { Err(Refusal::DigestAlgorithm(shown(named))) }
}

/// Enveloped-signature takes the signature out, exclusive canonicalization makes the bytes; in this order, and no other.
fn check_transforms(transforms: Node<'_, '_>) -> Result<(), Refusal> {
    let parts = elements(transforms);
    for (at, part) in parts.iter().enumerate() {
        let named = algorithm(*part);
        let allowed = match at {
            0 => named == ENVELOPED && elements(*part).is_empty(),
            _ => {
                is_canonicalization(named)
                    && elements(*part).iter().all(|part| part.is(EXC_C14N, "InclusiveNamespaces"))
            }
        };
        if at > 1 || !allowed || !part.is(DS, "Transform") {
            return Err(Refusal::Transform(shown(named)));
        }
    }
    if parts.len() == 2 { Ok(()) } else { Err(Refusal::Transform("list, which is not complete,".to_owned())) }
}

fn is_canonicalization(uri: &str) -> bool {
    [EXC_C14N, EXC_C14N_WITH_COMMENTS].contains(&uri)
}

fn algorithm<'a>(node: Node<'a, '_>) -> &'a str {
    node.attribute("Algorithm").unwrap_or_default()
}

fn elements<'a, 'i>(node: Node<'a, 'i>) -> Vec<Node<'a, 'i>> {
    node.children().filter(Node::is_element).collect()
}
