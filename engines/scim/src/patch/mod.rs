//! Patches (RFC 7644 section 3.5.2): read once, then applied as a whole or not at all.
//!
//! Beyond the letter of the RFC, as Microsoft Entra and Okta need it: the operation's name in any case; names of
//! attributes with dots, and paths with filters, as keys of a value without a path; the members to remove in `value`;
//! `"True"` and `"False"` for `active`; and a read-only attribute that repeats what the resource has.

mod apply;
mod group;
mod membership;
mod operation;
mod values;

pub use group::{GroupChanges, GroupPatch};
pub use membership::MembershipChanges;

use crate::{ResourceKind, ScimError, User, resource::ReadOnly, resource::read_resource};
use operation::{Operation, read_operations};
use serde_json::{Map, Value};

/// The URI of the patch message.
pub const PATCH_URI: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A patch of a user.
#[derive(Debug, Clone, PartialEq)]
pub struct UserPatch {
    operations: Vec<Operation>,
}

impl UserPatch {
    /// Reads the body of a patch.
    ///
    /// # Errors
    /// [`ScimError::InvalidSyntax`], [`ScimError::InvalidPath`], [`ScimError::InvalidFilter`], [`ScimError::InvalidValue`],
    /// [`ScimError::NoTarget`] for a `remove` without a path, [`ScimError::TooLarge`].
    pub fn parse(body: &Value) -> Result<Self, ScimError> {
        Ok(Self { operations: read_operations(ResourceKind::User, body)? })
    }

    /// The user after all operations. A patch that changes nothing gives an equal user.
    ///
    /// # Errors
    /// [`ScimError::Mutability`] for what is read-only or required, [`ScimError::NoTarget`] where a filter matches
    /// nothing, [`ScimError::InvalidValue`] where the outcome is no user.
    pub fn apply(&self, user: &User) -> Result<User, ScimError> {
        User::from_members(applied(ResourceKind::User, &user.to_json(), &self.operations)?)
    }
}

/// The members of a resource after the operations.
fn applied(kind: ResourceKind, resource: &Value, operations: &[Operation]) -> Result<Map<String, Value>, ScimError> {
    let mut members = resource.as_object().cloned().unwrap_or_default();
    for operation in operations {
        apply::apply(&mut members, operation)?;
    }
    read_resource(kind, &Value::Object(members), ReadOnly::Kept)
}
