//! Patches of users, and what Microsoft Entra and Okta send.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[expect(dead_code, reason = "not every test needs every resource")]
mod support;

use sbh_scim::{ScimError, ScimType, User, UserPatch, limits};
use serde_json::{Value, json};
use support::{ENTERPRISE_URI, patch_body, user};

fn patch(operations: Value) -> Result<User, ScimError> {
    UserPatch::parse(&patch_body(operations))?.apply(&user())
}

/// What the patch changes, as the attributes that differ; the patch again changes nothing more.
#[track_caller]
fn changed(operations: Value) -> Value {
    let parsed =
        UserPatch::parse(&patch_body(operations.clone())).unwrap_or_else(|error| panic!("{operations}: {error}"));
    let once = parsed.apply(&user()).unwrap_or_else(|error| panic!("{operations}: {error}"));
    assert_eq!(parsed.apply(&once).unwrap(), once, "repeated: {operations}");
    let (before, after) = (user().to_json(), once.to_json());
    let names = before.as_object().unwrap().keys().chain(after.as_object().unwrap().keys());
    names.filter(|name| before.get(*name) != after.get(*name)).map(|name| (name.clone(), after[name].clone())).collect()
}

fn work(value: &str) -> Value {
    json!({ "value": value, "type": "work", "primary": true })
}

fn home() -> Value {
    json!({ "value": "babs@home.example", "type": "home" })
}

#[test]
fn what_entra_sends() {
    let manager = format!("{ENTERPRISE_URI}:manager");
    let department = format!("{ENTERPRISE_URI}:department");
    for (operations, expected) in [
        (json!([{ "op": "Replace", "path": "active", "value": false }]), json!({ "active": false })),
        (json!([{ "op": "Replace", "path": "active", "value": "False" }]), json!({ "active": false })),
        (
            json!([{ "op": "Replace", "path": "userName", "value": "b@example.com" }]),
            json!({ "userName": "b@example.com" }),
        ),
        (
            json!([
                { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "new@example.com" },
                { "op": "Replace", "path": "name.familyName", "value": "Smith" },
            ]),
            json!({
                "emails": [work("new@example.com"), home()],
                "name": { "formatted": "Barbara Jensen", "familyName": "Smith", "givenName": "Barbara" },
            }),
        ),
        (
            json!([{ "op": "Add", "path": "emails[type eq \"other\"].value", "value": "o@example.com" }]),
            json!({ "emails": [work("barbara@example.com"), home(), { "type": "other", "value": "o@example.com" }] }),
        ),
        (
            json!([{ "op": "Replace", "value": {
                "displayName": "BJ", "name.givenName": "Barb", "name.formatted": "Barb Jensen",
                "emails[type eq \"work\"].value": "bj@example.com", department.clone(): "Sales",
            } }]),
            json!({
                "displayName": "BJ",
                "name": { "formatted": "Barb Jensen", "familyName": "Jensen", "givenName": "Barb" },
                "emails": [work("bj@example.com"), home()],
                ENTERPRISE_URI: { "department": "Sales", "manager": { "value": "m-1" } },
            }),
        ),
        (
            json!([{ "op": "Add", "path": manager, "value": "m-2" }]),
            json!({ ENTERPRISE_URI: { "department": "Tours", "manager": { "value": "m-2" } } }),
        ),
        (
            json!([{ "op": "Replace", "path": manager, "value": { "value": "m-3", "$ref": "../Users/m-3" } }]),
            json!({ ENTERPRISE_URI: { "department": "Tours", "manager": { "value": "m-3", "$ref": "../Users/m-3" } } }),
        ),
        (json!([{ "op": "Remove", "path": manager }]), json!({ ENTERPRISE_URI: { "department": "Tours" } })),
        (
            json!([
                { "op": "Add", "path": "title", "value": "Guide" },
                { "op": "Replace", "path": "phoneNumbers[type eq \"work\"].value", "value": "555" },
                { "op": "Add", "path": "addresses[type eq \"work\"].streetAddress", "value": "1 Road" },
                { "op": "Add", "path": "preferredLanguage", "value": "en" },
            ]),
            json!({}),
        ),
    ] {
        assert_eq!(changed(operations.clone()), expected, "{operations}");
    }
}

#[test]
fn what_okta_sends() {
    assert_eq!(changed(json!([{ "op": "replace", "value": { "active": false } }])), json!({ "active": false }));
    let repeated = json!([{ "op": "replace", "value": { "id": "2819c223", "displayName": "Babs J" } }]);
    assert_eq!(changed(repeated), json!({ "displayName": "Babs J" }));
    assert_eq!(changed(json!([{ "op": "replace", "value": { "password": "generated" } }])), json!({}));
}

#[test]
fn add_sets_merges_and_appends() {
    for (operations, expected) in [
        (json!([{ "op": "add", "path": "displayName", "value": "B" }]), json!({ "displayName": "B" })),
        (json!([{ "op": "add", "path": "EXTERNALID", "value": "e" }]), json!({ "externalId": "e" })),
        (
            json!([{ "op": "add", "path": "name", "value": { "givenName": "B" } }]),
            json!({ "name": { "formatted": "Barbara Jensen", "familyName": "Jensen", "givenName": "B" } }),
        ),
        (
            json!([{ "op": "add", "path": "emails", "value": [{ "value": "c@example.com", "type": "other" }] }]),
            json!({ "emails": [work("barbara@example.com"), home(), { "value": "c@example.com", "type": "other" }] }),
        ),
        (json!([{ "op": "add", "path": "emails", "value": home() }]), json!({})),
        (json!([{ "op": "add", "path": "emails", "value": [] }]), json!({})),
        (
            json!([{ "op": "add", "value": { "emails": [home()], "displayName": "B", "schemas": [], "shoeSize": 43 } }]),
            json!({ "displayName": "B" }),
        ),
        (
            json!([{ "op": "add", "path": ENTERPRISE_URI, "value": { "division": "D" } }]),
            json!({ ENTERPRISE_URI: { "department": "Tours", "division": "D", "manager": { "value": "m-1" } } }),
        ),
        (
            json!([{ "op": "add", "value": { ENTERPRISE_URI: { "division": "D", "department": null } } }]),
            json!({ ENTERPRISE_URI: { "division": "D", "manager": { "value": "m-1" } } }),
        ),
    ] {
        assert_eq!(changed(operations.clone()), expected, "{operations}");
    }
}

#[test]
fn replace_sets_and_merges_but_takes_the_place_of_lists() {
    for (operations, expected) in [
        (
            json!([{ "op": "replace", "path": "emails", "value": [{ "value": "c@example.com" }] }]),
            json!({ "emails": [{ "value": "c@example.com" }] }),
        ),
        (
            json!([{ "op": "replace", "path": "emails[type eq \"home\"]", "value": { "value": "h@example.com", "type": "home" } }]),
            json!({ "emails": [work("barbara@example.com"), { "value": "h@example.com", "type": "home" }] }),
        ),
        (
            json!([{ "op": "replace", "path": "emails.display", "value": "B" }]),
            json!({ "emails": [
                { "value": "barbara@example.com", "type": "work", "primary": true, "display": "B" },
                { "value": "babs@home.example", "type": "home", "display": "B" },
            ] }),
        ),
        (
            json!([{ "op": "replace", "path": "name", "value": { "familyName": "S", "formatted": null } }]),
            json!({ "name": { "familyName": "S", "givenName": "Barbara" } }),
        ),
        (json!([{ "op": "replace", "path": "displayName", "value": null }]), json!({ "displayName": null })),
        (json!([{ "op": "replace", "path": "emails", "value": null }]), json!({ "emails": null })),
        (json!([{ "op": "replace", "path": "name", "value": null }]), json!({ "name": null })),
    ] {
        assert_eq!(changed(operations.clone()), expected, "{operations}");
    }
}

#[test]
fn remove_takes_away_what_is_named() {
    for (operations, expected) in [
        (json!([{ "op": "remove", "path": "displayName" }]), json!({ "displayName": null })),
        (
            json!([{ "op": "remove", "path": "name.formatted" }]),
            json!({ "name": { "familyName": "Jensen", "givenName": "Barbara" } }),
        ),
        (
            json!([
                { "op": "remove", "path": "name.formatted" },
                { "op": "remove", "path": "name.familyName" },
                { "op": "remove", "path": "name.givenName" },
            ]),
            json!({ "name": null }),
        ),
        (json!([{ "op": "remove", "path": "emails" }]), json!({ "emails": null })),
        (
            json!([{ "op": "remove", "path": "emails[type eq \"home\"]" }]),
            json!({ "emails": [work("barbara@example.com")] }),
        ),
        (
            json!([{ "op": "remove", "path": "emails[not (type eq \"work\")]" }]),
            json!({ "emails": [work("barbara@example.com")] }),
        ),
        (
            json!([{ "op": "remove", "path": "emails", "value": [home()] }]),
            json!({ "emails": [work("barbara@example.com")] }),
        ),
        (json!([{ "op": "remove", "path": "emails[type eq \"none\"]" }]), json!({})),
        (
            json!([{ "op": "remove", "path": "emails[type eq \"work\"].primary" }]),
            json!({ "emails": [{ "value": "barbara@example.com", "type": "work" }, home()] }),
        ),
    ] {
        assert_eq!(changed(operations.clone()), expected, "{operations}");
    }
    let without = patch(json!([{ "op": "remove", "path": ENTERPRISE_URI }])).unwrap().to_json();
    assert_eq!(without["schemas"], json!([support::USER_URI]), "the schemas follow the content");
    assert!(without.get(ENTERPRISE_URI).is_none());
}

#[test]
fn a_new_primary_value_takes_the_place_of_the_old_one() {
    let expected = json!({ "emails": [
        { "value": "barbara@example.com", "type": "work", "primary": false },
        { "value": "babs@home.example", "type": "home", "primary": true },
    ] });
    assert_eq!(
        changed(json!([{ "op": "replace", "path": "emails[type eq \"home\"].primary", "value": true }])),
        expected
    );
    let primary_home = json!({ "value": "babs@home.example", "type": "home", "primary": "True" });
    assert_eq!(changed(json!([{ "op": "add", "path": "emails", "value": [primary_home] }])), expected);
    let both = json!([{ "op": "replace", "path": "emails.primary", "value": true }]);
    assert_eq!(patch(both).unwrap_err().scim_type(), Some(ScimType::InvalidValue));
}

#[test]
fn operations_follow_one_another_and_apply_as_a_whole() {
    let after = patch(json!([
        { "op": "remove", "path": "emails" },
        { "op": "add", "path": "emails[type eq \"work\"].value", "value": "x@example.com" },
        { "op": "add", "path": "emails[type eq \"work\"].primary", "value": true },
    ]));
    assert_eq!(after.unwrap().to_json()["emails"], json!([work("x@example.com")]));
    let half = patch(json!([
        { "op": "replace", "path": "displayName", "value": "B" },
        { "op": "replace", "path": "emails[type eq \"none\"].value", "value": "x" },
    ]));
    assert_eq!(half.unwrap_err().scim_type(), Some(ScimType::NoTarget));
}

#[test]
fn a_refused_patch_says_why() {
    use ScimType::{InvalidFilter, InvalidPath, InvalidSyntax, InvalidValue, Mutability, NoTarget};
    for (operations, kind, says) in [
        (json!([]), InvalidSyntax, "at least one operation"),
        (json!({}), InvalidSyntax, "at least one operation"),
        (json!(["add"]), InvalidSyntax, "must be an object"),
        (json!([{ "path": "active" }]), InvalidSyntax, "add, replace or remove"),
        (json!([{ "op": "move", "path": "active" }]), InvalidSyntax, "\"move\""),
        (json!([{ "op": "add", "path": "active" }]), InvalidValue, "need a value"),
        (json!([{ "op": "replace", "value": true }]), InvalidValue, "an object of attributes"),
        (json!([{ "op": "remove" }]), NoTarget, "needs a path"),
        (json!([{ "op": "replace", "path": 5, "value": "x" }]), InvalidPath, "must be a text"),
        (json!([{ "op": "replace", "path": "", "value": "x" }]), InvalidPath, "at character 1"),
        (json!([{ "op": "replace", "path": "shoeSize", "value": 1 }]), InvalidPath, "no such attribute"),
        (json!([{ "op": "replace", "path": "name.shoeSize", "value": 1 }]), InvalidPath, "no such attribute"),
        (json!([{ "op": "replace", "path": "urn:other:User:x", "value": 1 }]), InvalidPath, "no such attribute"),
        (json!([{ "op": "replace", "path": "emails[type eq", "value": 1 }]), InvalidFilter, "a value is expected"),
        (json!([{ "op": "replace", "path": "emails[type eq \"x\"].", "value": 1 }]), InvalidPath, "behind the dot"),
        (json!([{ "op": "replace", "path": "emails[type eq \"x\"].x", "value": 1 }]), InvalidPath, "no sub-attribute"),
        (json!([{ "op": "remove", "path": "emails[primary gt true]" }]), InvalidFilter, "eq and ne only"),
        (json!([{ "op": "remove", "path": "emails[type eq \"x\"" }]), InvalidPath, "a closing bracket"),
        (json!([{ "op": "replace", "path": "name[givenName pr]", "value": {} }]), InvalidPath, "takes no filter"),
        (json!([{ "op": "replace", "path": "a.b.c", "value": 1 }]), InvalidPath, "attribute's name"),
        (json!([{ "op": "replace", "value": { "emails[": 1 } }]), InvalidFilter, "expected an attribute"),
        (json!([{ "op": "replace", "path": "id", "value": "x" }]), Mutability, "id is read-only"),
        (json!([{ "op": "replace", "path": "id", "value": "2819c223" }]), Mutability, "id is read-only"),
        (json!([{ "op": "replace", "value": { "id": "x" } }]), Mutability, "id is read-only"),
        (json!([{ "op": "replace", "path": "schemas", "value": [] }]), Mutability, "schemas is read-only"),
        (json!([{ "op": "remove", "path": "meta.created" }]), Mutability, "meta.created is read-only"),
        (
            json!([{ "op": "add", "path": "groups", "value": [{ "value": "admins" }] }]),
            Mutability,
            "groups is read-only",
        ),
        (json!([{ "op": "add", "value": { "groups": [{ "value": "admins" }] } }]), Mutability, "groups is read-only"),
        (json!([{ "op": "remove", "path": "userName" }]), Mutability, "is required"),
        (json!([{ "op": "replace", "path": "userName", "value": null }]), InvalidValue, "userName"),
        (json!([{ "op": "replace", "path": "userName", "value": " " }]), InvalidValue, "userName"),
        (json!([{ "op": "replace", "path": "active", "value": "maybe" }]), InvalidValue, "active"),
        (json!([{ "op": "replace", "path": "name", "value": "x" }]), InvalidValue, "name"),
        (json!([{ "op": "replace", "path": "name.givenName", "value": {} }]), InvalidValue, "name.givenName"),
        (json!([{ "op": "add", "path": "emails", "value": "x" }]), InvalidValue, "emails"),
        (
            json!([{ "op": "add", "path": "emails[type eq \"new\"].display", "value": "x" }]),
            InvalidValue,
            "emails.value",
        ),
        (json!([{ "op": "remove", "path": "emails.value" }]), InvalidValue, "emails.value"),
        (json!([{ "op": "replace", "path": ENTERPRISE_URI, "value": "x" }]), InvalidValue, "EnterpriseUser"),
        (
            json!([{ "op": "add", "path": "emails[type sw \"new\"].value", "value": "x" }]),
            NoTarget,
            "matches the filter",
        ),
        (json!([{ "op": "replace", "path": "emails[type eq \"new\"]", "value": {} }]), NoTarget, "matches the filter"),
    ] {
        let error = patch(operations.clone()).expect_err(&operations.to_string());
        assert_eq!(error.scim_type(), Some(kind), "{operations}: {error}");
        assert!(error.to_string().contains(says), "{operations}: {error}");
    }
    let unnamed = json!({ "Operations": [{ "op": "remove", "path": "active" }] });
    assert_eq!(UserPatch::parse(&unnamed).unwrap_err().scim_type(), Some(InvalidSyntax));
}

#[test]
fn operations_and_values_are_bounded() {
    let operation = json!({ "op": "remove", "path": "active" });
    let error = patch(vec![operation; limits::MAX_OPERATIONS + 1].into()).unwrap_err();
    assert_eq!((error.status(), error.scim_type()), (413, None));
    let filtered = json!({ "op": "remove", "path": "emails[type eq \"other\"]" });
    let error = patch(vec![filtered; limits::MAX_FILTERED_OPERATIONS + 1].into()).unwrap_err();
    assert_eq!(error.to_string(), "The request is too large: at most 100 operations with a filter are allowed.");
    let long = format!("emails[type eq \"{}\"]", "x".repeat(limits::MAX_PATH_BYTES));
    let error = patch(json!([{ "op": "remove", "path": long }])).unwrap_err();
    assert!(error.to_string().contains("longer than 512 bytes"), "{error}");
    let add = |n: usize| json!({ "op": "add", "path": "emails", "value": { "value": format!("{n}@example.com") } });
    let error = patch((0..=limits::MAX_VALUES).map(add).collect()).unwrap_err();
    assert!(error.to_string().contains("at most 32 values"), "{error}");
}
