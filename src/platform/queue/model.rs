//! What a job is.

use crate::ids::JobId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// First wait before a failed job is tried again.
const BACKOFF_BASE: Duration = Duration::from_secs(2);
/// Longest wait before a failed job is tried again.
const BACKOFF_CAP: Duration = Duration::from_secs(300);

/// Which jobs go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Somebody waits for it.
    High,
    /// The usual.
    Normal,
    /// Whenever there is room.
    Low,
}

impl Priority {
    /// All priorities, first to last.
    pub const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    /// The label of the queue depth figure.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    pub(super) fn rank(self) -> i16 {
        match self {
            Self::High => 0,
            Self::Normal => 1,
            Self::Low => 2,
        }
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker holds its lease.
    Running,
    /// Its effect is there.
    Succeeded,
    /// Somebody ended it.
    Cancelled,
    /// It failed as often as it may: a dead letter, kept with its error for a while.
    Dead,
}

impl JobState {
    /// The text in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Cancelled => "cancelled",
            Self::Dead => "dead",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Queued, Self::Running, Self::Succeeded, Self::Cancelled, Self::Dead]
            .into_iter()
            .find(|state| state.as_str() == text)
    }

    /// Whether nothing more will happen.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// Work to be accepted.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Which handler carries it out.
    pub kind: &'static str,
    /// What the handler needs; ids rather than copies.
    pub payload: Value,
    /// Which jobs go first.
    pub priority: Priority,
    /// How often it is tried before it is a dead letter.
    pub max_attempts: u32,
}

/// A job as its owner sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct JobView {
    /// The job.
    pub id: JobId,
    /// Where it stands.
    pub state: JobState,
    /// How often it was started.
    pub attempt: u32,
    /// What the handler last said of its progress.
    pub progress: Option<Value>,
    /// Whether somebody asked for its end.
    pub cancel_requested: bool,
    /// Why it failed last.
    pub error: Option<String>,
}

/// How long to wait before attempt `attempt + 1`: exponential with "equal jitter" (Brooker, *Exponential Backoff And
/// Jitter*, AWS Architecture Blog, 2015). `random` is from 0 to 1.
pub fn backoff(attempt: u32, random: f64) -> Duration {
    let doubled = BACKOFF_BASE.saturating_mul(1 << attempt.saturating_sub(1).min(16));
    doubled.min(BACKOFF_CAP).mul_f64(0.5 + random.clamp(0.0, 1.0) / 2.0)
}
