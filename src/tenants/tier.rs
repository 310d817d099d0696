use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What an organisation has agreed on with those who run the hub; its quotas follow from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum Tier {
    /// For a first look and small teams.
    #[default]
    Basic,
    /// For teams that release every day.
    Professional,
    /// Without quotas, unless some are set.
    Enterprise,
}

impl Tier {
    /// All tiers, from the least to the most.
    pub const ALL: [Self; 3] = [Self::Basic, Self::Professional, Self::Enterprise];

    /// Its name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Professional => "professional",
            Self::Enterprise => "enterprise",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Tier {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|tier| tier.as_str() == text);
        known.ok_or_else(|| Error::invalid("/tier", "Tier must be basic, professional or enterprise."))
    }
}
