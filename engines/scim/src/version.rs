//! Versions of resources as weak entity tags (RFC 7644 section 3.14, RFC 9110 section 8.8.3).

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt;

/// The version of a resource: a digest of everything but `meta.version`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(String);

impl Version {
    /// The version of a resource in the form that [`crate::User::to_json`] and [`crate::Group::to_json`] give. Equal
    /// resources have equal versions, whatever the order of their members.
    pub fn of(resource: &Value) -> Self {
        let mut digest = Sha256::new();
        feed(&mut digest, resource, 0);
        Self(hex::encode(&digest.finalize()[..16]))
    }

    /// A version that the store counts itself.
    pub fn numbered(number: u64) -> Self {
        Self(number.to_string())
    }

    /// Whether `If-Match` lets a change pass: `*`, or one of its tags is this version. SCIM's tags are weak, so they are
    /// compared weakly, as RFC 7644 section 3.14 shows it.
    pub fn passes_if_match(&self, header: &str) -> bool {
        self.is_in(header)
    }

    /// Whether `If-None-Match` says that the client has this version already.
    pub fn is_known_to(&self, if_none_match: &str) -> bool {
        self.is_in(if_none_match)
    }

    fn is_in(&self, header: &str) -> bool {
        header.split(',').map(str::trim).any(|tag| {
            let opaque = tag.strip_prefix("W/").or_else(|| tag.strip_prefix("w/")).unwrap_or(tag);
            tag == "*" || opaque.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')) == Some(&self.0)
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "W/\"{}\"", self.0)
    }
}

/// Feeds a value with its lengths, so that no two values feed the same bytes; members in the order of their names.
fn feed(digest: &mut Sha256, value: &Value, depth: usize) {
    let mut part = |tag: u8, bytes: &[u8]| {
        digest.update([tag]);
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    };
    match value {
        Value::Null => part(b'n', b""),
        Value::Bool(value) => part(b'b', &[u8::from(*value)]),
        Value::Number(number) => part(b'd', number.to_string().as_bytes()),
        Value::String(text) => part(b's', text.as_bytes()),
        Value::Array(items) => {
            part(b'a', &(items.len() as u64).to_be_bytes());
            items.iter().for_each(|item| feed(digest, item, depth + 2));
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().filter(|(key, _)| depth != 1 || *key != "version").collect();
            members.sort_by_key(|(key, _)| *key);
            part(b'o', &(members.len() as u64).to_be_bytes());
            for (key, value) in members {
                digest.update((key.len() as u64).to_be_bytes());
                digest.update(key.as_bytes());
                feed(digest, value, if depth == 0 && key == "meta" { 1 } else { depth + 2 });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Version;
    use serde_json::json;

    #[test]
    fn a_version_follows_the_content_and_not_itself() {
        let of = |resource| Version::of(&resource);
        let first = of(json!({ "id": "1", "meta": { "location": "a", "version": "W/\"1\"" }, "active": true }));
        assert_eq!(first, of(json!({ "active": true, "meta": { "version": "W/\"2\"", "location": "a" }, "id": "1" })));
        assert_ne!(first, of(json!({ "id": "1", "meta": { "location": "a" }, "active": false })));
        assert_ne!(of(json!({ "a": ["b", "c"] })), of(json!({ "a": ["bc"] })));
        assert_ne!(of(json!({ "name": { "version": "1" } })), of(json!({ "name": { "version": "2" } })));
    }

    #[test]
    fn tags_are_compared_weakly() {
        let version = Version::numbered(7);
        assert_eq!(version.to_string(), "W/\"7\"");
        for header in ["*", "W/\"7\"", "\"7\"", "\"1\", W/\"7\"", " w/\"7\" "] {
            assert!(version.passes_if_match(header), "{header}");
            assert!(version.is_known_to(header), "{header}");
        }
        for header in ["", "7", "W/\"77\"", "W/7", "\"7"] {
            assert!(!version.passes_if_match(header), "{header}");
        }
    }
}
