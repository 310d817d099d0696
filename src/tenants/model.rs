//! Organisations as those see them who run the hub.

use super::{quotas::QuotaOverrides, rules, tier::Tier};
use crate::{
    Error, Result,
    error::{Faults, FieldError},
    identity::{parse_email, parse_password},
    ids::TenantId,
    text,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Most characters of the reason of a suspension.
const REASON_MAX: usize = 500;

/// Whether an organisation's people get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum OrganisationState {
    /// They do.
    Active,
    /// They don't until it is resumed, and its work waits.
    Suspended,
    /// They don't, and everything of it goes unless it is restored in time.
    Leaving,
}

impl OrganisationState {
    /// What follows from the two times.
    pub fn of(suspended_at: Option<DateTime<Utc>>, delete_after: Option<DateTime<Utc>>) -> Self {
        match (suspended_at, delete_after) {
            (_, Some(_)) => Self::Leaving,
            (Some(_), None) => Self::Suspended,
            (None, None) => Self::Active,
        }
    }

    /// Its name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Leaving => "leaving",
        }
    }
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Organisation {
    /// The organisation.
    pub id: TenantId,
    /// What it is called.
    pub name: String,
    /// What it is called in addresses.
    pub slug: String,
    /// What was agreed on.
    pub tier: Tier,
    /// What was agreed on beside the tier.
    pub quotas: QuotaOverrides,
    /// Whether it runs the hub.
    pub operates: bool,
    /// Members whose membership goes on.
    pub members: u64,
    /// Whether its people get in.
    pub state: OrganisationState,
    /// Since when they don't.
    pub suspended_at: Option<DateTime<Utc>>,
    /// Why, as they are told.
    pub suspended_why: Option<String>,
    /// When everything of it goes.
    pub delete_after: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// An organisation to be made, with its first owner.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOrganisation {
    /// What it is called, 1 to 100 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// What it is called in addresses: lower-case letters, digits and hyphens; made of the name when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 40))]
    pub slug: Option<String>,
    /// What was agreed on; `basic` when left out.
    #[serde(default)]
    pub tier: Tier,
    /// The first owner's address.
    #[cfg_attr(feature = "backend", schema(format = Email, max_length = 254))]
    pub owner_email: String,
    /// The first owner's name, with a password; the address when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 254))]
    pub owner_name: String,
    /// The first owner's password, 12 to 256 characters; without one there is an invitation instead.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(format = Password, max_length = 256))]
    pub owner_password: Option<String>,
}

/// A fault of the account as one of the field that it was typed into.
fn of_owner(error: Error) -> Error {
    let field = |field: &FieldError| FieldError {
        pointer: format!("/owner_{}", field.pointer.trim_start_matches('/')),
        message: field.message.clone(),
    };
    Error::invalid_fields(error.fields().iter().map(field).collect())
}

impl NewOrganisation {
    /// Checks and trims; empty fields of forms count as left out.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let name = faults.keep(text::line("/name", "Name", &self.name, 100));
        let slug = faults.keep(rules::parse_slug(self.slug.as_deref()));
        let owner_email = faults.keep(parse_email(&self.owner_email).map_err(of_owner));
        let owner_name = match self.owner_name.trim() {
            "" => owner_email.clone(),
            typed => faults.keep(text::line("/owner_name", "Name", typed, 254)),
        };
        let password = self.owner_password.filter(|password| !password.is_empty());
        let password = password.map(|typed| parse_password(&typed, &self.owner_email)).transpose();
        let owner_password = faults.keep(password.map_err(of_owner));
        faults.finish()?;
        Ok(Self {
            name: name.unwrap_or_default(),
            slug: slug.flatten(),
            tier: self.tier,
            owner_email: owner_email.unwrap_or_default(),
            owner_name: owner_name.unwrap_or_default(),
            owner_password: owner_password.flatten(),
        })
    }
}

impl std::fmt::Debug for NewOrganisation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewOrganisation").field("name", &self.name).field("tier", &self.tier).finish_non_exhaustive()
    }
}

/// A new organisation, and how its first owner gets in where no password was given.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct CreatedOrganisation {
    /// The organisation.
    #[serde(flatten)]
    pub organisation: Organisation,
    /// The invitation of its first owner, shown this once.
    pub invitation: Option<OwnerInvitation>,
}

impl std::fmt::Debug for CreatedOrganisation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedOrganisation").field("organisation", &self.organisation).finish_non_exhaustive()
    }
}

/// What makes somebody the first owner of an organisation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct OwnerInvitation {
    /// Who is invited.
    pub email: String,
    /// The last part of the link `/invitation/…`.
    pub secret: String,
    /// Until when the link works.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for OwnerInvitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnerInvitation").field("email", &self.email).finish_non_exhaustive()
    }
}

/// Who is invited to own an organisation that nobody owns yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOwnerInvitation {
    /// The address that the account will have.
    #[cfg_attr(feature = "backend", schema(format = Email, max_length = 254))]
    pub email: String,
}

impl NewOwnerInvitation {
    /// Checks and trims.
    pub fn parse(self) -> Result<Self> {
        Ok(Self { email: parse_email(&self.email)? })
    }
}

/// Another tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TierChange {
    /// The tier from now on.
    pub tier: Tier,
}

/// Why an organisation is suspended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// What its people are told, 1 to 500 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 500))]
    pub reason: String,
}

impl Suspension {
    /// Checks and trims.
    pub fn parse(self) -> Result<Self> {
        Ok(Self { reason: text::line("/reason", "Reason", &self.reason, REASON_MAX)? })
    }
}

/// What an owner types to have the whole organisation removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OwnDeletion {
    /// What the organisation is called, to the letter.
    #[cfg_attr(feature = "backend", schema(max_length = 100))]
    pub name: String,
}
