//! The operations of a patch, each with one attribute as its target.

use super::PATCH_URI;
use crate::{
    ResourceKind, ScimError,
    error::excerpt,
    filter::{Field, Node, PathTarget, parse_path},
    limits::{MAX_FILTERED_OPERATIONS, MAX_OPERATIONS},
    resource::{body::member, require_schema},
    schema::Schema,
};
use serde_json::{Map, Value};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Replace,
    Remove,
}

/// An operation on one attribute, or the removal of an extension.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Operation {
    pub(super) op: Op,
    pub(super) target: Target,
    /// Null where there is none.
    pub(super) value: Value,
    /// Whether the attribute was named in the value and not in the path.
    pub(super) pathless: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    Field { field: Field, filter: Option<Node> },
    Extension(&'static Schema),
}

/// Reads the operations. One on several attributes becomes several.
pub(super) fn read_operations(kind: ResourceKind, body: &Value) -> Result<Vec<Operation>, ScimError> {
    let members = require_schema(body, PATCH_URI)?;
    let operations =
        member(members, "Operations")?.and_then(Value::as_array).filter(|operations| !operations.is_empty());
    let operations =
        operations.ok_or_else(|| ScimError::syntax("Operations must be a list of at least one operation"))?;
    let mut reader = Reader { kind, operations: Vec::new(), filtered: 0 };
    for operation in operations {
        let operation = operation.as_object().ok_or_else(|| ScimError::syntax("an operation must be an object"))?;
        reader.read(operation)?;
    }
    Ok(reader.operations)
}

struct Reader {
    kind: ResourceKind,
    operations: Vec<Operation>,
    /// How many of them have a filter.
    filtered: usize,
}

impl Reader {
    fn read(&mut self, operation: &Map<String, Value>) -> Result<(), ScimError> {
        let op = read_op(member(operation, "op")?)?;
        let value = member(operation, "value")?;
        let path = match member(operation, "path")? {
            None => None,
            Some(Value::String(path)) => Some(path),
            Some(_) => return Err(ScimError::path("", "it must be a text")),
        };
        let has_value = operation.keys().any(|key| key.eq_ignore_ascii_case("value"));
        if op != Op::Remove && !has_value {
            return Err(ScimError::value("value", "add and replace need a value"));
        }
        match (path, op) {
            (None, Op::Remove) => Err(ScimError::NoTarget { reason: "remove needs a path".to_owned() }),
            (None, _) => self.without_path(op, value.unwrap_or(&Value::Null)),
            (Some(path), _) => match parse_path(self.kind, path)? {
                PathTarget::Unknown => Err(ScimError::path(path, "the service has no such attribute")),
                target => self.push(op, target, value.unwrap_or(&Value::Null), false),
            },
        }
    }

    /// The value is a part of the resource. What is not known is left out, as in a whole resource.
    fn without_path(&mut self, op: Op, value: &Value) -> Result<(), ScimError> {
        let members = value
            .as_object()
            .ok_or_else(|| ScimError::value("value", "without a path, an object of attributes is expected"))?;
        for (key, value) in members {
            if !key.eq_ignore_ascii_case("schemas") {
                self.push(op, parse_path(self.kind, key)?, value, true)?;
            }
        }
        Ok(())
    }

    fn push(&mut self, op: Op, target: PathTarget, value: &Value, pathless: bool) -> Result<(), ScimError> {
        let target = match target {
            PathTarget::Ignored | PathTarget::Unknown => return Ok(()),
            PathTarget::Extension(extension) if op == Op::Remove || value.is_null() => Target::Extension(extension),
            PathTarget::Extension(extension) => return self.in_extension(op, extension, value),
            PathTarget::Attribute { field, filter } => Target::Field { field, filter },
        };
        if self.operations.len() == MAX_OPERATIONS {
            return Err(ScimError::TooLarge { what: "operations", limit: MAX_OPERATIONS });
        }
        self.filtered += usize::from(matches!(&target, Target::Field { filter: Some(_), .. }));
        if self.filtered > MAX_FILTERED_OPERATIONS && self.kind == ResourceKind::User {
            return Err(ScimError::TooLarge { what: "operations with a filter", limit: MAX_FILTERED_OPERATIONS });
        }
        self.operations.push(Operation { op, target, value: value.clone(), pathless });
        Ok(())
    }

    fn in_extension(&mut self, op: Op, extension: &'static Schema, value: &Value) -> Result<(), ScimError> {
        let members = value.as_object();
        let members = members.ok_or_else(|| ScimError::value(extension.name, "an object of attributes is expected"))?;
        for (key, value) in members {
            let target = parse_path(self.kind, &format!("{}:{key}", extension.uri))?;
            if !matches!(target, PathTarget::Extension(_)) {
                self.push(op, target, value, true)?;
            }
        }
        Ok(())
    }
}

/// The RFC has the names in lower case; Microsoft Entra sends `Add`, `Replace` and `Remove`.
fn read_op(op: Option<&Value>) -> Result<Op, ScimError> {
    let op = op.and_then(Value::as_str).unwrap_or_default();
    match op.to_ascii_lowercase().as_str() {
        "add" => Ok(Op::Add),
        "replace" => Ok(Op::Replace),
        "remove" => Ok(Op::Remove),
        _ => Err(ScimError::syntax(format!("op must be add, replace or remove, but {:?} is there", excerpt(op)))),
    }
}
