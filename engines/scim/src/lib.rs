//! The protocol half of a SCIM 2.0 service provider (RFC 7643, RFC 7644). Pure: JSON in, typed values or an error for the
//! client out. Who is asking, where resources are kept and what time it is are the caller's to know.
//!
//! - [`User`] and [`Group`]: resources, read with validation.
//! - [`Filter`]: which resources; over an index where it is one equality.
//! - [`UserPatch`] and [`GroupPatch`]: changes, applied as a whole or not at all.
//! - [`ListQuery`] and [`ListResponse`]: pages of resources; [`Projection`]: which of their attributes.
//! - [`Version`]: weak entity tags.
//! - [`discovery`]: what the service can do, generated from the tables of [`schema`].
//! - [`ScimError`]: what the client is told.
//!
//! Not offered: bulk, sorting, changing of passwords, `/Me`.

#![warn(missing_docs)]

pub mod discovery;
mod error;
mod filter;
pub mod limits;
mod list;
mod patch;
mod projection;
mod query;
mod resource;
pub mod schema;
mod version;

pub use error::{ERROR_URI, ScimError, ScimType, error_json};
pub use filter::{Filter, IndexedAttribute, SimpleEquality};
pub use list::{LIST_URI, ListResponse};
pub use patch::{GroupChanges, GroupPatch, MembershipChanges, PATCH_URI, UserPatch};
pub use projection::Projection;
pub use query::{ListQuery, SEARCH_URI};
pub use resource::{Email, Group, Member, Meta, Name, User, UserGroup, location, parse_body, require_schema};
pub use schema::ResourceKind;
pub use version::Version;

/// The media type of requests and responses (RFC 7644 section 3.1). `application/json` is accepted as well.
pub const MEDIA_TYPE: &str = "application/scim+json";

/// A text in the form in which it is compared where case does not matter: Unicode's lower case, without normalisation. A
/// store that looks `userName` up by an index keeps this form beside it.
pub fn case_folded(text: &str) -> String {
    text.to_lowercase()
}
