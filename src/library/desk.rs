//! Reaching an asset: through the workspace that it belongs to.

use super::store::{self, assets};
use crate::{
    Error, Kind, Result,
    access::{Actor, Scope, WorkspacePermission},
    ids::AssetId,
    platform::{Platform, db::Tx},
    workspaces::{Deed, Entry, note},
};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// An asset with the workspace that the actor reached it through.
pub(super) struct Desk {
    pub entry: Entry,
    pub row: assets::Model,
}

/// To those who aren't in its workspace, an asset does not exist either.
fn hidden(error: Error) -> Error {
    if error.kind() == Kind::NotFound { Error::not_found(AssetId::WHAT) } else { error }
}

impl Desk {
    /// An asset to be looked at.
    ///
    /// # Errors
    /// Not found where the actor isn't in its workspace; forbidden where the role there does not include the permission.
    pub async fn open(
        platform: &Platform,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        id: AssetId,
        permission: WorkspacePermission,
    ) -> Result<Self> {
        let row = store::find(tx, scope, id).await?;
        let entry = Entry::admit(platform, tx, scope, actor, row.workspace_id.into(), permission).await;
        Ok(Self { entry: entry.map_err(hidden)?, row })
    }

    /// An asset to be changed; nobody else changes anything in its workspace until the transaction ends.
    ///
    /// # Errors
    /// Beside those above, conflict where the workspace is archived.
    pub async fn open_to_change(
        platform: &Platform,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        id: AssetId,
        permission: WorkspacePermission,
    ) -> Result<Self> {
        let workspace = store::find(tx, scope, id).await?.workspace_id.into();
        let entry = Entry::admit_to_change(platform, tx, scope, actor, workspace, permission).await;
        let entry = entry.map_err(hidden)?;
        // Read again: it may have changed, or gone, before the workspace was this transaction's.
        Ok(Self { entry, row: store::find(tx, scope, id).await? })
    }

    /// Writes what was done to the asset into the feed and the audit log.
    pub async fn note(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        now: DateTime<Utc>,
        action: &str,
        detail: Value,
    ) -> Result<()> {
        let title = &self.row.name;
        let deed = Deed { action, object: AssetId::WHAT, object_id: self.row.id, title, detail };
        note(tx, scope, actor, now, self.entry.id, deed).await
    }
}
