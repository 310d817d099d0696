//! What the pages of privacy show.

use crate::moment::Moment;
use hub::{
    ids::UserId,
    privacy::{Activity, Aged, Consent, LegalBasis, NewActivity, PrivacyRequest, PurposeState, RequestState},
};
use serde::{Deserialize, Serialize};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestLine {
    /// The request.
    pub request: PrivacyRequest,
    /// When it was made.
    pub asked: Moment,
    /// Until when it can be taken back or downloaded.
    pub due: Option<Moment>,
    /// When it was over.
    pub finished: Option<Moment>,
}

impl RequestLine {
    /// Whether its file can be downloaded.
    pub fn is_ready(&self) -> bool {
        self.request.state == RequestState::Ready
    }
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentLine {
    /// The decision.
    pub consent: Consent,
    /// When.
    pub at: Moment,
}

/// What the reader's own page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnView {
    /// The newest requests.
    pub requests: Vec<RequestLine>,
    /// What is asked for.
    pub purposes: Vec<PurposeState>,
    /// What the reader said, newest first.
    pub history: Vec<ConsentLine>,
    /// The reader owns the organisation.
    pub is_owner: bool,
    /// The reader may see everybody's.
    pub may_read: bool,
}

/// What the page of everybody's requests shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestsView {
    /// The requests.
    pub requests: Vec<RequestLine>,
    /// The cursor of the next part.
    pub next: Option<String>,
    /// Members for whom something can be asked, with their addresses; none for who may not.
    pub members: Vec<(UserId, String)>,
    /// The reader may ask and take back.
    pub may_manage: bool,
}

/// What the page of everybody's consents shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentsView {
    /// What is asked for.
    pub purposes: Vec<PurposeState>,
    /// What was said, newest first.
    pub decisions: Vec<ConsentLine>,
    /// The cursor of the next part.
    pub next: Option<String>,
    /// The reader may write purposes.
    pub may_manage: bool,
}

/// A kind of rows with what would go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgedLine {
    /// The kind.
    pub aged: Aged,
    /// The oldest that would stay.
    pub oldest: Option<Moment>,
}

/// What the page of the register shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterView {
    /// The records.
    pub activities: Vec<Activity>,
    /// The reader may change them.
    pub may_manage: bool,
}

/// A record as a form sends it: categories one in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityForm {
    /// What the processing is called.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Why it is lawful.
    pub legal_basis: LegalBasis,
    /// Whose data.
    pub persons: String,
    /// Which data.
    pub data: String,
    /// Who gets it.
    #[serde(default)]
    pub recipients: String,
    /// Where it is sent.
    #[serde(default)]
    pub transfers: String,
    /// How long it is kept.
    pub retention: String,
    /// What protects it.
    #[serde(default)]
    pub safeguards: String,
}

impl ActivityForm {
    /// The record.
    pub fn into_new(self) -> NewActivity {
        let lines = |text: String| text.lines().map(str::to_owned).collect();
        NewActivity {
            name: self.name,
            purpose: self.purpose,
            legal_basis: self.legal_basis,
            persons: lines(self.persons),
            data: lines(self.data),
            recipients: lines(self.recipients),
            transfers: self.transfers,
            retention: self.retention,
            safeguards: self.safeguards,
        }
    }
}
