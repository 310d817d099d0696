//! Who signed in, as the identity provider says.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A name identifier (SAML Core 2.2.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NameId {
    /// The name, without surrounding whitespace; never empty.
    pub value: String,
    /// Its format as a URI: an email address, persistent, transient. Two formats are two names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The domain that the name is of; goes back in a logout request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_qualifier: Option<String>,
    /// The service provider that the name was made for; goes back in a logout request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sp_name_qualifier: Option<String>,
}

/// What a verified response says. All of it was read from the bytes that the identity provider's signature covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Identity {
    /// Who it is. Unique within the identity provider only.
    pub name_id: NameId,
    /// The session at the identity provider, for logout.
    pub session_index: Option<String>,
    /// Values by the attribute's `Name`, in the order of the assertion; attributes of the same name are one.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// The assertion's id: to be remembered until [`Self::expires_at`], and accepted once.
    pub assertion_id: String,
    /// The identity provider's entity id.
    pub issuer: String,
    /// When no clock of ours accepts the assertion any more.
    pub expires_at: DateTime<Utc>,
    /// When the person proved who they are; may be long before.
    pub authn_instant: DateTime<Utc>,
    /// When a session that rests on this has to end, if the identity provider says so.
    pub session_not_on_or_after: Option<DateTime<Utc>>,
    /// How the person proved who they are: `AuthnContextClassRef`.
    pub authn_context: Option<String>,
}
