//! The table `shared_asset_proposals`.

use super::number;
use crate::{
    Error, Result,
    access::Scope,
    ids::{AssetId, ProposalId, UserId},
    library::model::{NewVersion, Proposal, ProposalQuery, ProposalState},
    page::{Page, PageRequest},
    platform::{db::Tx, secrets::sha256_hex},
};
use chrono::{DateTime, Utc};
use sea_orm::{Iterable as _, QueryOrder, QuerySelect, entity::prelude::*, sea_query::SelectStatement};

pub(in crate::library) mod rows {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "shared_asset_proposals")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub workspace_id: Uuid,
        pub asset_id: Uuid,
        pub state: String,
        pub base_version: i32,
        #[sea_orm(column_type = "Text", nullable)]
        pub content: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub uri: Option<String>,
        pub sha256: String,
        pub size: i32,
        #[sea_orm(column_type = "Text")]
        pub note: String,
        pub proposer_id: Uuid,
        pub proposed_by: String,
        pub decided_by: Option<String>,
        pub decided_at: Option<chrono::DateTime<chrono::Utc>>,
        #[sea_orm(column_type = "Text", nullable)]
        pub comment: Option<String>,
        pub version: Option<i32>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl rows::Model {
    /// The proposal, for an asset that is called so.
    pub(in crate::library) fn view(self, asset_name: String) -> Result<Proposal> {
        let state = ProposalState::parse(&self.state);
        let state = state.ok_or_else(|| Error::internal(format!("proposal {}: stored state", self.id)))?;
        Ok(Proposal {
            id: self.id.into(),
            workspace_id: self.workspace_id.into(),
            asset_id: self.asset_id.into(),
            asset_name,
            state,
            base_version: number(self.base_version),
            uri: self.uri,
            sha256: self.sha256,
            size: number(self.size),
            note: self.note,
            proposed_by: self.proposed_by,
            created_at: self.created_at,
            decided_by: self.decided_by,
            decided_at: self.decided_at,
            comment: self.comment,
            version: self.version.map(number),
        })
    }
}

/// What is proposed, by whom.
pub(in crate::library) struct NewProposal<'a> {
    pub workspace: Uuid,
    pub asset: Uuid,
    pub base: i32,
    pub version: &'a NewVersion,
    pub proposer: UserId,
    pub label: String,
}

pub(in crate::library) async fn propose(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    new: NewProposal<'_>,
) -> Result<rows::Model> {
    let row = rows::Model {
        id: ProposalId::generate().uuid(),
        tenant_id: scope.tenant().uuid(),
        created_at: now,
        workspace_id: new.workspace,
        asset_id: new.asset,
        state: ProposalState::Open.as_str().to_owned(),
        base_version: new.base,
        sha256: sha256_hex(new.version.body().as_bytes()),
        size: i32::try_from(new.version.body().len()).map_err(Error::internal)?,
        content: new.version.content.clone(),
        uri: new.version.uri.clone(),
        note: new.version.note.clone(),
        proposer_id: new.proposer.uuid(),
        proposed_by: new.label,
        decided_by: None,
        decided_at: None,
        comment: None,
        version: None,
    };
    rows::Entity::insert(rows::ActiveModel::from(row.clone())).exec_without_returning(tx).await?;
    Ok(row)
}

fn own(scope: &Scope) -> sea_orm::sea_query::SimpleExpr {
    rows::Column::TenantId.eq(scope.tenant().uuid())
}

pub(in crate::library) async fn proposal(tx: &Tx, scope: &Scope, id: ProposalId) -> Result<rows::Model> {
    let row = rows::Entity::find_by_id(id.uuid()).filter(own(scope)).one(tx).await?;
    row.ok_or_else(|| Error::not_found(ProposalId::WHAT))
}

/// The proposals that a query wants, of the workspaces whose ids `within` selects, or of all.
fn wanted(scope: &Scope, within: Option<SelectStatement>, query: &ProposalQuery) -> Select<rows::Entity> {
    let mut select = rows::Entity::find().filter(own(scope));
    if let Some(ids) = within {
        select = select.filter(rows::Column::WorkspaceId.in_subquery(ids));
    }
    if let Some(workspace) = query.workspace_id {
        select = select.filter(rows::Column::WorkspaceId.eq(workspace.uuid()));
    }
    if let Some(asset) = query.asset_id {
        select = select.filter(rows::Column::AssetId.eq(asset.uuid()));
    }
    if let Some(state) = query.state {
        select = select.filter(rows::Column::State.eq(state.as_str()));
    }
    select
}

/// Proposals, newest first, without what they hold.
pub(in crate::library) async fn proposals(
    tx: &Tx,
    scope: &Scope,
    within: Option<SelectStatement>,
    query: &ProposalQuery,
) -> Result<Page<rows::Model>> {
    let page = PageRequest { cursor: query.cursor.clone(), limit: query.limit };
    let limit = page.limit()?;
    let columns = rows::Column::iter().filter(|column| !matches!(column, rows::Column::Content));
    let mut select = wanted(scope, within, query).select_only().columns(columns).expr_as(Expr::cust("NULL"), "content");
    if let Some(after) = page.after()? {
        select = select.filter(rows::Column::Id.lt(after));
    }
    let rows = select.order_by_desc(rows::Column::Id).limit(limit + 1).all(tx).await?;
    Ok(Page::of(rows, limit, |row| row.id.to_string()))
}

/// How many proposals a query wants, on all pages.
pub(in crate::library) async fn proposal_count(
    tx: &Tx,
    scope: &Scope,
    within: Option<SelectStatement>,
    query: &ProposalQuery,
) -> Result<u64> {
    Ok(wanted(scope, within, query).count(tx).await?)
}

/// Keeps what was decided of a proposal.
pub(in crate::library) async fn decide(tx: &Tx, row: rows::Model) -> Result<rows::Model> {
    rows::Entity::update(rows::ActiveModel::from(row.clone()).reset_all()).exec(tx).await?;
    Ok(row)
}

pub(in crate::library) async fn remove_proposals(tx: &Tx, scope: &Scope, asset: AssetId) -> Result<()> {
    rows::Entity::delete_many().filter(own(scope)).filter(rows::Column::AssetId.eq(asset.uuid())).exec(tx).await?;
    Ok(())
}
