//! Who is in a workspace, and as what.

use super::{
    activity::{Deed, committed, note},
    entry::{Entry, switched_on},
    model::{NewWorkspaceMember, RoleChange, WorkspaceMember},
    rules,
    service::Workspaces,
    store::{self, members},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope, WorkspacePermission, WorkspaceRole},
    identity::{Member, Who, accounts, active, held},
    ids::{UserId, WorkspaceId},
    page::{Page, PageRequest},
    platform::db::Tx,
};
use serde_json::json;

impl Workspaces<'_> {
    /// Who is in a workspace, those added last first. Needs `workspaces:read`.
    pub async fn members(&self, actor: &Actor, id: WorkspaceId, page: &PageRequest) -> Result<Page<WorkspaceMember>> {
        let scope = actor.require(Permission::WorkspacesRead)?;
        let tx = self.platform.db.read(&scope).await?;
        Entry::admit(self.platform, &tx, &scope, actor, id, WorkspacePermission::Read).await?;
        let rows = store::member_page(&tx, &scope, id, page).await?;
        let ids: Vec<UserId> = rows.items.iter().map(|row| row.user_id.into()).collect();
        let people = accounts(&tx, &scope, &ids).await?;
        // Whose account has gone is in no workspace any more.
        let there = rows.items.iter().filter_map(|row| {
            let person = people.iter().find(|person| person.id.uuid() == row.user_id);
            person.map(|person| view(row, person))
        });
        Ok(Page { items: there.collect::<Result<_>>()?, next_cursor: rows.next_cursor })
    }

    /// Adds a member of the tenant to a workspace. Needs `workspaces:write`, and `workspace:members` there.
    ///
    /// # Errors
    /// Forbidden for a role above the actor's own; invalid or not found for somebody who is no active member of the tenant;
    /// conflict for somebody who is in it already, and beyond `WORKSPACE_MAX_MEMBERS`.
    pub async fn add_member(&self, actor: &Actor, new: NewWorkspaceMember) -> Result<WorkspaceMember> {
        let scope = actor.require(Permission::WorkspacesWrite)?;
        switched_on(self.platform)?;
        let new = new.parse()?;
        let (id, now) = (new.workspace_id, self.platform.clock.now());
        let tx = self.platform.db.write(&scope).await?;
        let entry = self.admit_to_members(&tx, &scope, actor, id).await?;
        rules::may_give(entry.role, None, Some(new.role))?;
        let person = held(&tx, &scope, named(&tx, &scope, &new).await?.id).await?;
        let person = person.ok_or_else(|| Error::not_found(UserId::WHAT))?;
        if store::member(&tx, &scope, id, person.id).await?.is_some() {
            return Err(Error::conflict(format!("{} is in the workspace already.", person.email)));
        }
        let most = self.platform.settings.workspace_max_members;
        if store::count(&tx, &scope, id).await? >= u64::from(most) {
            return Err(Error::conflict(format!(
                "The workspace has {most} members, which is as many as one may have; remove one that is not needed."
            )));
        }
        let row = members::Model {
            id: uuid::Uuid::now_v7(),
            tenant_id: scope.tenant().uuid(),
            created_at: now,
            workspace_id: id.uuid(),
            user_id: person.id.uuid(),
            role: new.role.as_str().to_owned(),
            added_by: actor.label(),
        };
        store::add(&tx, row.clone()).await?;
        let detail = json!({ "email": person.email, "role": new.role });
        note(&tx, &scope, actor, now, id, deed("workspace.member.added", &person, detail)).await?;
        committed(self.platform, tx).await?;
        self.platform.metrics.workspace_members.inc();
        view(&row, &person)
    }

    /// Gives a member another role. Needs `workspaces:write`, and `workspace:members` there.
    ///
    /// # Errors
    /// Forbidden where the old or the new role is above the actor's own; conflict for the last owner.
    pub async fn change_member(
        &self,
        actor: &Actor,
        id: WorkspaceId,
        user: UserId,
        change: RoleChange,
    ) -> Result<WorkspaceMember> {
        let scope = actor.require(Permission::WorkspacesWrite)?;
        switched_on(self.platform)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let entry = self.admit_to_members(&tx, &scope, actor, id).await?;
        let (mut row, person) = self.member_of(&tx, &scope, id, user).await?;
        let from = store::role(&row)?;
        rules::may_give(entry.role, Some(from), Some(change.role))?;
        if from == change.role {
            return view(&row, &person);
        }
        if from == WorkspaceRole::Owner {
            rules::keeps_an_owner(self.other_owners(&tx, &scope, id, user).await?)?;
        }
        store::set_role(&tx, &scope, row.id, change.role).await?;
        row.role = change.role.as_str().to_owned();
        let detail = json!({ "email": person.email, "from": from, "to": change.role });
        note(&tx, &scope, actor, now, id, deed("workspace.member.role_changed", &person, detail)).await?;
        committed(self.platform, tx).await?;
        view(&row, &person)
    }

    /// Takes a member out of a workspace; everybody may leave. Needs `workspaces:write`, and `workspace:members` there for
    /// anybody else.
    ///
    /// # Errors
    /// Forbidden for a member whose role is above the actor's own; conflict for the last owner.
    pub async fn remove_member(&self, actor: &Actor, id: WorkspaceId, user: UserId) -> Result<()> {
        let scope = actor.require(Permission::WorkspacesWrite)?;
        switched_on(self.platform)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let leaves = super::entry::person(self.platform, &tx, &scope, actor).await? == Some(user);
        let needed = if leaves { WorkspacePermission::Read } else { WorkspacePermission::Members };
        let entry = Entry::admit_to_change(self.platform, &tx, &scope, actor, id, needed).await?;
        let (row, person) = self.member_of(&tx, &scope, id, user).await?;
        let role = store::role(&row)?;
        rules::may_give(entry.role, Some(role), None)?;
        if role == WorkspaceRole::Owner {
            rules::keeps_an_owner(self.other_owners(&tx, &scope, id, user).await?)?;
        }
        store::remove(&tx, &scope, row.id).await?;
        let detail = json!({ "email": person.email, "role": role });
        note(&tx, &scope, actor, now, id, deed("workspace.member.removed", &person, detail)).await?;
        committed(self.platform, tx).await
    }

    async fn admit_to_members(&self, tx: &Tx, scope: &Scope, actor: &Actor, id: WorkspaceId) -> Result<Entry> {
        Entry::admit_to_change(self.platform, tx, scope, actor, id, WorkspacePermission::Members).await
    }

    async fn member_of(
        &self,
        tx: &Tx,
        scope: &Scope,
        id: WorkspaceId,
        user: UserId,
    ) -> Result<(members::Model, Member)> {
        let missing = || Error::not_found(UserId::WHAT);
        let row = store::member(tx, scope, id, user).await?.ok_or_else(missing)?;
        let person = accounts(tx, scope, &[user]).await?.pop().ok_or_else(missing)?;
        Ok((row, person))
    }

    /// How many owners there are beside one, whose membership of the tenant goes on.
    async fn other_owners(&self, tx: &Tx, scope: &Scope, id: WorkspaceId, but: UserId) -> Result<usize> {
        let owners = store::holders(tx, scope, id, WorkspaceRole::Owner).await?;
        let people = accounts(tx, scope, &owners).await?;
        Ok(people.iter().filter(|person| person.id != but && person.disabled_at.is_none()).count())
    }
}

/// The active member of the tenant whom a request names.
async fn named(tx: &Tx, scope: &Scope, new: &NewWorkspaceMember) -> Result<Member> {
    match (new.user_id, &new.email) {
        (Some(user), _) => active(tx, scope, Who::Account(user)).await?.ok_or_else(|| Error::not_found(UserId::WHAT)),
        (None, email) => {
            let found = active(tx, scope, Who::Address(email.as_deref().unwrap_or_default())).await?;
            let nobody = "No active member of the organisation has this address; invite them first.";
            found.ok_or_else(|| Error::invalid("/email", nobody))
        }
    }
}

fn deed<'a>(action: &'a str, person: &'a Member, detail: serde_json::Value) -> Deed<'a> {
    Deed { action, object: UserId::WHAT, object_id: person.id.uuid(), title: &person.email, detail }
}

fn view(row: &members::Model, person: &Member) -> Result<WorkspaceMember> {
    Ok(WorkspaceMember {
        user_id: person.id,
        email: person.email.clone(),
        name: person.name.clone(),
        role: store::role(row)?,
        active: person.disabled_at.is_none(),
        added_by: row.added_by.clone(),
        added_at: row.created_at,
    })
}
