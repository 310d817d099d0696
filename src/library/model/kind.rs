//! The kinds of assets.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What an asset is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum AssetKind {
    /// A critical user journey as a Hurl file.
    GoldenPath,
    /// Thresholds of a gate as JSON.
    Policy,
    /// Legal, ethical and regional rules as JSON.
    GovernanceProfile,
    /// Synthetic users as JSON.
    Cohort,
    /// A text for a model.
    Prompt,
    /// What a page of figures shows as JSON.
    Dashboard,
    /// Any text.
    #[default]
    Document,
}

impl AssetKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::GoldenPath,
        Self::Policy,
        Self::GovernanceProfile,
        Self::Cohort,
        Self::Prompt,
        Self::Dashboard,
        Self::Document,
    ];

    /// The text that forms and columns use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GoldenPath => "golden_path",
            Self::Policy => "policy",
            Self::GovernanceProfile => "governance_profile",
            Self::Cohort => "cohort",
            Self::Prompt => "prompt",
            Self::Dashboard => "dashboard",
            Self::Document => "document",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GoldenPath => "Golden path",
            Self::Policy => "Policy",
            Self::GovernanceProfile => "Governance profile",
            Self::Cohort => "Cohort",
            Self::Prompt => "Prompt",
            Self::Dashboard => "Dashboard",
            Self::Document => "Document",
        }
    }

    /// Whether a system can use it.
    #[must_use]
    pub fn is_usable(self) -> bool {
        matches!(self, Self::GoldenPath | Self::Policy)
    }
}

impl fmt::Display for AssetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AssetKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
            Error::invalid("/kind", format!("{text:?} is no kind of asset; allowed are {}.", known.join(", ")))
        })
    }
}
