//! Versions that wait for somebody else's approval.

use super::{
    desk::Desk,
    model::{Decision, NewVersion, Proposal, ProposalDetail, ProposalQuery, ProposalState, Ruling},
    service::Library,
    store::{self, proposal_rows},
};
use crate::{
    Error, Kind, Result,
    access::{Actor, Permission, Scope, WorkspacePermission, rules::by_another},
    identity::Identity,
    ids::ProposalId,
    page::Page,
    platform::db::Tx,
    workspaces::{Reach, committed, person, switched_on},
};
use serde_json::json;

impl Library<'_> {
    /// Proposals of the workspaces that the actor is in, newest first. Needs `library:read`.
    pub async fn proposals(&self, actor: &Actor, query: &ProposalQuery) -> Result<Page<Proposal>> {
        let scope = actor.require(Permission::LibraryRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let within = Reach::of(self.platform, &tx, &scope, actor).await?.ids(&scope);
        let rows = store::proposals(&tx, &scope, within, query).await?;
        let ids: Vec<_> = rows.items.iter().map(|row| row.asset_id).collect();
        let names = store::names(&tx, &scope, &ids).await?;
        rows.try_map(|row| {
            let name = names.get(&row.asset_id).cloned().unwrap_or_default();
            row.view(name)
        })
    }

    /// How many proposals of the workspaces that the actor is in a query wants, on all pages. Needs `library:read`.
    pub async fn proposal_count(&self, actor: &Actor, query: &ProposalQuery) -> Result<u64> {
        let scope = actor.require(Permission::LibraryRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let within = Reach::of(self.platform, &tx, &scope, actor).await?.ids(&scope);
        store::proposal_count(&tx, &scope, within, query).await
    }

    /// A proposal with what it holds. Needs `library:read`.
    pub async fn proposal(&self, actor: &Actor, id: ProposalId) -> Result<ProposalDetail> {
        let scope = actor.require(Permission::LibraryRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let row = store::proposal(&tx, &scope, id).await?;
        let desk = self.see(&tx, &scope, actor, row.asset_id.into()).await.map_err(hidden)?;
        let person = person(self.platform, &tx, &scope, actor).await?;
        let open = row.state == ProposalState::Open.as_str();
        let own = person.is_some_and(|person| person.uuid() == row.proposer_id);
        let reviews = actor.may(Permission::LibraryReview) && desk.entry.role.may(WorkspacePermission::Review);
        let content = row.content.clone();
        Ok(ProposalDetail {
            may_decide: open && reviews && person.is_some() && !own,
            may_withdraw: open && own && actor.may(Permission::LibraryWrite),
            proposal: row.view(desk.row.name)?,
            content,
        })
    }

    /// Approves or rejects a proposal. Needs `library:review`, and `assets:review` in its workspace.
    ///
    /// # Errors
    /// Conflict for one's own proposal, for one that was decided already, and for the approval of one that was made for
    /// another version than the newest; invalid for a rejection without a reason.
    pub async fn decide(&self, actor: &Actor, id: ProposalId, decision: Decision) -> Result<Proposal> {
        let scope = actor.require(Permission::LibraryReview)?;
        switched_on(self.platform)?;
        let decision = decision.parse()?;
        let tx = self.platform.db.write(&scope).await?;
        let review = WorkspacePermission::Review;
        let (mut desk, mut row) = self.open_proposal(&tx, &scope, actor, id, review).await?;
        by_another(row.proposer_id.into(), Identity::new(self.platform).person(&tx, &scope, actor).await?)?;
        let action = match decision.ruling {
            Ruling::Approve => {
                self.approve(&tx, &scope, actor, &mut desk, &mut row).await?;
                "library.version.approved"
            }
            Ruling::Reject => {
                row.state = ProposalState::Rejected.as_str().to_owned();
                "library.version.rejected"
            }
        };
        row.comment = (!decision.comment.is_empty()).then_some(decision.comment);
        self.settle(tx, &scope, actor, desk, row, action).await
    }

    /// Takes one's own proposal back. Needs `library:write`.
    ///
    /// # Errors
    /// Forbidden for somebody else's; conflict for one that was decided already.
    pub async fn withdraw(&self, actor: &Actor, id: ProposalId) -> Result<Proposal> {
        let scope = actor.require(Permission::LibraryWrite)?;
        switched_on(self.platform)?;
        let tx = self.platform.db.write(&scope).await?;
        let (desk, mut row) = self.open_proposal(&tx, &scope, actor, id, WorkspacePermission::Read).await?;
        let person = Identity::new(self.platform).person(&tx, &scope, actor).await?;
        if person.uuid() != row.proposer_id {
            return Err(Error::forbidden("Only whoever proposed it can take it back; a reviewer can reject it."));
        }
        row.state = ProposalState::Withdrawn.as_str().to_owned();
        self.settle(tx, &scope, actor, desk, row, "library.version.withdrawn").await
    }

    async fn approve(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        desk: &mut Desk,
        row: &mut proposal_rows::Model,
    ) -> Result<()> {
        if row.base_version != desk.row.latest_version {
            return Err(Error::conflict(format!(
                "Version {} was made since; it was proposed for version {}. Reject it, and let it be proposed anew.",
                desk.row.latest_version, row.base_version
            )));
        }
        let new = NewVersion { content: row.content.clone(), uri: row.uri.clone(), note: row.note.clone() };
        let by = (row.proposed_by.clone(), Some(actor.label()));
        let head = self.next_version(tx, scope, desk, &new, by).await?;
        row.state = ProposalState::Approved.as_str().to_owned();
        row.version = Some(i32::try_from(head.number).map_err(Error::internal)?);
        Ok(())
    }

    /// A proposal that waits, with its asset; nobody else decides it until the transaction ends.
    async fn open_proposal(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        id: ProposalId,
        permission: WorkspacePermission,
    ) -> Result<(Desk, proposal_rows::Model)> {
        let asset = store::proposal(tx, scope, id).await?.asset_id.into();
        let desk = Desk::open_to_change(self.platform, tx, scope, actor, asset, permission).await.map_err(hidden)?;
        let row = store::proposal(tx, scope, id).await?;
        if row.state != ProposalState::Open.as_str() {
            return Err(Error::conflict(format!("The proposal was {} already.", row.state)));
        }
        Ok((desk, row))
    }

    async fn settle(
        &self,
        tx: Tx,
        scope: &Scope,
        actor: &Actor,
        desk: Desk,
        mut row: proposal_rows::Model,
        action: &str,
    ) -> Result<Proposal> {
        let now = self.platform.clock.now();
        row.decided_by = Some(actor.label());
        row.decided_at = Some(now);
        let row = store::decide(&tx, row).await?;
        let detail = json!({
            "proposal_id": row.id, "proposed_by": row.proposed_by, "sha256": row.sha256, "version": row.version,
            "comment": row.comment,
        });
        desk.note(&tx, scope, actor, now, action, detail).await?;
        committed(self.platform, tx).await?;
        row.view(desk.row.name)
    }
}

/// To those who aren't in its workspace, a proposal does not exist either.
fn hidden(error: Error) -> Error {
    if error.kind() == Kind::NotFound { Error::not_found(ProposalId::WHAT) } else { error }
}
