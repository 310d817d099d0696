//! What the service can do (RFC 7643 sections 5 to 7, RFC 7644 section 4), generated from the tables of [`crate::schema`].

use crate::{
    ListResponse, ResourceKind, ScimError,
    limits::MAX_COUNT,
    schema::{Attribute, ENTERPRISE_USER, GROUP, Kind, Schema, USER},
};
use serde_json::{Value, json};

/// The document of `/ServiceProviderConfig`. `documentation` is the address of a page for people.
pub fn service_provider_config(base_url: &str, documentation: Option<&str>) -> Value {
    let unsupported = json!({ "supported": false });
    let mut document = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": MAX_COUNT },
        "changePassword": unsupported,
        "sort": unsupported,
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "A token in the Authorization header, as in RFC 6750.",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": address(base_url, "ServiceProviderConfig") },
    });
    if let Some(documentation) = documentation {
        document["documentationUri"] = documentation.into();
    }
    document
}

/// The list of `/ResourceTypes`.
pub fn resource_types(base_url: &str) -> ListResponse {
    ListResponse::whole(ResourceKind::ALL.map(|kind| type_document(base_url, kind)).into())
}

/// The document of `/ResourceTypes/{name}`.
///
/// # Errors
/// [`ScimError::NotFound`].
pub fn resource_type(base_url: &str, name: &str) -> Result<Value, ScimError> {
    let kind = ResourceKind::ALL.into_iter().find(|kind| kind.name() == name);
    kind.map(|kind| type_document(base_url, kind)).ok_or_else(|| ScimError::not_found("ResourceType", name))
}

/// The list of `/Schemas`.
pub fn schemas(base_url: &str) -> ListResponse {
    ListResponse::whole(SCHEMAS.map(|schema| schema_document(base_url, schema)).into())
}

/// The document of `/Schemas/{uri}`.
///
/// # Errors
/// [`ScimError::NotFound`].
pub fn schema(base_url: &str, uri: &str) -> Result<Value, ScimError> {
    let schema = SCHEMAS.into_iter().find(|schema| schema.uri.eq_ignore_ascii_case(uri));
    schema.map(|schema| schema_document(base_url, schema)).ok_or_else(|| ScimError::not_found("Schema", uri))
}

const SCHEMAS: [&Schema; 3] = [&USER, &GROUP, &ENTERPRISE_USER];

fn type_document(base_url: &str, kind: ResourceKind) -> Value {
    let extensions = kind.extensions().iter().map(|schema| json!({ "schema": schema.uri, "required": false }));
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": kind.name(),
        "name": kind.name(),
        "description": kind.schema().description,
        "endpoint": kind.endpoint(),
        "schema": kind.schema().uri,
        "schemaExtensions": extensions.collect::<Vec<_>>(),
        "meta": { "resourceType": "ResourceType", "location": address(base_url, &format!("ResourceTypes/{}", kind.name())) },
    })
}

fn schema_document(base_url: &str, schema: &Schema) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": schema.uri,
        "name": schema.name,
        "description": schema.description,
        "attributes": schema.attributes.iter().map(attribute).collect::<Vec<_>>(),
        "meta": { "resourceType": "Schema", "location": address(base_url, &format!("Schemas/{}", schema.uri)) },
    })
}

fn attribute(described: &Attribute) -> Value {
    let mut document = json!({
        "name": described.name,
        "type": described.kind.as_str(),
        "description": described.description,
        "multiValued": described.multi_valued,
        "required": described.required,
        "mutability": described.mutability.as_str(),
        "returned": described.returned.as_str(),
        "caseExact": described.case_exact,
        "uniqueness": described.uniqueness.as_str(),
    });
    if !described.canonical_values.is_empty() {
        document["canonicalValues"] = described.canonical_values.into();
    }
    if described.kind == Kind::Reference {
        document["referenceTypes"] = described.reference_types.into();
    }
    if described.kind == Kind::Complex {
        document["subAttributes"] = described.sub_attributes.iter().map(attribute).collect();
    }
    document
}

fn address(base_url: &str, rest: &str) -> String {
    format!("{}/{rest}", base_url.trim_end_matches('/'))
}
