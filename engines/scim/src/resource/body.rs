//! Bodies of requests.

use crate::{ScimError, limits::MAX_BODY_BYTES};
use serde_json::{Map, Value};

/// Reads a body as JSON.
///
/// # Errors
/// [`ScimError::TooLarge`] and [`ScimError::InvalidSyntax`]. serde_json bounds the nesting at 128.
pub fn parse_body(bytes: &[u8]) -> Result<Value, ScimError> {
    if bytes.len() > MAX_BODY_BYTES {
        return Err(ScimError::TooLarge { what: "bytes of a body", limit: MAX_BODY_BYTES });
    }
    serde_json::from_slice(bytes).map_err(|error| ScimError::syntax(format!("it is not JSON: {error}")))
}

/// The members of a body whose `schemas` name this URI (RFC 7643 section 3).
///
/// # Errors
/// [`ScimError::InvalidSyntax`] for anything but an object that names it.
pub fn require_schema<'a>(body: &'a Value, uri: &str) -> Result<&'a Map<String, Value>, ScimError> {
    let members = body.as_object().ok_or_else(|| ScimError::syntax("a JSON object is expected"))?;
    let schemas = member(members, "schemas")?.and_then(Value::as_array);
    let named = schemas
        .is_some_and(|schemas| schemas.iter().filter_map(Value::as_str).any(|schema| schema.eq_ignore_ascii_case(uri)));
    if named { Ok(members) } else { Err(ScimError::syntax(format!("schemas must be a list that holds {uri:?}"))) }
}

/// The member of this name, whatever its case; null counts as absent.
pub(crate) fn member<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a Value>, ScimError> {
    let mut found = members.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    match (found.next(), found.next()) {
        (_, Some(_)) => Err(ScimError::syntax(format!("{name} is there more than once"))),
        (value, None) => Ok(value.filter(|value| !value.is_null())),
    }
}
