//! Requests for one's data and for its erasure.

use crate::{
    ids::{PrivacyRequestId, UserId},
    page::PageRequest,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = PrivacyRequestKind))]
pub enum RequestKind {
    /// Everything that the hub holds of the person.
    Export,
    /// That the hub forgets the person.
    Erasure,
}

impl RequestKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Export, Self::Erasure];

    /// The text in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Erasure => "erasure",
        }
    }

    /// Reads the column.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = PrivacyRequestState))]
pub enum RequestState {
    /// It waits: an export for its turn, an erasure for the end of its grace period.
    Waiting,
    /// An export can be downloaded.
    Ready,
    /// An erasure is done.
    Done,
    /// Somebody took it back.
    Cancelled,
    /// It could not be carried out; `reason` says why.
    Failed,
    /// An export was removed.
    Expired,
}

impl RequestState {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Waiting, Self::Ready, Self::Done, Self::Cancelled, Self::Failed, Self::Expired];

    /// The text in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// Reads the column.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A request to be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = NewPrivacyRequest))]
pub struct NewRequest {
    /// The member whom it is about; the caller when left out.
    pub member_id: Option<UserId>,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct PrivacyRequest {
    /// The request.
    pub id: PrivacyRequestId,
    /// What is asked for.
    pub kind: RequestKind,
    /// Where it stands.
    pub state: RequestState,
    /// The account that it is about, there or not.
    pub subject_id: UserId,
    /// Its address; `erased person NUMBER` once it was erased.
    pub subject: String,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Until when an erasure can be taken back, or an export be downloaded.
    pub due_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
    /// Size of an export in bytes.
    pub size: Option<u64>,
    /// Why it failed.
    pub reason: Option<String>,
    /// What an erasure removed and changed, table by table.
    #[cfg_attr(feature = "backend", schema(value_type = Option<Object>))]
    pub outcome: Option<serde_json::Value>,
}

/// Which requests are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct RequestQuery {
    /// `next_cursor` of the page before.
    #[cfg_attr(feature = "backend", param(value_type = Option<uuid::Uuid>))]
    pub cursor: Option<String>,
    /// Most rows wanted, 1 to 200; 50 when left out.
    #[cfg_attr(feature = "backend", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// Only requests of this kind.
    pub kind: Option<RequestKind>,
    /// Only requests that stand so.
    pub state: Option<RequestState>,
}

impl RequestQuery {
    /// The part of the list.
    pub fn page(&self) -> PageRequest {
        PageRequest { cursor: self.cursor.clone(), limit: self.limit }
    }
}
