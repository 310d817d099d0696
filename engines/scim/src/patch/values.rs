//! Operations on an attribute with several values (RFC 7644 sections 3.5.2.1 to 3.5.2.3).

use super::{
    apply::{merge, set_sub_attribute},
    operation::{Op, Operation},
};
use crate::{
    ScimError, case_folded,
    filter::{Field, Node},
    limits::MAX_VALUES,
    resource::{ReadOnly, read_attribute, read_value},
    schema::Attribute,
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub(super) fn apply_to_values(
    mut values: Vec<Value>,
    operation: &Operation,
    field: &Field,
    filter: Option<&Node>,
) -> Result<Vec<Value>, ScimError> {
    let touched = match (filter, field.sub, operation.op) {
        (None, None, Op::Remove) => return remove(values, operation, field),
        (None, None, op) => {
            if op == Op::Replace {
                values.clear();
            }
            add(&mut values, operation, field)?
        }
        (Some(filter), None, Op::Remove) => {
            values.retain(|value| !matches(filter, value));
            return Ok(values);
        }
        (filter, sub, _) => {
            let chosen = chosen(&mut values, operation, field, filter)?;
            for &index in &chosen {
                change(&mut values[index], operation, field, sub)?;
            }
            chosen
        }
    };
    if values.len() > MAX_VALUES {
        return Err(ScimError::value(field.attribute.name, format!("at most {MAX_VALUES} values are allowed")));
    }
    keep_one_primary(&mut values, &touched, field)?;
    values.retain(|value| value.as_object().is_none_or(|members| !members.is_empty()));
    Ok(values)
}

/// All values, or those that `value` lists: Microsoft Entra names what to remove there.
fn remove(mut values: Vec<Value>, operation: &Operation, field: &Field) -> Result<Vec<Value>, ScimError> {
    if operation.value.is_null() {
        return Ok(Vec::new());
    }
    let listed = listed(operation, field)?;
    values.retain(|value| !listed.iter().any(|other| is_same(field.attribute, value, other, &["value"])));
    Ok(values)
}

/// Appends values. One that is there already, by its `value` and `type`, is changed and not doubled.
fn add(values: &mut Vec<Value>, operation: &Operation, field: &Field) -> Result<BTreeSet<usize>, ScimError> {
    let mut touched = BTreeSet::new();
    for value in listed(operation, field)? {
        let same = values.iter().position(|other| is_same(field.attribute, other, &value, &["value", "type"]));
        let index = same.unwrap_or(values.len());
        match (values.get_mut(index), value) {
            (Some(Value::Object(members)), Value::Object(value)) => members.extend(value),
            (_, value) => values.push(value),
        }
        touched.insert(index);
    }
    Ok(touched)
}

/// The values of an operation; a single one may stand without its list.
fn listed(operation: &Operation, field: &Field) -> Result<Vec<Value>, ScimError> {
    let list = match &operation.value {
        Value::Object(_) => &Value::Array(vec![operation.value.clone()]),
        list => list,
    };
    match read_attribute(field.attribute, list, &field.name(), ReadOnly::Ignored)? {
        Some(Value::Array(values)) => Ok(values),
        _ => Ok(Vec::new()),
    }
}

/// Which values an operation is on. `add` makes the value that a filter of equalities describes where there is none, as
/// Microsoft Entra needs it; `replace` has no target then (RFC 7644 section 3.5.2.3).
fn chosen(
    values: &mut Vec<Value>,
    operation: &Operation,
    field: &Field,
    filter: Option<&Node>,
) -> Result<BTreeSet<usize>, ScimError> {
    let matching = |(index, value): (usize, &Value)| filter.is_none_or(|f| matches(f, value)).then_some(index);
    let chosen: BTreeSet<usize> = values.iter().enumerate().filter_map(matching).collect();
    if !chosen.is_empty() || operation.op == Op::Remove {
        return Ok(chosen);
    }
    let described = match (filter, operation.op) {
        (None, _) => Some(Map::new()),
        (Some(filter), Op::Add) => filter.equalities(),
        (Some(_), _) => None,
    };
    let described = described.ok_or_else(|| ScimError::NoTarget {
        reason: format!("no value of {} matches the filter", field.attribute.name),
    })?;
    values.push(Value::Object(described));
    Ok(BTreeSet::from([values.len() - 1]))
}

fn change(
    value: &mut Value,
    operation: &Operation,
    field: &Field,
    sub: Option<&'static Attribute>,
) -> Result<(), ScimError> {
    let Value::Object(members) = value else { return Ok(()) };
    match sub {
        Some(sub) => set_sub_attribute(members, sub, operation, &field.name()),
        None if operation.op == Op::Add => merge(members, field.attribute, &operation.value, &field.name()),
        None => {
            let read = read_value(field.attribute, &operation.value, &field.name(), ReadOnly::Ignored)?;
            *value = read.unwrap_or_else(|| Value::Object(Map::new()));
            Ok(())
        }
    }
}

/// A new primary value takes the place of the old one (RFC 7644 section 3.5.2).
fn keep_one_primary(values: &mut [Value], touched: &BTreeSet<usize>, field: &Field) -> Result<(), ScimError> {
    let is_primary = |value: &Value| value.get("primary") == Some(&Value::Bool(true));
    let new = touched.iter().filter(|index| values.get(**index).is_some_and(is_primary)).count();
    if new > 1 {
        let place = format!("{}.primary", field.attribute.name);
        return Err(ScimError::value(place, "at most one value may be the primary one"));
    }
    if new == 1 {
        for (_, value) in values.iter_mut().enumerate().filter(|(index, _)| !touched.contains(index)) {
            if is_primary(value) {
                value["primary"] = Value::Bool(false);
            }
        }
    }
    Ok(())
}

fn matches(filter: &Node, value: &Value) -> bool {
    value.as_object().is_some_and(|value| filter.matches(value))
}

/// Whether two values agree in these sub-attributes, by the rules of their case.
fn is_same(attribute: &Attribute, one: &Value, other: &Value, names: &[&str]) -> bool {
    names.iter().all(|name| {
        let exact = attribute.sub_attribute(name).is_some_and(|sub| sub.case_exact);
        match (one.get(name).and_then(Value::as_str), other.get(name).and_then(Value::as_str)) {
            (Some(one), Some(other)) => one == other || (!exact && case_folded(one) == case_folded(other)),
            (one, other) => one == other,
        }
    })
}
