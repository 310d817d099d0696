//! Asking a filter of a resource.

use super::{Field, Node, Operand, Operator};
use serde_json::{Map, Value};

impl Node {
    /// Whether an object matches: a resource, or one value of a complex attribute.
    pub(crate) fn matches(&self, object: &Map<String, Value>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.matches(object)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(object)),
            Self::Not(inner) => !inner.matches(object),
            Self::Present(field) => field.is_some_and(|field| !field.values(object).is_empty()),
            Self::Compare { field, operator, operand } => {
                let values = field.map(|field| field.compared(object)).unwrap_or_default();
                let case_exact = field.is_some_and(|field| field.leaf().case_exact);
                match (operator, operand) {
                    (Operator::Equal, Operand::Null) => values.is_empty(),
                    (Operator::NotEqual, Operand::Null) => !values.is_empty(),
                    (Operator::NotEqual, _) if values.is_empty() => true,
                    _ => values.into_iter().any(|value| operand.accepts(*operator, case_exact, value)),
                }
            }
            Self::Element { field, inner } => {
                let values = field.map(|field| field.values(object)).unwrap_or_default();
                values.into_iter().filter_map(Value::as_object).any(|value| inner.matches(value))
            }
        }
    }
}

impl Field {
    /// The values that are there: none, one, or those of a multi-valued attribute.
    fn values<'a>(&self, object: &'a Map<String, Value>) -> Vec<&'a Value> {
        let object = match self.extension {
            None => Some(object),
            Some(extension) => object.get(extension.uri).and_then(Value::as_object),
        };
        let values = items(object.and_then(|object| object.get(self.attribute.name)));
        match self.sub {
            None => values,
            Some(sub) => values.into_iter().flat_map(|value| items(value.get(sub.name))).collect(),
        }
    }

    /// The values to compare: of a complex attribute those of its `value`.
    fn compared<'a>(&self, object: &'a Map<String, Value>) -> Vec<&'a Value> {
        let leaf = self.leaf();
        let values = self.values(object);
        if leaf == self.sub.unwrap_or(self.attribute) {
            return values;
        }
        values.into_iter().flat_map(|value| items(value.get(leaf.name))).collect()
    }
}

fn items(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.iter().collect(),
        Some(Value::Object(members)) if members.is_empty() => Vec::new(),
        Some(Value::String(text)) if text.is_empty() => Vec::new(),
        Some(value) => vec![value],
    }
}
