//! Which filters are read, what they match, and where the others are wrong.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[expect(dead_code, reason = "not every test needs every resource")]
mod support;

use sbh_scim::{Filter, IndexedAttribute, ResourceKind, ScimError, ScimType, limits};
use serde_json::json;
use support::{group, user};

fn matches(filter: &str) -> bool {
    Filter::parse(ResourceKind::User, filter)
        .unwrap_or_else(|error| panic!("{filter}: {error}"))
        .matches(&user().to_json())
}

#[track_caller]
fn all(expected: bool, filters: &[&str]) {
    for filter in filters {
        assert_eq!(matches(filter), expected, "{filter}");
    }
}

/// The kinds of filters that RFC 7644 shows in section 3.4.2.2.
#[test]
fn every_operator_and_form_matches_what_it_says() {
    all(
        true,
        &[
            r#"userName eq "barbara@example.com""#,
            r#"name.familyName co "ens""#,
            r#"userName sw "BARB""#,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "barb""#,
            r#"URN:IETF:params:scim:schemas:core:2.0:user:name.givenName eq "barbara""#,
            r#"userName ew ".com""#,
            "displayName pr",
            r#"meta.lastModified gt "2011-05-13T04:42:33Z""#,
            r#"meta.lastModified ge "2011-05-13T06:42:34+02:00""#,
            r#"meta.lastModified lt "2011-05-13T04:42:34.5Z""#,
            r#"meta.lastModified le "2011-05-13T04:42:34Z""#,
            r#"meta.lastModified eq "2011-05-13T06:42:34.000+02:00""#,
            r#"displayName pr and emails.type eq "home""#,
            r#"displayName eq "nobody" or emails.type eq "home""#,
            r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
            r#"displayName sw "b" and (emails co "example.com" or emails.value co "example.org")"#,
            r#"displayName ne "Employee" and not (emails co "example.net" or emails.value co "example.org")"#,
            r#"displayName eq "babs jensen" and (emails.type eq "work")"#,
            r#"displayName sw "babs" and emails[type eq "work" and value co "@example.com"]"#,
            r#"emails[type eq "home" and value co "@home"] or name[familyName eq "x"]"#,
            r#"emails[type eq "work"].value eq "barbara@example.com""#,
            r#"name[givenName eq "Barbara" and familyName sw "J"]"#,
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "tours""#,
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "m-1""#,
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "m-1""#,
            "active eq true",
            r#"active eq "True""#,
            "active ne false",
            r#"userName gt "a" and userName lt "c""#,
            r#"USERNAME EQ "barbara@example.com" AND NOT(active Eq false)"#,
            r#"userName eq "\u0062arbara@example.com""#,
            r#"groups eq null"#,
            "active ne null",
        ],
    );
    all(
        false,
        &[
            r#"userName eq "barbara""#,
            r#"emails[type eq "home" and value co "@example.com"]"#,
            r#"emails[type eq "home"].value eq "barbara@example.com""#,
            r#"meta.lastModified gt "2011-05-13T04:42:34Z""#,
            "groups pr",
            "not (displayName pr)",
            "active eq null",
        ],
    );
}

#[test]
fn case_matters_where_the_schema_says_so() {
    all(true, &[r#"externalId eq "Ext-701984""#, r#"id eq "2819c223""#, r#"emails.value eq "BABS@home.example""#]);
    all(false, &[r#"externalId eq "ext-701984""#, r#"id eq "2819C223""#, r#"externalId sw "ext""#]);
}

#[test]
fn and_binds_before_or_and_not_before_both() {
    let (yes, no) = ("active eq true", "active eq false");
    for (filter, expected) in [
        (format!("{yes} or {no} and {no}"), true),
        (format!("({yes} or {no}) and {no}"), false),
        (format!("{no} and {no} or {yes}"), true),
        (format!("{no} and ({no} or {yes})"), false),
        (format!("not ({no}) and {yes}"), true),
        (format!("not ({no} or {yes})"), false),
        (format!("not ({no}) or {no} and {no}"), true),
        (format!("not (not ({yes}))"), true),
        (format!("(({yes}))"), true),
    ] {
        assert_eq!(matches(&filter), expected, "{filter}");
    }
}

#[test]
fn what_the_service_does_not_know_has_no_value() {
    all(true, &[r#"shoeSize ne 43"#, "shoeSize eq null", r#"phoneNumbers[type eq "work"] or active eq true"#]);
    all(
        false,
        &[
            r#"shoeSize eq 43"#,
            "shoeSize pr",
            "title pr",
            r#"title eq "x""#,
            r#"emails.colour eq "red""#,
            r#"emails[colour eq "red"]"#,
            r#"phoneNumbers[type eq "work"]"#,
            r#"phoneNumbers[type eq "work"].value eq "1""#,
            r#"urn:example:other:attribute eq "x""#,
            "addresses.country pr",
        ],
    );
}

#[test]
fn several_values_match_if_one_does() {
    all(
        true,
        &[
            r#"emails ne "babs@home.example""#,
            r#"emails.type ne "work""#,
            r#"not (emails.type eq "other")"#,
            r#"emails.primary eq true"#,
        ],
    );
    all(false, &[r#"not (emails.type eq "work")"#, r#"emails[type eq "work" and type eq "home"]"#]);
}

#[test]
fn groups_are_asked_for_their_members() {
    let resource = group().to_json();
    let ask = |filter: &str| Filter::parse(ResourceKind::Group, filter).unwrap().matches(&resource);
    assert!(ask(r#"displayName eq "tour guides" and members.value eq "a""#));
    assert!(ask(r#"members eq "b""#));
    assert!(ask(r#"members[value eq "b" and display sw "Man"]"#));
    assert!(!ask(r#"members[value eq "a" and display pr]"#));
    assert!(!ask(r#"members[value eq "A"]"#));
    assert!(!ask(r#"userName eq "a""#), "a user's attribute");
}

#[test]
fn what_is_no_resource_matches_nothing() {
    let filter = Filter::parse(ResourceKind::User, "userName eq null").unwrap();
    assert!(!filter.matches(&json!(["userName"])));
}

#[test]
fn a_refused_filter_names_the_character() {
    for (filter, at, says) in [
        ("", 1, "expected an attribute"),
        ("   ", 4, "expected an attribute"),
        ("userName", 9, "expected an operator"),
        ("userName is \"x\"", 10, "no operator"),
        ("userName eq", 12, "a value is expected"),
        ("userName eq x", 13, "a value is expected"),
        ("userName eq 'x'", 13, "outside of quotes"),
        ("userName eq \"x", 13, "no closing quote"),
        ("userName eq \"\\x\"", 13, "not a JSON string"),
        ("userName eq \"x\" userName pr", 17, "expected and, or"),
        ("userName eq \"x\" and", 20, "expected an attribute"),
        ("and userName pr", 5, "no operator"),
        ("(userName pr", 13, "closing parenthesis"),
        ("userName pr)", 12, "end of the filter"),
        ("not userName pr", 5, "no operator"),
        ("emails[type eq \"work\"", 22, "closing bracket"),
        ("emails[type eq \"work\")", 22, "closing bracket"),
        ("emails[]", 8, "expected an attribute"),
        ("emails[type eq \"work\"].", 23, "sub-attribute is expected"),
        ("emails[emails[type pr]]", 14, "can't hold another"),
        ("userName[type eq \"x\"]", 9, "only an attribute with sub-attributes"),
        ("emails.type[type eq \"x\"]", 12, "only an attribute with sub-attributes"),
        ("active gt true", 11, "eq and ne only"),
        ("active co \"t\"", 11, "eq and ne only"),
        ("active eq \"yes\"", 11, "true or false"),
        ("userName eq 5", 13, "a text in double quotes"),
        ("userName eq true", 13, "a text in double quotes"),
        ("userName gt null", 13, "eq and ne only"),
        ("name eq \"x\"", 9, "has sub-attributes"),
        ("meta.created gt \"yesterday\"", 17, "date and time"),
        ("meta.created gt 5", 17, "date and time"),
        ("user name pr", 6, "no operator"),
        ("name.given.x pr", 1, "attribute's name"),
        ("9lives pr", 1, "attribute's name"),
        ("userName eq \"ä\" or é pr", 20, "outside of quotes"),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr", 1, "can't be compared"),
    ] {
        let error = Filter::parse(ResourceKind::User, filter).expect_err(filter);
        assert_eq!(error.scim_type(), Some(ScimType::InvalidFilter), "{filter}");
        assert_eq!(error.status(), 400);
        let ScimError::InvalidFilter { position, reason } = &error else { panic!("{filter}: {error}") };
        assert_eq!(*position, at, "{filter}: {error}");
        assert!(reason.contains(says), "{filter}: {error}");
    }
}

#[test]
fn length_and_depth_are_bounded() {
    let nested = |depth: usize| format!("{}active pr{}", "(".repeat(depth), ")".repeat(depth));
    assert!(matches(&nested(limits::MAX_FILTER_DEPTH)));
    let error = Filter::parse(ResourceKind::User, &nested(limits::MAX_FILTER_DEPTH + 1)).unwrap_err();
    assert!(error.to_string().contains("nested deeper than 20"), "{error}");
    let nested = format!("{}active pr{}", "not (".repeat(300), ")".repeat(300));
    assert!(Filter::parse(ResourceKind::User, &nested).is_err());
    let long = format!("userName eq \"{}\"", "x".repeat(limits::MAX_FILTER_BYTES));
    let error = Filter::parse(ResourceKind::User, &long).unwrap_err();
    assert!(error.to_string().contains("longer than 2048 bytes"), "{error}");
}

#[test]
fn a_part_of_an_and_narrows_what_is_asked_the_whole() {
    let narrowing = |filter: &str| {
        let filter = Filter::parse(ResourceKind::User, filter).unwrap();
        filter.narrowing().map(|narrow| (narrow.attribute, narrow.value.to_owned()))
    };
    for filter in
        [r#"userName eq "X""#, r#"userName eq "X" and active eq true"#, r#"active eq true and (userName eq "X")"#]
    {
        assert_eq!(narrowing(filter), Some((IndexedAttribute::UserName, "X".to_owned())), "{filter}");
    }
    for filter in [r#"userName eq "X" or active eq true"#, r#"not (userName eq "X")"#, "active eq true"] {
        assert_eq!(narrowing(filter), None, "{filter}");
    }
}

#[test]
fn one_equality_can_use_an_index() {
    let simple = |filter: &str| {
        let filter = Filter::parse(ResourceKind::User, filter).unwrap();
        filter.as_simple_equality().map(|simple| (simple.attribute, simple.value.to_owned()))
    };
    for (filter, attribute) in [
        (r#"userName eq "X""#, IndexedAttribute::UserName),
        (r#"(username EQ "X")"#, IndexedAttribute::UserName),
        (r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "X""#, IndexedAttribute::UserName),
        (r#"externalId eq "X""#, IndexedAttribute::ExternalId),
        (r#"id eq "X""#, IndexedAttribute::Id),
        (r#"displayName eq "X""#, IndexedAttribute::DisplayName),
    ] {
        assert_eq!(simple(filter), Some((attribute, "X".to_owned())), "{filter}");
    }
    for filter in [
        r#"userName ne "X""#,
        r#"userName eq "X" and active eq true"#,
        r#"userName eq "X" or userName eq "Y""#,
        r#"not (userName eq "X")"#,
        r#"name.givenName eq "X""#,
        "userName eq null",
        r#"emails eq "X""#,
        "id pr",
    ] {
        assert_eq!(simple(filter), None, "{filter}");
    }
}
