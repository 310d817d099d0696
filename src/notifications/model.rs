//! What a member is told, and which of it a member wants.

use crate::{
    access::Permission,
    ids::{BenchmarkId, KeyId, NotificationId, PrivacyRequestId, ScheduleId, TenantId, ValidationId},
    page::PageRequest,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a notification tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum NotificationKind {
    /// A benchmark could not be measured.
    BenchmarkFailed,
    /// A benchmark was measured but must not be scored.
    BenchmarkInvalid,
    /// A version may not be released: blocked, or inconclusive.
    ValidationBlocked,
    /// A version may be released where the last one might not.
    ValidationUnblocked,
    /// A validation could not be carried out.
    ValidationFailed,
    /// A schedule came due and started nothing.
    ScheduleSkipped,
    /// A schedule stopped until somebody resumes it.
    ScheduleStopped,
    /// A key has a successor, whose secret waits to be collected.
    KeyRotated,
    /// A key ends soon, and nobody collected the secret of its successor.
    KeyEnding,
    /// Somebody else asked for a member's data or for their erasure.
    DataRequested,
    /// A quota of the organisation is nearly used up.
    QuotaNear,
    /// A quota of the organisation is used up.
    QuotaFull,
}

impl NotificationKind {
    /// All kinds, in the order of the settings.
    pub const ALL: [Self; 12] = [
        Self::BenchmarkFailed,
        Self::BenchmarkInvalid,
        Self::ValidationBlocked,
        Self::ValidationUnblocked,
        Self::ValidationFailed,
        Self::ScheduleSkipped,
        Self::ScheduleStopped,
        Self::KeyRotated,
        Self::KeyEnding,
        Self::DataRequested,
        Self::QuotaNear,
        Self::QuotaFull,
    ];

    /// The text in the column and in queries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BenchmarkFailed => "benchmark_failed",
            Self::BenchmarkInvalid => "benchmark_invalid",
            Self::ValidationBlocked => "validation_blocked",
            Self::ValidationUnblocked => "validation_unblocked",
            Self::ValidationFailed => "validation_failed",
            Self::ScheduleSkipped => "schedule_skipped",
            Self::ScheduleStopped => "schedule_stopped",
            Self::KeyRotated => "key_rotated",
            Self::KeyEnding => "key_ending",
            Self::DataRequested => "data_requested",
            Self::QuotaNear => "quota_near",
            Self::QuotaFull => "quota_full",
        }
    }

    /// Reads the column.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The permission without which nobody is told.
    pub fn needs(self) -> Permission {
        match self {
            Self::BenchmarkFailed | Self::BenchmarkInvalid => Permission::LabRead,
            Self::ValidationBlocked | Self::ValidationUnblocked | Self::ValidationFailed => Permission::GatesRead,
            Self::ScheduleSkipped | Self::ScheduleStopped => Permission::SchedulesRead,
            Self::KeyRotated | Self::KeyEnding | Self::DataRequested => Permission::AccountManage,
            Self::QuotaNear | Self::QuotaFull => Permission::UsageRead,
        }
    }

    /// Whether it is told to those alone whose thing it is, and to those who manage members.
    pub fn is_personal(self) -> bool {
        matches!(self, Self::KeyRotated | Self::KeyEnding | Self::DataRequested | Self::QuotaNear | Self::QuotaFull)
    }
}

/// The thing behind a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum About {
    /// A benchmark.
    Benchmark(BenchmarkId),
    /// A validation.
    Validation(ValidationId),
    /// A schedule.
    Schedule(ScheduleId),
    /// An API key.
    Key(KeyId),
    /// A request for somebody's data or for their erasure.
    PrivacyRequest(PrivacyRequestId),
    /// What the organisation uses.
    Usage(TenantId),
}

/// One line in a member's inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Notification {
    /// The notification.
    pub id: NotificationId,
    /// What it tells of.
    pub kind: NotificationKind,
    /// What happened, in a few words.
    pub title: String,
    /// Why, in a sentence or two.
    pub body: String,
    /// The thing that it happened to.
    pub about: About,
    /// When it happened.
    pub created_at: DateTime<Utc>,
    /// When the member read it.
    pub read_at: Option<DateTime<Utc>>,
}

/// How many notifications the caller has not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Unread {
    /// How many.
    pub unread: u64,
}

/// Which notifications are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct NotificationQuery {
    /// `next_cursor` of the page before.
    #[cfg_attr(feature = "backend", param(value_type = Option<uuid::Uuid>))]
    pub cursor: Option<String>,
    /// Most rows wanted, 1 to 200; 50 when left out.
    #[cfg_attr(feature = "backend", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// Only those that were not read.
    pub unread: Option<bool>,
    /// Only those of this kind.
    pub kind: Option<NotificationKind>,
}

impl NotificationQuery {
    /// The part of the list.
    pub fn page(&self) -> PageRequest {
        PageRequest { cursor: self.cursor.clone(), limit: self.limit }
    }
}

/// Whose things a member wants to be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum Reach {
    /// Everybody's.
    All,
    /// What the member started or owns; for admins and owners also what nobody who is still here started.
    Mine,
    /// Nobody's.
    None,
}

impl Reach {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::All, Self::Mine, Self::None];

    /// The text in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Mine => "mine",
            Self::None => "none",
        }
    }
}

/// What a member wants to be told, kind by kind. What is left out is as for somebody who never chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct Choices {
    /// Benchmarks that could not be measured; `all` when left out.
    pub benchmark_failed: Reach,
    /// Benchmarks that must not be scored; `mine` when left out.
    pub benchmark_invalid: Reach,
    /// Versions that may not be released; `all` when left out.
    pub validation_blocked: Reach,
    /// Versions that may be released again; `all` when left out.
    pub validation_unblocked: Reach,
    /// Validations that could not be carried out; `mine` when left out.
    pub validation_failed: Reach,
    /// Schedules that came due and started nothing; `mine` when left out.
    pub schedule_skipped: Reach,
    /// Schedules that stopped; `all` when left out.
    pub schedule_stopped: Reach,
    /// Keys whose successor waits to be collected, one's own, and for those who manage members everybody's; `all` when left
    /// out.
    pub key_rotated: Reach,
    /// Keys that end soon though nobody collected their successor, of the same keys; `all` when left out.
    pub key_ending: Reach,
    /// Requests of others for one's data or for one's erasure, and for those who manage members for everybody's; `mine` when
    /// left out.
    pub data_requested: Reach,
    /// Quotas that are nearly used up, for those who manage members; `all` when left out.
    pub quota_near: Reach,
    /// Quotas that are used up, for the same; `all` when left out.
    pub quota_full: Reach,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            benchmark_failed: Reach::All,
            benchmark_invalid: Reach::Mine,
            validation_blocked: Reach::All,
            validation_unblocked: Reach::All,
            validation_failed: Reach::Mine,
            schedule_skipped: Reach::Mine,
            schedule_stopped: Reach::All,
            key_rotated: Reach::All,
            key_ending: Reach::All,
            data_requested: Reach::Mine,
            quota_near: Reach::All,
            quota_full: Reach::All,
        }
    }
}

impl Choices {
    /// What was chosen for a kind.
    pub fn of(&self, kind: NotificationKind) -> Reach {
        match kind {
            NotificationKind::BenchmarkFailed => self.benchmark_failed,
            NotificationKind::BenchmarkInvalid => self.benchmark_invalid,
            NotificationKind::ValidationBlocked => self.validation_blocked,
            NotificationKind::ValidationUnblocked => self.validation_unblocked,
            NotificationKind::ValidationFailed => self.validation_failed,
            NotificationKind::ScheduleSkipped => self.schedule_skipped,
            NotificationKind::ScheduleStopped => self.schedule_stopped,
            NotificationKind::KeyRotated => self.key_rotated,
            NotificationKind::KeyEnding => self.key_ending,
            NotificationKind::DataRequested => self.data_requested,
            NotificationKind::QuotaNear => self.quota_near,
            NotificationKind::QuotaFull => self.quota_full,
        }
    }
}
