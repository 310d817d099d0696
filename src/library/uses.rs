//! Golden paths and policies that systems take from the library.

use super::{
    content,
    desk::Desk,
    model::{Asset, AssetKind, AssetUse, AssetVersion, NewUse, UseKind},
    service::Library,
    store::{self, asset_uses},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope, WorkspacePermission},
    gates::{Gates, NewGoldenPath, NewPolicy},
    ids::{AssetId, AssetUseId, GoldenPathId, PolicyId, SystemId},
    page::{MAX_LIMIT, Page, PageRequest},
    platform::db::Tx,
    systems::Systems,
    text,
    workspaces::{committed, switched_on},
};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a system has once it uses an asset.
struct Target {
    kind: UseKind,
    key: String,
    name: String,
    id: Uuid,
    revision: u32,
}

impl Library<'_> {
    /// Makes a version of an asset a system's golden path or its gate policy, and keeps that it is in use. Needs
    /// `gates:write` and `library:read`.
    ///
    /// # Errors
    /// Conflict for a kind that no system uses, for a deprecated asset, and for a version that is an address; not found for
    /// a version that there is not.
    pub async fn put_to_use(&self, actor: &Actor, id: AssetId, new: NewUse) -> Result<AssetUse> {
        let scope = actor.require(Permission::GatesWrite)?;
        actor.require(Permission::LibraryRead)?;
        switched_on(self.platform)?;
        let new = new.parse()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let read = WorkspacePermission::Read;
        let desk = Desk::open_to_change(self.platform, &tx, &scope, actor, id, read).await?;
        let asset = Asset::try_from(desk.row.clone())?;
        if let Some(deprecation) = &asset.deprecation {
            return Err(Error::conflict(format!("The asset is deprecated: {}", deprecation.reason)));
        }
        let system = Systems::new(self.platform).find(&tx, &scope, new.system_id).await?;
        let version = store::version(&tx, &scope, id, new.version.unwrap_or(asset.latest_version)).await?;
        store::count_use(&tx, &scope, id).await?;
        let target = self.take(&tx, &scope, actor, &asset, &version, new).await?;
        let row = asset_uses::Model {
            id: AssetUseId::generate().uuid(),
            tenant_id: scope.tenant().uuid(),
            created_at: now,
            asset_id: id.uuid(),
            version: i32::try_from(version.head.number).map_err(Error::internal)?,
            system_id: system.id.uuid(),
            kind: target.kind.as_str().to_owned(),
            target_key: target.key,
            target_name: target.name,
            target_id: target.id,
            target_revision: i32::try_from(target.revision).map_err(Error::internal)?,
            used_by: actor.label(),
        };
        let row = store::put_use(&tx, &scope, row).await?;
        let detail =
            json!({ "system_id": system.id, "version": row.version, "kind": row.kind, "target": row.target_name });
        desk.note(&tx, &scope, actor, now, "library.asset.used", detail).await?;
        let made = view(row, system.name, true)?;
        committed(self.platform, tx).await?;
        Ok(made)
    }

    /// Gives the system its golden path or policy.
    async fn take(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        asset: &Asset,
        version: &AssetVersion,
        new: NewUse,
    ) -> Result<Target> {
        let address = || Error::conflict("This version is an address; only content can be used for a system.");
        let gates = Gates::new(self.platform);
        match asset.kind {
            AssetKind::GoldenPath => {
                let source = version.content.clone().ok_or_else(address)?;
                let name = new.name.unwrap_or_else(|| asset.name.clone());
                let known = gates.path_named(tx, scope, new.system_id, &name).await?;
                let (variables, timeout_s) = match known {
                    Some(path) => (path.variables, Some(path.timeout_s)),
                    None => Default::default(),
                };
                let system_id = Some(new.system_id);
                let path = NewGoldenPath { system_id, name, source, variables, timeout_s };
                let path = gates.register_within(tx, actor, path).await?;
                let (kind, key) = (UseKind::GoldenPath, text::key(&path.name));
                Ok(Target { kind, key, name: path.name, id: path.id.uuid(), revision: path.revision })
            }
            AssetKind::Policy => {
                let document = content::policy(version.content.as_deref().ok_or_else(address)?)?;
                let policy = NewPolicy { system_id: new.system_id, document };
                let policy = gates.set_policy_within(tx, actor, policy).await?;
                let (kind, name) = (UseKind::GatePolicy, policy.document.name);
                Ok(Target { kind, key: String::new(), name, id: policy.id.uuid(), revision: policy.revision })
            }
            other => Err(Error::conflict(format!(
                "No system uses an asset of the kind {other}; golden paths and policies are used."
            ))),
        }
    }

    /// Who took an asset into use, newest first. Needs `library:read`.
    pub async fn uses(&self, actor: &Actor, id: AssetId, page: &PageRequest) -> Result<Page<AssetUse>> {
        let scope = actor.require(Permission::LibraryRead)?;
        let tx = self.platform.db.read(&scope).await?;
        self.see(&tx, &scope, actor, id).await?;
        self.use_page(&tx, &scope, id, page).await
    }

    /// All uses of an asset.
    pub(super) async fn all_uses(&self, tx: &Tx, scope: &Scope, id: AssetId) -> Result<Vec<AssetUse>> {
        let (mut uses, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.use_page(tx, scope, id, &PageRequest { cursor, limit: Some(MAX_LIMIT) }).await?;
            uses.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(uses);
            }
        }
    }

    async fn use_page(&self, tx: &Tx, scope: &Scope, id: AssetId, page: &PageRequest) -> Result<Page<AssetUse>> {
        let rows = store::uses_of(tx, scope, id, page).await?;
        let of = |kind: UseKind| rows.items.iter().filter(move |row| row.kind == kind.as_str());
        let paths: Vec<GoldenPathId> = of(UseKind::GoldenPath).map(|row| row.target_id.into()).collect();
        let judged: Vec<SystemId> = of(UseKind::GatePolicy).map(|row| row.system_id.into()).collect();
        let gates = Gates::new(self.platform);
        let paths = gates.path_revisions(tx, scope, &paths).await?;
        let policies = gates.policies(tx, scope, &judged).await?;
        let names = self.system_names(tx, scope, &rows.items).await?;
        rows.try_map(|row| {
            let revision = u32::try_from(row.target_revision).unwrap_or_default();
            // What was written over by hand, or removed, holds the asset no more.
            let current = match UseKind::parse(&row.kind) {
                Some(UseKind::GoldenPath) => paths.get(&row.target_id.into()) == Some(&revision),
                _ => policies.get(&row.system_id.into()) == Some(&PolicyId::from(row.target_id)),
            };
            let system = names.get(&row.system_id).cloned().unwrap_or_default();
            view(row, system, current)
        })
    }

    async fn system_names(&self, tx: &Tx, scope: &Scope, rows: &[asset_uses::Model]) -> Result<BTreeMap<Uuid, String>> {
        let ids: Vec<SystemId> = rows.iter().map(|row| row.system_id.into()).collect();
        let systems = Systems::new(self.platform).named(tx, scope, &ids).await?;
        Ok(systems.into_iter().map(|system| (system.id.uuid(), system.name)).collect())
    }
}

fn view(row: asset_uses::Model, system: String, current: bool) -> Result<AssetUse> {
    let kind = UseKind::parse(&row.kind);
    Ok(AssetUse {
        id: row.id.into(),
        asset_id: row.asset_id.into(),
        version: u32::try_from(row.version).unwrap_or_default(),
        system_id: row.system_id.into(),
        system,
        kind: kind.ok_or_else(|| Error::internal(format!("use {}: stored kind", row.id)))?,
        target: row.target_name,
        current,
        used_by: row.used_by,
        used_at: row.created_at,
    })
}
