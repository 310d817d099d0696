//! A directory (Microsoft Entra, Okta, and others) as the source of members and their roles, over SCIM 2.0. A SCIM user is a
//! member of the tenant; a group is a group of members, and gives a role where the tenant says so. Ownership is neither given
//! nor taken this way.

#[cfg(feature = "backend")]
mod entries;
#[cfg(feature = "backend")]
mod former;
#[cfg(feature = "backend")]
mod groups;
#[cfg(feature = "backend")]
mod lists;
mod model;
#[cfg(feature = "backend")]
mod resources;
#[cfg(feature = "backend")]
mod roles;
#[cfg(feature = "backend")]
mod rules;
#[cfg(feature = "backend")]
mod store;
#[cfg(feature = "backend")]
mod users;

pub use model::{DirectoryRoles, GroupRole};
#[cfg(feature = "backend")]
pub use resources::{Refusal, Resource};
#[cfg(feature = "backend")]
pub use users::Directory;
#[cfg(feature = "backend")]
use {
    crate::{Result, access::Scope, ids::UserId, platform::db::Tx},
    uuid::Uuid,
};

/// The one account that the directory knows by this external id; none where there are several.
#[cfg(feature = "backend")]
pub(super) async fn known_as(tx: &Tx, scope: &Scope, external_id: &str) -> Result<Option<UserId>> {
    let known: Vec<Uuid> = store::entries_by_external_id(tx, scope, external_id).await?;
    Ok(if let [only] = known.as_slice() { Some((*only).into()) } else { None })
}
