//! Which attributes a response has (RFC 7644 section 3.9).

use crate::{
    ResourceKind, ScimError,
    error::excerpt,
    filter::Field,
    limits::MAX_PROJECTED,
    schema::{Attribute, COMMON, Located, Returned, Schema, locate, schema_of},
};
use serde_json::{Map, Value};

/// The attributes that a client asks for, or does not want. `schemas`, `id` and what else is always returned stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    kind: ResourceKind,
    choice: Choice,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    All,
    Only(Vec<Chosen>),
    Without(Vec<Chosen>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chosen {
    Field(Field),
    Extension(&'static Schema),
}

impl Projection {
    /// Everything.
    pub fn all(kind: ResourceKind) -> Self {
        Self { kind, choice: Choice::All }
    }

    /// Reads `attributes` and `excludedAttributes`. Names that are not known choose nothing.
    ///
    /// # Errors
    /// [`ScimError::InvalidValue`] where both are given, a name is malformed, or there are too many.
    pub fn parse<'a>(
        kind: ResourceKind,
        attributes: impl IntoIterator<Item = &'a str>,
        excluded: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, ScimError> {
        let only = names(attributes, "attributes")?;
        let without = names(excluded, "excludedAttributes")?;
        let choice = match (only.is_empty(), without.is_empty()) {
            (true, true) => Choice::All,
            (false, true) => Choice::Only(chosen(kind, &only, "attributes")?),
            (true, false) => Choice::Without(chosen(kind, &without, "excludedAttributes")?),
            (false, false) => {
                return Err(ScimError::value("excludedAttributes", "it can't be given together with attributes"));
            }
        };
        Ok(Self { kind, choice })
    }

    /// Whether any part of an attribute is wanted, so that a store need not load it: `members` of large groups.
    pub fn wants(&self, attribute: &str) -> bool {
        match (locate(self.kind, attribute), &self.choice) {
            (_, Choice::All) => true,
            (Located::Attribute { attribute, .. }, Choice::Only(chosen)) => {
                attribute.returned == Returned::Always || chosen.iter().any(|chosen| chosen.names(None, attribute))
            }
            (Located::Attribute { attribute, .. }, Choice::Without(chosen)) => {
                attribute.returned == Returned::Always
                    || !chosen.iter().any(|chosen| chosen.names(None, attribute) && chosen.is_whole())
            }
            _ => false,
        }
    }

    /// The resource with the wanted attributes.
    pub fn apply(&self, resource: &Value) -> Value {
        let (Some(members), false) = (resource.as_object(), self.choice == Choice::All) else {
            return resource.clone();
        };
        let mut kept = Map::new();
        for (key, value) in members {
            let kept_value = match schema_of(self.kind, key) {
                Some(schema) => value.as_object().and_then(|members| {
                    let members: Map<_, _> = members
                        .iter()
                        .filter_map(|(key, value)| Some((key.clone(), self.part(Some(schema), key, value)?)))
                        .collect();
                    (!members.is_empty()).then_some(Value::Object(members))
                }),
                None => self.part(None, key, value),
            };
            if let Some(value) = kept_value {
                kept.insert(key.clone(), value);
            }
        }
        Value::Object(kept)
    }

    /// What stays of an attribute.
    fn part(&self, extension: Option<&'static Schema>, name: &str, value: &Value) -> Option<Value> {
        let attributes = extension.unwrap_or(self.kind.schema()).attributes.iter();
        let mut known = attributes.chain(if extension.is_none() { COMMON } else { &[] });
        let attribute = known.find(|attribute| attribute.name == name)?;
        if attribute.returned == Returned::Always {
            return Some(value.clone());
        }
        let (Choice::Only(chosen) | Choice::Without(chosen)) = &self.choice else { return Some(value.clone()) };
        let naming: Vec<_> = chosen.iter().filter(|chosen| chosen.names(extension, attribute)).collect();
        let is_whole = naming.iter().any(|chosen| chosen.is_whole());
        let has_sub = |name: &str| naming.iter().any(|chosen| chosen.sub().is_some_and(|sub| sub.name == name));
        match &self.choice {
            Choice::Only(_) if is_whole => Some(value.clone()),
            Choice::Only(_) if naming.is_empty() => None,
            Choice::Only(_) => Some(sub_attributes(value, &has_sub)),
            _ if is_whole => None,
            _ if naming.is_empty() => Some(value.clone()),
            _ => Some(sub_attributes(value, &|name| !has_sub(name))),
        }
    }
}

impl Chosen {
    fn names(&self, extension: Option<&'static Schema>, attribute: &Attribute) -> bool {
        match self {
            Self::Extension(chosen) => extension == Some(*chosen),
            Self::Field(field) => field.extension == extension && field.attribute == attribute,
        }
    }

    fn is_whole(&self) -> bool {
        self.sub().is_none()
    }

    fn sub(&self) -> Option<&'static Attribute> {
        match self {
            Self::Extension(_) => None,
            Self::Field(field) => field.sub,
        }
    }
}

/// The value, or each of its values, with the sub-attributes that are wanted.
fn sub_attributes(value: &Value, wanted: &dyn Fn(&str) -> bool) -> Value {
    match value {
        Value::Array(values) => values.iter().map(|value| sub_attributes(value, wanted)).collect(),
        Value::Object(members) => {
            let members = members.iter().filter(|(key, _)| wanted(key));
            Value::Object(members.map(|(key, value)| (key.clone(), value.clone())).collect())
        }
        other => other.clone(),
    }
}

/// Names, each perhaps several with commas between them.
fn names<'a>(lists: impl IntoIterator<Item = &'a str>, parameter: &str) -> Result<Vec<&'a str>, ScimError> {
    let names = lists.into_iter().flat_map(|list| list.split(',')).map(str::trim).filter(|name| !name.is_empty());
    let names: Vec<&str> = names.take(MAX_PROJECTED + 1).collect();
    if names.len() > MAX_PROJECTED {
        return Err(ScimError::value(parameter, format!("at most {MAX_PROJECTED} names are allowed")));
    }
    Ok(names)
}

fn chosen(kind: ResourceKind, names: &[&str], parameter: &str) -> Result<Vec<Chosen>, ScimError> {
    let mut chosen = Vec::new();
    for name in names {
        match locate(kind, name) {
            Located::Attribute { extension, attribute, sub } => {
                chosen.push(Chosen::Field(Field { extension, attribute, sub }));
            }
            Located::Extension(extension) => chosen.push(Chosen::Extension(extension)),
            Located::Ignored | Located::Unknown => {}
            Located::Malformed => {
                return Err(ScimError::value(
                    parameter,
                    format!("{:?} is not the name of an attribute", excerpt(name)),
                ));
            }
        }
    }
    Ok(chosen)
}
