//! What the pages of workspaces show.

use crate::moment::Moment;
use hub::{
    access::WorkspaceRole,
    workspaces::{Activity, Workspace, WorkspaceMember},
};
use serde::{Deserialize, Serialize};

/// A part of the list of workspaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspacesView {
    /// The workspaces, newest first.
    pub workspaces: Vec<WorkspaceItem>,
    /// The cursor of the next part.
    pub next: Option<String>,
    /// Whether the reader may make one.
    pub standing: WritingStanding,
}

/// Whether the reader may change anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WritingStanding {
    /// The reader may.
    May,
    /// The reader's role in the organisation does not include it.
    MayNot,
    /// Nobody may: FEATURE_WORKSPACES is off.
    SwitchedOff,
}

/// A workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceItem {
    /// The workspace.
    pub workspace: Workspace,
    /// When it was made.
    pub made: Moment,
    /// When it was archived.
    pub archived: Option<Moment>,
}

/// A workspace with what its open tab shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceView {
    /// The workspace.
    pub item: WorkspaceItem,
    /// Whether the reader may change anything that the role in it allows.
    pub standing: WritingStanding,
    /// The open tab.
    pub tab: TabView,
    /// Proposals that wait for a reviewer.
    pub waiting: u64,
}

/// What a tab shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TabView {
    /// Who is in it.
    Members {
        /// Those added last first.
        members: Vec<MemberItem>,
        /// The cursor of the next part.
        next: Option<String>,
        /// Addresses of members of the organisation.
        known: Vec<String>,
    },
    /// What happened in it.
    Activity {
        /// Newest first.
        lines: Vec<ActivityItem>,
        /// The cursor of the next part.
        next: Option<String>,
    },
    /// How it is.
    Settings,
}

impl TabView {
    /// Its name in the address.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Members { .. } => "",
            Self::Activity { .. } => "activity",
            Self::Settings => "settings",
        }
    }
}

/// Somebody in a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberItem {
    /// The member.
    pub member: WorkspaceMember,
    /// When they were added.
    pub added: Moment,
    /// The reader.
    pub is_reader: bool,
}

/// A line of the feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityItem {
    /// What happened.
    pub line: Activity,
    /// When.
    pub at: Moment,
}

/// What a role in a workspace is for.
#[must_use]
pub fn words_of(role: WorkspaceRole) -> &'static str {
    match role {
        WorkspaceRole::Viewer => "reads, forks and uses what is shared",
        WorkspaceRole::Reviewer => "also approves and rejects what others propose",
        WorkspaceRole::Editor => "also shares assets and makes their versions",
        WorkspaceRole::Maintainer => "also looks after members, and deprecates and removes assets",
        WorkspaceRole::Owner => "also archives the workspace and says whether changes need a review",
    }
}
