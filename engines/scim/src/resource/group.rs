//! Groups (RFC 7643 section 4.2).

use super::{Meta, ReadOnly, read_resource, with_schemas};
use crate::{ResourceKind, ScimError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A group. What a client sent is read with [`Self::parse`], which judges it; `Deserialize` does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The identifier that the service gave; none in what a client sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The identifier that the client gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The group's name.
    pub display_name: String,
    /// The members, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// Facts about the resource; the service's to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
}

/// A member of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The member's id.
    pub value: String,
    /// The member's address.
    #[serde(default, rename = "$ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The member's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// `User` or `Group`; none where the client did not say.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

impl Member {
    /// A member of which only the id is known.
    pub fn new(id: impl Into<String>) -> Self {
        Self { value: id.into(), ..Self::default() }
    }
}

impl Group {
    /// Reads what a client sent to create or to replace a group. What is read-only or not known is left out
    /// (RFC 7644 sections 3.3 and 3.5.1); a member that is named twice is one member.
    ///
    /// # Errors
    /// [`ScimError::InvalidSyntax`] without the schema of groups, [`ScimError::InvalidValue`] with the attribute.
    pub fn parse(document: &Value) -> Result<Self, ScimError> {
        Self::from_members(read_resource(ResourceKind::Group, document, ReadOnly::Ignored)?)
    }

    /// Reads what [`Self::to_json`] gave, read-only attributes included.
    ///
    /// # Errors
    /// Those of [`Self::parse`].
    pub fn from_stored(document: &Value) -> Result<Self, ScimError> {
        Self::from_members(read_resource(ResourceKind::Group, document, ReadOnly::Kept)?)
    }

    /// The group as a response has it.
    pub fn to_json(&self) -> Value {
        Value::Object(with_schemas(self, ResourceKind::Group))
    }

    pub(crate) fn from_members(members: Map<String, Value>) -> Result<Self, ScimError> {
        let group: Self =
            serde_json::from_value(Value::Object(members)).map_err(|error| ScimError::syntax(error.to_string()))?;
        Ok(Self { members: distinct(group.members), ..group })
    }
}

/// The members without repetitions; the first stays.
pub(crate) fn distinct(members: Vec<Member>) -> Vec<Member> {
    let mut seen = std::collections::BTreeSet::new();
    members.into_iter().filter(|member| seen.insert(member.value.clone())).collect()
}
