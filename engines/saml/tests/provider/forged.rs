//! Forged responses: none is accepted, and each is refused for what is wrong with it.

use crate::forgeries::{Forgery, content, message, signature, wrapping};
use crate::support::{
    expected, fixture, idp,
    signing::{Place, signed},
    sp, verify,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sbh_saml::verify_response;
use std::collections::BTreeSet;

#[test]
fn no_forgery_is_accepted_and_each_is_refused_for_its_own_reason() {
    let forgeries: Vec<Forgery> =
        [wrapping::all(), signature::all(), content::all(), message::all()].into_iter().flatten().collect();
    let names: BTreeSet<_> = forgeries.iter().map(|forgery| &forgery.name).collect();
    assert_eq!(names.len(), forgeries.len(), "every forgery has its own name");
    let mut wrong = Vec::new();
    for forgery in &forgeries {
        let found = verify_response(&forgery.encoded, &idp(), &sp(), &expected());
        let code = found.as_ref().map_or_else(|refusal| refusal.code(), |_| "ACCEPTED");
        if code != forgery.code {
            wrong.push(format!("{}: {code} instead of {}: {found:?}", forgery.name, forgery.code));
        }
    }
    println!("{} forged responses, {} not refused as expected", forgeries.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(forgeries.len() >= 60, "{} forgeries", forgeries.len());
}

#[test]
fn what_the_forgeries_are_made_of_is_accepted_before_it_is_forged() {
    let unsigned = fixture("response-unsigned.xml");
    for place in Place::ALL {
        let identity = verify(&signed(&unsigned, place)).unwrap_or_else(|refusal| panic!("{place:?}: {refusal:?}"));
        assert_eq!(identity.name_id.value, "ada@example.org");
    }
}

#[test]
fn a_refusal_tells_an_administrator_a_sentence() {
    for forgery in [wrapping::all(), signature::all(), content::all(), message::all()].into_iter().flatten() {
        let told = verify_response(&forgery.encoded, &idp(), &sp(), &expected()).unwrap_err().to_string();
        assert!(told.len() > 20 && told.len() < 700, "{}: {told}", forgery.name);
        assert!(!told.contains(char::is_control) && !told.ends_with('.'), "{}: {told}", forgery.name);
    }
}

#[test]
fn a_sha1_signature_of_another_implementation_is_refused() {
    let sent = STANDARD.encode(fixture("samlp-sha1.xml"));
    let refusal = verify_response(&sent, &idp(), &sp(), &expected()).unwrap_err();
    assert_eq!(refusal.code(), "signature_algorithm");
}
