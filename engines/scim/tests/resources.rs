//! Users and groups as clients send them and as they are answered; lists, projections and discovery.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[expect(dead_code, reason = "not every test needs every resource")]
mod support;

use sbh_scim::{
    Group, ListQuery, ListResponse, Projection, ResourceKind, ScimError, ScimType, User, discovery, error_json, limits,
    parse_body,
};
use serde_json::{Value, json};
use support::{ENTERPRISE_URI, GROUP_URI, USER_URI, group, user, user_document};

#[test]
fn a_user_comes_back_as_it_was_sent() {
    let read = User::parse(&user_document()).unwrap();
    assert_eq!(read.to_json(), user_document());
    assert_eq!(read.primary_email().unwrap().value, "barbara@example.com");
    let answered = user().to_json();
    assert_eq!(answered["meta"]["location"], "https://hub.example/scim/v2/Users/2819c223");
    assert_eq!(answered["meta"]["created"], "2010-01-23T04:56:22.000Z");
}

#[test]
fn names_and_uris_are_read_in_any_case() {
    let read = User::parse(&json!({
        "SCHEMAS": [USER_URI.to_uppercase()],
        "username": "x",
        "NAME": { "GIVENNAME": "X" },
        ENTERPRISE_URI.to_lowercase(): { "Department": "Tours" },
    }));
    let read = read.unwrap();
    assert_eq!(read.name.unwrap().given_name.unwrap(), "X");
    assert_eq!(read.extensions[ENTERPRISE_URI]["department"], "Tours");
}

#[test]
fn what_is_read_only_unknown_or_unassigned_is_left_out() {
    let read = User::parse(&json!({
        "schemas": [USER_URI, "urn:example:other"], "userName": "x", "id": "mine", "meta": { "created": 5 },
        "groups": [{ "value": "admins" }], "password": "secret", "shoeSize": 43, "urn:example:other": { "a": 1 },
        "displayName": null, "emails": [], "name": { "givenName": null, "nick": "x" },
        ENTERPRISE_URI: { "manager": { "displayName": "Boss" }, "shoeSize": 43 },
    }));
    assert_eq!(read.unwrap(), User { user_name: "x".to_owned(), ..User::default() });
}

#[test]
fn entra_sends_truth_as_text_and_a_manager_as_an_id() {
    for (text, active) in [("True", true), ("False", false), ("true", true), ("FALSE", false)] {
        let read = User::parse(&json!({
            "schemas": [USER_URI], "userName": "x", "active": text, ENTERPRISE_URI: { "manager": "m-1" },
        }));
        let read = read.unwrap();
        assert_eq!(read.active, Some(active));
        assert_eq!(read.extensions[ENTERPRISE_URI]["manager"], json!({ "value": "m-1" }));
    }
}

#[test]
fn a_wrong_user_is_refused_with_the_attribute() {
    let with = |name: &str, value: Value| {
        let mut document = user_document();
        document[name] = value;
        document
    };
    let long = "x".repeat(limits::MAX_TEXT_CHARS + 1);
    for (document, says) in [
        (json!([]), "a JSON object is expected"),
        (json!({ "userName": "x" }), "schemas must be a list"),
        (with("schemas", json!([GROUP_URI])), "schemas must be a list"),
        (with("schemas", json!(USER_URI)), "schemas must be a list"),
        (with("userName", Value::Null), "userName has a wrong value: it is required"),
        (with("userName", json!(" ")), "userName has a wrong value: it is required"),
        (with("userName", json!(5)), "userName has a wrong value: a text is expected, but a number is there"),
        (with("userName", json!(long)), "at most 1024 characters"),
        (with("userName", json!("a\u{0}b")), "control characters"),
        (with("username", json!("y")), "more than once"),
        (with("active", json!("yes")), "active has a wrong value: true or false is expected, but a text is there"),
        (with("active", json!(1)), "active has a wrong value: true or false"),
        (with("name", json!("Barbara")), "name has a wrong value: an object is expected"),
        (with("name", json!({ "givenName": ["x"] })), "name.givenName has a wrong value"),
        (with("emails", json!("a@b.example")), "emails has a wrong value: a list is expected"),
        (with("emails", json!(["a@b.example"])), "emails has a wrong value: an object is expected"),
        (with("emails", json!([{ "type": "work" }])), "emails.value has a wrong value: it is required"),
        (
            with("emails", json!([{ "value": "a", "primary": true }, { "value": "b", "primary": true }])),
            "emails.primary",
        ),
        (with("emails", json!(vec![json!({ "value": "a" }); limits::MAX_VALUES + 1])), "at most 32 values"),
        (with(ENTERPRISE_URI, json!("x")), "EnterpriseUser has a wrong value"),
        (with(ENTERPRISE_URI, json!({ "department": 5 })), "EnterpriseUser.department has a wrong value"),
        (with(ENTERPRISE_URI, json!({ "manager": [1] })), "EnterpriseUser.manager has a wrong value"),
    ] {
        let error = User::parse(&document).expect_err(says);
        assert!(error.to_string().contains(says), "{says}: {error}");
        assert_eq!(error.status(), 400);
        assert!(matches!(error.scim_type(), Some(ScimType::InvalidValue | ScimType::InvalidSyntax)), "{error}");
    }
}

#[test]
fn a_group_names_each_member_once() {
    let read = Group::parse(&json!({
        "schemas": [GROUP_URI], "displayName": "G", "externalId": "e",
        "members": [{ "value": "a", "$ref": "../Users/a", "type": "User" }, { "value": "b" }, { "value": "a" }],
    }));
    let read = read.unwrap();
    assert_eq!(read.members.iter().map(|member| member.value.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(read.to_json()["members"][0], json!({ "value": "a", "$ref": "../Users/a", "type": "User" }));
    for wrong in [
        json!({ "schemas": [GROUP_URI] }),
        json!({ "schemas": [GROUP_URI], "displayName": "G", "members": [{ "display": "x" }] }),
        json!({ "schemas": [USER_URI], "displayName": "G" }),
    ] {
        assert!(Group::parse(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn bodies_are_bounded() {
    assert!(matches!(parse_body(&vec![b' '; limits::MAX_BODY_BYTES + 1]), Err(ScimError::TooLarge { .. })));
    assert_eq!(parse_body(b"{").unwrap_err().scim_type(), Some(ScimType::InvalidSyntax));
    assert!(parse_body("[".repeat(100_000).as_bytes()).is_err());
}

#[test]
fn an_error_has_its_status_as_text() {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
    let error = ScimError::Uniqueness { attribute: "userName" };
    assert_eq!(
        error.to_json(),
        json!({ "schemas": schemas, "status": "409", "scimType": "uniqueness", "detail": "Another resource has the same userName." })
    );
    assert_eq!(
        ScimError::not_found("User", "x").to_json(),
        json!({ "schemas": schemas, "status": "404", "detail": "There is no User with the id \"x\"." })
    );
    assert_eq!(ScimError::NotImplemented { what: "Bulk" }.status(), 501);
    assert_eq!(ScimError::VersionMismatch.status(), 412);
    assert_eq!(error_json(401, None, "No token.")["status"], "401");
}

fn query(parameters: &[(&str, &str)]) -> Result<ListQuery, ScimError> {
    ListQuery::from_parameters(ResourceKind::User, parameters.iter().copied())
}

#[test]
fn pages_start_at_one_and_have_a_maximum() {
    for (start, count, expected) in [
        ("1", "10", (1, 10)),
        ("0", "0", (1, 0)),
        ("-5", "-1", (1, 0)),
        ("3", "100000", (3, limits::MAX_COUNT)),
        ("9223372036854775807", "1", (9_223_372_036_854_775_807, 1)),
    ] {
        let query = query(&[("startindex", start), ("COUNT", count), ("sortBy", "userName"), ("other", "x")]).unwrap();
        assert_eq!((query.start_index, query.count), expected);
    }
    let default = query(&[("filter", " ")]).unwrap();
    assert_eq!((default.start_index, default.count, default.filter), (1, limits::DEFAULT_COUNT, None));
    for wrong in [
        &[("count", "ten")][..],
        &[("startIndex", "1"), ("startindex", "2")],
        &[("filter", "x")],
        &[("attributes", "userName"), ("excludedAttributes", "name")],
        &[("attributes", "user name")],
        &[("attributes", &"a,".repeat(51))],
    ] {
        assert!(query(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_search_asks_what_a_query_asks() {
    let search = ListQuery::from_search(
        ResourceKind::User,
        &json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "attributes": ["displayName", "userName"], "filter": "displayName sw \"smith\"", "startIndex": 2, "count": 10,
        }),
    );
    let asked = query(&[
        ("attributes", "displayName,userName"),
        ("filter", "displayName sw \"smith\""),
        ("startIndex", "2"),
        ("count", "10"),
    ]);
    assert_eq!(search.unwrap(), asked.unwrap());
    for wrong in [json!({ "filter": "id pr" }), json!({ "schemas": [sbh_scim::SEARCH_URI], "count": "ten" })] {
        assert!(ListQuery::from_search(ResourceKind::User, &wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_list_counts_all_and_shows_a_page() {
    let users = || (1..=5).map(|n| User { user_name: format!("u{n}"), ..user() }.to_json());
    let page = |parameters: &[(&str, &str)]| ListResponse::select(&query(parameters).unwrap(), users()).to_json();
    let body = page(&[("startIndex", "2"), ("count", "2"), ("attributes", "userName")]);
    assert_eq!((&body["totalResults"], &body["startIndex"], &body["itemsPerPage"]), (&json!(5), &json!(2), &json!(2)));
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
    assert_eq!(body["Resources"][0]["userName"], "u2");
    assert_eq!(body["Resources"][1].as_object().unwrap().len(), 3, "id, schemas and what was asked for");
    let body = page(&[("count", "0"), ("filter", "userName ge \"u4\"")]);
    assert_eq!((&body["totalResults"], &body["Resources"]), (&json!(2), &json!([])));
    let body = page(&[("startIndex", "9")]);
    assert_eq!((&body["totalResults"], &body["itemsPerPage"]), (&json!(5), &json!(0)));
}

#[test]
fn a_projection_keeps_what_is_asked_for_and_what_is_always_there() {
    let shown = |only: &[&str], without: &[&str]| {
        let projection = Projection::parse(ResourceKind::User, only.iter().copied(), without.iter().copied()).unwrap();
        let mut shown = projection.apply(&user().to_json());
        let members = shown.as_object_mut().unwrap();
        assert!(members.remove("id").is_some() && members.remove("schemas").is_some());
        shown
    };
    assert_eq!(shown(&["username"], &[]), json!({ "userName": "Barbara@Example.com" }));
    assert_eq!(shown(&["shoeSize"], &[]), json!({}));
    assert_eq!(
        shown(&["name.givenName", "emails.value,active"], &[]),
        json!({
            "name": { "givenName": "Barbara" }, "active": true,
            "emails": [{ "value": "barbara@example.com" }, { "value": "babs@home.example" }],
        })
    );
    assert_eq!(
        shown(&[&format!("{ENTERPRISE_URI}:department")], &[]),
        json!({ ENTERPRISE_URI: { "department": "Tours" } })
    );
    let rest = shown(&[], &["id,schemas", "name,emails.type", "meta", ENTERPRISE_URI]);
    assert_eq!(rest["emails"][1], json!({ "value": "babs@home.example" }));
    assert_eq!(rest["active"], true);
    for gone in ["name", "meta", ENTERPRISE_URI] {
        assert!(rest.get(gone).is_none(), "{gone}");
    }
}

#[test]
fn a_store_learns_that_members_are_not_wanted() {
    let wants = |only: &str, without: &str, attribute| {
        Projection::parse(ResourceKind::Group, [only], [without]).unwrap().wants(attribute)
    };
    assert!(wants("", "", "members"));
    assert!(!wants("", "members", "members"));
    assert!(wants("", "members.display", "members"));
    assert!(!wants("displayName", "", "members"));
    assert!(wants("members.value", "", "members"));
    assert!(wants("displayName", "", "id"));
    assert!(Projection::all(ResourceKind::Group).apply(&group().to_json())["members"].is_array());
}

#[test]
fn discovery_says_what_the_tables_say() {
    let base = "https://hub.example/scim/v2/";
    let config = discovery::service_provider_config(base, Some("https://hub.example/help"));
    for (feature, supported) in
        [("patch", true), ("bulk", false), ("filter", true), ("changePassword", false), ("sort", false), ("etag", true)]
    {
        assert_eq!(config[feature]["supported"], supported, "{feature}");
    }
    assert_eq!(config["meta"]["location"], "https://hub.example/scim/v2/ServiceProviderConfig");
    let types = discovery::resource_types(base).to_json();
    assert_eq!(types["totalResults"], 2);
    assert_eq!(types["Resources"][0]["schemaExtensions"][0]["schema"], ENTERPRISE_URI);
    assert_eq!(discovery::resource_type(base, "Group").unwrap()["endpoint"], "/Groups");
    assert_eq!(discovery::resource_type(base, "Robot").unwrap_err().status(), 404);

    let user = discovery::schema(base, USER_URI).unwrap();
    let attribute = |name: &str| {
        user["attributes"].as_array().unwrap().iter().find(|attribute| attribute["name"] == name).unwrap().clone()
    };
    assert_eq!(
        attribute("userName"),
        json!({
            "name": "userName", "type": "string", "description": "The name that the user signs in with.",
            "multiValued": false, "required": true, "mutability": "readWrite", "returned": "default",
            "caseExact": false, "uniqueness": "server",
        })
    );
    assert_eq!(attribute("groups")["mutability"], "readOnly");
    assert_eq!(attribute("emails")["subAttributes"][2]["canonicalValues"], json!(["work", "home", "other"]));
    assert_eq!(discovery::schemas(base).to_json()["totalResults"], 3);
    assert_eq!(discovery::schema(base, "urn:x").unwrap_err().status(), 404);
}
