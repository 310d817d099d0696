//! Metadata of identity providers: what is read, what is refused, and what a hub stores.

use chrono::TimeDelta;
use sbh_saml::{Binding, Certificate, CertificateError, IdpMetadata, MetadataError, MetadataOptions};

use crate::support::{IDP, edit, fixture, idp, moment};

fn parse(xml: &str) -> Result<IdpMetadata, MetadataError> {
    IdpMetadata::parse(xml.as_bytes(), MetadataOptions { entity_id: None, now: moment() })
}

fn code(xml: &str) -> &'static str {
    parse(xml).unwrap_err().code()
}

fn document() -> String {
    fixture("idp-metadata.xml")
}

#[test]
fn addresses_keys_and_wishes_are_read() {
    let idp = idp();
    assert_eq!(idp.entity_id, IDP);
    let addresses: Vec<_> = idp.sign_on.iter().map(|one| (one.binding, one.location.as_str())).collect();
    let expected = [
        (Binding::Redirect, "https://idp.example.org/sso/redirect"),
        (Binding::Post, "https://idp.example.org/sso/post"),
    ];
    assert_eq!(addresses, expected);
    assert_eq!(idp.logout.len(), 2);
    assert_eq!(idp.signing_certificates, [Certificate::from_pem(&fixture("idp.cert.pem")).unwrap()]);
    assert!(idp.want_authn_requests_signed && idp.valid_until.is_none());
    assert_eq!(idp.name_id_formats, ["urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"]);
    let certificate = &idp.signing_certificates[0];
    assert_eq!(certificate.fingerprint().len(), 64);
    assert!(certificate.expires_at().unwrap() > moment() + TimeDelta::days(36_000));
}

#[test]
fn what_was_stored_is_judged_again() {
    let stored = serde_json::to_string(&idp()).unwrap();
    assert_eq!(serde_json::from_str::<IdpMetadata>(&stored).unwrap(), idp());
    let mut stored: serde_json::Value = serde_json::from_str(&stored).unwrap();
    stored["signing_certificates"] = serde_json::json!([]);
    let read: IdpMetadata = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(read.usable(moment()).unwrap_err(), MetadataError::NoSigningCertificate);
    let short = Certificate::from_pem(&fixture("short.cert.pem")).unwrap_err();
    assert_eq!(short, CertificateError::ShortKey(1_024));
    let base64: String = fixture("short.cert.pem").lines().filter(|line| !line.contains("-----")).collect();
    stored["signing_certificates"] = serde_json::json!([base64]);
    assert!(serde_json::from_value::<IdpMetadata>(stored.clone()).is_err(), "a short key is not read back");
    stored["signing_certificates"] = serde_json::to_value(&idp().signing_certificates).unwrap();
    stored["sign_on"][0]["location"] = serde_json::json!("javascript:alert(1)");
    let read: IdpMetadata = serde_json::from_value(stored).unwrap();
    assert_eq!(read.usable(moment()).unwrap_err().code(), "metadata_address");
}

#[test]
fn metadata_that_cannot_be_trusted_is_refused() {
    let xml = document();
    let role = "EntityDescriptor/IDPSSODescriptor";
    let unsigned = edit::remove(&xml, "IDPSSODescriptor/KeyDescriptor");
    let unsigned = if edit::has(&unsigned, "IDPSSODescriptor/KeyDescriptor") {
        edit::remove(&unsigned, "IDPSSODescriptor/KeyDescriptor")
    } else {
        unsigned
    };
    assert_eq!(code(&unsigned), "metadata_no_signing_certificate");
    let short: String = fixture("short.cert.pem").lines().filter(|line| !line.contains("-----")).collect();
    let certificate = |text: &str| {
        let path = "X509Data/X509Certificate";
        let element = edit::get(&xml, path);
        let (start, end) = (element.find('>').unwrap() + 1, element.rfind("</").unwrap());
        edit::replace(&xml, path, &format!("{}{text}{}", &element[..start], &element[end..]))
    };
    assert_eq!(code(&certificate(&short)), "metadata_certificate");
    assert_eq!(code(&certificate("AAAA")), "metadata_certificate");
    assert_eq!(code(&certificate("")), "metadata_certificate");
    assert_eq!(code(&certificate("<!-- -->")), "metadata_certificate");
    assert_eq!(code(&edit::set(&xml, "EntityDescriptor", "validUntil", "2001-01-01T00:00:00Z")), "metadata_expired");
    assert_eq!(code(&edit::set(&xml, role, "validUntil", "2001-01-01T00:00:00Z")), "metadata_expired");
    assert_eq!(code(&edit::set(&xml, role, "validUntil", "soon")), "metadata_valid_until");
    assert_eq!(code(&edit::unset(&xml, "EntityDescriptor", "entityID")), "metadata_entity_id");
    assert_eq!(code(&edit::set(&xml, role, "protocolSupportEnumeration", "urn:other")), "metadata_descriptors");
    assert_eq!(code(&edit::after(&xml, role, &edit::get(&xml, role))), "metadata_descriptors");
    assert_eq!(code(&edit::remove(&xml, role)), "metadata_no_identity_provider");
    for address in [
        "javascript:alert(1)",
        "http://idp.example.org/",
        "data:text/html,x",
        "/sso",
        "",
        "https://idp.example.org/#x",
        "https://a:b@idp.example.org/",
    ] {
        let xml = edit::set(&xml, "IDPSSODescriptor/SingleSignOnService", "Location", address);
        assert_eq!(code(&xml), "metadata_address", "{address}");
    }
    let local = edit::set(&xml, "IDPSSODescriptor/SingleSignOnService", "Location", "http://127.0.0.1:8080/sso");
    assert!(parse(&local).is_ok());
    let artifact = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact";
    let nowhere = document().replace("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", artifact);
    let nowhere = nowhere.replace("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect", artifact);
    assert_eq!(code(&nowhere), "metadata_no_sign_on_address");
}

#[test]
fn xml_that_may_be_read_in_two_ways_is_refused() {
    let xml = document();
    assert_eq!(code(&format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{xml}")), "doctype");
    assert_eq!(code(&format!("<?x?>{xml}")), "processing_instruction");
    assert_eq!(code("<html/>"), "not_metadata");
    assert_eq!(code(&" ".repeat(3_000_000)), "too_large");
    assert_eq!(code("metadata"), "not_xml");
    let with_comment = edit::prepend(&xml, "EntityDescriptor/IDPSSODescriptor", "<!-- by hand -->");
    assert!(parse(&with_comment).is_ok());
}

#[test]
fn of_several_identity_providers_one_has_to_be_named() {
    let one = document();
    let body = one[one.find("?>").map_or(0, |end| end + 2)..].to_owned();
    let two = body.replace(IDP, "https://second.example.org/metadata").replace(" ID=\"", " ID=\"second-");
    let all = format!(
        "<x:EntitiesDescriptor xmlns:x=\"urn:oasis:names:tc:SAML:2.0:metadata\">{body}{two}</x:EntitiesDescriptor>"
    );
    assert_eq!(parse(&all).unwrap_err(), MetadataError::SeveralIdentityProviders(2));
    let named =
        |entity_id| IdpMetadata::parse(all.as_bytes(), MetadataOptions { entity_id: Some(entity_id), now: moment() });
    assert_eq!(named(IDP).unwrap().entity_id, IDP);
    assert_eq!(named("https://second.example.org/metadata").unwrap().entity_id, "https://second.example.org/metadata");
    assert_eq!(named("https://third.example.org").unwrap_err().code(), "metadata_no_identity_provider");
    let expired =
        all.replacen("<x:EntitiesDescriptor ", "<x:EntitiesDescriptor validUntil=\"2001-01-01T00:00:00Z\" ", 1);
    let options = MetadataOptions { entity_id: Some(IDP), now: moment() };
    assert_eq!(IdpMetadata::parse(expired.as_bytes(), options).unwrap_err().code(), "metadata_expired");
}
