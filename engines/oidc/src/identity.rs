//! Who signed in.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::claims::Claims;
use crate::{Refusal, Registration, Secret};

/// The most groups that are told on.
const MAX_GROUPS: usize = 1000;

/// A person as the provider describes them. `issuer` and `subject` together are the only lasting identifier (Core 1.0 §5.7);
/// an e-mail address may change its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// The person, unique and never reused within the issuer; at most 255 characters.
    pub subject: String,
    /// The preferred e-mail address.
    pub email: Option<String>,
    /// Whether the provider vouches that the person controlled this address.
    pub email_verified: bool,
    /// The full name for display.
    pub name: Option<String>,
    /// The short name by which the person wants to be called; neither unique nor lasting.
    pub preferred_username: Option<String>,
    /// The groups, in the provider's order; empty when there is no such claim. 1000 at most.
    pub groups: Vec<String>,
    /// The session at the provider, which a back-channel logout names.
    pub sid: Option<String>,
    /// The ID token, for the sign-out at the provider.
    pub id_token: Secret,
    /// When the person authenticated.
    pub auth_time: Option<DateTime<Utc>>,
    /// How: methods such as `pwd`, `otp`, `hwk` (RFC 8176).
    pub amr: Vec<String>,
    /// At which level, in the provider's words.
    pub acr: Option<String>,
}

impl Identity {
    /// Reads a person from a checked ID token; what it lacks is taken from UserInfo.
    pub(crate) fn of(
        registration: &Registration,
        claims: Claims<'_>,
        user_info: Option<&Map<String, Value>>,
        id_token: Secret,
    ) -> Result<Self, Refusal> {
        let sources: Vec<_> = std::iter::once(claims.map).chain(user_info).collect();
        let text = |name: &str| sources.iter().find_map(|source| text_of(source, name));
        // An address and its confirmation belong together, so both come from the same place.
        let email = sources.iter().find(|source| text_of(source, "email").is_some());
        let groups = registration.groups_claim.as_deref();
        let groups = groups.and_then(|path| sources.iter().find_map(|source| at_path(source, path)));
        Ok(Self {
            issuer: registration.issuer.clone(),
            subject: claims.required_text("sub")?.to_owned(),
            email: email.and_then(|source| text_of(source, "email")),
            email_verified: email.and_then(|source| source.get("email_verified")).is_some_and(is_true),
            name: text("name"),
            preferred_username: text("preferred_username"),
            groups: groups.map(texts).unwrap_or_default(),
            sid: text_of(claims.map, "sid"),
            id_token,
            auth_time: claims.time("auth_time").unwrap_or_default(),
            amr: claims.map.get("amr").map(texts).unwrap_or_default(),
            acr: text_of(claims.map, "acr"),
        })
    }
}

fn text_of(source: &Map<String, Value>, name: &str) -> Option<String> {
    source.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Some providers write the truth value as a text.
fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_str() == Some("true"))
}

/// The value at a path of names with dots. Names may have dots themselves (`https://shop.example/roles`), so longer names are tried too.
fn at_path<'a>(claims: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(path) {
        return Some(value);
    }
    path.match_indices('.').find_map(|(dot, _)| at_path(claims.get(&path[..dot])?.as_object()?, &path[dot + 1..]))
}

/// A list of texts, or one text; anything else in the list is left out.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(several) => several.iter().filter_map(Value::as_str).take(MAX_GROUPS).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_found_by_name_by_path_and_by_names_with_dots() {
        let claims: Map<String, Value> = serde_json::from_str(
            r#"{"groups":["a",7,"b"],"role":"one","realm_access":{"roles":["r"]},"resource_access":{"hub.example":{"roles":["h"]}},
                "https://shop.example/roles":["s"],"odd":{"x":1}}"#,
        )
        .unwrap();
        for (path, found) in [
            ("groups", &["a", "b"][..]),
            ("role", &["one"]),
            ("realm_access.roles", &["r"]),
            ("resource_access.hub.example.roles", &["h"]),
            ("https://shop.example/roles", &["s"]),
            ("odd", &[]),
            ("odd.x", &[]),
        ] {
            assert_eq!(at_path(&claims, path).map(texts).unwrap(), found, "{path}");
        }
        assert_eq!(
            (at_path(&claims, "none"), at_path(&claims, "groups.a"), at_path(&claims, "..")),
            (None, None, None)
        );
    }
}
