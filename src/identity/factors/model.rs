//! Second factors, with their parsing.

#[cfg(feature = "backend")]
use crate::text;
use crate::{
    Result,
    access::Role,
    error::Faults,
    ids::{DeviceId, FactorId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// Longest time for which a browser is remembered, in days.
const REMEMBER_MAX_DAYS: u32 = 90;
/// Characters of a code that somebody types, at most, with the spaces and dashes that people put in.
#[cfg(feature = "backend")]
const CODE_MAX: usize = 64;

/// What a second factor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum FactorKind {
    /// An app that shows a code for each half minute (RFC 6238).
    Totp,
    /// A credential of a phone, a computer or a password manager that checks who holds it (WebAuthn).
    Passkey,
    /// A key that is plugged in or held to the reader (WebAuthn).
    SecurityKey,
    /// A code by text message, which is weaker than the others: numbers can be taken over.
    Sms,
}

impl FactorKind {
    /// All kinds, in the order in which pages offer them: the stronger ones first.
    pub const ALL: [Self; 4] = [Self::Passkey, Self::SecurityKey, Self::Totp, Self::Sms];

    /// Whether the telephone network has no part in it.
    pub fn is_strong(self) -> bool {
        self != Self::Sms
    }

    /// The text that forms and columns use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::SecurityKey => "security_key",
            Self::Sms => "sms",
        }
    }

    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Totp => "Authenticator app",
            Self::Passkey => "Passkey",
            Self::SecurityKey => "Security key",
            Self::Sms => "Text message",
        }
    }
}

impl std::str::FromStr for FactorKind {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            crate::Error::invalid(
                "/kind",
                format!("{text:?} is no second factor; allowed are passkey, security_key, totp, sms."),
            )
        })
    }
}

/// A second factor as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Factor {
    /// The factor.
    pub id: FactorId,
    /// What it is.
    pub kind: FactorKind,
    /// What its owner calls it.
    pub name: String,
    /// Where codes are sent: the country and the last digits; none for other kinds.
    pub number: Option<String>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last used to sign in.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A secret for an authenticator app, which counts once a code of it was shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct StartedTotp {
    /// The factor to be confirmed.
    pub id: FactorId,
    /// The secret in Base32 (RFC 4648), for apps that can't read the picture.
    pub secret: String,
    /// The same as an `otpauth` address, for a QR code.
    pub url: String,
}

impl fmt::Debug for StartedTotp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartedTotp").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A code that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct SentCode {
    /// Where to: the country and the last digits of the number.
    pub number: String,
    /// Until when it is good. Another one that is sent ends it before.
    pub expires_at: DateTime<Utc>,
}

/// A number that counts once the code that was sent to it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct StartedMessages {
    /// The factor to be confirmed.
    pub id: FactorId,
    /// The code.
    pub code: SentCode,
}

/// Whether codes by text message may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageOffer {
    /// They may.
    Offered,
    /// The hub sends none.
    NoGateway,
    /// The policy does not count them, or nothing stronger could be added beside them.
    NotAllowed,
}

/// What somebody shows beside the password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = SecondFactorProof))]
pub enum Proof {
    /// The code that an authenticator app shows.
    Totp {
        /// Six digits; spaces do no harm.
        #[cfg_attr(feature = "backend", schema(max_length = 64))]
        code: String,
    },
    /// The code of the text message that was sent last.
    Sms {
        /// Six digits; spaces do no harm.
        #[cfg_attr(feature = "backend", schema(max_length = 64))]
        code: String,
    },
    /// One of the recovery codes, which is used up.
    RecoveryCode {
        /// The code, in any spelling of its letters.
        #[cfg_attr(feature = "backend", schema(max_length = 64))]
        code: String,
    },
    /// The answer of a passkey or a security key to the options that were asked for before.
    #[serde(rename = "webauthn")]
    WebAuthn {
        /// The credential as JSON (WebAuthn level 3, `AuthenticationResponseJSON`).
        #[cfg_attr(feature = "backend", schema(value_type = Object))]
        credential: serde_json::Value,
    },
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Totp { .. } => "Totp",
            Self::Sms { .. } => "Sms",
            Self::RecoveryCode { .. } => "RecoveryCode",
            Self::WebAuthn { .. } => "WebAuthn",
        })
    }
}

/// Fresh recovery codes, which are shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    /// Each signs in once in the place of a second factor.
    pub codes: Vec<String>,
}

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoveryCodes").finish_non_exhaustive()
    }
}

/// What is left of somebody's recovery codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct RecoveryState {
    /// Codes that were not used.
    pub left: u32,
    /// When they were made; none, if never.
    pub made_at: Option<DateTime<Utc>>,
}

/// A browser from which a second factor is not asked for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct RememberedDevice {
    /// The browser.
    pub id: DeviceId,
    /// As it names itself.
    pub user_agent: String,
    /// Since when it is remembered.
    pub created_at: DateTime<Utc>,
    /// When it last signed in.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Until when it is remembered.
    pub expires_at: DateTime<Utc>,
}

/// What a tenant asks of those who sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct SignInPolicy {
    /// The roles that need a second factor. Others may have one, and are asked for it then.
    #[cfg_attr(feature = "backend", schema(value_type = Vec<Role>))]
    pub second_factor: BTreeSet<Role>,
    /// For how many days a browser may be remembered, 0 to 90; 0 remembers none.
    #[cfg_attr(feature = "backend", schema(minimum = 0, maximum = 90))]
    pub remember_days: u32,
    /// The kinds that count, one of passkey, security_key and totp among them; codes by text message (sms) count only
    /// where they are named here.
    #[cfg_attr(feature = "backend", schema(value_type = Vec<FactorKind>))]
    pub kinds: BTreeSet<FactorKind>,
}

impl Default for SignInPolicy {
    fn default() -> Self {
        let kinds = FactorKind::ALL.into_iter().filter(|kind| kind.is_strong()).collect();
        Self { second_factor: BTreeSet::new(), remember_days: 30, kinds }
    }
}

impl SignInPolicy {
    /// Checks.
    pub fn parse(self) -> Result<Self> {
        let mut faults = Faults::default();
        if self.remember_days > REMEMBER_MAX_DAYS {
            faults.add("/remember_days", format!("Days must be 0 to {REMEMBER_MAX_DAYS}."));
        }
        if !self.kinds.iter().any(|kind| kind.is_strong()) {
            let words = "Kinds must have one of passkey, security_key and totp: a text message is never all there is.";
            faults.add("/kinds", words);
        }
        faults.finish()?;
        Ok(self)
    }

    /// Whether a kind counts.
    pub fn counts(&self, kind: FactorKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether something stronger than a text message can be added, where browsers take credentials and where they don't.
    #[cfg(feature = "backend")]
    pub(super) fn has_stronger(&self, takes_credentials: bool) -> bool {
        let kinds = self.kinds.iter().filter(|kind| kind.is_strong());
        kinds.copied().any(|kind| kind == FactorKind::Totp || takes_credentials)
    }
}

/// Reads what somebody calls a factor; what it is, when left out.
///
/// # Errors
/// Invalid, naming `/name`.
#[cfg(feature = "backend")]
pub fn parse_factor_name(typed: &str, kind: FactorKind) -> Result<String> {
    let name = if typed.trim().is_empty() { kind.words() } else { typed };
    text::line("/name", "Name", name, 80)
}

/// A typed code without what people put in to read it.
///
/// # Errors
/// Invalid for one that is far too long.
#[cfg(feature = "backend")]
pub(super) fn bare_code(typed: &str) -> Result<String> {
    if typed.chars().count() > CODE_MAX {
        return Err(crate::Error::invalid("/code", format!("Code must have at most {CODE_MAX} characters.")));
    }
    Ok(typed.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase).collect())
}
