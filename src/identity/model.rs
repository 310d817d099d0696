//! Accounts, keys and sessions, with their parsing.

use crate::{
    Error, Result,
    access::{Permission, Role},
    error::Faults,
    ids::{InvitationId, KeyId, SessionId, UserId},
    text,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Fewest characters of a password. NIST SP 800-63B-4 asks for 15 where it is the only factor and 8 beside another;
/// twelve, a throttle and argon2id keep guessing hopeless without driving people to sticky notes.
const PASSWORD_MIN: usize = 12;
/// Most characters of a password, so that hashing can't be made a burden.
const PASSWORD_MAX: usize = 256;
/// Longest life of an API key, in days.
const KEY_MAX_DAYS: u32 = 730;

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

/// A key to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What it is for, 1 to 80 characters.
    #[cfg_attr(
        feature = "backend",
        schema(
            min_length = 1,
            max_length = 80,
            pattern = r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$"
        )
    )]
    pub name: String,
    /// What it may do, at least one; never more than its maker may.
    #[cfg_attr(feature = "backend", schema(value_type = Vec<Permission>, min_items = 1))]
    pub scopes: BTreeSet<Permission>,
    /// Days until it ends, 1 to 730; it never ends when left out.
    #[serde(default)]
    #[cfg_attr(feature = "backend", schema(minimum = 1, maximum = 730))]
    pub expires_in_days: Option<u32>,
}

impl NewKey {
    /// Checks and trims.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        let name = faults.keep(text::line("/name", "Name", &self.name, 80));
        if self.scopes.is_empty() {
            faults.add("/scopes", "Choose at least one scope.");
        }
        if self.expires_in_days.is_some_and(|days| !(1..=KEY_MAX_DAYS).contains(&days)) {
            faults.add("/expires_in_days", format!("Expiry must be 1 to {KEY_MAX_DAYS} days."));
        }
        faults.finish()?;
        Ok(Self { name: name.unwrap_or_default(), ..self })
    }
}

/// An API key as it is listed; the secret is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// The key.
    pub id: KeyId,
    /// What it is for.
    pub name: String,
    /// The first characters of the secret, to recognise it by.
    pub hint: String,
    /// What it may do.
    pub scopes: BTreeSet<Permission>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A new key with its secret, which is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct CreatedKey {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKey,
    /// `sbh_` and 56 hexadecimal digits, the last eight of which are a checksum.
    pub secret: String,
}

impl std::fmt::Debug for CreatedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedKey").field("key", &self.key).finish_non_exhaustive()
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
