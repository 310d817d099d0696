//! Sharing assets, finding them, describing, forking and deprecating them.

use super::{
    content,
    desk::Desk,
    model::{Asset, AssetChange, AssetKind, LibraryQuery, NewAsset, NewDeprecation, NewFork, NewVersion, SharedAsset},
    rules,
    store::{self, assets},
};
use crate::{
    Error, Kind, Result,
    access::{Actor, Permission, Scope, WorkspacePermission},
    ids::{AssetId, WorkspaceId},
    page::Page,
    platform::{Platform, db::Tx},
    text,
    workspaces::{Entry, Reach, committed, switched_on},
};
use serde_json::json;

/// The library of the actor's tenant.
pub struct Library<'a> {
    pub(super) platform: &'a Platform,
}

/// An asset to be made, where it comes from, and its first version.
struct Draft {
    kind: AssetKind,
    name: String,
    description: String,
    tags: serde_json::Value,
    metadata: serde_json::Value,
    origin: Option<(AssetId, i32, String)>,
    version: NewVersion,
}

impl<'a> Library<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Shares an asset. Needs `library:write`, and `assets:share` in the workspace. Where that wants changes reviewed, the
    /// first version waits for an approval.
    ///
    /// # Errors
    /// Invalid for a wrong field, and at `/content` where it is not what its kind says; conflict beyond
    /// `WORKSPACE_MAX_SHARED_ASSETS`.
    pub async fn share(&self, actor: &Actor, new: NewAsset) -> Result<SharedAsset> {
        let scope = actor.require(Permission::LibraryWrite)?;
        switched_on(self.platform)?;
        let new = new.parse()?;
        let workspace = new.workspace_id.ok_or_else(|| Error::invalid("/workspace_id", "Name the workspace."))?;
        let draft = Draft {
            kind: new.kind,
            name: new.name,
            description: new.description,
            tags: serde_json::to_value(new.tags)?,
            metadata: serde_json::Value::Object(new.metadata),
            origin: None,
            version: NewVersion { content: new.content, uri: new.uri, note: new.note },
        };
        content::check(draft.kind, &draft.version)?;
        let tx = self.platform.db.write(&scope).await?;
        self.make(tx, &scope, actor, workspace, draft).await
    }

    /// Copies a version of an asset that the actor sees, and keeps where it comes from. Needs `library:write`, and
    /// `assets:share` in the workspace that gets it.
    ///
    /// # Errors
    /// As for sharing; not found for an asset, version or workspace that the actor does not see.
    pub async fn fork(&self, actor: &Actor, id: AssetId, new: NewFork) -> Result<SharedAsset> {
        let scope = actor.require(Permission::LibraryWrite)?;
        switched_on(self.platform)?;
        let new = new.parse()?;
        let tx = self.platform.db.write(&scope).await?;
        let Desk { row, .. } = self.see(&tx, &scope, actor, id).await?;
        let asset = Asset::try_from(row.clone())?;
        let version = store::version(&tx, &scope, id, new.version.unwrap_or(asset.latest_version)).await?;
        let number = i32::try_from(version.head.number).map_err(Error::internal)?;
        let note = format!("Fork of {}, version {number}", asset.name);
        let draft = Draft {
            kind: asset.kind,
            name: new.name.unwrap_or_else(|| asset.name.clone()),
            description: asset.description,
            tags: row.tags,
            metadata: row.metadata,
            origin: Some((id, number, asset.name)),
            version: NewVersion { content: version.content, uri: version.head.uri, note },
        };
        self.make(tx, &scope, actor, new.workspace_id, draft).await
    }

    async fn make(
        &self,
        tx: Tx,
        scope: &Scope,
        actor: &Actor,
        workspace: WorkspaceId,
        draft: Draft,
    ) -> Result<SharedAsset> {
        let now = self.platform.clock.now();
        let share = WorkspacePermission::Share;
        let entry = Entry::admit_to_change(self.platform, &tx, scope, actor, workspace, share).await?;
        let most = self.platform.settings.workspace_max_shared_assets;
        if store::count(&tx, scope, workspace).await? >= u64::from(most) {
            return Err(Error::conflict(format!(
                "The workspace shares {most} assets, which is as many as one may; remove one that is not needed."
            )));
        }
        let (forked_from, forked_version, forked_name) = match draft.origin {
            Some((id, version, name)) => {
                store::count_use(&tx, scope, id).await?;
                (Some(id.uuid()), Some(version), Some(name))
            }
            None => (None, None, None),
        };
        let row = assets::Model {
            id: AssetId::generate().uuid(),
            tenant_id: scope.tenant().uuid(),
            created_at: now,
            workspace_id: workspace.uuid(),
            kind: draft.kind.as_str().to_owned(),
            name_key: text::key(&draft.name),
            name: draft.name,
            description: draft.description,
            tags: draft.tags,
            metadata: draft.metadata,
            latest_version: 0,
            use_count: 0,
            forked_from,
            forked_version,
            forked_name,
            created_by: actor.label(),
            updated_at: now,
            deprecated_at: None,
            deprecation: None,
            replacement_id: None,
        };
        let row = store::create(&tx, scope, row).await?;
        let mut desk = Desk { entry, row };
        let (head, proposal) = self.keep_version(&tx, scope, actor, &mut desk, &draft.version).await?;
        let action = if desk.row.forked_from.is_some() { "library.asset.forked" } else { "library.asset.shared" };
        let detail = json!({
            "kind": draft.kind, "name": desk.row.name, "forked_from": desk.row.forked_from,
            "forked_version": desk.row.forked_version, "sha256": head.as_ref().map(|head| &head.sha256),
            "proposal_id": proposal.as_ref().map(|proposal| proposal.id),
        });
        desk.note(&tx, scope, actor, now, action, detail).await?;
        committed(self.platform, tx).await?;
        self.platform.metrics.shared_assets.with_label_values(&[draft.kind.as_str()]).inc();
        Ok(SharedAsset { asset: desk.row.try_into()?, proposal_id: proposal.map(|proposal| proposal.id) })
    }

    /// The assets of the workspaces that the actor is in, newest first. Needs `library:read`.
    pub async fn list(&self, actor: &Actor, query: LibraryQuery) -> Result<Page<Asset>> {
        let scope = actor.require(Permission::LibraryRead)?;
        let (query, page) = query.parse()?;
        let tx = self.platform.db.read(&scope).await?;
        let within = Reach::of(self.platform, &tx, &scope, actor).await?.ids(&scope);
        store::list(&tx, &scope, within, &query, &page).await
    }

    /// An asset. Needs `library:read`.
    pub async fn get(&self, actor: &Actor, id: AssetId) -> Result<Asset> {
        let scope = actor.require(Permission::LibraryRead)?;
        let tx = self.platform.db.read(&scope).await?;
        self.see(&tx, &scope, actor, id).await?.row.try_into()
    }

    /// An asset of a workspace that the actor is in.
    pub(super) async fn see(&self, tx: &Tx, scope: &Scope, actor: &Actor, id: AssetId) -> Result<Desk> {
        Desk::open(self.platform, tx, scope, actor, id, WorkspacePermission::Read).await
    }

    /// Names and describes an asset anew. Needs `library:write`, and `assets:share` in its workspace.
    ///
    /// # Errors
    /// Invalid for a name that is taken.
    pub async fn change(&self, actor: &Actor, id: AssetId, change: AssetChange) -> Result<Asset> {
        let scope = actor.require(Permission::LibraryWrite)?;
        switched_on(self.platform)?;
        let change = change.parse()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let share = WorkspacePermission::Share;
        let mut desk = Desk::open_to_change(self.platform, &tx, &scope, actor, id, share).await?;
        let before = desk.row.clone();
        if let Some(name) = change.name {
            desk.row.name_key = text::key(&name);
            desk.row.name = name;
        }
        if let Some(description) = change.description {
            desk.row.description = description;
        }
        if let Some(tags) = change.tags {
            desk.row.tags = serde_json::to_value(tags)?;
        }
        if let Some(metadata) = change.metadata {
            desk.row.metadata = serde_json::Value::Object(metadata);
        }
        if desk.row == before {
            return before.try_into();
        }
        desk.row.updated_at = now;
        desk.row = store::update(&tx, &scope, desk.row).await?;
        let told = |row: &assets::Model| json!({ "name": row.name, "description": row.description, "tags": row.tags, "metadata": row.metadata });
        let detail = json!({ "from": told(&before), "to": told(&desk.row) });
        desk.note(&tx, &scope, actor, now, "library.asset.changed", detail).await?;
        committed(self.platform, tx).await?;
        desk.row.try_into()
    }

    /// Says that an asset should not be used any more, why, and what to use instead. What uses it goes on. Needs
    /// `library:write`, and `assets:curate` in its workspace.
    ///
    /// # Errors
    /// Invalid for a replacement that the actor does not see, or that is the asset itself.
    pub async fn deprecate(&self, actor: &Actor, id: AssetId, new: NewDeprecation) -> Result<Asset> {
        let scope = actor.require(Permission::LibraryWrite)?;
        switched_on(self.platform)?;
        let new = new.parse()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let curate = WorkspacePermission::Curate;
        let mut desk = Desk::open_to_change(self.platform, &tx, &scope, actor, id, curate).await?;
        if let Some(replacement) = new.replacement_id {
            self.check_replacement(&tx, &scope, actor, id, replacement).await?;
        }
        desk.row.deprecated_at = Some(desk.row.deprecated_at.unwrap_or(now));
        desk.row.deprecation = Some(new.reason);
        desk.row.replacement_id = new.replacement_id.map(AssetId::uuid);
        desk.row.updated_at = now;
        desk.row = store::touch(&tx, desk.row).await?;
        let detail = json!({ "reason": desk.row.deprecation, "replacement_id": desk.row.replacement_id });
        desk.note(&tx, &scope, actor, now, "library.asset.deprecated", detail).await?;
        committed(self.platform, tx).await?;
        desk.row.try_into()
    }

    async fn check_replacement(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        id: AssetId,
        replacement: AssetId,
    ) -> Result<()> {
        if id == replacement {
            return Err(Error::invalid("/replacement_id", "An asset can't replace itself."));
        }
        match self.see(tx, scope, actor, replacement).await {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == Kind::NotFound => {
                Err(Error::invalid("/replacement_id", "There is no such shared asset."))
            }
            Err(error) => Err(error),
        }
    }

    /// Takes a deprecation back. Needs `library:write`, and `assets:curate` in its workspace.
    pub async fn restore(&self, actor: &Actor, id: AssetId) -> Result<Asset> {
        let scope = actor.require(Permission::LibraryWrite)?;
        switched_on(self.platform)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let curate = WorkspacePermission::Curate;
        let mut desk = Desk::open_to_change(self.platform, &tx, &scope, actor, id, curate).await?;
        if desk.row.deprecated_at.is_none() {
            return desk.row.try_into();
        }
        desk.row.deprecated_at = None;
        desk.row.deprecation = None;
        desk.row.replacement_id = None;
        desk.row.updated_at = now;
        desk.row = store::touch(&tx, desk.row).await?;
        desk.note(&tx, &scope, actor, now, "library.asset.restored", json!({})).await?;
        committed(self.platform, tx).await?;
        desk.row.try_into()
    }

    /// Removes an asset with its versions. Forks of it stay. Needs `library:write`, and `assets:curate` in its workspace.
    ///
    /// # Errors
    /// Conflict while systems use it, naming them.
    pub async fn remove(&self, actor: &Actor, id: AssetId) -> Result<()> {
        let scope = actor.require(Permission::LibraryWrite)?;
        switched_on(self.platform)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let curate = WorkspacePermission::Curate;
        let desk = Desk::open_to_change(self.platform, &tx, &scope, actor, id, curate).await?;
        rules::is_removable(&self.all_uses(&tx, &scope, id).await?)?;
        store::remove(&tx, &scope, id).await?;
        let detail = json!({ "kind": desk.row.kind, "name": desk.row.name, "versions": desk.row.latest_version });
        desk.note(&tx, &scope, actor, now, "library.asset.removed", detail).await?;
        committed(self.platform, tx).await
    }
}
