//! Proposed versions and what reviewers say.

use crate::{
    Error, Result,
    ids::{AssetId, ProposalId, WorkspaceId},
    text,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Most characters of a comment.
const COMMENT_MAX: usize = 2_000;

/// Where a proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum ProposalState {
    /// It waits for a reviewer.
    Open,
    /// It became a version.
    Approved,
    /// It became none.
    Rejected,
    /// Whoever proposed it took it back.
    Withdrawn,
}

impl ProposalState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Open, Self::Approved, Self::Rejected, Self::Withdrawn];

    /// The text that columns use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state that a column names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A version that was proposed, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = AssetProposal))]
pub struct Proposal {
    /// The proposal.
    pub id: ProposalId,
    /// The workspace whose reviewers decide.
    pub workspace_id: WorkspaceId,
    /// The asset.
    pub asset_id: AssetId,
    /// What the asset is called.
    pub asset_name: String,
    /// Where it stands.
    pub state: ProposalState,
    /// The version that was the newest when it was proposed; 0 for a first one.
    pub base_version: u32,
    /// Where it is, where it has an address in place of content.
    pub uri: Option<String>,
    /// SHA-256 of the content, or of the address, in hex.
    pub sha256: String,
    /// Size of the content, or of the address, in bytes.
    pub size: u32,
    /// What its author says about it.
    pub note: String,
    /// Who proposed it.
    pub proposed_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who decided, or took it back.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// What they said.
    pub comment: Option<String>,
    /// The version that it became.
    pub version: Option<u32>,
}

/// A proposal with what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = AssetProposalDetail))]
pub struct ProposalDetail {
    /// What is known of it.
    #[serde(flatten)]
    pub proposal: Proposal,
    /// What it holds, unless it has an address.
    pub content: Option<String>,
    /// Whether the caller may decide: a reviewer of the workspace who did not propose it.
    pub may_decide: bool,
    /// Whether the caller proposed it and may take it back.
    pub may_withdraw: bool,
}

/// Which proposals are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct ProposalQuery {
    /// `next_cursor` of the page before; left out for the first page.
    #[cfg_attr(feature = "backend", param(value_type = Option<uuid::Uuid>))]
    pub cursor: Option<String>,
    /// Most rows wanted, 1 to 200; 50 when left out.
    #[cfg_attr(feature = "backend", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// Only proposals of this workspace.
    pub workspace_id: Option<WorkspaceId>,
    /// Only proposals for this asset.
    pub asset_id: Option<AssetId>,
    /// Only proposals that stand so.
    #[cfg_attr(feature = "backend", param(inline))]
    pub state: Option<ProposalState>,
}

/// What a reviewer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = ReviewRuling))]
pub enum Ruling {
    /// It becomes a version.
    Approve,
    /// It becomes none.
    Reject,
}

/// A reviewer's decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = ReviewDecision))]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What they say.
    pub ruling: Ruling,
    /// Why, up to 2,000 characters; a rejection needs it.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 2_000))]
    pub comment: String,
}

impl Decision {
    /// Checks and trims.
    ///
    /// # Errors
    /// Invalid for a comment that is too long, or a rejection without one.
    pub fn parse(self) -> Result<Self> {
        let comment = text::block("/comment", "Comment", &self.comment, COMMENT_MAX)?.trim().to_owned();
        if self.ruling == Ruling::Reject && comment.is_empty() {
            return Err(Error::invalid("/comment", "Say why it is rejected, so that its author can change it."));
        }
        Ok(Self { comment, ..self })
    }
}
