//! What is counted, what was agreed on beside the tier, and what callers see of it.

use super::super::Tier;
use crate::{Error, Result, error::Faults};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Most days of one answer.
pub const DAYS_MAX: i64 = 92;
/// Days of an answer where nothing was said.
const DAYS_USUAL: i64 = 30;

/// What is counted against a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum QuotaKind {
    /// Systems that are registered.
    Systems,
    /// Active members, and invitations that wait.
    Members,
    /// Benchmarks and validations that were started on a day.
    Runs,
    /// Bytes of files of benchmarks, evidence packs and shared assets.
    Storage,
    /// Requests with a key or a token on a day.
    ApiCalls,
}

impl QuotaKind {
    /// All kinds, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Systems, Self::Members, Self::Runs, Self::Storage, Self::ApiCalls];

    /// Its name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Systems => "systems",
            Self::Members => "members",
            Self::Runs => "runs",
            Self::Storage => "storage",
            Self::ApiCalls => "api_calls",
        }
    }

    /// Reads the column.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The words on pages.
    pub fn words(self) -> &'static str {
        match self {
            Self::Systems => "Systems",
            Self::Members => "Members",
            Self::Runs => "Runs a day",
            Self::Storage => "Storage",
            Self::ApiCalls => "API calls a day",
        }
    }

    /// Whether it begins anew with each day (UTC).
    pub fn is_daily(self) -> bool {
        matches!(self, Self::Runs | Self::ApiCalls)
    }
}

/// A quota that differs from the tier's: a number, or `unlimited`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum QuotaOverride {
    /// That many.
    AtMost(u64),
    /// As many as there are.
    Named(Unlimited),
}

/// No limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum Unlimited {
    /// As many as there are.
    Unlimited,
}

impl QuotaOverride {
    /// The limit, none for no limit.
    pub fn limit(self) -> Option<u64> {
        match self {
            Self::AtMost(limit) => Some(limit),
            Self::Named(Unlimited::Unlimited) => None,
        }
    }
}

/// Quotas that differ from the tier's; what is left out is the tier's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct QuotaOverrides {
    /// Systems, 1 to 1,000,000, or `unlimited`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub systems: Option<QuotaOverride>,
    /// Members, 1 to 1,000,000, or `unlimited`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<QuotaOverride>,
    /// Runs a day, 1 to 1,000,000, or `unlimited`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs_per_day: Option<QuotaOverride>,
    /// Bytes, 1 MiB to 1 PiB, or `unlimited`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_bytes: Option<QuotaOverride>,
    /// API calls a day, 1 to 1,000,000,000, or `unlimited`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_calls_per_day: Option<QuotaOverride>,
    /// Days for which files of benchmarks are kept, 1 to 3,650, or `unlimited`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<QuotaOverride>,
}

impl QuotaOverrides {
    /// Checks everything that comes from outside.
    ///
    /// # Errors
    /// Invalid with every field that is out of its range.
    pub fn parse(self) -> Result<Self> {
        const MILLION: u64 = 1_000_000;
        let fields = [
            ("/systems", "Systems", self.systems, 1..=MILLION),
            ("/members", "Members", self.members, 1..=MILLION),
            ("/runs_per_day", "Runs a day", self.runs_per_day, 1..=MILLION),
            ("/storage_bytes", "Storage", self.storage_bytes, 1 << 20..=1 << 50),
            ("/api_calls_per_day", "API calls a day", self.api_calls_per_day, 1..=1_000 * MILLION),
            ("/retention_days", "Days", self.retention_days, 1..=3_650),
        ];
        let mut faults = Faults::default();
        for (pointer, name, value, allowed) in fields {
            if value.and_then(QuotaOverride::limit).is_some_and(|limit| !allowed.contains(&limit)) {
                let (least, most) = (allowed.start(), allowed.end());
                faults.add(pointer, format!("{name} must be {least} to {most}, or \"unlimited\"."));
            }
        }
        faults.finish()?;
        Ok(self)
    }

    /// Whether everything is the tier's.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How much of a quota is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct QuotaUse {
    /// What is counted.
    pub kind: QuotaKind,
    /// How much is used; bytes of storage.
    pub used: u64,
    /// How much there may be; none for no limit.
    pub limit: Option<u64>,
    /// When it begins anew; none for what is not counted by the day.
    pub resets_at: Option<DateTime<Utc>>,
}

/// What an organisation uses now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct UsageNow {
    /// Its tier.
    pub tier: Tier,
    /// Whether some quotas are others than the tier's.
    pub agreed: bool,
    /// Each quota.
    pub quotas: Vec<QuotaUse>,
    /// Days for which files of benchmarks are kept: the shorter of the tier's and the hub's; none for ever.
    pub retention_days: Option<u32>,
    /// As of when.
    pub at: DateTime<Utc>,
}

/// What an organisation used on a day (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct UsageDay {
    /// The day.
    pub day: NaiveDate,
    /// Most systems that were noted on it; none where nothing was noted.
    pub systems: Option<u64>,
    /// Most members that were noted on it, waiting invitations among them; none where nothing was noted.
    pub members: Option<u64>,
    /// Benchmarks and validations that were started.
    pub runs: u64,
    /// Most bytes that were noted on it; none where nothing was noted.
    pub storage: Option<u64>,
    /// Requests with a key or a token.
    pub api_calls: u64,
}

impl UsageDay {
    /// A day of which nothing is known.
    pub fn empty(day: NaiveDate) -> Self {
        Self { day, systems: None, members: None, runs: 0, storage: None, api_calls: 0 }
    }

    /// What was counted of a kind.
    pub fn of(&self, kind: QuotaKind) -> Option<u64> {
        match kind {
            QuotaKind::Systems => self.systems,
            QuotaKind::Members => self.members,
            QuotaKind::Runs => Some(self.runs),
            QuotaKind::Storage => self.storage,
            QuotaKind::ApiCalls => Some(self.api_calls),
        }
    }

    /// Notes what was counted of a kind.
    pub fn note(&mut self, kind: QuotaKind, count: u64) {
        match kind {
            QuotaKind::Systems => self.systems = Some(count),
            QuotaKind::Members => self.members = Some(count),
            QuotaKind::Runs => self.runs = count,
            QuotaKind::Storage => self.storage = Some(count),
            QuotaKind::ApiCalls => self.api_calls = count,
        }
    }
}

/// What an organisation used day by day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct UsageDays {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// Every day between them, the oldest first.
    pub days: Vec<UsageDay>,
}

/// Which days are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct DaysQuery {
    /// The first day (UTC); 29 days before the last when left out.
    pub from: Option<NaiveDate>,
    /// The last day (UTC), at most 91 days after the first; today when left out.
    pub until: Option<NaiveDate>,
}

impl DaysQuery {
    /// The first and the last day.
    ///
    /// # Errors
    /// Invalid where the last is before the first, or too far from it.
    pub fn parse(self, today: NaiveDate) -> Result<(NaiveDate, NaiveDate)> {
        let until = self.until.unwrap_or(today);
        let usual = until.checked_sub_signed(TimeDelta::days(DAYS_USUAL - 1)).unwrap_or(NaiveDate::MIN);
        let from = self.from.unwrap_or(usual);
        let days = until.signed_duration_since(from).num_days();
        if !(0..DAYS_MAX).contains(&days) {
            let last = DAYS_MAX - 1;
            return Err(Error::invalid("/until", format!("Until must be from's day or one of the {last} after it.")));
        }
        Ok((from, until))
    }
}
