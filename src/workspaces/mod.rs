//! Workspaces: a team's space in a tenant, with its members, their roles, and a feed of what happens there.
//!
//! A role in a workspace is a second thing beside the role in the tenant, and both have to allow what somebody does.
//! Owners and admins of the tenant may administer every workspace of it, auditors may read every one; to everybody else a
//! workspace that they aren't in does not exist. A workspace always keeps an owner. What one may do with a membership
//! that ended in the tenant is nothing, from that moment on.

#[cfg(feature = "backend")]
mod activity;
#[cfg(feature = "backend")]
mod entry;
#[cfg(feature = "backend")]
mod members;
mod model;
#[cfg(feature = "backend")]
mod rules;
#[cfg(feature = "backend")]
mod service;
#[cfg(feature = "backend")]
mod store;
#[cfg(all(test, feature = "backend"))]
pub(crate) mod tests;

#[cfg(feature = "backend")]
pub(crate) use activity::{Deed, committed, note};
#[cfg(feature = "backend")]
pub(crate) use entry::{Entry, Reach, person, switched_on};
pub use model::{Activity, NewWorkspace, NewWorkspaceMember, RoleChange, Workspace, WorkspaceChange, WorkspaceMember};
#[cfg(feature = "backend")]
pub use service::Workspaces;
