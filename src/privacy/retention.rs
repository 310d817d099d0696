//! How long each kind of rows is kept, and what would go now.

#[cfg(feature = "backend")]
mod service;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A kind of rows that grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = RetentionKind))]
pub enum KindOfRows {
    /// The audit log.
    AuditEntries,
    /// What happened, for those who act on it.
    Events,
    /// Files of benchmarks.
    BenchmarkFiles,
    /// What members were told.
    Notifications,
    /// What came of schedules.
    ScheduledRuns,
    /// Jobs that are over.
    FinishedJobs,
    /// Browser sessions that ended.
    Sessions,
    /// Sign-ins that were not finished.
    PendingSignIns,
    /// Browsers that were remembered.
    RememberedBrowsers,
    /// Invitations that ended.
    Invitations,
    /// First answers to requests with an `Idempotency-Key`.
    IdempotentAnswers,
    /// Exports of personal data.
    PrivacyExports,
    /// Privacy requests that are over.
    PrivacyRequests,
    /// What people agreed to.
    Consents,
    /// What the organisation used, day by day.
    UsageDays,
}

impl KindOfRows {
    /// All kinds, in the order of the page.
    pub const ALL: [Self; 15] = [
        Self::AuditEntries,
        Self::Events,
        Self::BenchmarkFiles,
        Self::Notifications,
        Self::ScheduledRuns,
        Self::FinishedJobs,
        Self::Sessions,
        Self::PendingSignIns,
        Self::RememberedBrowsers,
        Self::Invitations,
        Self::IdempotentAnswers,
        Self::PrivacyExports,
        Self::PrivacyRequests,
        Self::Consents,
        Self::UsageDays,
    ];

    /// The words on pages.
    pub fn words(self) -> &'static str {
        match self {
            Self::AuditEntries => "Audit entries",
            Self::Events => "Events",
            Self::BenchmarkFiles => "Files of benchmarks",
            Self::Notifications => "Notifications",
            Self::ScheduledRuns => "Runs of schedules",
            Self::FinishedJobs => "Finished jobs",
            Self::Sessions => "Sessions",
            Self::PendingSignIns => "Unfinished sign-ins",
            Self::RememberedBrowsers => "Remembered browsers",
            Self::Invitations => "Invitations",
            Self::IdempotentAnswers => "Kept answers",
            Self::PrivacyExports => "Exports of personal data",
            Self::PrivacyRequests => "Privacy requests",
            Self::Consents => "Consents",
            Self::UsageDays => "Usage by day",
        }
    }
}

/// What a kind of rows would lose now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema), schema(as = RetentionOfKind))]
pub struct Aged {
    /// The kind.
    pub kind: KindOfRows,
    /// How long a row is kept, in words.
    pub kept: String,
    /// Rows of the organisation that there are.
    pub rows: u64,
    /// How many of them would be removed now.
    pub would_remove: u64,
    /// When the oldest was made of those that would stay.
    pub oldest_kept: Option<DateTime<Utc>>,
}
