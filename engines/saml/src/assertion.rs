//! Reading an assertion whose signature, or whose response's signature, was verified (SAML Core 2.3 to 2.7).

use chrono::{DateTime, Utc};
use roxmltree::Node;
use std::collections::BTreeMap;

use crate::{
    identity::{Identity, NameId},
    limits::MAX_NAME_ID_CHARS,
    refusal::Refusal,
    response::{Judge, check_children, check_issue_instant, check_version, missing, several},
    time,
    uri::{BEARER, DS, SAML},
    xml::{Element as _, shown},
};

const KNOWN: [(&str, &str); 8] = [
    (SAML, "Issuer"),
    (DS, "Signature"),
    (SAML, "Subject"),
    (SAML, "Conditions"),
    (SAML, "Advice"),
    (SAML, "AuthnStatement"),
    (SAML, "AuthzDecisionStatement"),
    (SAML, "AttributeStatement"),
];

pub(crate) fn read(assertion: Node<'_, '_>, judge: &Judge<'_>) -> Result<Identity, Refusal> {
    check_version(assertion)?;
    check_children(assertion, &KNOWN)?;
    let only = |name: &'static str| assertion.only(SAML, name).map_err(several(name));
    let issuer = only("Issuer")?.ok_or_else(|| missing("the assertion's Issuer"))?;
    if !judge.is_idp(issuer) {
        return Err(Refusal::AssertionIssuer(shown(&issuer.value().unwrap_or_default())));
    }
    check_issue_instant(assertion, judge.expected.moment())?;
    check_conditions(only("Conditions")?.ok_or(Refusal::NoConditions)?, judge)?;
    let subject = only("Subject")?.ok_or_else(|| Refusal::NameId("there is no Subject".to_owned()))?;
    let expires_at = confirm(subject, judge)?;
    let statement = only("AuthnStatement").map_err(|_| Refusal::AuthnStatement("there are several".to_owned()))?;
    let statement = statement.ok_or_else(|| Refusal::AuthnStatement("there is none".to_owned()))?;
    let session_not_on_or_after = time_of(statement, "SessionNotOnOrAfter")?;
    if let Some(end) = session_not_on_or_after.filter(|end| judge.expected.moment().is_past(*end)) {
        return Err(Refusal::SessionExpired(end));
    }
    let authn_instant = time_of(statement, "AuthnInstant")?
        .ok_or_else(|| Refusal::AuthnStatement("it has no AuthnInstant".to_owned()))?;
    let context = statement.all(SAML, "AuthnContext");
    let class = context.first().and_then(|context| context.all(SAML, "AuthnContextClassRef").first().copied());
    Ok(Identity {
        name_id: name_id(subject)?,
        session_index: statement.attribute("SessionIndex").filter(|index| !index.is_empty()).map(str::to_owned),
        attributes: attributes(assertion),
        assertion_id: assertion.attribute("ID").unwrap_or_default().to_owned(),
        issuer: judge.idp.entity_id.clone(),
        expires_at,
        authn_instant,
        session_not_on_or_after,
        authn_context: class.and_then(|class| class.value()),
    })
}

/// Times and audience (SAML Core 2.5.1). Every restriction has to name us, and a condition that we don't know is none that
/// we can keep.
fn check_conditions(conditions: Node<'_, '_>, judge: &Judge<'_>) -> Result<(), Refusal> {
    let moment = judge.expected.moment();
    if let Some(from) = time_of(conditions, "NotBefore")?.filter(|from| moment.is_before(*from)) {
        return Err(Refusal::NotYetValid(from));
    }
    if let Some(end) = time_of(conditions, "NotOnOrAfter")?.filter(|end| moment.is_past(*end)) {
        return Err(Refusal::Expired(end));
    }
    for condition in conditions.children().filter(Node::is_element) {
        // Once is how often every assertion is used here, and we hand none on.
        let known = ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"];
        if !known.iter().any(|name| condition.is(SAML, name)) {
            return Err(Refusal::Condition(shown(condition.tag_name().name())));
        }
    }
    let restrictions = conditions.all(SAML, "AudienceRestriction");
    if restrictions.is_empty() {
        return Err(Refusal::NoAudience);
    }
    for restriction in restrictions {
        let audiences: Vec<_> = restriction.all(SAML, "Audience").iter().filter_map(|node| node.value()).collect();
        match audiences.first() {
            None => return Err(Refusal::NoAudience),
            Some(first) if !audiences.iter().any(|audience| audience == judge.sp.entity_id()) => {
                return Err(Refusal::Audience(shown(first)));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// One bearer confirmation has to hold (SAML Profiles 4.1.4.2). Gives the latest end of any, after which a replay is
/// refused by its time alone.
fn confirm(subject: Node<'_, '_>, judge: &Judge<'_>) -> Result<DateTime<Utc>, Refusal> {
    let bearers: Vec<_> = subject
        .all(SAML, "SubjectConfirmation")
        .into_iter()
        .filter(|confirmation| confirmation.attribute("Method") == Some(BEARER))
        .collect();
    let (mut first_refusal, mut holds) = (None, false);
    for bearer in &bearers {
        match check_bearer(*bearer, judge) {
            Ok(()) => holds = true,
            Err(refusal) => first_refusal = first_refusal.or(Some(refusal)),
        }
    }
    if !holds {
        return Err(first_refusal.unwrap_or(Refusal::NoBearer));
    }
    let data = bearers.iter().flat_map(|bearer| bearer.all(SAML, "SubjectConfirmationData"));
    let ends = data.filter_map(|data| data.attribute("NotOnOrAfter").and_then(time::parse));
    ends.max().map(|end| judge.expected.moment().end_of(end)).ok_or(Refusal::NoConfirmationEnd)
}

fn check_bearer(bearer: Node<'_, '_>, judge: &Judge<'_>) -> Result<(), Refusal> {
    let data = bearer.only(SAML, "SubjectConfirmationData").map_err(several("SubjectConfirmationData"))?;
    let data = data.ok_or(Refusal::NoRecipient)?;
    match data.attribute("Recipient") {
        Some(named) if named == judge.sp.acs_url() => {}
        Some(named) => return Err(Refusal::Recipient(shown(named))),
        None => return Err(Refusal::NoRecipient),
    }
    if data.has_attribute("NotBefore") {
        return Err(Refusal::ConfirmationNotBefore);
    }
    let end = time_of(data, "NotOnOrAfter")?.ok_or(Refusal::NoConfirmationEnd)?;
    if judge.expected.moment().is_past(end) {
        return Err(Refusal::ConfirmationExpired(end));
    }
    judge.expected.check_in_response_to(data.attribute("InResponseTo"))
}

/// The name of a subject or of a logout request.
pub(crate) fn name_id(parent: Node<'_, '_>) -> Result<NameId, Refusal> {
    let refused = |told: &str| Refusal::NameId(told.to_owned());
    let names = parent.all(SAML, "NameID");
    let [node] = names.as_slice() else {
        let encrypted = !parent.all(SAML, "EncryptedID").is_empty();
        let told = if encrypted {
            "the name is encrypted (EncryptedID), which is not supported"
        } else {
            "it needs exactly one NameID"
        };
        return Err(refused(told));
    };
    let value = node.value().ok_or_else(|| refused("the NameID is empty or has more in it than text"))?;
    if value.chars().count() > MAX_NAME_ID_CHARS || value.contains(char::is_control) {
        return Err(refused("the NameID is longer than 1,024 characters or has control characters"));
    }
    let attribute = |name: &str| node.attribute(name).filter(|value| !value.is_empty()).map(str::to_owned);
    Ok(NameId {
        value,
        format: attribute("Format"),
        name_qualifier: attribute("NameQualifier"),
        sp_name_qualifier: attribute("SPNameQualifier"),
    })
}

fn attributes(assertion: Node<'_, '_>) -> BTreeMap<String, Vec<String>> {
    let mut attributes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for node in assertion.all(SAML, "AttributeStatement").iter().flat_map(|statement| statement.all(SAML, "Attribute"))
    {
        if let Some(name) = node.attribute("Name") {
            let values = node.all(SAML, "AttributeValue").into_iter().filter_map(attribute_value);
            attributes.entry(name.to_owned()).or_default().extend(values);
        }
    }
    attributes
}

/// Text, or the name of a `NameID` within it (eduPersonTargetedID); other structures are passed over.
fn attribute_value(node: Node<'_, '_>) -> Option<String> {
    match node.only(SAML, "NameID") {
        Ok(Some(name)) => name.value(),
        _ => node.value(),
    }
}

fn time_of(node: Node<'_, '_>, name: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
    let parse = |text: &str| time::parse(text).ok_or_else(|| Refusal::Time(shown(text)));
    node.attribute(name).map(parse).transpose()
}
