//! Resources that several tests ask.

use sbh_scim::{Group, User};
use serde_json::{Value, json};

pub const USER_URI: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const GROUP_URI: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub const ENTERPRISE_URI: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A user as a directory sends it.
pub fn user_document() -> Value {
    json!({
        "schemas": [USER_URI, ENTERPRISE_URI],
        "externalId": "Ext-701984",
        "userName": "Barbara@Example.com",
        "name": { "formatted": "Barbara Jensen", "familyName": "Jensen", "givenName": "Barbara" },
        "displayName": "Babs Jensen",
        "emails": [
            { "value": "barbara@example.com", "type": "work", "primary": true },
            { "value": "babs@home.example", "type": "home" },
        ],
        "active": true,
        ENTERPRISE_URI: { "department": "Tours", "manager": { "value": "m-1" } },
    })
}

/// The same user with what the service adds.
pub fn user() -> User {
    let mut user = User::parse(&user_document()).unwrap();
    user.id = Some("2819c223".to_owned());
    let moment = |text: &str| text.parse().unwrap();
    user.meta = Some(sbh_scim::Meta::new(
        sbh_scim::ResourceKind::User,
        "https://hub.example/scim/v2/",
        "2819c223",
        moment("2010-01-23T04:56:22Z"),
        moment("2011-05-13T04:42:34Z"),
    ));
    user
}

pub fn group() -> Group {
    let document = json!({
        "schemas": [GROUP_URI],
        "displayName": "Tour Guides",
        "members": [{ "value": "a" }, { "value": "b" }],
    });
    let mut group = Group { id: Some("e9e30dba".to_owned()), ..Group::parse(&document).unwrap() };
    // The service says what its members are called; nobody else does.
    group.members[1].display = Some("Mandy".to_owned());
    group
}

pub fn patch_body(operations: Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}
