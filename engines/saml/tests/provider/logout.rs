//! Single logout: what comes in is verified, what goes out is signed, and both understand each other.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use sbh_saml::{
    Binding, Delivery, Incoming, KeyPair, LogoutExpectations, LogoutOutcome, LogoutRequest, LogoutResponse, NameId,
    Refusal, RequestError, ServiceProvider, verify_logout_request, verify_logout_response,
};

use crate::support::{
    ACS, IDP, REQUEST, SLO, SP, edit, fixture, idp, moment,
    signing::{RECIPE, Recipe, sign},
    sp,
};

fn expected() -> LogoutExpectations {
    LogoutExpectations { now: moment(), clock_skew: TimeDelta::seconds(30) }
}

fn request(incoming: Incoming<'_>) -> Result<LogoutRequest, Refusal> {
    verify_logout_request(incoming, &idp(), &sp(), expected())
}

fn response(incoming: Incoming<'_>, request_id: &str) -> Result<LogoutResponse, Refusal> {
    verify_logout_response(incoming, &idp(), &sp(), request_id, expected())
}

fn code<T>(result: Result<T, Refusal>) -> &'static str {
    result.map_or_else(|refusal| refusal.code(), |_| "accepted")
}

fn posted(xml: &str) -> &'static str {
    code(request(Incoming::Post { message: &STANDARD.encode(xml), relay_state: None }))
}

fn query() -> String {
    fixture("logout-request-redirect.txt").trim().to_owned()
}

#[test]
fn logout_requests_of_pysaml2_are_accepted() {
    let by_address = request(Incoming::Redirect { query: &query() }).unwrap();
    assert_eq!(by_address.relay_state.as_deref(), Some("relay & state"));
    let message = STANDARD.encode(fixture("logout-request-post.xml"));
    let by_form = request(Incoming::Post { message: &message, relay_state: Some("state") }).unwrap();
    assert_eq!(by_form.relay_state.as_deref(), Some("state"));
    for asked in [by_address, by_form] {
        assert_eq!(asked.name_id.value, "ada@example.org");
        assert_eq!(asked.session_indexes, ["session-1"]);
        assert!(asked.expires_at > moment() && !asked.id.is_empty());
    }
}

#[test]
fn logout_responses_of_pysaml2_are_accepted() {
    let query = fixture("logout-response-redirect.txt");
    let message = STANDARD.encode(fixture("logout-response-post.xml"));
    for incoming in
        [Incoming::Redirect { query: query.trim() }, Incoming::Post { message: &message, relay_state: None }]
    {
        assert_eq!(response(incoming, REQUEST).unwrap().outcome, LogoutOutcome::Complete);
        assert_eq!(code(response(incoming, "_other")), "in_response_to");
        assert_eq!(
            code(request(incoming)),
            if matches!(incoming, Incoming::Post { .. }) { "wrong_message" } else { "structure" }
        );
    }
}

#[test]
fn a_changed_or_unsigned_address_is_refused() {
    let query = query();
    let by = |query: &str| code(request(Incoming::Redirect { query }));
    let without = |name: &str| query.split('&').filter(|pair| !pair.starts_with(name)).collect::<Vec<_>>().join("&");
    assert_eq!(by(&without("Signature=")), "unsigned");
    assert_eq!(by(&without("SigAlg=")), "unsigned");
    assert_eq!(by(&without("RelayState=")), "signature_invalid");
    assert_eq!(by(&without("SAMLRequest=")), "structure");
    assert_eq!(by(&query.replace("relay", "other")), "signature_invalid");
    assert_eq!(by(&query.replace("relay+", "relay%20")), "signature_invalid", "octets are signed, not values");
    assert_eq!(by(&query.replace("rsa-sha256", "rsa-sha1")), "signature_algorithm");
    assert_eq!(by(&query.replace("rsa-sha256", "rsa-sha512")), "signature_invalid");
    assert_eq!(by(&query.replace("rsa-sha256", "ecdsa-sha256")), "signature_invalid");
    assert_eq!(by(&format!("{query}&RelayState=other")), "structure");
    assert_eq!(by(&format!("{query}&SAMLReques%74=other")), "structure");
    assert_eq!(by(&query.replacen("SAMLRequest=", "SAMLRequest=!", 1)), "not_base64");
    assert_eq!(by(""), "structure");
    let other = "urn:other";
    assert_eq!(by(&format!("{query}&SAMLEncoding={other}")), "not_base64");
}

#[test]
fn an_inflated_bomb_is_refused() {
    use flate2::{Compression, write::DeflateEncoder};
    use std::io::Write as _;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b' '; 50_000_000]).unwrap();
    let message = STANDARD.encode(encoder.finish().unwrap());
    let message: String = url::form_urlencoded::byte_serialize(message.as_bytes()).collect();
    assert_eq!(code(request(Incoming::Redirect { query: &format!("SAMLRequest={message}") })), "too_large");
}

/// The identity provider's request, unsigned, edited and signed again.
fn resigned(change: impl Fn(&str) -> String) -> String {
    sign(
        &change(&edit::remove(&fixture("logout-request-post.xml"), "LogoutRequest/Signature")),
        "LogoutRequest",
        &RECIPE,
    )
}

#[test]
fn a_truly_signed_request_is_refused_for_what_it_says() {
    assert_eq!(posted(&resigned(str::to_owned)), "accepted");
    let set = |name: &'static str, value: &'static str| resigned(|xml| edit::set(xml, "LogoutRequest", name, value));
    assert_eq!(posted(&set("Destination", ACS)), "destination");
    assert_eq!(posted(&resigned(|xml| edit::unset(xml, "LogoutRequest", "Destination"))), "destination_missing");
    assert_eq!(posted(&set("NotOnOrAfter", "2001-01-01T00:00:00Z")), "expired");
    assert_eq!(posted(&set("NotOnOrAfter", "never")), "time");
    let endless = |xml: &str| edit::unset(xml, "LogoutRequest", "NotOnOrAfter");
    assert_eq!(posted(&resigned(endless)), "accepted");
    let old = |xml: &str| edit::set(&endless(xml), "LogoutRequest", "IssueInstant", "2026-01-01T00:00:00Z");
    assert_eq!(posted(&resigned(old)), "expired", "without an end, a request holds for five minutes");
    assert_eq!(posted(&set("Version", "1.1")), "version");
    assert_eq!(posted(&set("IssueInstant", "2099-01-01T00:00:00Z")), "not_yet_valid");
    let issuer = "<ns1:Issuer>https://other.example.org</ns1:Issuer>";
    assert_eq!(posted(&resigned(|xml| edit::replace(xml, "LogoutRequest/Issuer", issuer))), "message_issuer");
    assert_eq!(posted(&resigned(|xml| edit::remove(xml, "LogoutRequest/Issuer"))), "structure");
    assert_eq!(posted(&resigned(|xml| edit::remove(xml, "LogoutRequest/NameID"))), "name_id");
    assert_eq!(posted(&resigned(|xml| edit::append(xml, "LogoutRequest", "<x/>"))), "structure");
}

#[test]
fn a_forged_form_is_refused() {
    let genuine = fixture("logout-request-post.xml");
    assert_eq!(posted(&edit::remove(&genuine, "LogoutRequest/Signature")), "unsigned");
    assert_eq!(posted(&genuine.replace("ada@example.org", "eve@example.org")), "signature_invalid");
    let stranger = Recipe { key: "stranger", ..RECIPE };
    let unsigned = edit::remove(&genuine, "LogoutRequest/Signature");
    assert_eq!(posted(&sign(&unsigned, "LogoutRequest", &stranger)), "signature_invalid");
    let sha1 = Recipe { method: "http://www.w3.org/2000/09/xmldsig#rsa-sha1", ..RECIPE };
    assert_eq!(posted(&sign(&unsigned, "LogoutRequest", &sha1)), "signature_algorithm");
    let signature = edit::get(&genuine, "LogoutRequest/Signature");
    assert_eq!(
        posted(&edit::append(&genuine, "LogoutRequest/NameID", &signature.replace(" Id=", " data-id="))),
        "misplaced_signature"
    );
    assert_eq!(posted(&genuine.replace("ada@", "ada<!-- -->@")), "comment");
}

/// The identity provider, played by this crate: what we write is what we read.
fn played() -> (ServiceProvider, sbh_saml::IdpMetadata) {
    let key = KeyPair::from_pem(&fixture("idp.key.pem"), &fixture("idp.cert.pem")).unwrap();
    let mut us = idp();
    us.logout.iter_mut().for_each(|endpoint| endpoint.location = SLO.to_owned());
    (ServiceProvider::new(IDP, ACS, SLO).unwrap().with_key(key), us)
}

fn receive<T>(delivery: &Delivery, read: impl Fn(Incoming<'_>) -> T) -> T {
    match delivery {
        Delivery::Redirect { url } => read(Incoming::Redirect { query: url.split_once('?').unwrap().1 }),
        Delivery::Post { fields, .. } => {
            read(Incoming::Post { message: &fields[0].1, relay_state: fields.get(1).map(|field| field.1.as_str()) })
        }
    }
}

#[test]
fn what_is_written_can_be_read() {
    let (peer, us) = played();
    let name = NameId {
        value: "ada & <eve>".to_owned(),
        format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".to_owned()),
        name_qualifier: Some(IDP.to_owned()),
        sp_name_qualifier: Some(SP.to_owned()),
    };
    for binding in [Binding::Redirect, Binding::Post] {
        let sent = peer.logout_request(&us, &name, Some("s 1"), Some("x y"), Some(binding), moment()).unwrap();
        let read = receive(&sent.delivery, request).unwrap();
        assert_eq!((&read.id, &read.name_id), (&sent.id, &name));
        assert_eq!(
            (read.session_indexes.as_slice(), read.relay_state.as_deref()),
            (["s 1".to_owned()].as_slice(), Some("x y"))
        );
        let sent = peer.logout_response(&us, "_question", true, None, Some(binding), moment()).unwrap();
        let read = receive(&sent.delivery, |incoming| response(incoming, "_question")).unwrap();
        assert_eq!((read.outcome, read.relay_state), (LogoutOutcome::Complete, None));
        let sent = peer.logout_response(&us, "_question", false, None, Some(binding), moment()).unwrap();
        assert_eq!(code(receive(&sent.delivery, |incoming| response(incoming, "_question"))), "status");
    }
}

#[test]
fn a_partial_logout_is_told() {
    let partial = "<ns0:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"><ns0:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:PartialLogout\"/></ns0:StatusCode>";
    let xml = edit::remove(&fixture("logout-response-post.xml"), "LogoutResponse/Signature");
    let xml = sign(&edit::replace(&xml, "Status/StatusCode", partial), "LogoutResponse", &RECIPE);
    let read = response(Incoming::Post { message: &STANDARD.encode(xml), relay_state: None }, REQUEST).unwrap();
    assert_eq!(read.outcome, LogoutOutcome::Partial);
}

#[test]
fn a_logout_needs_a_key_and_an_address() {
    let name = NameId { value: "ada".to_owned(), format: None, name_qualifier: None, sp_name_qualifier: None };
    let ask = |sp: &ServiceProvider, idp: &sbh_saml::IdpMetadata| {
        sp.logout_request(idp, &name, None, None, None, moment()).map(|_| ())
    };
    assert_eq!(ask(&ServiceProvider::new(SP, ACS, SLO).unwrap(), &idp()), Err(RequestError::KeyNeeded));
    let mut without = idp();
    without.logout.clear();
    assert_eq!(ask(&sp(), &without), Err(RequestError::NoAddress));
}

#[test]
fn answers_go_to_their_own_address() {
    let mut metadata = idp();
    metadata.logout[0].response_location = Some("https://idp.example.org/slo/answers".to_owned());
    let sent = sp().logout_response(&metadata, "_question", true, None, None, moment()).unwrap();
    let Delivery::Redirect { url } = sent.delivery else { panic!("a form") };
    assert!(url.starts_with("https://idp.example.org/slo/answers?SAMLResponse="), "{url}");
}
