//! What the pages of the library show.

use crate::{moment::Moment, workspaces::view::WritingStanding};
use hub::{
    ids::{AssetId, WorkspaceId},
    library::{Asset, AssetUse, AssetVersion, LibraryQuery, Proposal, ProposalDetail, VersionHead},
};
use serde::{Deserialize, Serialize};

/// A part of the list of assets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LibraryView {
    /// The assets, newest first.
    pub assets: Vec<AssetItem>,
    /// The cursor of the next part.
    pub next: Option<String>,
    /// What was asked for.
    pub query: LibraryQuery,
    /// The workspaces that can be asked for.
    pub workspaces: Vec<(WorkspaceId, String)>,
    /// Whether the reader may share.
    pub standing: WritingStanding,
}

/// An asset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssetItem {
    /// The asset.
    pub asset: Asset,
    /// What its workspace is called.
    pub workspace: String,
    /// When it was last changed.
    pub updated: Moment,
}

/// An asset with what its open tab shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssetView {
    /// The asset.
    pub item: AssetItem,
    /// Where it comes from, when the reader sees that.
    pub origin_seen: bool,
    /// What replaces it, with its name where the reader sees that.
    pub replacement: Option<(AssetId, Option<String>)>,
    /// What the reader may do.
    pub may: AssetRights,
    /// Proposals that wait.
    pub waiting: u64,
    /// The open tab.
    pub tab: AssetTab,
}

/// What the reader may do with an asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetRights {
    /// Describe it and make versions.
    pub write: bool,
    /// Deprecate, restore and remove it.
    pub curate: bool,
    /// Take it into use for a system.
    pub put_to_use: bool,
    /// Copy it into some workspace.
    pub fork: bool,
    /// New versions are proposed.
    pub reviews: bool,
}

/// What a tab of an asset shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AssetTab {
    /// A version.
    Content {
        /// The version; none while the first one waits for an approval.
        version: Option<Box<AssetVersion>>,
        /// When it was made.
        made: Option<Moment>,
        /// What is different from the version before.
        changes: Vec<DiffLine>,
    },
    /// All versions.
    Versions {
        /// Newest first.
        versions: Vec<(VersionHead, Moment)>,
        /// The cursor of the next part.
        next: Option<String>,
        /// The newest content, for the form of the next one.
        newest: Option<Box<AssetVersion>>,
    },
    /// Who uses it.
    Uses {
        /// Newest first.
        uses: Vec<(AssetUse, Moment)>,
        /// The cursor of the next part.
        next: Option<String>,
        /// Systems that could use it.
        systems: Vec<(String, String)>,
    },
    /// What is or was proposed.
    Reviews {
        /// Newest first.
        proposals: Vec<(Proposal, Moment)>,
        /// The cursor of the next part.
        next: Option<String>,
        /// The one that is looked at, with what it would change.
        open: Option<Box<(ProposalDetail, Vec<DiffLine>)>>,
    },
    /// Changing it.
    Manage {
        /// Workspaces that could get a copy.
        workspaces: Vec<(WorkspaceId, String)>,
    },
}

impl AssetTab {
    /// Its name in the address.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Content { .. } => "",
            Self::Versions { .. } => "versions",
            Self::Uses { .. } => "uses",
            Self::Reviews { .. } => "reviews",
            Self::Manage { .. } => "manage",
        }
    }
}

/// A line of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// `+` for a line that came, `-` for one that went, a space for one that stayed, `…` for many that stayed.
    pub sign: char,
    /// The line.
    pub text: String,
}

/// Proposals of all workspaces or of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposalsView {
    /// Newest first.
    pub proposals: Vec<(Proposal, Moment)>,
    /// The cursor of the next part.
    pub next: Option<String>,
    /// Only those that wait.
    pub open_only: bool,
    /// The workspace whose they are.
    pub workspace: Option<(WorkspaceId, String)>,
}

/// What the form of a new asset offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareView {
    /// Workspaces that the reader may share in; with `true` the first version waits for an approval there.
    pub workspaces: Vec<(WorkspaceId, String, bool)>,
    /// Whether the reader may share at all.
    pub standing: WritingStanding,
}
