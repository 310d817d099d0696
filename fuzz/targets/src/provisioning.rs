//! What a directory sends to `/scim/v2`.

use crate::choice;
use sbh_scim::{Filter, Group, GroupPatch, ListQuery, Projection, ResourceKind, User, UserPatch, Version, parse_body};
use std::str::from_utf8;

/// Filters, users, groups, patches and searches of SCIM, by the first byte. What is written is read back; a filter and its
/// negation never both match; no patch changes what is read-only.
pub fn scim(data: &[u8]) {
    let (choice, rest) = choice(data);
    match choice {
        b'f' => filter(rest),
        b'u' => users(rest),
        b'g' => groups(rest),
        _ => searches(rest),
    }
}

fn filter(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let user = known_user().to_json();
    if let Ok(filter) = Filter::parse(ResourceKind::User, text) {
        let _ = filter.as_simple_equality();
        if let Ok(negated) = Filter::parse(ResourceKind::User, &format!("not ({text})")) {
            assert_ne!(filter.matches(&user), negated.matches(&user));
        }
    }
    let _ = Filter::parse(ResourceKind::Group, text);
    if let Ok(projection) = Projection::parse(ResourceKind::User, [text], []) {
        assert_eq!(projection.apply(&user)["id"], user["id"]);
    }
    let _ = ListQuery::from_parameters(ResourceKind::User, [("filter", text), ("startIndex", text), ("count", text)]);
}

fn users(data: &[u8]) {
    let Ok(body) = parse_body(data) else { return };
    if let Ok(user) = User::parse(&body) {
        assert_eq!(User::parse(&user.to_json()).as_ref(), Ok(&user));
        assert_eq!(Version::of(&user.to_json()), Version::of(&user.to_json()));
    }
    let user = known_user();
    if let Ok(patched) = UserPatch::parse(&body).and_then(|patch| patch.apply(&user)) {
        assert_eq!((&patched.id, &patched.meta, &patched.groups), (&user.id, &user.meta, &user.groups));
        assert_eq!(User::from_stored(&patched.to_json()).as_ref(), Ok(&patched));
    }
}

fn groups(data: &[u8]) {
    let Ok(body) = parse_body(data) else { return };
    if let Ok(group) = Group::parse(&body) {
        assert_eq!(Group::parse(&group.to_json()).as_ref(), Ok(&group));
    }
    let group = Group { id: Some("g".into()), display_name: "Guides".into(), ..Group::default() };
    if let Ok(patch) = GroupPatch::parse(&body)
        && let Ok(patched) = patch.apply(&group)
    {
        assert_eq!(patched.id, group.id);
        assert_eq!(patch.apply(&patched).as_ref(), Ok(&patched), "once more changes nothing");
    }
}

fn searches(data: &[u8]) {
    let Ok(body) = parse_body(data) else { return };
    for kind in ResourceKind::ALL {
        if let Ok(query) = ListQuery::from_search(kind, &body) {
            assert!(query.start_index >= 1);
        }
    }
}

fn known_user() -> User {
    let email = |value: &str, kind: &str| sbh_scim::Email {
        value: value.into(),
        kind: Some(kind.into()),
        primary: Some(kind == "work"),
        ..sbh_scim::Email::default()
    };
    User {
        id: Some("2819c223".into()),
        user_name: "barbara@example.com".into(),
        emails: vec![email("barbara@example.com", "work"), email("babs@home.example", "home")],
        active: Some(true),
        ..User::default()
    }
}
