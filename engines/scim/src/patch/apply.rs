//! One operation on the members of a resource.

use super::{
    operation::{Op, Operation, Target},
    values::apply_to_values,
};
use crate::{
    ScimError,
    filter::Field,
    resource::{ReadOnly, read_attribute, read_value},
    schema::{Attribute, Kind, Mutability},
};
use serde_json::{Map, Value};

pub(super) fn apply(resource: &mut Map<String, Value>, operation: &Operation) -> Result<(), ScimError> {
    let (field, filter) = match &operation.target {
        Target::Extension(extension) => {
            resource.remove(extension.uri);
            return Ok(());
        }
        Target::Field { field, filter } => (field, filter.as_ref()),
    };
    let Some(extension) = field.extension else { return apply_in(resource, operation, field, filter) };
    let mut members = match resource.remove(extension.uri) {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    apply_in(&mut members, operation, field, filter)?;
    if !members.is_empty() {
        resource.insert(extension.uri.to_owned(), Value::Object(members));
    }
    Ok(())
}

/// Applies an operation to the object that holds the attribute: the resource or an extension.
fn apply_in(
    holder: &mut Map<String, Value>,
    operation: &Operation,
    field: &Field,
    filter: Option<&crate::filter::Node>,
) -> Result<(), ScimError> {
    let name = field.attribute.name;
    if field.attribute.is_read_only() || field.sub.is_some_and(Attribute::is_read_only) {
        let repeats = operation.pathless && field.sub.is_none() && holder.get(name) == Some(&operation.value);
        return if repeats { Ok(()) } else { Err(ScimError::read_only(field.name())) };
    }
    if field.sub.is_some_and(|sub| sub.mutability == Mutability::Immutable) {
        return Err(ScimError::Mutability { attribute: field.name(), reason: "can't be changed once it is set" });
    }
    let outcome = if field.attribute.multi_valued {
        let values = match holder.remove(name) {
            Some(Value::Array(values)) => values,
            _ => Vec::new(),
        };
        let values = apply_to_values(values, operation, field, filter)?;
        (!values.is_empty()).then_some(Value::Array(values))
    } else {
        apply_to_value(holder.remove(name), operation, field)?
    };
    if let Some(outcome) = outcome {
        holder.insert(name.to_owned(), outcome);
    }
    Ok(())
}

/// The one value of an attribute after an operation.
fn apply_to_value(current: Option<Value>, operation: &Operation, field: &Field) -> Result<Option<Value>, ScimError> {
    let attribute = field.attribute;
    if operation.op == Op::Remove && field.sub.is_none() {
        return match attribute.required {
            true => Err(ScimError::Mutability { attribute: field.name(), reason: "is required and can't be removed" }),
            false => Ok(None),
        };
    }
    if attribute.kind != Kind::Complex {
        return read_attribute(attribute, &operation.value, &field.name(), ReadOnly::Ignored);
    }
    let mut members = match current {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    match field.sub {
        Some(sub) => set_sub_attribute(&mut members, sub, operation, &field.name())?,
        None if operation.value.is_null() => return Ok(None),
        None => merge(&mut members, attribute, &operation.value, &field.name())?,
    }
    Ok((!members.is_empty()).then_some(Value::Object(members)))
}

/// Sets or removes one sub-attribute; null removes (RFC 7643 section 2.5).
pub(super) fn set_sub_attribute(
    members: &mut Map<String, Value>,
    sub: &'static Attribute,
    operation: &Operation,
    place: &str,
) -> Result<(), ScimError> {
    let value = match operation.op {
        Op::Remove => None,
        Op::Add | Op::Replace => read_attribute(sub, &operation.value, place, ReadOnly::Ignored)?,
    };
    match value {
        None => members.remove(sub.name),
        Some(value) => members.insert(sub.name.to_owned(), value),
    };
    Ok(())
}

/// Sets the sub-attributes that an object names; the others stay (RFC 7644 section 3.5.2.3).
pub(super) fn merge(
    members: &mut Map<String, Value>,
    attribute: &'static Attribute,
    value: &Value,
    place: &str,
) -> Result<(), ScimError> {
    if let Some(Value::Object(read)) = read_value(attribute, value, place, ReadOnly::Ignored)? {
        members.extend(read);
    }
    for (key, _) in value.as_object().into_iter().flatten().filter(|(_, value)| value.is_null()) {
        if let Some(sub) = attribute.sub_attribute(key).filter(|sub| !sub.is_read_only()) {
            members.remove(sub.name);
        }
    }
    Ok(())
}
