//! What systems take from the library.

use crate::{
    Result,
    ids::{AssetId, AssetUseId, SystemId},
    text,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What an asset is for a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = AssetUseKind))]
pub enum UseKind {
    /// One of its golden paths.
    GoldenPath,
    /// Its gate policy.
    GatePolicy,
}

impl UseKind {
    /// The text that columns use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GoldenPath => "golden_path",
            Self::GatePolicy => "gate_policy",
        }
    }

    /// The kind that a column names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::GoldenPath, Self::GatePolicy].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A system's use of a version of an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct AssetUse {
    /// The use.
    pub id: AssetUseId,
    /// The asset.
    pub asset_id: AssetId,
    /// Its version.
    pub version: u32,
    /// The system.
    pub system_id: SystemId,
    /// What the system is called.
    pub system: String,
    /// What the asset is for it.
    pub kind: UseKind,
    /// What the golden path or the policy of the system is called.
    pub target: String,
    /// With `false` the system's own was changed or removed since, and holds the asset no more.
    pub current: bool,
    /// Who took it into use.
    pub used_by: String,
    /// When.
    pub used_at: DateTime<Utc>,
}

/// A system that is to use an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = NewAssetUse))]
#[serde(deny_unknown_fields)]
pub struct NewUse {
    /// The system.
    pub system_id: SystemId,
    /// Which version; the newest when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(minimum = 1))]
    pub version: Option<u32>,
    /// What the system's golden path is called, 1 to 100 characters; as the asset when left out. One of that name becomes
    /// the version and keeps its variables and its time limit.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub name: Option<String>,
}

impl NewUse {
    /// Checks and trims.
    ///
    /// # Errors
    /// Invalid, naming the name.
    pub fn parse(self) -> Result<Self> {
        let name = self.name.filter(|name| !name.trim().is_empty());
        let name = name.map(|name| text::line("/name", "Name", &name, 100)).transpose()?;
        Ok(Self { name, ..self })
    }
}
