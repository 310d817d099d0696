//! Broken input comes back as an error and never as a panic; and what is accepted keeps its promises.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod support;

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use sbh_scim::{Filter, Group, GroupPatch, ListQuery, Projection, ResourceKind, User, UserPatch, Version, parse_body};
use serde_json::json;
use support::{ENTERPRISE_URI, group, patch_body, user, user_document};

const MUTATIONS: usize = 5_000;
const FILTERS: [&str; 5] = [
    r#"displayName ne "Employee" and not (emails co "example.com" or emails.value co "\u0062")"#,
    r#"emails[type eq "work" and value co "@example.com"].value ew ".com" or name[familyName pr]"#,
    r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J" or meta.lastModified gt "2011-05-13T04:42:34Z""#,
    r#"((id eq null) and (active eq TRUE)) or not(shoeSize gt -1.5e3)"#,
    r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "ä𝕊""#,
];
const TOKENS: [&str; 20] = [
    "\"",
    "\\",
    "[",
    "]",
    "(",
    ")",
    ".",
    " ",
    "$",
    "not (",
    " and ",
    " or ",
    "pr",
    "eq",
    "null",
    "ß",
    "𝕊",
    "\0",
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "emails[type eq \"work\"]",
];

fn mutated(random: &mut StdRng, input: &str) -> Vec<u8> {
    let mut bytes = input.as_bytes().to_vec();
    for _ in 0..random.random_range(1..=4) {
        let at = random.random_range(0..=bytes.len());
        match random.random_range(0..4) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.random_range(0..8),
            1 => drop(bytes.drain(at..bytes.len().min(at + 8))),
            2 => {
                let from = random.random_range(0..=bytes.len());
                let piece = bytes[from..bytes.len().min(from + 16)].to_vec();
                bytes.splice(at..at, piece).for_each(drop);
            }
            _ => bytes.splice(at..at, TOKENS[random.random_range(0..TOKENS.len())].bytes()).for_each(drop),
        }
    }
    bytes
}

#[test]
fn no_filter_panics() {
    let mut random = StdRng::seed_from_u64(7644);
    let (user, group) = (user().to_json(), group().to_json());
    let mut accepted = 0;
    for count in 0..MUTATIONS {
        let text = String::from_utf8_lossy(&mutated(&mut random, FILTERS[count % FILTERS.len()])).into_owned();
        if let Ok(filter) = Filter::parse(ResourceKind::User, &text) {
            let _ = (filter.matches(&user), filter.as_simple_equality());
            let negated = Filter::parse(ResourceKind::User, &format!("not ({text})"));
            assert!(negated.is_err() || negated.is_ok_and(|not| not.matches(&user) != filter.matches(&user)), "{text}");
            accepted += 1;
        }
        if let Ok(filter) = Filter::parse(ResourceKind::Group, &text) {
            let _ = filter.matches(&group);
        }
        if let Ok(projection) = Projection::parse(ResourceKind::User, [text.as_str()], []) {
            assert_eq!(projection.apply(&user)["id"], user["id"]);
        }
        let _ = ListQuery::from_parameters(ResourceKind::User, [("filter", text.as_str()), ("count", &text)]);
    }
    assert!(accepted > MUTATIONS / 20, "the mutations are not all nonsense: {accepted}");
}

#[test]
fn no_body_panics() {
    let patches = [
        patch_body(json!([
            { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "x" },
            { "op": "add", "value": { "name.givenName": "x", "active": "False", ENTERPRISE_URI: { "manager": "m" } } },
            { "op": "remove", "path": "displayName" },
        ])),
        patch_body(json!([
            { "op": "Add", "path": "members", "value": [{ "value": "a", "$ref": null }] },
            { "op": "remove", "path": "members[value eq \"a\" or value eq \"b\"]" },
        ])),
    ];
    let bodies: Vec<String> = patches
        .into_iter()
        .chain([user_document(), group().to_json(), user().to_json()])
        .map(|body| body.to_string())
        .collect();
    let mut random = StdRng::seed_from_u64(7643);
    let mut read = 0;
    for count in 0..MUTATIONS {
        let Ok(body) = parse_body(&mutated(&mut random, &bodies[count % bodies.len()])) else { continue };
        read += 1;
        if let Ok(user) = User::parse(&body) {
            assert_eq!(User::parse(&user.to_json()).unwrap(), user, "what is written is read back");
        }
        if let Ok(group) = Group::parse(&body) {
            assert_eq!(Group::parse(&group.to_json()).unwrap(), group, "what is written is read back");
        }
        if let Ok(patched) = UserPatch::parse(&body).and_then(|patch| patch.apply(&user())) {
            assert_eq!(User::from_stored(&patched.to_json()).unwrap(), patched);
            assert_eq!((&patched.id, &patched.meta, &patched.groups), (&user().id, &user().meta, &user().groups));
        }
        if let Ok(patch) = GroupPatch::parse(&body) {
            let _ = patch.apply(&group());
        }
        let _ = (ListQuery::from_search(ResourceKind::Group, &body), Version::of(&body));
    }
    assert!(read > MUTATIONS / 10, "the mutations are not all nonsense: {read}");
}
