//! From a name on the wire to its attribute (RFC 7644 section 3.10).

use super::{Attribute, COMMON, ResourceKind, Schema};

/// What a name leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Located {
    /// An attribute, in an extension or not, and perhaps one of its sub-attributes.
    Attribute { extension: Option<&'static Schema>, attribute: &'static Attribute, sub: Option<&'static Attribute> },
    /// An extension as a whole.
    Extension(&'static Schema),
    /// An attribute that is accepted and not kept.
    Ignored,
    /// Nothing that is known.
    Unknown,
    /// Not a name.
    Malformed,
}

/// The attribute of this name, whatever its case.
pub(crate) fn find(attributes: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

/// The schema of this URI, whatever its case, of those that a resource of this kind may have.
pub(crate) fn schema_of(kind: ResourceKind, uri: &str) -> Option<&'static Schema> {
    schemas(kind).find(|schema| schema.uri.eq_ignore_ascii_case(uri))
}

fn schemas(kind: ResourceKind) -> impl Iterator<Item = &'static Schema> {
    std::iter::once(kind.schema()).chain(kind.extensions().iter().copied())
}

/// Finds `userName`, `name.givenName`, or either behind the URI of a schema.
pub(crate) fn locate(kind: ResourceKind, text: &str) -> Located {
    for schema in schemas(kind) {
        let Some((uri, rest)) = text.split_at_checked(schema.uri.len()) else { continue };
        if !uri.eq_ignore_ascii_case(schema.uri) {
            continue;
        }
        let extension = (schema != kind.schema()).then_some(schema);
        match (rest.strip_prefix([':', '.']), extension) {
            (Some(name), Some(extension)) => return within(extension.attributes, Some(extension), name),
            (Some(name), None) => return in_core(kind, name),
            (None, Some(extension)) if rest.is_empty() => return Located::Extension(extension),
            _ => {}
        }
    }
    let is_uri = text.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:"));
    if is_uri { Located::Unknown } else { in_core(kind, text) }
}

fn in_core(kind: ResourceKind, name: &str) -> Located {
    let first = name.split('.').next().unwrap_or_default();
    if kind.is_ignored(first) {
        return if name.split('.').all(is_name) { Located::Ignored } else { Located::Malformed };
    }
    match within(kind.schema().attributes, None, name) {
        Located::Unknown => within(COMMON, None, name),
        located => located,
    }
}

fn within(attributes: &'static [Attribute], extension: Option<&'static Schema>, name: &str) -> Located {
    let mut parts = name.split('.');
    let (first, second, third) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    if third.is_some() || !is_name(first) || !second.is_none_or(is_name) {
        return Located::Malformed;
    }
    let Some(attribute) = find(attributes, first) else { return Located::Unknown };
    let sub = match second {
        None => None,
        Some(name) => match attribute.sub_attribute(name) {
            None => return Located::Unknown,
            sub => sub,
        },
    };
    Located::Attribute { extension, attribute, sub }
}

/// Finds a sub-attribute within the brackets of a value filter.
pub(crate) fn locate_sub(attribute: &'static Attribute, name: &str) -> Located {
    match attribute.sub_attribute(name) {
        Some(attribute) => Located::Attribute { extension: None, attribute, sub: None },
        None if is_name(name) => Located::Unknown,
        None => Located::Malformed,
    }
}

/// ATTRNAME of RFC 7644 figure 1, and `$ref`.
fn is_name(text: &str) -> bool {
    let text = text.strip_prefix('$').unwrap_or(text);
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
