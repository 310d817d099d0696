//! What the inbox shows.

use crate::{moment::Moment, ui::Meaning};
use hub::{
    ids::NotificationId,
    notifications::{NotificationKind, Reach},
};
use serde::{Deserialize, Serialize};

/// A part of the reader's inbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxView {
    /// The notifications, newest first.
    pub lines: Vec<InboxLine>,
    /// The cursor of the next part.
    pub next: Option<String>,
    /// What was read is shown as well.
    pub all: bool,
    /// The kind to which it is narrowed.
    pub kind: Option<NotificationKind>,
    /// How many are not read.
    pub unread: u64,
}

/// One notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxLine {
    /// The notification.
    pub id: NotificationId,
    /// What it tells of.
    pub kind: NotificationKind,
    /// What happened.
    pub title: String,
    /// Why.
    pub body: String,
    /// The page of the thing.
    pub href: String,
    /// When.
    pub at: Moment,
    /// The reader read it.
    pub is_read: bool,
}

/// What a kind means, and its name for people.
pub fn words_of(kind: NotificationKind) -> (Meaning, &'static str) {
    match kind {
        NotificationKind::BenchmarkFailed => (Meaning::Fail, "Benchmark failed"),
        NotificationKind::BenchmarkInvalid => (Meaning::Warn, "Benchmark invalid"),
        NotificationKind::ValidationBlocked => (Meaning::Fail, "Version blocked"),
        NotificationKind::ValidationUnblocked => (Meaning::Pass, "Version allowed again"),
        NotificationKind::ValidationFailed => (Meaning::Fail, "Not validated"),
        NotificationKind::ScheduleSkipped => (Meaning::Warn, "Schedule skipped"),
        NotificationKind::ScheduleStopped => (Meaning::Fail, "Schedule stopped"),
        NotificationKind::KeyRotated => (Meaning::Warn, "Key rotated"),
        NotificationKind::KeyEnding => (Meaning::Fail, "Key ends soon"),
        NotificationKind::DataRequested => (Meaning::Warn, "Data or erasure asked for"),
        NotificationKind::QuotaNear => (Meaning::Warn, "Quota nearly used up"),
        NotificationKind::QuotaFull => (Meaning::Fail, "Quota used up"),
    }
}

/// When a notification of a kind comes.
pub fn hint_of(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::BenchmarkFailed => "It could not be measured.",
        NotificationKind::BenchmarkInvalid => "It was measured, but the generator was the bottleneck.",
        NotificationKind::ValidationBlocked => {
            "A version may not be released: blocked or inconclusive. Once for a version and its verdict."
        }
        NotificationKind::ValidationUnblocked => "A version may be released where the last one might not.",
        NotificationKind::ValidationFailed => "The gates could not be judged.",
        NotificationKind::ScheduleSkipped => "A schedule came due and started nothing. Once for the same reason.",
        NotificationKind::ScheduleStopped => "Its member left, lost the right, or what it measures is gone.",
        NotificationKind::KeyRotated => {
            "A schedule made its successor, whose secret waits. Your keys; for admins and owners everybody's."
        }
        NotificationKind::KeyEnding => "Nobody collected the secret of its successor. The same keys.",
        NotificationKind::DataRequested => {
            "Somebody else asked for your data, or for your erasure, which you can take back. For admins and owners everybody's."
        }
        NotificationKind::QuotaNear => "Four fifths of a quota are used. For admins and owners, once a day and quota.",
        NotificationKind::QuotaFull => "What is over the quota is refused. The same people, as often.",
    }
}

/// A reach in words.
pub fn words_of_reach(reach: Reach) -> &'static str {
    match reach {
        Reach::All => "Everybody's",
        Reach::Mine => "Mine",
        Reach::None => "None",
    }
}
