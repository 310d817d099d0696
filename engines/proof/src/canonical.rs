//! Canonical JSON (RFC 8785, JCS): one byte sequence per value, whoever writes it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Hash;
use crate::merkle;

/// The largest integer that every JSON implementation reads exactly: 2^53 − 1 (RFC 7493, section 2.2).
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Why a value has no canonical form, or bytes are not one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CanonicalError {
    /// The value cannot be written as JSON, for instance because its keys are not strings.
    #[error("the value cannot be written as JSON: {0}")]
    Unwritable(#[source] serde_json::Error),
    /// An integer that other implementations would round.
    #[error("integer {0} is beyond 2^53 - 1, which JSON readers round; write it as a string")]
    Integer(String),
    /// The bytes are not JSON of the expected shape.
    #[error("not the expected JSON: {0}")]
    Shape(#[source] serde_json::Error),
    /// The bytes are JSON in another form than the canonical one.
    #[error("the JSON is not in canonical form (RFC 8785)")]
    NotCanonical,
}

/// The canonical bytes of a value.
///
/// A floating-point number that is not finite becomes null, as everywhere in `serde_json`; whoever measures must
/// refuse it before.
///
/// # Errors
/// [`CanonicalError::Unwritable`] or [`CanonicalError::Integer`].
pub fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let value = serde_json::to_value(value).map_err(CanonicalError::Unwritable)?;
    exact_integers(&value)?;
    serde_json_canonicalizer::to_vec(&value).map_err(CanonicalError::Unwritable)
}

/// Whether every reader takes a number for the same: it is no whole number beyond 2^53 - 1.
pub fn is_exact(number: &serde_json::Number) -> bool {
    let magnitude = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
    magnitude.is_none_or(|magnitude| magnitude <= MAX_INTEGER)
}

fn exact_integers(value: &Value) -> Result<(), CanonicalError> {
    match value {
        Value::Number(number) if !is_exact(number) => Err(CanonicalError::Integer(number.to_string())),
        Value::Array(items) => items.iter().try_for_each(exact_integers),
        Value::Object(members) => members.values().try_for_each(exact_integers),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// Reads a value and refuses bytes that are not its canonical form: other spacing, order, escapes, repeated keys.
///
/// # Errors
/// [`CanonicalError::Shape`] or [`CanonicalError::NotCanonical`].
pub fn parse<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, CanonicalError> {
    let value: T = serde_json::from_slice(bytes).map_err(CanonicalError::Shape)?;
    if to_bytes(&value)? == bytes { Ok(value) } else { Err(CanonicalError::NotCanonical) }
}

/// The Merkle leaf hash of a value's canonical bytes: how an audit entry enters the log.
///
/// # Errors
/// As [`to_bytes`].
pub fn leaf_hash<T: Serialize>(value: &T) -> Result<Hash, CanonicalError> {
    Ok(merkle::leaf_hash(&to_bytes(value)?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The example of RFC 8785, section 3.2.2 to 3.2.4.
    #[test]
    fn the_rfc_example_is_met() {
        let input = r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
            "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#;
        let value: Value = serde_json::from_str(input).unwrap();
        let expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                        \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        assert_eq!(String::from_utf8(to_bytes(&value).unwrap()).unwrap(), expected);
    }

    #[test]
    fn member_order_does_not_matter_and_content_does() {
        let one = serde_json::from_str::<Value>(r#"{"b":1,"a":[2, 3]}"#).unwrap();
        let two = json!({"a": [2, 3], "b": 1});
        assert_eq!(leaf_hash(&one).unwrap(), leaf_hash(&two).unwrap());
        assert_ne!(leaf_hash(&one).unwrap(), leaf_hash(&json!({"a": [3, 2], "b": 1})).unwrap());
    }

    #[test]
    fn values_that_readers_would_change_or_json_lacks_are_refused() {
        assert!(to_bytes(&json!({"n": MAX_INTEGER})).is_ok());
        assert!(matches!(to_bytes(&json!({"n": MAX_INTEGER + 1})), Err(CanonicalError::Integer(_))));
        assert!(matches!(to_bytes(&json!([i64::MIN])), Err(CanonicalError::Integer(_))));
        let keys = std::collections::BTreeMap::from([((1, 2), 3)]);
        assert!(matches!(to_bytes(&keys), Err(CanonicalError::Unwritable(_))));
    }

    #[test]
    fn other_forms_of_the_same_value_are_refused() {
        assert!(parse::<Value>(br#"{"a":1,"b":"A"}"#).is_ok());
        for text in [
            r#"{"a":1, "b":"A"}"#,
            r#"{"b":"A","a":1}"#,
            r#"{"a":1.0,"b":"A"}"#,
            r#"{"a":1,"b":"\u0041"}"#,
            r#"{"a":2,"a":1,"b":"A"}"#,
            "{\"a\":1,\"b\":\"A\"}\n",
        ] {
            assert!(matches!(parse::<Value>(text.as_bytes()), Err(CanonicalError::NotCanonical)), "{text}");
        }
        assert!(matches!(parse::<Value>(b"{"), Err(CanonicalError::Shape(_))));
    }
}
