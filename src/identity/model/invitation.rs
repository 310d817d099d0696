//! Invitations.

use super::{parse_email, parse_name, parse_password};
use crate::{Result, access::Role, error::Faults, ids::InvitationId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Days for which an invitation waits, when nothing else is said.
fn default_invitation_days() -> u32 {
    7
}

/// Somebody to be invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// The address that the account will have.
    #[cfg_attr(feature = "backend", schema(format = Email, max_length = 254))]
    pub email: String,
    /// `member`, `auditor` or `admin`.
    pub role: Role,
    /// Days until the link ends, 1 to 30; 7 when left out.
    #[serde(default = "default_invitation_days")]
    #[cfg_attr(feature = "backend", schema(minimum = 1, maximum = 30))]
    pub expires_in_days: u32,
}

impl NewInvitation {
    /// Checks and trims.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let email = faults.keep(parse_email(&self.email));
        if self.role == Role::Owner {
            faults.add("/role", "Role must be member, auditor or admin.");
        }
        if !(1..=30).contains(&self.expires_in_days) {
            faults.add("/expires_in_days", "Expiry must be 1 to 30 days.");
        }
        faults.finish()?;
        Ok(Self { email: email.unwrap_or_default(), ..self })
    }
}

/// An invitation that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Invitation {
    /// The invitation.
    pub id: InvitationId,
    /// Who is invited.
    pub email: String,
    /// To what.
    pub role: Role,
    /// Who invited.
    pub invited_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Until when the link works.
    pub expires_at: DateTime<Utc>,
}

/// A new invitation with the secret of its link, which is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct CreatedInvitation {
    /// The invitation.
    #[serde(flatten)]
    pub invitation: Invitation,
    /// The last part of the link `/invitation/…`.
    pub secret: String,
}

impl std::fmt::Debug for CreatedInvitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedInvitation").field("invitation", &self.invitation).finish_non_exhaustive()
    }
}

/// What somebody sees who follows an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct InvitationFor {
    /// The organisation.
    pub organisation: String,
    /// The address that the account will have.
    pub email: String,
    /// The role that it will have.
    pub role: Role,
    /// Until when the link works.
    pub expires_at: DateTime<Utc>,
}

/// What makes an account of an invitation.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// The last part of the link.
    #[cfg_attr(feature = "backend", schema(max_length = 128))]
    pub secret: String,
    /// The name; the address when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 254))]
    pub name: String,
    /// 12 to 256 characters.
    #[cfg_attr(feature = "backend", schema(format = Password, min_length = 12, max_length = 256))]
    pub password: String,
}

impl AcceptInvitation {
    /// Checks and trims, for the address that was invited.
    pub fn parse(self, email: &str) -> Result<Self> {
        let mut faults = Faults::default();
        let name = faults.keep(parse_name(&self.name, email));
        let password = faults.keep(parse_password(&self.password, email));
        faults.finish()?;
        Ok(Self { name: name.unwrap_or_default(), password: password.unwrap_or_default(), ..self })
    }
}

impl std::fmt::Debug for AcceptInvitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AcceptInvitation")
    }
}
