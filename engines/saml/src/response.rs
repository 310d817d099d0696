//! From the field `SAMLResponse` to an identity (SAML Profiles 4.1.4.3).

use chrono::{DateTime, TimeDelta, Utc};
use roxmltree::{Document, Node};

use crate::{
    assertion, binding,
    encryption::{self, Outer},
    identity::Identity,
    metadata::IdpMetadata,
    refusal::Refusal,
    service_provider::ServiceProvider,
    signature::{self, check_form},
    time::{self, Moment},
    uri::{DS, ENTITY_FORMAT, SAML, SAMLP, STATUS_SUCCESS},
    xml::{self, Element as _, Kind, shown},
};

/// What a response is compared with.
#[derive(Debug, Clone, Copy)]
pub struct Expectations<'a> {
    /// The id of the request that this browser made and that has no answer yet; the response has to name it.
    pub request_id: Option<&'a str>,
    /// Whether a response is accepted that nobody asked for, when [`Self::request_id`] is none. Anybody can sign somebody
    /// else in with one (login CSRF), so it is best not allowed.
    pub idp_initiated_allowed: bool,
    /// The time.
    pub now: DateTime<Utc>,
    /// Tolerated difference of clocks, [`crate::limits::MAX_CLOCK_SKEW`] at most.
    pub clock_skew: TimeDelta,
}

impl Expectations<'_> {
    pub(crate) fn moment(&self) -> Moment {
        Moment::new(self.now, self.clock_skew)
    }

    /// Whether an answer names the request, or names none where none was made.
    pub(crate) fn check_in_response_to(&self, named: Option<&str>) -> Result<(), Refusal> {
        match (self.request_id, named) {
            (Some(ours), Some(named)) if ours == named => Ok(()),
            (Some(_), Some(named)) => Err(Refusal::InResponseTo(shown(named))),
            (Some(_), None) => Err(Refusal::NoInResponseTo),
            (None, _) if !self.idp_initiated_allowed => Err(Refusal::Unsolicited),
            (None, Some(named)) => Err(Refusal::InResponseTo(shown(named))),
            (None, None) => Ok(()),
        }
    }
}

/// Verifies a response of the binding HTTP-POST and tells who signed in.
///
/// A response is accepted if the identity provider signed it or its only assertion, if it was made for us, now, for this
/// request, and if every part of it is what SAML 2.0 demands. The identity is read from the signed bytes.
///
/// The caller has to refuse an assertion that it saw before: see the crate's documentation.
///
/// # Errors
/// Any of [`Refusal`].
pub fn verify_response(
    encoded: &str,
    idp: &IdpMetadata,
    sp: &ServiceProvider,
    expected: &Expectations<'_>,
) -> Result<Identity, Refusal> {
    idp.usable(expected.now)?;
    let text = binding::decode_post(encoded)?;
    let text = xml::body(&text)?;
    let document = xml::parse(text, Kind::Message)?;
    let envelope = Envelope::read(&document)?;
    envelope.check_status()?;
    for signature in envelope.signature.into_iter().chain(envelope.content()?.signature()?) {
        check_form(signature)?;
    }
    let judge = Judge { idp, sp, expected };
    if envelope.signature.is_none() {
        envelope.check(&judge)?;
        return match envelope.content()? {
            Content::Plain(assertion) => judge.signed(text, assertion),
            Content::Encrypted(encrypted) => judge.decrypted(encrypted, Outer::Unsigned),
        };
    }
    let covered = signature::verify(text, &idp.signing_certificates)?;
    let document = signature::reread(&covered)?;
    if !signature::is_expected(document.root_element(), envelope.root) {
        return Err(Refusal::SignatureInvalid);
    }
    let envelope = Envelope::read(&document)?;
    envelope.check_status()?;
    envelope.check(&judge)?;
    match envelope.content()? {
        Content::Plain(assertion) => assertion::read(assertion, &judge),
        Content::Encrypted(encrypted) => judge.decrypted(encrypted, Outer::Signed),
    }
}

/// Everything that a message is judged by.
pub(crate) struct Judge<'a> {
    pub(crate) idp: &'a IdpMetadata,
    pub(crate) sp: &'a ServiceProvider,
    pub(crate) expected: &'a Expectations<'a>,
}

impl Judge<'_> {
    /// Reads the assertion that a signature of its own covers.
    fn signed(&self, text: &str, assertion: Node<'_, '_>) -> Result<Identity, Refusal> {
        let signature = assertion.only(DS, "Signature").map_err(several("Signature"))?.ok_or(Refusal::Unsigned)?;
        check_form(signature)?;
        let covered = signature::verify(text, &self.idp.signing_certificates)?;
        let document = signature::reread(&covered)?;
        let root = document.root_element();
        if !signature::is_expected(root, assertion) {
            return Err(Refusal::SignatureInvalid);
        }
        check_places(&document, document.root())?;
        assertion::read(root, self)
    }

    fn decrypted(&self, encrypted: Node<'_, '_>, outer: Outer) -> Result<Identity, Refusal> {
        let text = encryption::decrypt(encrypted, self.sp, outer)?;
        let document = xml::parse(&text, Kind::Message).map_err(|_| Refusal::Decryption)?;
        let shell = document.root_element();
        check_places(&document, shell)?;
        let elements: Vec<_> = shell.children().filter(Node::is_element).collect();
        let [assertion] = elements.as_slice() else { return Err(Refusal::Decryption) };
        if !assertion.is(SAML, "Assertion") {
            return Err(Refusal::Decryption);
        }
        let is_signed = !assertion.all(DS, "Signature").is_empty();
        match outer {
            Outer::Signed if !is_signed => assertion::read(*assertion, self),
            _ => self.signed(&text, *assertion),
        }
    }

    /// Whether an issuer is the identity provider (SAML Core 2.2.5).
    pub(crate) fn is_idp(&self, issuer: Node<'_, '_>) -> bool {
        is_issuer(issuer, self.idp)
    }
}

pub(crate) fn is_issuer(issuer: Node<'_, '_>, idp: &IdpMetadata) -> bool {
    let is_entity = issuer.attribute("Format").is_none_or(|format| format == ENTITY_FORMAT);
    is_entity && issuer.value().is_some_and(|name| name == idp.entity_id)
}

/// The assertion of a response.
enum Content<'a, 'i> {
    Plain(Node<'a, 'i>),
    Encrypted(Node<'a, 'i>),
}

impl<'a, 'i> Content<'a, 'i> {
    fn signature(&self) -> Result<Option<Node<'a, 'i>>, Refusal> {
        match self {
            Self::Plain(node) => node.only(DS, "Signature").map_err(several("Signature")),
            Self::Encrypted(_) => Ok(None),
        }
    }
}

/// A response without its assertion's inside.
struct Envelope<'a, 'i> {
    root: Node<'a, 'i>,
    signature: Option<Node<'a, 'i>>,
    status: Node<'a, 'i>,
}

impl<'a, 'i> Envelope<'a, 'i> {
    fn read(document: &'a Document<'i>) -> Result<Self, Refusal> {
        let root = document.root_element();
        if !root.is(SAMLP, "Response") {
            return Err(Refusal::WrongMessage("Response".to_owned()));
        }
        check_version(root)?;
        if root.all(SAML, "Assertion").len() + root.all(SAML, "EncryptedAssertion").len() > 1 {
            return Err(Refusal::SeveralAssertions);
        }
        check_places(document, root)?;
        let known = [
            (SAML, "Issuer"),
            (DS, "Signature"),
            (SAMLP, "Extensions"),
            (SAMLP, "Status"),
            (SAML, "Assertion"),
            (SAML, "EncryptedAssertion"),
        ];
        check_children(root, &known)?;
        let status = root.only(SAMLP, "Status").map_err(several("Status"))?.ok_or_else(|| missing("Status"))?;
        Ok(Self { root, signature: root.only(DS, "Signature").map_err(several("Signature"))?, status })
    }

    fn content(&self) -> Result<Content<'a, 'i>, Refusal> {
        let plain = self.root.all(SAML, "Assertion").into_iter().map(Content::Plain);
        let encrypted = self.root.all(SAML, "EncryptedAssertion").into_iter().map(Content::Encrypted);
        plain.chain(encrypted).next().ok_or(Refusal::NoAssertion)
    }

    fn check_status(&self) -> Result<(), Refusal> {
        check_status(self.status, &[STATUS_SUCCESS]).map(|_| ())
    }

    /// Issuer, destination and request (SAML Core 3.2.2).
    fn check(&self, judge: &Judge<'_>) -> Result<(), Refusal> {
        let issuer = self.root.only(SAML, "Issuer").map_err(several("Issuer"))?;
        if let Some(issuer) = issuer.filter(|issuer| !judge.is_idp(*issuer)) {
            return Err(Refusal::ResponseIssuer(shown(&issuer.value().unwrap_or_default())));
        }
        check_destination(self.root, judge.sp.acs_url())?;
        judge.expected.check_in_response_to(self.root.attribute("InResponseTo"))?;
        check_issue_instant(self.root, judge.expected.moment()).map(|_| ())
    }
}

/// Whether assertions, responses and signatures stand where they may: an assertion below its holder, a signature below the
/// message or its assertion. Everything else is how signatures are wrapped.
fn check_places(document: &Document<'_>, holder: Node<'_, '_>) -> Result<(), Refusal> {
    for node in document.descendants().filter(Node::is_element) {
        let parent = node.parent();
        let is_held = parent == Some(holder);
        let is_assertion = node.is(SAML, "Assertion") || node.is(SAML, "EncryptedAssertion");
        if (is_assertion && !is_held) || (node.is(SAMLP, "Response") && node != document.root_element()) {
            return Err(Refusal::MisplacedAssertion);
        }
        let in_assertion = parent.is_some_and(|parent| parent.is(SAML, "Assertion") && parent.parent() == Some(holder));
        if node.is(DS, "Signature") && !is_held && !in_assertion {
            return Err(Refusal::MisplacedSignature);
        }
    }
    Ok(())
}

/// The status code that was found, if it is one of the accepted (SAML Core 3.2.2.1).
pub(crate) fn check_status<'a>(status: Node<'_, '_>, accepted: &[&'a str]) -> Result<&'a str, Refusal> {
    let code = status.only(SAMLP, "StatusCode").map_err(several("StatusCode"))?.ok_or_else(|| missing("StatusCode"))?;
    let value = code.attribute("Value").unwrap_or_default();
    if let Some(accepted) = accepted.iter().find(|accepted| **accepted == value) {
        return Ok(accepted);
    }
    let short = |value: &str| shown(value.rsplit(':').next().unwrap_or_default());
    let second = code.all(SAMLP, "StatusCode").first().and_then(|code| code.attribute("Value")).map(short);
    let said = status.all(SAMLP, "StatusMessage").first().and_then(xml::Element::value);
    let message = second.map(|code| format!(" ({code})")).into_iter();
    let message = message.chain(said.map(|said| format!(": {}", shown(&said)))).collect();
    Err(Refusal::Status { code: short(value), message })
}

pub(crate) fn check_destination(root: Node<'_, '_>, ours: &str) -> Result<(), Refusal> {
    match root.attribute("Destination") {
        Some(named) if named == ours => Ok(()),
        Some(named) if !named.is_empty() => Err(Refusal::Destination(shown(named))),
        _ => Err(Refusal::NoDestination),
    }
}

/// When a message was issued; it has to say, and not in the future.
pub(crate) fn check_issue_instant(node: Node<'_, '_>, moment: Moment) -> Result<DateTime<Utc>, Refusal> {
    let instant = node.attribute("IssueInstant").and_then(time::parse).ok_or(Refusal::IssueInstant)?;
    if moment.is_before(instant) { Err(Refusal::NotYetValid(instant)) } else { Ok(instant) }
}

/// Version 2.0 and an id that XML knows as one.
pub(crate) fn check_version(node: Node<'_, '_>) -> Result<(), Refusal> {
    if node.attribute("Version") != Some("2.0") {
        return Err(Refusal::Version);
    }
    let id = node.attribute("ID").unwrap_or_default();
    let begins = id.starts_with(|c: char| c == '_' || c.is_alphabetic());
    if begins && !id.contains(|c: char| c == ':' || c.is_whitespace()) {
        return Ok(());
    }
    let told = "has no ID, or one that XML does not allow; it must begin with a letter or an underscore";
    Err(Refusal::Structure(format!("{} {told}", node.tag_name().name())))
}

/// Whether an element has no children but those that it may have.
pub(crate) fn check_children(node: Node<'_, '_>, known: &[(&str, &str)]) -> Result<(), Refusal> {
    let stranger = node
        .children()
        .filter(Node::is_element)
        .find(|child| !known.iter().any(|(namespace, name)| child.is(namespace, name)));
    stranger.map_or(Ok(()), |child| {
        let (inner, outer) = (shown(child.tag_name().name()), node.tag_name().name());
        Err(Refusal::Structure(format!("{outer} has the element {inner}, which may not stand there")))
    })
}

pub(crate) fn several(name: &'static str) -> impl Fn(usize) -> Refusal {
    move |count| Refusal::Structure(format!("{name} is there {count} times, not once"))
}

pub(crate) fn missing(name: &str) -> Refusal {
    Refusal::Structure(format!("{name} is missing"))
}
