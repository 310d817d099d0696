//! Reading values by the description of attributes. What comes out has the names of the tables, the right types, and
//! nothing unassigned (RFC 7643 section 2.5): no null, no empty list, no empty object.

use super::require_schema;
use crate::{
    ResourceKind, ScimError,
    limits::{MAX_MEMBERS, MAX_TEXT_CHARS, MAX_VALUES},
    schema::{Attribute, COMMON, Kind, find, schema_of},
};
use chrono::DateTime;
use serde_json::{Map, Value};

/// What becomes of read-only attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadOnly {
    /// The document is a client's: they are left out (RFC 7644 sections 3.3 and 3.5.1).
    Ignored,
    /// The document is our own.
    Kept,
}

/// Reads a resource. Attributes that are not known are left out.
pub(crate) fn read_resource(
    kind: ResourceKind,
    document: &Value,
    read_only: ReadOnly,
) -> Result<Map<String, Value>, ScimError> {
    let members = require_schema(document, kind.schema().uri)?;
    let mut resource = Map::new();
    for (key, value) in members {
        let core = find(kind.schema().attributes, key).or_else(|| find(COMMON, key));
        if let Some(attribute) = core.filter(|attribute| attribute.name != "schemas") {
            let value = read_attribute(attribute, value, attribute.name, read_only)?;
            insert(&mut resource, attribute.name, value, attribute.name)?;
        } else if let Some(schema) = schema_of(kind, key).filter(|schema| *schema != kind.schema()) {
            let value = read_members(schema.attributes, value, schema.name, read_only)?;
            insert(&mut resource, schema.uri, value, schema.name)?;
        }
    }
    require(kind.schema().attributes, &resource, "")?;
    Ok(resource)
}

/// Reads an attribute with all its values; none where it is unassigned, or read-only and not ours.
pub(crate) fn read_attribute(
    attribute: &'static Attribute,
    value: &Value,
    place: &str,
    read_only: ReadOnly,
) -> Result<Option<Value>, ScimError> {
    if value.is_null() || (attribute.is_read_only() && read_only == ReadOnly::Ignored) {
        return Ok(None);
    }
    if !attribute.multi_valued {
        return read_value(attribute, value, place, read_only);
    }
    let Value::Array(values) = value else {
        return Err(ScimError::value(place, format!("a list is expected, but {} is there", kind_of(value))));
    };
    let most = if attribute.name == "members" { MAX_MEMBERS } else { MAX_VALUES };
    if values.len() > most && !attribute.is_read_only() {
        return Err(ScimError::value(place, format!("at most {most} values are allowed")));
    }
    let mut read = Vec::with_capacity(values.len());
    for value in values {
        if let Some(value) = read_value(attribute, value, place, read_only)? {
            if attribute.kind == Kind::Complex {
                require(attribute.sub_attributes, value.as_object().unwrap_or(&Map::new()), place)?;
            }
            read.push(value);
        }
    }
    let primary = read.iter().filter(|value| value.get("primary") == Some(&Value::Bool(true))).count();
    if primary > 1 {
        return Err(ScimError::value(format!("{place}.primary"), "at most one value may be the primary one"));
    }
    Ok((!read.is_empty()).then_some(Value::Array(read)))
}

/// Reads one value of an attribute.
pub(crate) fn read_value(
    attribute: &'static Attribute,
    value: &Value,
    place: &str,
    read_only: ReadOnly,
) -> Result<Option<Value>, ScimError> {
    let wrong =
        |expected: &str| ScimError::value(place, format!("{expected} is expected, but {} is there", kind_of(value)));
    match (attribute.kind, value) {
        (_, Value::Null) => Ok(None),
        (Kind::Complex, Value::Object(_)) => read_members(attribute.sub_attributes, value, place, read_only),
        // Microsoft Entra sends the manager's id in place of the manager.
        (Kind::Complex, Value::String(text)) if attribute.name == "manager" => {
            let manager = Map::from_iter([("value".to_owned(), Value::from(text.as_str()))]);
            read_members(attribute.sub_attributes, &Value::Object(manager), place, read_only)
        }
        (Kind::Complex, _) => Err(wrong("an object")),
        (Kind::Boolean, Value::Bool(_)) => Ok(Some(value.clone())),
        // Microsoft Entra sends "True" and "False" where its setting for SCIM compliance is off.
        (Kind::Boolean, Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(Value::Bool(true))),
        (Kind::Boolean, Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(Value::Bool(false))),
        (Kind::Boolean, _) => Err(wrong("true or false")),
        (Kind::DateTime, Value::String(text)) if DateTime::parse_from_rfc3339(text).is_ok() => Ok(Some(value.clone())),
        (Kind::DateTime, _) => Err(wrong("a date and time such as \"2011-05-13T04:42:34Z\"")),
        (Kind::String | Kind::Reference, Value::String(text)) => {
            check_text(text, place)?;
            Ok(Some(value.clone()))
        }
        (Kind::String | Kind::Reference, _) => Err(wrong("a text")),
    }
}

fn read_members(
    attributes: &'static [Attribute],
    value: &Value,
    place: &str,
    read_only: ReadOnly,
) -> Result<Option<Value>, ScimError> {
    let members = match value {
        Value::Null => return Ok(None),
        Value::Object(members) => members,
        other => {
            return Err(ScimError::value(place, format!("an object is expected, but {} is there", kind_of(other))));
        }
    };
    let mut read = Map::new();
    for (key, value) in members {
        let Some(attribute) = find(attributes, key) else { continue };
        let place = format!("{place}.{}", attribute.name);
        let value = read_attribute(attribute, value, &place, read_only)?;
        insert(&mut read, attribute.name, value, &place)?;
    }
    // What is left of a value once read-only parts are ignored may be nothing, where something is needed.
    if let Some(needed) = attributes.iter().find(|attribute| attribute.required)
        && read.is_empty()
        && !members.is_empty()
    {
        return Err(ScimError::value(place, format!("{} is needed", needed.name)));
    }
    Ok((!read.is_empty()).then_some(Value::Object(read)))
}

fn insert(target: &mut Map<String, Value>, name: &str, value: Option<Value>, place: &str) -> Result<(), ScimError> {
    let Some(value) = value else { return Ok(()) };
    if target.insert(name.to_owned(), value).is_some() {
        return Err(ScimError::value(place, "it is there more than once, written in different cases"));
    }
    Ok(())
}

/// Refuses what lacks a required attribute, or has only blanks in one.
fn require(attributes: &[Attribute], object: &Map<String, Value>, place: &str) -> Result<(), ScimError> {
    for attribute in attributes.iter().filter(|attribute| attribute.required) {
        let text = object.get(attribute.name).and_then(Value::as_str).unwrap_or_default();
        if text.trim().is_empty() {
            let dot = if place.is_empty() { "" } else { "." };
            return Err(ScimError::value(format!("{place}{dot}{}", attribute.name), "it is required"));
        }
    }
    Ok(())
}

fn check_text(text: &str, place: &str) -> Result<(), ScimError> {
    if text.len() > MAX_TEXT_CHARS && text.chars().count() > MAX_TEXT_CHARS {
        return Err(ScimError::value(place, format!("at most {MAX_TEXT_CHARS} characters are allowed")));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Err(ScimError::value(place, "control characters are not allowed"));
    }
    Ok(())
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
