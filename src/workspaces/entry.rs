//! The door of a workspace: who comes in, as what.

use super::{
    rules,
    store::{self, workspaces},
};
use crate::{
    Error, Result,
    access::{Actor, Principal, Scope, WorkspacePermission, WorkspaceRole},
    identity::{Identity, Who, active},
    ids::{UserId, WorkspaceId},
    platform::{Platform, db::Tx},
};
use sea_orm::sea_query::SelectStatement;

/// A workspace that the actor came into.
pub(crate) struct Entry {
    /// The workspace.
    pub id: WorkspaceId,
    /// What the actor is in it.
    pub role: WorkspaceRole,
    /// New versions of its assets need an approval.
    pub review_changes: bool,
    pub(super) row: workspaces::Model,
}

/// Which workspaces somebody sees.
pub(crate) enum Reach {
    /// All of the tenant.
    All,
    /// Those that this member is in.
    Joined(UserId),
    /// None.
    Nowhere,
}

impl Reach {
    /// The ids as a part of another statement; none where there is no limit.
    pub(crate) fn ids(&self, scope: &Scope) -> Option<SelectStatement> {
        match self {
            Self::All => None,
            Self::Joined(user) => Some(store::joined(scope, *user)),
            Self::Nowhere => Some(store::joined(scope, uuid::Uuid::nil().into())),
        }
    }

    /// What somebody reaches.
    pub(crate) async fn of(platform: &Platform, tx: &Tx, scope: &Scope, actor: &Actor) -> Result<Self> {
        if rules::standing(actor.role(), None).is_some() {
            return Ok(Self::All);
        }
        Ok(person(platform, tx, scope, actor).await?.map_or(Self::Nowhere, Self::Joined))
    }
}

impl Entry {
    /// Lets somebody in who may do this there.
    ///
    /// # Errors
    /// Not found for a workspace that the actor isn't in; forbidden where its role there does not include the permission.
    pub(crate) async fn admit(
        platform: &Platform,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        id: WorkspaceId,
        permission: WorkspacePermission,
    ) -> Result<Self> {
        let row = store::find(tx, scope, id).await?;
        Self::with(platform, tx, scope, actor, row, permission).await
    }

    /// The same for a change: nobody else changes anything in the workspace until the transaction ends.
    ///
    /// # Errors
    /// Beside those above, conflict for an archived workspace.
    pub(crate) async fn admit_to_change(
        platform: &Platform,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        id: WorkspaceId,
        permission: WorkspacePermission,
    ) -> Result<Self> {
        let row = store::lock(tx, scope, id).await?;
        let entry = Self::with(platform, tx, scope, actor, row, permission).await?;
        if entry.row.archived_at.is_some() {
            return Err(Error::conflict("The workspace is archived; nothing in it changes any more."));
        }
        Ok(entry)
    }

    pub(super) async fn with(
        platform: &Platform,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        row: workspaces::Model,
        permission: WorkspacePermission,
    ) -> Result<Self> {
        let id = row.id.into();
        let membership = match person(platform, tx, scope, actor).await? {
            Some(user) => store::member(tx, scope, id, user).await?.as_ref().map(store::role).transpose()?,
            None => None,
        };
        let role = rules::standing(actor.role(), membership).ok_or_else(|| Error::not_found(WorkspaceId::WHAT))?;
        if !role.may(permission) {
            return Err(Error::forbidden(format!(
                "This needs {permission} in the workspace, as {} and above have it; your role there is {role}.",
                permission.least()
            )));
        }
        Ok(Self { id, role, review_changes: row.review_changes, row })
    }
}

/// The member behind an actor, as long as the membership of the tenant goes on. Owners and admins need none to come in.
pub(crate) async fn person(platform: &Platform, tx: &Tx, scope: &Scope, actor: &Actor) -> Result<Option<UserId>> {
    if matches!(actor.principal(), Principal::Hub { .. }) {
        return Ok(None);
    }
    let user = match Identity::new(platform).person(tx, scope, actor).await {
        Ok(user) => user,
        // A key of the console is nobody's.
        Err(error) if error.kind() == crate::Kind::Forbidden => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(active(tx, scope, Who::Account(user)).await?.map(|member| member.id))
}

/// Refuses changes where workspaces are switched off.
///
/// # Errors
/// Unavailable, naming the variable.
pub(crate) fn switched_on(platform: &Platform) -> Result<()> {
    if platform.settings.workspaces {
        return Ok(());
    }
    Err(Error::unavailable("Workspaces and the library are switched off (FEATURE_WORKSPACES=false)."))
}
