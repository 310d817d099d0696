//! Patches of groups, without their members at hand.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[expect(dead_code, reason = "not every test needs every resource")]
mod support;

use sbh_scim::{GroupPatch, ScimError, ScimType, limits};
use serde_json::{Value, json};
use support::{group, patch_body};

fn parse(operations: Value) -> Result<GroupPatch, ScimError> {
    GroupPatch::parse(&patch_body(operations))
}

/// Added and removed ids, and those that take the place of all.
fn membership(operations: Value) -> (Vec<String>, Vec<String>, Option<Vec<String>>) {
    let patch = parse(operations).unwrap();
    let ids = |members: &[sbh_scim::Member]| members.iter().map(|member| member.value.clone()).collect::<Vec<_>>();
    let changes = patch.membership();
    (ids(&changes.members_added), changes.members_removed.clone(), changes.members_replaced.as_deref().map(ids))
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn what_entra_sends() {
    for (operations, added, removed) in [
        (json!([{ "op": "Add", "path": "members", "value": [{ "$ref": null, "value": "c" }] }]), &["c"][..], &[][..]),
        (json!([{ "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": "a" }] }]), &[], &["a"]),
        (json!([{ "op": "Remove", "path": "members[value eq \"a\"]" }]), &[], &["a"]),
        (
            json!([
                { "op": "Add", "path": "members", "value": [{ "value": "c" }, { "value": "d" }] },
                { "op": "Remove", "path": "members", "value": [{ "value": "a" }, { "value": "b" }] },
            ]),
            &["c", "d"],
            &["a", "b"],
        ),
    ] {
        assert_eq!(membership(operations.clone()), (ids(added), ids(removed), None), "{operations}");
    }
    let renamed = parse(json!([{ "op": "Replace", "path": "displayName", "value": "New" }])).unwrap();
    let changes = renamed.changes(&group()).unwrap();
    assert_eq!(changes.group.display_name, "New");
    assert!(changes.members.is_empty() && changes.group.members.is_empty());
    assert_eq!(renamed.apply(&group()).unwrap().members, group().members);
}

#[test]
fn what_okta_sends() {
    let renamed = parse(json!([{ "op": "replace", "value": { "id": "e9e30dba", "displayName": "New" } }])).unwrap();
    assert_eq!(renamed.changes(&group()).unwrap().group.display_name, "New");
    let moved = json!([
        { "op": "remove", "path": "members[value eq \"a\"]" },
        { "op": "add", "path": "members", "value": [{ "value": "c", "display": "c@example.com" }] },
    ]);
    assert_eq!(membership(moved), (ids(&["c"]), ids(&["a"]), None));
    let all = json!([{ "op": "replace", "path": "members", "value": [{ "value": "c" }, { "value": "c" }] }]);
    assert_eq!(membership(all), (vec![], vec![], Some(ids(&["c"]))));
}

#[test]
fn later_operations_win() {
    let add = |id: &str| json!({ "op": "add", "path": "members", "value": { "value": id } });
    let remove = |id: &str| json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") });
    for (operations, expected) in [
        (json!([add("c"), remove("c")]), (vec![], ids(&["c"]), None)),
        (json!([remove("c"), add("c")]), (ids(&["c"]), vec![], None)),
        (json!([add("c"), add("c")]), (ids(&["c"]), vec![], None)),
        (json!([{ "op": "remove", "path": "members" }, add("c")]), (vec![], vec![], Some(ids(&["c"])))),
        (json!([add("c"), { "op": "remove", "path": "members" }]), (vec![], vec![], Some(vec![]))),
        (json!([{ "op": "replace", "path": "members", "value": [] }]), (vec![], vec![], Some(vec![]))),
        (
            json!([{ "op": "replace", "value": { "members": [{ "value": "c" }, { "value": "d" }] } }, remove("d")]),
            (vec![], vec![], Some(ids(&["c"]))),
        ),
        (json!([{ "op": "remove", "path": "members", "value": [] }]), (vec![], vec![], None)),
        (
            json!([{ "op": "remove", "path": "members[value eq \"a\" or value eq \"b\"]" }]),
            (vec![], ids(&["a", "b"]), None),
        ),
    ] {
        assert_eq!(membership(operations.clone()), expected, "{operations}");
    }
}

#[test]
fn a_repeated_patch_changes_nothing_more() {
    let patch = parse(json!([
        { "op": "add", "path": "members", "value": [{ "value": "b" }, { "value": "c" }] },
        { "op": "remove", "path": "members[value eq \"a\"]" },
        { "op": "add", "value": { "externalId": "e" } },
    ]));
    let patch = patch.unwrap();
    let once = patch.apply(&group()).unwrap();
    assert_eq!(once.members.iter().map(|member| member.value.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(once.members[0].display.as_deref(), Some("Mandy"), "who is a member stays as they are");
    assert_eq!(once.external_id.as_deref(), Some("e"));
    assert_eq!(patch.apply(&once).unwrap(), once);
}

#[test]
fn a_refused_patch_says_why() {
    for (operations, kind) in [
        (json!([{ "op": "remove", "path": "members[display eq \"x\"]" }]), ScimType::InvalidPath),
        (json!([{ "op": "remove", "path": "members[not (value eq \"x\")]" }]), ScimType::InvalidPath),
        (json!([{ "op": "remove", "path": "members[value sw \"x\"]" }]), ScimType::InvalidPath),
        (json!([{ "op": "replace", "path": "members[value eq \"a\"].display", "value": "x" }]), ScimType::Mutability),
        (json!([{ "op": "replace", "path": "members.value", "value": "x" }]), ScimType::Mutability),
        (json!([{ "op": "add", "path": "members[value eq \"a\"]", "value": {} }]), ScimType::Mutability),
        (json!([{ "op": "add", "path": "members", "value": ["a"] }]), ScimType::InvalidValue),
        (json!([{ "op": "add", "path": "members", "value": [{ "display": "a" }] }]), ScimType::InvalidValue),
        (json!([{ "op": "add", "path": "active", "value": true }]), ScimType::InvalidPath),
        (json!([{ "op": "remove", "path": "displayName" }]), ScimType::Mutability),
        (json!([{ "op": "replace", "value": { "id": "other" } }]), ScimType::Mutability),
        (json!([{ "op": "replace", "path": "displayName", "value": "" }]), ScimType::InvalidValue),
    ] {
        let outcome = parse(operations.clone()).and_then(|patch| patch.changes(&group()));
        assert_eq!(outcome.expect_err(&operations.to_string()).scim_type(), Some(kind), "{operations}");
    }
}

#[test]
fn members_of_one_request_are_bounded() {
    let members = |from: usize, to: usize| (from..to).map(|n| json!({ "value": n.to_string() })).collect::<Vec<_>>();
    let add = |members: Vec<Value>| json!({ "op": "add", "path": "members", "value": members });
    assert!(parse(json!([add(members(0, limits::MAX_MEMBERS))])).is_ok());
    assert!(parse(json!([add(members(0, limits::MAX_MEMBERS + 1))])).is_err());
    let error = parse(json!([add(members(0, limits::MAX_MEMBERS)), add(members(20_000, 20_001))])).unwrap_err();
    assert_eq!(error.status(), 413);
    let remove = |n: usize| json!({ "op": "remove", "path": format!("members[value eq \"{n}\"]") });
    let patch = parse((0..limits::MAX_OPERATIONS).map(remove).collect()).unwrap();
    assert_eq!(patch.membership().members_removed.len(), limits::MAX_OPERATIONS);
}
