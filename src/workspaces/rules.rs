//! What somebody is in a workspace, and which roles they may give and take.

use crate::{
    Error, Result,
    access::{Role, WorkspaceRole},
};

/// What somebody is in a workspace: the higher of what the tenant's role and the membership give; none for those to whom
/// the workspace does not exist.
pub(super) fn standing(tenant: Role, membership: Option<WorkspaceRole>) -> Option<WorkspaceRole> {
    let by_tenant = match tenant {
        Role::Owner | Role::Admin => Some(WorkspaceRole::Owner),
        Role::Auditor => Some(WorkspaceRole::Viewer),
        Role::Member => None,
    };
    by_tenant.max(membership)
}

/// Whether somebody with the role `own` may make a member with the role `from`, if it is one already, one with the role
/// `to`, if it stays one.
///
/// # Errors
/// Forbidden where one of the two is above their own.
pub(super) fn may_give(own: WorkspaceRole, from: Option<WorkspaceRole>, to: Option<WorkspaceRole>) -> Result<()> {
    let above = from.max(to).filter(|role| *role > own);
    match above {
        None => Ok(()),
        Some(role) => Err(Error::forbidden(format!(
            "Your role in this workspace is {own}; nobody gives or takes a role above their own, as {role} is."
        ))),
    }
}

/// Whether a workspace keeps an owner when so many remain.
///
/// # Errors
/// Conflict when none does.
pub(super) fn keeps_an_owner(remaining: usize) -> Result<()> {
    if remaining == 0 {
        return Err(Error::conflict("A workspace always keeps an owner; make somebody else an owner first."));
    }
    Ok(())
}
