//! What a role in a workspace may do there. It is a second thing beside the role in the tenant, and both have to allow
//! what somebody does.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $least:ident;)*) => {
        /// One thing that a member of a workspace may do in it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum WorkspacePermission {$(
            $(#[$doc])*
            #[serde(rename = $text)]
            $name,
        )*}

        impl WorkspacePermission {
            /// All of them, from what every member may to what only owners may.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The text that messages use.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)*}
            }

            /// The least role that holds it; every role above holds it too.
            #[must_use]
            pub fn least(self) -> WorkspaceRole {
                match self {$(Self::$name => WorkspaceRole::$least,)*}
            }
        }
    };
}

permissions! {
    /// Sees the workspace: its members, its activity and its assets.
    Read = "workspace:read", Viewer;
    /// Approves and rejects versions that others propose.
    Review = "assets:review", Reviewer;
    /// Shares assets, describes them, and makes or proposes new versions.
    Share = "assets:share", Editor;
    /// Deprecates, restores and removes assets.
    Curate = "assets:curate", Maintainer;
    /// Adds and removes members and gives roles up to its own.
    Members = "workspace:members", Maintainer;
    /// Renames and describes the workspace.
    Describe = "workspace:describe", Maintainer;
    /// Archives the workspace, and says whether changes need a review.
    Own = "workspace:own", Owner;
}

impl fmt::Display for WorkspacePermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A role in a workspace; each holds what those before it hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum WorkspaceRole {
    /// Reads and uses what is shared.
    Viewer,
    /// Judges what others propose.
    Reviewer,
    /// Shares and changes assets.
    Editor,
    /// Looks after members and assets.
    Maintainer,
    /// Answers for the workspace.
    Owner,
}

impl WorkspaceRole {
    /// All roles, from the least to the most.
    pub const ALL: [Self; 5] = [Self::Viewer, Self::Reviewer, Self::Editor, Self::Maintainer, Self::Owner];

    /// The text that forms and columns use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Reviewer => "reviewer",
            Self::Editor => "editor",
            Self::Maintainer => "maintainer",
            Self::Owner => "owner",
        }
    }

    /// Whether the role holds a permission.
    #[must_use]
    pub fn may(self, permission: WorkspacePermission) -> bool {
        self >= permission.least()
    }
}

impl fmt::Display for WorkspaceRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for WorkspaceRole {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| {
            let allowed = "allowed are viewer, reviewer, editor, maintainer, owner";
            Error::invalid("/role", format!("{text:?} is no role in a workspace; {allowed}."))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_table_says() {
        use WorkspacePermission::{Curate, Describe, Members, Own, Read, Review, Share};
        let held = |role: WorkspaceRole| {
            WorkspacePermission::ALL.iter().copied().filter(|permission| role.may(*permission)).collect::<Vec<_>>()
        };
        assert_eq!(held(WorkspaceRole::Viewer), [Read]);
        assert_eq!(held(WorkspaceRole::Reviewer), [Read, Review]);
        assert_eq!(held(WorkspaceRole::Editor), [Read, Review, Share]);
        assert_eq!(held(WorkspaceRole::Maintainer), [Read, Review, Share, Curate, Members, Describe]);
        assert_eq!(held(WorkspaceRole::Owner), [Read, Review, Share, Curate, Members, Describe, Own]);
    }

    #[test]
    fn a_role_is_read_as_it_is_written() {
        for role in WorkspaceRole::ALL {
            assert_eq!(role.as_str().parse::<WorkspaceRole>().unwrap(), role);
        }
        assert!("admin".parse::<WorkspaceRole>().is_err());
    }
}
