//! Making workspaces, showing them, changing them.

use super::{
    activity::{self, Deed, committed, note},
    entry::{Entry, Reach, switched_on},
    model::{Activity, NewWorkspace, Workspace, WorkspaceChange},
    rules,
    store::{self, members, workspaces},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope, WorkspacePermission, WorkspaceRole},
    identity::Identity,
    ids::WorkspaceId,
    page::{Page, PageRequest},
    platform::{Platform, db::Tx},
    text,
};
use serde_json::json;

/// The workspaces of the actor's tenant.
pub struct Workspaces<'a> {
    pub(super) platform: &'a Platform,
}

impl<'a> Workspaces<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Makes a workspace whose first owner is the actor. Needs `workspaces:write`.
    ///
    /// # Errors
    /// Invalid for a name that is taken; forbidden for a key that no member made.
    pub async fn create(&self, actor: &Actor, new: NewWorkspace) -> Result<Workspace> {
        let scope = actor.require(Permission::WorkspacesWrite)?;
        switched_on(self.platform)?;
        let new = new.parse()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let owner = Identity::new(self.platform).person(&tx, &scope, actor).await?;
        let id = WorkspaceId::generate();
        let row = workspaces::Model {
            id: id.uuid(),
            tenant_id: scope.tenant().uuid(),
            created_at: now,
            name_key: text::key(&new.name),
            name: new.name,
            description: new.description,
            review_changes: new.review_changes,
            created_by: actor.label(),
            updated_at: now,
            archived_at: None,
        };
        let row = store::create(&tx, row).await?;
        let owner = members::Model {
            id: uuid::Uuid::now_v7(),
            tenant_id: scope.tenant().uuid(),
            created_at: now,
            workspace_id: id.uuid(),
            user_id: owner.uuid(),
            role: WorkspaceRole::Owner.as_str().to_owned(),
            added_by: actor.label(),
        };
        store::add(&tx, owner).await?;
        let detail = json!({ "name": row.name, "review_changes": row.review_changes });
        note(&tx, &scope, actor, now, id, deed("workspace.created", &row, detail)).await?;
        committed(self.platform, tx).await?;
        self.platform.metrics.workspace_members.inc();
        Ok(view(row, 1, WorkspaceRole::Owner))
    }

    /// A workspace that the actor is in or may look into. Needs `workspaces:read`.
    pub async fn get(&self, actor: &Actor, id: WorkspaceId) -> Result<Workspace> {
        let scope = actor.require(Permission::WorkspacesRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let entry = Entry::admit(self.platform, &tx, &scope, actor, id, WorkspacePermission::Read).await?;
        let count = store::count(&tx, &scope, id).await?;
        Ok(view(entry.row, count, entry.role))
    }

    /// The workspaces that the actor is in or may look into, newest first. Needs `workspaces:read`.
    pub async fn list(&self, actor: &Actor, page: &PageRequest) -> Result<Page<Workspace>> {
        let scope = actor.require(Permission::WorkspacesRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let of = match Reach::of(self.platform, &tx, &scope, actor).await? {
            Reach::All => None,
            Reach::Joined(user) => Some(user),
            Reach::Nowhere => return Ok(Page { items: Vec::new(), next_cursor: None }),
        };
        let rows = store::list(&tx, &scope, of, page).await?;
        self.views(&tx, &scope, actor, rows).await
    }

    async fn views(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        rows: Page<workspaces::Model>,
    ) -> Result<Page<Workspace>> {
        let ids: Vec<_> = rows.items.iter().map(|row| row.id).collect();
        let counts = store::counts(tx, scope, &ids).await?;
        let roles = match super::entry::person(self.platform, tx, scope, actor).await? {
            Some(user) => store::roles_of(tx, scope, user, &ids).await?,
            None => Default::default(),
        };
        rows.try_map(|row| {
            let role = rules::standing(actor.role(), roles.get(&row.id).copied());
            let role = role.ok_or_else(|| Error::internal("a workspace was listed for somebody who is not in it"))?;
            let count = counts.get(&row.id).copied().unwrap_or_default();
            Ok(view(row, count, role))
        })
    }

    /// Changes a workspace. Needs `workspaces:write`; names and descriptions are the maintainers' to change, reviews and
    /// the archive the owners'.
    ///
    /// # Errors
    /// Invalid for a name that is taken; conflict for a change of an archived workspace but its return.
    pub async fn change(&self, actor: &Actor, id: WorkspaceId, change: WorkspaceChange) -> Result<Workspace> {
        let scope = actor.require(Permission::WorkspacesWrite)?;
        switched_on(self.platform)?;
        let change = change.parse()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let row = store::lock(&tx, &scope, id).await?;
        let owners = change.review_changes.is_some() || change.archived.is_some();
        let needed = if owners { WorkspacePermission::Own } else { WorkspacePermission::Describe };
        let Entry { mut row, role, .. } = Entry::with(self.platform, &tx, &scope, actor, row, needed).await?;
        let stays_archived = row.archived_at.is_some() && change.archived != Some(false);
        if stays_archived {
            return Err(Error::conflict("The workspace is archived; nothing in it changes any more."));
        }
        let before = row.clone();
        if let Some(name) = change.name {
            row.name_key = text::key(&name);
            row.name = name;
        }
        row.description = change.description.unwrap_or(row.description);
        row.review_changes = change.review_changes.unwrap_or(row.review_changes);
        if let Some(archived) = change.archived {
            row.archived_at = archived.then_some(now);
        }
        let count = store::count(&tx, &scope, id).await?;
        if row == before {
            return Ok(view(row, count, role));
        }
        row.updated_at = now;
        let row = store::update(&tx, row).await?;
        let action = match (before.archived_at, row.archived_at) {
            (None, Some(_)) => "workspace.archived",
            (Some(_), None) => "workspace.restored",
            _ => "workspace.changed",
        };
        let detail = json!({
            "from": { "name": before.name, "description": before.description, "review_changes": before.review_changes },
            "to": { "name": row.name, "description": row.description, "review_changes": row.review_changes },
        });
        note(&tx, &scope, actor, now, id, deed(action, &row, detail)).await?;
        committed(self.platform, tx).await?;
        Ok(view(row, count, role))
    }

    /// What happened in a workspace, newest first. Needs `workspaces:read`.
    pub async fn activity(&self, actor: &Actor, id: WorkspaceId, page: &PageRequest) -> Result<Page<Activity>> {
        let scope = actor.require(Permission::WorkspacesRead)?;
        let tx = self.platform.db.read(&scope).await?;
        Entry::admit(self.platform, &tx, &scope, actor, id, WorkspacePermission::Read).await?;
        activity::list(&tx, &scope, id, page).await
    }
}

fn deed<'a>(action: &'a str, row: &'a workspaces::Model, detail: serde_json::Value) -> Deed<'a> {
    Deed { action, object: WorkspaceId::WHAT, object_id: row.id, title: &row.name, detail }
}

fn view(row: workspaces::Model, members: u64, role: WorkspaceRole) -> Workspace {
    Workspace {
        id: row.id.into(),
        name: row.name,
        description: row.description,
        review_changes: row.review_changes,
        members,
        role,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        archived_at: row.archived_at,
    }
}
