//! Filters and patches against what another implementation answers; `fixtures/ORIGIN.md` says which.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use sbh_scim::{Filter, PATCH_URI, ResourceKind, User, UserPatch};
use serde_json::{Value, json};

const FILTERS: &str = include_str!("fixtures/peer-filters.json");
const PATCHES: &str = include_str!("fixtures/peer-patches.json");

fn documents() -> (Vec<Value>, Vec<Value>, Vec<Value>) {
    let list = |document: &mut Value, name: &str| document[name].as_array().unwrap().clone();
    let mut filters: Value = serde_json::from_str(FILTERS).unwrap();
    let mut patches: Value = serde_json::from_str(PATCHES).unwrap();
    (list(&mut filters, "resources"), list(&mut filters, "cases"), list(&mut patches, "cases"))
}

/// Where the two differ on purpose. The peer takes `ne` on several values as "none is equal"; RFC 7644 section 3.4.2.2 lets
/// any value decide, whatever the operator.
const ANY_VALUE_DIFFERS: [&str; 4] = [
    "emails ne \"alice@EXAMPLE.com\"",
    "emails ne \"dave@two.example\"",
    "emails.type ne \"work\"",
    "emails.type ne \"HOME\"",
];

/// The user in the peer's words: its moments have no milliseconds.
fn told(user: &User) -> Value {
    let mut document = user.to_json();
    if let Some(meta) = document.get_mut("meta") {
        for name in ["created", "lastModified"] {
            meta[name] = meta[name].as_str().unwrap().replace(".000Z", "Z").into();
        }
    }
    document
}

#[test]
fn filters_match_what_the_peer_matches() {
    let (resources, cases, _) = documents();
    let users: Vec<Value> = resources.iter().map(|resource| User::from_stored(resource).unwrap().to_json()).collect();
    assert!(cases.len() >= 200);
    let mut differences = Vec::new();
    for case in &cases {
        let text = case["filter"].as_str().unwrap();
        let filter = Filter::parse(ResourceKind::User, text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let ours: Vec<bool> = users.iter().map(|user| filter.matches(user)).collect();
        if (json!(ours) == case["matches"]) == ANY_VALUE_DIFFERS.contains(&text) {
            differences.push(format!("{text}: {ours:?}, the peer says {}", case["matches"]));
        }
    }
    assert!(differences.is_empty(), "{} of {}:\n{}", differences.len(), cases.len(), differences.join("\n"));
}

#[test]
fn patches_make_what_the_peer_makes() {
    let (resources, _, cases) = documents();
    assert!(cases.len() >= 100);
    let mut differences = Vec::new();
    for case in &cases {
        let user = User::from_stored(&resources[case["resource"].as_u64().unwrap() as usize]).unwrap();
        let body = json!({ "schemas": [PATCH_URI], "Operations": case["operations"] });
        let ours = match UserPatch::parse(&body).and_then(|patch| patch.apply(&user)) {
            Ok(user) => json!({ "user": told(&user) }),
            Err(error) => json!({ "error": error.scim_type().unwrap().as_str() }),
        };
        let name = if case.get("user").is_some() { "user" } else { "error" };
        if ours.get(name) != case.get(name) {
            differences.push(format!("{}: {ours}\n    the peer says {}", case["operations"], case[name]));
        }
    }
    assert!(differences.is_empty(), "{} of {}:\n{}", differences.len(), cases.len(), differences.join("\n"));
}
