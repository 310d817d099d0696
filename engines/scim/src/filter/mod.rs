//! Filters (RFC 7644 section 3.4.2.2): read once, then asked of any number of resources.
//!
//! An attribute that the resource lacks has no value: it is `ne` to every value, and fails every other comparison
//! but `eq null`. An attribute with several values matches if one of them does, `ne` included.

mod compare;
mod lexer;
mod matching;
mod parser;

use crate::{ResourceKind, ScimError, schema::Attribute, schema::Schema};
pub(crate) use compare::{Operand, Operator};
pub(crate) use parser::{PathTarget, parse_path};
use serde_json::{Map, Value};

/// A filter over resources of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    root: Node,
}

/// A filter that an index can answer: one attribute equals one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimpleEquality<'a> {
    /// The attribute.
    pub attribute: IndexedAttribute,
    /// The text that it equals.
    pub value: &'a str,
}

/// The attributes that clients look resources up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexedAttribute {
    /// `id`; case matters.
    Id,
    /// `externalId`; case matters.
    ExternalId,
    /// `userName`; case does not matter, see [`crate::case_folded`].
    UserName,
    /// `displayName`; case does not matter, see [`crate::case_folded`].
    DisplayName,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// [`ScimError::InvalidFilter`] with the place, also for a comparison that the type of the attribute has not
    /// (`active gt true`), and for more than [`crate::limits`] allow.
    pub fn parse(kind: ResourceKind, text: &str) -> Result<Self, ScimError> {
        parser::parse_filter(kind, text).map(|root| Self { root }).map_err(|error| error.in_filter(text))
    }

    /// Whether a resource matches, in the form that [`crate::User::to_json`] and [`crate::Group::to_json`] give.
    pub fn matches(&self, resource: &Value) -> bool {
        resource.as_object().is_some_and(|resource| self.root.matches(resource))
    }

    /// The one comparison that this filter is, if it is `userName`, `externalId`, `id` or `displayName` `eq` a text.
    pub fn as_simple_equality(&self) -> Option<SimpleEquality<'_>> {
        self.root.as_simple_equality()
    }

    /// A comparison that holds for everything that this filter matches, if there is one: the filter itself, or a part of an
    /// `and`. What an index finds by it is asked the whole filter.
    pub fn narrowing(&self) -> Option<SimpleEquality<'_>> {
        match &self.root {
            Node::All(parts) => parts.iter().find_map(Node::as_simple_equality),
            root => root.as_simple_equality(),
        }
    }
}

/// A part of a filter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    /// `pr`; without a field, the attribute is not known and has no value.
    Present(Option<Field>),
    Compare {
        field: Option<Field>,
        operator: Operator,
        operand: Operand,
    },
    /// `emails[…]`: one value of the attribute matches the inner filter.
    Element {
        field: Option<Field>,
        inner: Box<Node>,
    },
}

/// Where in a resource, or in a value of a complex attribute, to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) extension: Option<&'static Schema>,
    pub(crate) attribute: &'static Attribute,
    pub(crate) sub: Option<&'static Attribute>,
}

impl Field {
    /// The name, for a message.
    pub(crate) fn name(&self) -> String {
        let prefix = self.extension.map(|extension| format!("{}:", extension.uri)).unwrap_or_default();
        let sub = self.sub.map(|sub| format!(".{}", sub.name)).unwrap_or_default();
        format!("{prefix}{}{sub}", self.attribute.name)
    }

    /// The attribute whose values are compared. A complex attribute stands for its `value` (RFC 7643 section 2.4).
    pub(crate) fn leaf(&self) -> &'static Attribute {
        let last = self.sub.unwrap_or(self.attribute);
        last.sub_attribute("value").unwrap_or(last)
    }
}

impl Node {
    fn as_simple_equality(&self) -> Option<SimpleEquality<'_>> {
        let Self::Compare { field: Some(field), operator: Operator::Equal, operand: Operand::Text { given, .. } } =
            self
        else {
            return None;
        };
        if field.extension.is_some() || field.sub.is_some() {
            return None;
        }
        let attribute = match field.attribute.name {
            "id" => IndexedAttribute::Id,
            "externalId" => IndexedAttribute::ExternalId,
            "userName" => IndexedAttribute::UserName,
            "displayName" => IndexedAttribute::DisplayName,
            _ => return None,
        };
        Some(SimpleEquality { attribute, value: given })
    }

    /// The sub-attributes and texts of a filter that is nothing but equalities joined by `and`: what a value has to
    /// be made of to match.
    pub(crate) fn equalities(&self) -> Option<Map<String, Value>> {
        match self {
            Self::All(parts) => {
                let mut all = Map::new();
                for part in parts {
                    for (name, value) in part.equalities()? {
                        if all.get(&name).is_some_and(|other| *other != value) {
                            return None;
                        }
                        all.insert(name, value);
                    }
                }
                Some(all)
            }
            Self::Compare { field: Some(field), operator: Operator::Equal, operand } => {
                Some(Map::from_iter([(field.attribute.name.to_owned(), operand.to_json()?)]))
            }
            _ => None,
        }
    }
}
