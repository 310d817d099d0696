//! Logout messages of the identity provider.

use chrono::{DateTime, TimeDelta, Utc};
use roxmltree::{Document, Node};

use crate::{
    assertion,
    binding::{self, Field, Incoming},
    identity::NameId,
    limits::LOGOUT_VALIDITY,
    metadata::IdpMetadata,
    refusal::Refusal,
    response::{
        check_children, check_destination, check_issue_instant, check_status, check_version, is_issuer, missing,
        several,
    },
    service_provider::ServiceProvider,
    signature::{self, check_form, query},
    time::{self, Moment},
    uri::{DS, SAML, SAMLP, STATUS_PARTIAL_LOGOUT, STATUS_SUCCESS},
    xml::{self, Element as _, Kind, shown},
};

/// What a logout message is compared with.
#[derive(Debug, Clone, Copy)]
pub struct LogoutExpectations {
    /// The time.
    pub now: DateTime<Utc>,
    /// Tolerated difference of clocks, [`crate::limits::MAX_CLOCK_SKEW`] at most.
    pub clock_skew: TimeDelta,
}

/// A verified request to end somebody's sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogoutRequest {
    /// Its id: the response names it, and it is to be accepted once.
    pub id: String,
    /// Whose sessions. All parts have to be equal to those of the session's [`NameId`].
    pub name_id: NameId,
    /// Which sessions; all of that name when there are none.
    pub session_indexes: Vec<String>,
    /// To be sent back with the response, unchanged.
    pub relay_state: Option<String>,
    /// When no clock of ours accepts it any more: until then its id has to be remembered.
    pub expires_at: DateTime<Utc>,
}

/// What became of a logout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogoutOutcome {
    /// All sessions were ended.
    Complete,
    /// Some other service provider could not be reached.
    Partial,
}

/// A verified answer to our logout request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogoutResponse {
    /// What became of the logout.
    pub outcome: LogoutOutcome,
    /// What we sent along.
    pub relay_state: Option<String>,
}

/// Verifies a request of the identity provider to end sessions. It has to be signed, issued by the identity provider, made
/// for our logout address, and not be over.
///
/// # Errors
/// Any of [`Refusal`].
pub fn verify_logout_request(
    incoming: Incoming<'_>,
    idp: &IdpMetadata,
    sp: &ServiceProvider,
    expected: LogoutExpectations,
) -> Result<LogoutRequest, Refusal> {
    let moment = Moment::new(expected.now, expected.clock_skew);
    let message = Message::verify(incoming, Field::Request, idp, sp, expected)?;
    let document = message.document()?;
    let root = message.root(&document, "LogoutRequest", idp, sp, moment)?;
    check_children(
        root,
        &[
            (SAML, "Issuer"),
            (DS, "Signature"),
            (SAMLP, "Extensions"),
            (SAML, "NameID"),
            (SAML, "EncryptedID"),
            (SAMLP, "SessionIndex"),
        ],
    )?;
    let end = root.attribute("NotOnOrAfter").map(|text| time::parse(text).ok_or_else(|| Refusal::Time(shown(text))));
    let end = match end.transpose()? {
        Some(end) => end,
        None => check_issue_instant(root, moment)?.checked_add_signed(LOGOUT_VALIDITY).ok_or(Refusal::IssueInstant)?,
    };
    if moment.is_past(end) {
        return Err(Refusal::Expired(end));
    }
    Ok(LogoutRequest {
        id: root.attribute("ID").unwrap_or_default().to_owned(),
        name_id: assertion::name_id(root)?,
        session_indexes: root.all(SAMLP, "SessionIndex").iter().filter_map(|node| node.value()).collect(),
        relay_state: message.relay_state,
        expires_at: moment.end_of(end),
    })
}

/// Verifies the answer to our logout request with this id.
///
/// # Errors
/// Any of [`Refusal`]; [`Refusal::Status`] if the identity provider did not end the session.
pub fn verify_logout_response(
    incoming: Incoming<'_>,
    idp: &IdpMetadata,
    sp: &ServiceProvider,
    request_id: &str,
    expected: LogoutExpectations,
) -> Result<LogoutResponse, Refusal> {
    let moment = Moment::new(expected.now, expected.clock_skew);
    let message = Message::verify(incoming, Field::Response, idp, sp, expected)?;
    let document = message.document()?;
    let root = message.root(&document, "LogoutResponse", idp, sp, moment)?;
    check_children(root, &[(SAML, "Issuer"), (DS, "Signature"), (SAMLP, "Extensions"), (SAMLP, "Status")])?;
    match root.attribute("InResponseTo") {
        Some(named) if named == request_id => {}
        Some(named) => return Err(Refusal::InResponseTo(shown(named))),
        None => return Err(Refusal::NoInResponseTo),
    }
    let status = root.only(SAMLP, "Status").map_err(several("Status"))?.ok_or_else(|| missing("Status"))?;
    let second =
        status.all(SAMLP, "StatusCode").first().and_then(|code| code.all(SAMLP, "StatusCode").first().copied());
    let is_partial = second.and_then(|code| code.attribute("Value")) == Some(STATUS_PARTIAL_LOGOUT);
    check_status(status, &[STATUS_SUCCESS])?;
    let outcome = if is_partial { LogoutOutcome::Partial } else { LogoutOutcome::Complete };
    Ok(LogoutResponse { outcome, relay_state: message.relay_state })
}

/// A message whose signature was verified, as the bytes that were signed.
struct Message {
    xml: String,
    relay_state: Option<String>,
}

impl Message {
    fn verify(
        incoming: Incoming<'_>,
        field: Field,
        idp: &IdpMetadata,
        sp: &ServiceProvider,
        expected: LogoutExpectations,
    ) -> Result<Self, Refusal> {
        idp.usable(expected.now)?;
        match incoming {
            Incoming::Redirect { query } => Self::verify_query(query, field, idp),
            Incoming::Post { message, relay_state } => Self::verify_form(message, relay_state, idp, sp),
        }
    }

    /// The signature is of the address; one within the message is not allowed (SAML Bindings 3.4.4.1).
    fn verify_query(query: &str, field: Field, idp: &IdpMetadata) -> Result<Self, Refusal> {
        let query = binding::decode_query(query, field)?;
        let (signed, algorithm, signature) = query.signature.as_ref().ok_or(Refusal::UnsignedLogout)?;
        query::verify(signed, algorithm, signature, &idp.signing_certificates)?;
        let xml = xml::body(&query.xml)?.to_owned();
        if xml::parse(&xml, Kind::Message)?.descendants().any(|node| node.is(DS, "Signature")) {
            return Err(Refusal::MisplacedSignature);
        }
        Ok(Self { xml, relay_state: query.relay_state })
    }

    fn verify_form(
        field: &str,
        relay_state: Option<&str>,
        idp: &IdpMetadata,
        sp: &ServiceProvider,
    ) -> Result<Self, Refusal> {
        let text = binding::decode_post(field)?;
        let text = xml::body(&text)?;
        let document = xml::parse(text, Kind::Message)?;
        let root = document.root_element();
        let signature = root.only(DS, "Signature").map_err(several("Signature"))?.ok_or(Refusal::UnsignedLogout)?;
        if document.descendants().any(|node| node.is(DS, "Signature") && node != signature) {
            return Err(Refusal::MisplacedSignature);
        }
        check_form(signature)?;
        // Told before the signature is tried, which costs far more.
        check_destination(root, sp.slo_url())?;
        let covered = signature::verify(text, &idp.signing_certificates)?;
        if !signature::is_expected(signature::reread(&covered)?.root_element(), root) {
            return Err(Refusal::SignatureInvalid);
        }
        Ok(Self { xml: covered.xml().to_owned(), relay_state: relay_state.map(str::to_owned) })
    }

    fn document(&self) -> Result<Document<'_>, Refusal> {
        Ok(xml::parse(&self.xml, Kind::Message)?)
    }

    /// The root, if it is the message that was expected, from the identity provider and for us.
    fn root<'a, 'i>(
        &self,
        document: &'a Document<'i>,
        name: &str,
        idp: &IdpMetadata,
        sp: &ServiceProvider,
        moment: Moment,
    ) -> Result<Node<'a, 'i>, Refusal> {
        let root = document.root_element();
        if !root.is(SAMLP, name) {
            return Err(Refusal::WrongMessage(name.to_owned()));
        }
        check_version(root)?;
        let issuer = root.only(SAML, "Issuer").map_err(several("Issuer"))?.ok_or_else(|| missing("Issuer"))?;
        if !is_issuer(issuer, idp) {
            return Err(Refusal::MessageIssuer(shown(&issuer.value().unwrap_or_default())));
        }
        check_destination(root, sp.slo_url())?;
        check_issue_instant(root, moment)?;
        Ok(root)
    }
}
