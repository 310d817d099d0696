//! Resources (RFC 7643 section 4): from JSON that a client sent, and to the JSON that it is answered.

pub(crate) mod body;
pub(crate) mod group;
mod read;
mod user;

pub use body::{parse_body, require_schema};
pub use group::{Group, Member};
pub(crate) use read::{ReadOnly, read_attribute, read_resource, read_value};
pub use user::{Email, Name, User, UserGroup};

use crate::ResourceKind;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

/// Facts about a resource (RFC 7643 section 3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// `User` or `Group`.
    pub resource_type: String,
    /// When it was created.
    #[serde(serialize_with = "moment")]
    pub created: DateTime<Utc>,
    /// When it was last changed.
    #[serde(serialize_with = "moment")]
    pub last_modified: DateTime<Utc>,
    /// Its address.
    pub location: String,
    /// Its version, see [`crate::Version`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl Meta {
    /// The facts of a resource below a base URL such as `https://hub.example/scim/v2`.
    pub fn new(
        kind: ResourceKind,
        base_url: &str,
        id: &str,
        created: DateTime<Utc>,
        last_modified: DateTime<Utc>,
    ) -> Self {
        let location = location(base_url, kind, id);
        Self { resource_type: kind.name().to_owned(), created, last_modified, location, version: None }
    }
}

/// The address of a resource.
pub fn location(base_url: &str, kind: ResourceKind, id: &str) -> String {
    format!("{}{}/{id}", base_url.trim_end_matches('/'), kind.endpoint())
}

fn moment<S: Serializer>(moment: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&moment.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// The members of a serialised resource with its `schemas`.
fn with_schemas(resource: &impl Serialize, kind: ResourceKind) -> Map<String, Value> {
    let Ok(Value::Object(mut members)) = serde_json::to_value(resource) else { return Map::new() };
    let extensions = kind.extensions().iter().filter(|extension| members.contains_key(extension.uri));
    let schemas = std::iter::once(kind.schema().uri).chain(extensions.map(|extension| extension.uri));
    let schemas = schemas.map(Value::from).collect();
    members.insert("schemas".to_owned(), Value::Array(schemas));
    members
}
