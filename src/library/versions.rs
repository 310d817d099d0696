//! Versions of assets: made, or proposed where the workspace wants changes reviewed.

use super::{
    content,
    desk::Desk,
    model::{Asset, AssetVersion, NewVersion, Proposal, ProposalQuery, ProposalState, Submitted, VersionHead},
    rules,
    service::Library,
    store::{self, NewProposal},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope, WorkspacePermission},
    identity::Identity,
    ids::AssetId,
    page::{Page, PageRequest},
    platform::db::Tx,
    tenants::quotas::{self, QuotaKind},
    workspaces::{committed, switched_on},
};
use serde_json::json;

impl Library<'_> {
    /// Makes the next version of an asset, or proposes it where the workspace wants changes reviewed. Needs
    /// `library:write`, and `assets:share` in its workspace.
    ///
    /// # Errors
    /// Invalid for a wrong field, and at `/content` where it is not what its kind says; conflict where it says the same as
    /// the newest version, and where as many proposals wait as may; quota where the storage has no room for it.
    pub async fn submit(&self, actor: &Actor, id: AssetId, new: NewVersion) -> Result<Submitted> {
        let scope = actor.require(Permission::LibraryWrite)?;
        switched_on(self.platform)?;
        let new = new.parse()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let share = WorkspacePermission::Share;
        let mut desk = Desk::open_to_change(self.platform, &tx, &scope, actor, id, share).await?;
        let asset = Asset::try_from(desk.row.clone())?;
        content::check(asset.kind, &new)?;
        if asset.latest_version > 0 {
            let newest = store::version(&tx, &scope, id, asset.latest_version).await?;
            if (&newest.content, &newest.head.uri) == (&new.content, &new.uri) {
                return Err(Error::conflict(format!("Version {} says the same already.", asset.latest_version)));
            }
        }
        let (version, proposal) = self.keep_version(&tx, &scope, actor, &mut desk, &new).await?;
        let (action, detail) = match (&version, &proposal) {
            (Some(version), _) => {
                let detail = json!({ "version": version.number, "sha256": version.sha256, "note": version.note });
                ("library.version.made", detail)
            }
            (None, proposal) => {
                let proposal = proposal.as_ref();
                let detail = json!({
                    "proposal_id": proposal.map(|proposal| proposal.id), "base_version": asset.latest_version,
                    "sha256": proposal.map(|proposal| &proposal.sha256), "note": new.note,
                });
                ("library.version.proposed", detail)
            }
        };
        desk.note(&tx, &scope, actor, now, action, detail).await?;
        committed(self.platform, tx).await?;
        Ok(Submitted { version, proposal })
    }

    /// Makes the next version, or proposes it, as the workspace wants it.
    pub(super) async fn keep_version(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        desk: &mut Desk,
        new: &NewVersion,
    ) -> Result<(Option<VersionHead>, Option<Proposal>)> {
        let now = self.platform.clock.now();
        if desk.entry.review_changes {
            let open = ProposalQuery {
                asset_id: Some(desk.row.id.into()),
                state: Some(ProposalState::Open),
                ..ProposalQuery::default()
            };
            rules::may_propose(store::proposal_count(tx, scope, None, &open).await?)?;
            // Its bytes count once it is approved; nothing is proposed that there is no room for at all.
            quotas::take(tx, scope, now, QuotaKind::Storage, 0).await?;
            let proposal = NewProposal {
                workspace: desk.row.workspace_id,
                asset: desk.row.id,
                base: desk.row.latest_version,
                version: new,
                proposer: Identity::new(self.platform).person(tx, scope, actor).await?,
                label: actor.label(),
            };
            let proposal = store::propose(tx, scope, now, proposal).await?;
            return Ok((None, Some(proposal.view(desk.row.name.clone())?)));
        }
        let head = self.next_version(tx, scope, desk, new, (actor.label(), None)).await?;
        Ok((Some(head), None))
    }

    /// Makes the next version of an asset.
    pub(super) async fn next_version(
        &self,
        tx: &Tx,
        scope: &Scope,
        desk: &mut Desk,
        new: &NewVersion,
        by: (String, Option<String>),
    ) -> Result<VersionHead> {
        let now = self.platform.clock.now();
        quotas::take(tx, scope, now, QuotaKind::Storage, new.body().len() as u64).await?;
        desk.row.latest_version += 1;
        desk.row.updated_at = now;
        let head = store::add_version(tx, scope, now, (desk.row.id, desk.row.latest_version), new, by).await?;
        desk.row = store::touch(tx, desk.row.clone()).await?;
        Ok(head)
    }

    /// The versions of an asset, newest first, without their content. Needs `library:read`.
    pub async fn versions(&self, actor: &Actor, id: AssetId, page: &PageRequest) -> Result<Page<VersionHead>> {
        let scope = actor.require(Permission::LibraryRead)?;
        let tx = self.platform.db.read(&scope).await?;
        self.see(&tx, &scope, actor, id).await?;
        store::version_page(&tx, &scope, id, page).await
    }

    /// A version of an asset. Needs `library:read`.
    pub async fn version(&self, actor: &Actor, id: AssetId, number: u32) -> Result<AssetVersion> {
        let scope = actor.require(Permission::LibraryRead)?;
        let tx = self.platform.db.read(&scope).await?;
        self.see(&tx, &scope, actor, id).await?;
        store::version(&tx, &scope, id, number).await
    }
}
