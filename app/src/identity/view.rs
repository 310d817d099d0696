//! What the pages of signing in show.

use crate::moment::Moment;
use hub::{
    access::Role,
    identity::{FactorKind, OfferedProvider, SignInDoor, Vouched},
    ids::FactorId,
};
use serde::{Deserialize, Serialize};

/// A passkey or a security key that the page asks for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedView {
    /// Which of them.
    pub kind: FactorKind,
    /// What comes back with the answer.
    pub ceremony: String,
    /// The options for the browser, as JSON.
    pub options: String,
}

/// What a sign-in, or a confirmation, asks for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeView {
    /// The second factors that the account has.
    pub kinds: Vec<FactorKind>,
    /// The credential that is asked for, where browsers take one here.
    pub asked: Option<AskedView>,
    /// Days for which the browser may be remembered; 0 for never.
    pub remember_days: u32,
    /// Whether the password is asked for.
    pub password: bool,
    /// The providers that can say who sits there.
    pub providers: Vec<OfferedProvider>,
}

impl ChallengeView {
    /// Whether one of the factors is of this kind.
    pub fn has(&self, kind: FactorKind) -> bool {
        self.kinds.contains(&kind)
    }
}

/// What a sign-in that waits needs next.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NextStep {
    /// Nothing waits in this browser any more.
    Over,
    /// A second factor is to be shown.
    Show(ChallengeView),
    /// A second factor is to be added first.
    Enrol(EnrolView),
}

/// What may be added.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolView {
    /// The kinds that the organisation counts.
    pub kinds: Vec<FactorKind>,
    /// Browsers take passkeys here.
    pub takes_credentials: bool,
    /// A number for text messages may be added.
    pub messages: bool,
}

/// An authenticator app that is being added.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppView {
    /// The factor.
    pub id: FactorId,
    /// The secret in groups of four.
    pub secret: String,
    /// The QR code as the path of an SVG drawing, with its side in modules.
    pub drawing: (String, u32),
    /// The address behind the QR code, for an app on the same machine.
    pub url: String,
}

/// An invitation as it is shown to whom it invites.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// The organisation.
    pub organisation: String,
    /// The address.
    pub email: String,
    /// The role.
    pub role: Role,
    /// Until when.
    pub ends: Moment,
}

/// What a provider's answer left for the next page.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Why it did not lead where it should.
    Refused(String),
    /// What the provider says of the reader, who tried it.
    Vouched(Box<Vouched>),
}

impl Told {
    /// The text that the session keeps.
    ///
    /// # Errors
    /// Internal, should it have no form.
    pub fn to_text(&self) -> hub::Result<String> {
        Ok(serde_json::to_string(self)?)
    }

    /// Why it did not lead where it should.
    pub fn refused(self) -> Option<String> {
        match self {
            Self::Refused(why) => Some(why),
            Self::Vouched(_) => None,
        }
    }

    /// What the session kept; none for what other pages left there.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// The page where people sign in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoorView {
    /// Through which providers.
    pub door: SignInDoor,
    /// Why a provider's answer did not lead here.
    pub refused: Option<String>,
}
