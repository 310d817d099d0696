//! The attributes that this service knows (RFC 7643 sections 3.1, 4.1, 4.2, 4.3 and 8.7.1).

use super::Attribute;

/// A schema: a URI and its attributes.
#[derive(Debug, PartialEq, Eq)]
pub struct Schema {
    /// The URI; compared without regard to case (RFC 7643 section 2.1).
    pub uri: &'static str,
    /// The name, for people.
    pub name: &'static str,
    /// What it describes, for people.
    pub description: &'static str,
    /// Its attributes.
    pub attributes: &'static [Attribute],
}

/// The attributes that every resource has (RFC 7643 section 3.1). No schema document lists them.
pub const COMMON: &[Attribute] = &[
    Attribute::reference("schemas", "The schemas of the resource.", &["uri"]).multi_valued().read_only().always(),
    Attribute::text("id", "The identifier that the service gave.").case_exact().read_only().always().unique(),
    Attribute::text("externalId", "The identifier that the client gave.").case_exact(),
    Attribute::complex("meta", "Facts about the resource.", META).read_only(),
];

const META: &[Attribute] = &[
    Attribute::text("resourceType", "The type of the resource.").case_exact().read_only(),
    Attribute::date_time("created", "When the resource was created.").read_only(),
    Attribute::date_time("lastModified", "When the resource was last changed.").read_only(),
    Attribute::reference("location", "The address of the resource.", &["uri"]).read_only(),
    Attribute::text("version", "The version of the resource, as its entity tag.").case_exact().read_only(),
];

/// The core schema of users.
pub const USER: Schema = Schema {
    uri: "urn:ietf:params:scim:schemas:core:2.0:User",
    name: "User",
    description: "User Account",
    attributes: &[
        Attribute::text("userName", "The name that the user signs in with.").required().unique(),
        Attribute::complex("name", "The parts of the user's name.", NAME),
        Attribute::text("displayName", "The name to show."),
        Attribute::complex("emails", "The user's email addresses.", EMAIL).multi_valued(),
        Attribute::boolean("active", "Whether the user may sign in."),
        Attribute::complex("groups", "The groups that the user belongs to.", USER_GROUP).multi_valued().read_only(),
    ],
};

const NAME: &[Attribute] = &[
    Attribute::text("formatted", "The full name."),
    Attribute::text("familyName", "The family name."),
    Attribute::text("givenName", "The given name."),
];

const EMAIL: &[Attribute] = &[
    Attribute::text("value", "The address.").required(),
    Attribute::text("display", "The address, for people."),
    Attribute::text("type", "What the address is for.").suggested(&["work", "home", "other"]),
    Attribute::boolean("primary", "Whether this is the preferred address; at most one is."),
];

const USER_GROUP: &[Attribute] = &[
    Attribute::text("value", "The group's id.").case_exact().read_only(),
    Attribute::reference("$ref", "The group's address.", &["Group"]).read_only(),
    Attribute::text("display", "The group's name.").read_only(),
];

/// The core schema of groups.
pub const GROUP: Schema = Schema {
    uri: "urn:ietf:params:scim:schemas:core:2.0:Group",
    name: "Group",
    description: "Group",
    attributes: &[
        Attribute::text("displayName", "The group's name.").required(),
        Attribute::complex("members", "The members of the group.", MEMBER).multi_valued(),
    ],
};

const MEMBER: &[Attribute] = &[
    Attribute::text("value", "The member's id.").required().case_exact().immutable(),
    Attribute::reference("$ref", "The member's address.", &["User", "Group"]).immutable(),
    Attribute::text("display", "The member's name.").read_only(),
    Attribute::text("type", "What the member is.").suggested(&["User", "Group"]).immutable(),
];

/// The extension for users of an enterprise (RFC 7643 section 4.3). Kept as it came; nothing here decides by it.
pub const ENTERPRISE_USER: Schema = Schema {
    uri: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    name: "EnterpriseUser",
    description: "Enterprise User",
    attributes: &[
        Attribute::text("employeeNumber", "The number that the organization gave."),
        Attribute::text("costCenter", "The cost center."),
        Attribute::text("organization", "The organization."),
        Attribute::text("division", "The division."),
        Attribute::text("department", "The department."),
        Attribute::complex("manager", "The user's manager.", MANAGER),
    ],
};

const MANAGER: &[Attribute] = &[
    Attribute::text("value", "The manager's id.").case_exact(),
    Attribute::reference("$ref", "The manager's address.", &["User"]),
    Attribute::text("displayName", "The manager's name.").read_only(),
];
