//! Accounts, invitations, keys and sessions, with their parsing.

mod invitation;
mod key;
mod profile;

pub use invitation::{AcceptInvitation, CreatedInvitation, Invitation, InvitationFor, NewInvitation};
#[cfg(feature = "backend")]
pub(super) use key::is_allowed;
pub use key::{ApiKey, CreatedKey, KeyRotation, NewKey, Rotation};
pub use profile::{Profile, ProfileChange};

use crate::{
    Error, Result,
    access::Role,
    error::Faults,
    ids::{SessionId, UserId},
    text,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Fewest characters of a password. NIST SP 800-63B-4 asks for 15 where it is the only factor and 8 beside another;
/// twelve, a throttle and argon2id keep guessing hopeless without driving people to sticky notes.
const PASSWORD_MIN: usize = 12;
/// Most characters of a password, so that hashing can't be made a burden.
const PASSWORD_MAX: usize = 256;
/// The first account: its tenant is made with it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOwner {
    /// What the organisation is called, 1 to 100 characters.
    #[cfg_attr(feature = "backend", schema(min_length = 1, max_length = 100))]
    pub organisation: String,
    /// The owner's address.
    #[cfg_attr(feature = "backend", schema(format = Email, max_length = 254))]
    pub email: String,
    /// The owner's name; the address when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 254))]
    pub name: String,
    /// 12 to 256 characters.
    #[cfg_attr(feature = "backend", schema(format = Password, min_length = 12, max_length = 256))]
    pub password: String,
}

impl NewOwner {
    /// Checks and trims.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let organisation = faults.keep(text::line("/organisation", "Organisation", &self.organisation, 100));
        let email = faults.keep(parse_email(&self.email));
        let name = faults.keep(parse_name(&self.name, &self.email));
        let password = faults.keep(parse_password(&self.password, &self.email));
        faults.finish()?;
        Ok(Self {
            organisation: organisation.unwrap_or_default(),
            email: email.unwrap_or_default(),
            name: name.unwrap_or_default(),
            password: password.unwrap_or_default(),
        })
    }
}

impl std::fmt::Debug for NewOwner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewOwner").field("email", &self.email).finish_non_exhaustive()
    }
}

/// A further account in the tenant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// The address.
    #[cfg_attr(feature = "backend", schema(format = Email, max_length = 254))]
    pub email: String,
    /// The name; the address when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(max_length = 254))]
    pub name: String,
    /// `member`, `auditor` or `admin`.
    pub role: Role,
    /// The first password, 12 to 256 characters.
    #[cfg_attr(feature = "backend", schema(format = Password, min_length = 12, max_length = 256))]
    pub password: String,
}

impl NewMember {
    /// Checks and trims.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let email = faults.keep(parse_email(&self.email));
        let name = faults.keep(parse_name(&self.name, &self.email));
        let password = faults.keep(parse_password(&self.password, &self.email));
        faults.finish()?;
        Ok(Self {
            email: email.unwrap_or_default(),
            name: name.unwrap_or_default(),
            role: self.role,
            password: password.unwrap_or_default(),
        })
    }
}

impl std::fmt::Debug for NewMember {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewMember").field("email", &self.email).field("role", &self.role).finish_non_exhaustive()
    }
}

/// An account as others in the tenant see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Member {
    /// The account.
    pub id: UserId,
    /// Its address.
    pub email: String,
    /// Its name.
    pub name: String,
    /// Its role in the tenant.
    pub role: Role,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When the membership ended.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Whether it has a second factor.
    pub second_factor: bool,
}

/// What becomes of a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct MemberChange {
    /// The new role: `member`, `auditor` or `admin`.
    pub role: Option<Role>,
    /// Whether the membership goes on.
    pub active: Option<bool>,
}

impl MemberChange {
    /// Checks.
    pub fn parse(self) -> Result<Self> {
        if self.role == Some(Role::Owner) {
            return Err(Error::invalid("/role", "Role must be member, auditor or admin; ownership is handed over."));
        }
        Ok(self)
    }
}

/// A password in the place of another.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The password of now.
    #[cfg_attr(feature = "backend", schema(format = Password, max_length = 256))]
    pub current: String,
    /// The new one, 12 to 256 characters.
    #[cfg_attr(feature = "backend", schema(format = Password, min_length = 12, max_length = 256))]
    pub password: String,
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPassword")
    }
}

/// What somebody types to sign in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("email", &self.email).finish_non_exhaustive()
    }
}

/// A browser session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct SessionView {
    /// The session.
    pub id: SessionId,
    /// The browser, as it names itself.
    pub user_agent: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub seen_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// Reads an e-mail address: one `@` with something on both sides, no spaces, at most 254 characters (RFC 5321).
///
/// # Errors
/// Invalid, naming `/email`.
pub fn parse_email(typed: &str) -> Result<String> {
    let text = text::line("/email", "E-mail", typed, 254)?;
    let plausible = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !text.contains(char::is_whitespace)
    });
    if plausible {
        Ok(text)
    } else {
        Err(Error::invalid("/email", "E-mail must be an address such as ada@example.com."))
    }
}

/// Checks a password.
///
/// # Errors
/// Invalid, naming `/password`.
pub fn parse_password(typed: &str, email: &str) -> Result<String> {
    let length = typed.chars().count();
    if !(PASSWORD_MIN..=PASSWORD_MAX).contains(&length) {
        let message = format!("Password must have {PASSWORD_MIN} to {PASSWORD_MAX} characters; it has {length}.");
        return Err(Error::invalid("/password", message));
    }
    if typed.eq_ignore_ascii_case(email.trim()) {
        return Err(Error::invalid("/password", "Password must not be the e-mail address."));
    }
    Ok(typed.to_owned())
}

fn parse_name(typed: &str, email: &str) -> Result<String> {
    let name = if typed.trim().is_empty() { email } else { typed };
    text::line("/name", "Name", name, 254)
}
