//! Times as SAML writes them: `xs:dateTime` with a time zone, which is UTC (SAML Core 1.3.3).

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::limits::MAX_CLOCK_SKEW;

pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text.trim()).ok().map(|time| time.with_timezone(&Utc))
}

pub(crate) fn write(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A moment with the tolerated difference of clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    now: DateTime<Utc>,
    skew: TimeDelta,
}

impl Moment {
    pub(crate) fn new(now: DateTime<Utc>, skew: TimeDelta) -> Self {
        Self { now, skew: skew.clamp(TimeDelta::zero(), MAX_CLOCK_SKEW) }
    }

    /// Whether a time from which something holds lies ahead.
    pub(crate) fn is_before(self, not_before: DateTime<Utc>) -> bool {
        not_before.signed_duration_since(self.now) > self.skew
    }

    /// Whether a time from which something no longer holds is reached.
    pub(crate) fn is_past(self, not_on_or_after: DateTime<Utc>) -> bool {
        self.now.signed_duration_since(not_on_or_after) >= self.skew
    }

    /// When [`Self::is_past`] becomes true of a time.
    pub(crate) fn end_of(self, not_on_or_after: DateTime<Utc>) -> DateTime<Utc> {
        not_on_or_after.checked_add_signed(self.skew).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}
