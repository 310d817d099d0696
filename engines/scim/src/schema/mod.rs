//! The one description of attributes (RFC 7643). Reading, filters, patches and the discovery documents follow it.

mod attribute;
mod lookup;
mod tables;

pub use attribute::{Attribute, Kind, Mutability, Returned, Uniqueness};
pub(crate) use lookup::{Located, find, locate, locate_sub, schema_of};
pub use tables::{COMMON, ENTERPRISE_USER, GROUP, Schema, USER};

/// A type of resource that the service offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResourceKind {
    /// A user (RFC 7643 section 4.1).
    User,
    /// A group (RFC 7643 section 4.2).
    Group,
}

impl ResourceKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::User, Self::Group];

    /// The name, as in `meta.resourceType`.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// The endpoint below the base URL.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }

    /// The core schema.
    pub fn schema(self) -> &'static Schema {
        match self {
            Self::User => &USER,
            Self::Group => &GROUP,
        }
    }

    /// The extensions, none of them required.
    pub fn extensions(self) -> &'static [&'static Schema] {
        match self {
            Self::User => &[&ENTERPRISE_USER],
            Self::Group => &[],
        }
    }

    /// Attributes of RFC 7643 that are accepted and not kept. Directories send them by default; a patch that names one
    /// of them changes nothing, as one in a whole resource would (RFC 7644 section 3.3).
    pub(crate) fn is_ignored(self, name: &str) -> bool {
        const IGNORED: [&str; 15] = [
            "nickName",
            "profileUrl",
            "title",
            "userType",
            "preferredLanguage",
            "locale",
            "timezone",
            "password",
            "phoneNumbers",
            "ims",
            "photos",
            "addresses",
            "entitlements",
            "roles",
            "x509Certificates",
        ];
        self == Self::User && IGNORED.iter().any(|ignored| ignored.eq_ignore_ascii_case(name))
    }
}
