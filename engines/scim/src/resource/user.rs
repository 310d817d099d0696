//! Users (RFC 7643 section 4.1).

use super::{Meta, ReadOnly, read_resource, with_schemas};
use crate::{ResourceKind, ScimError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A user. What a client sent is read with [`Self::parse`], which judges it; `Deserialize` does not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The identifier that the service gave; none in what a client sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The identifier that the client gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The name that the user signs in with; unique without regard to case.
    pub user_name: String,
    /// The parts of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The email addresses, at most one of them the primary one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<Email>,
    /// Whether the user may sign in; none where the client did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// The groups of the user; the service's to say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<UserGroup>,
    /// Facts about the resource; the service's to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
    /// The known extensions by their URI, with the attributes of [`crate::schema`] and no others.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, Map<String, Value>>,
}

/// The parts of a name (RFC 7643 section 4.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Name {
    /// The full name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// The family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// The given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
}

/// An email address (RFC 7643 section 4.1.2). Its syntax is not judged here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Email {
    /// The address.
    pub value: String,
    /// The address, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// What it is for: `work`, `home`, `other`, or the client's own word.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether it is the preferred one; none where the client did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<bool>,
}

/// A group that a user belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserGroup {
    /// The group's id.
    pub value: String,
    /// The group's address.
    #[serde(default, rename = "$ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The group's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
}

impl User {
    /// Reads what a client sent to create or to replace a user. What is read-only or not known is left out
    /// (RFC 7644 sections 3.3 and 3.5.1). `active` may also be the text `"True"` or `"False"`, as Microsoft Entra has it.
    ///
    /// # Errors
    /// [`ScimError::InvalidSyntax`] without the schema of users, [`ScimError::InvalidValue`] with the attribute.
    pub fn parse(document: &Value) -> Result<Self, ScimError> {
        Self::from_members(read_resource(ResourceKind::User, document, ReadOnly::Ignored)?)
    }

    /// Reads what [`Self::to_json`] gave, read-only attributes included.
    ///
    /// # Errors
    /// Those of [`Self::parse`].
    pub fn from_stored(document: &Value) -> Result<Self, ScimError> {
        Self::from_members(read_resource(ResourceKind::User, document, ReadOnly::Kept)?)
    }

    /// The user as a response has it.
    pub fn to_json(&self) -> Value {
        Value::Object(with_schemas(self, ResourceKind::User))
    }

    /// The address that is the primary one, or the only one.
    pub fn primary_email(&self) -> Option<&Email> {
        let primary = self.emails.iter().find(|email| email.primary == Some(true));
        primary.or(match self.emails.as_slice() {
            [only] => Some(only),
            _ => None,
        })
    }

    pub(crate) fn from_members(members: Map<String, Value>) -> Result<Self, ScimError> {
        serde_json::from_value(Value::Object(members)).map_err(|error| ScimError::syntax(error.to_string()))
    }
}
