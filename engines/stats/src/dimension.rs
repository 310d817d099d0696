//! The eight dimensions along which a system is benchmarked.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::StatsError;

/// A dimension of a scorecard. Serialised by its [`key`](Dimension::key).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Response times under load.
    Performance,
    /// Errors and availability.
    Reliability,
    /// User experience, accessibility included.
    Ux,
    /// How capacity grows with load and resources.
    Scalability,
    /// What the measured throughput costs.
    Cost,
    /// How the service defends itself, as seen from outside.
    Security,
    /// What the service does with visitors' data.
    Privacy,
    /// Required pages, headers and residency.
    Compliance,
}

impl Dimension {
    /// All dimensions in the order in which a scorecard shows them.
    pub const ALL: [Self; 8] = [
        Self::Performance,
        Self::Reliability,
        Self::Ux,
        Self::Scalability,
        Self::Cost,
        Self::Security,
        Self::Privacy,
        Self::Compliance,
    ];

    /// The stable name in the API, in storage and in exports.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Performance => "performance",
            Self::Reliability => "reliability",
            Self::Ux => "ux",
            Self::Scalability => "scalability",
            Self::Cost => "cost",
            Self::Security => "security",
            Self::Privacy => "privacy",
            Self::Compliance => "compliance",
        }
    }

    /// The dimension's share of the overall score, in percent when all eight are measured.
    ///
    /// The hub's own choice: what users feel first (performance, reliability) weighs most, what only the owner
    /// notices (scalability, cost) less, and what is mostly a list of duties (privacy, compliance) least, because a
    /// breach of duty should block at a gate and not merely lower a mean.
    #[must_use]
    pub const fn weight(self) -> u32 {
        match self {
            Self::Performance | Self::Reliability => 20,
            Self::Ux | Self::Security => 15,
            Self::Scalability | Self::Cost => 10,
            Self::Privacy | Self::Compliance => 5,
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for Dimension {
    type Err = StatsError;

    fn from_str(text: &str) -> Result<Self, StatsError> {
        let found = Self::ALL.into_iter().find(|dimension| dimension.key() == text);
        found.ok_or_else(|| StatsError::UnknownName { field: "dimension", value: text.to_owned() })
    }
}
