//! What somebody is called, as they see and change it.

use super::parse_name;
use crate::{Result, access::Role, ids::UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Profile {
    /// The account.
    pub id: UserId,
    /// Its address.
    pub email: String,
    /// What others see the person called.
    pub name: String,
    /// The role in the organisation.
    pub role: Role,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// The organisation's directory sets the name, so that it can't be changed here.
    pub kept_by_directory: bool,
}

/// What is to be changed of the own account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ProfileChange {
    /// The new name, up to 254 characters; the address when empty.
    #[cfg_attr(feature = "backend", schema(max_length = 254))]
    pub name: String,
}

impl ProfileChange {
    /// The name that is asked for, by somebody with this address.
    ///
    /// # Errors
    /// Invalid, naming `/name`.
    pub fn parse(&self, email: &str) -> Result<String> {
        parse_name(&self.name, email)
    }
}
