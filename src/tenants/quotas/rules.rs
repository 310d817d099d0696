//! How much each tier allows, and what is said where that is too little.

use super::{
    super::Tier,
    model::{QuotaKind, QuotaOverride, QuotaOverrides},
};
use chrono::{DateTime, Days, NaiveTime, Utc};

/// A gigabyte as storage is sold.
const GIB: u64 = 1 << 30;
/// The shares of a quota, in percent, at which admins are told.
const TOLD_AT: [u8; 2] = [100, 80];

/// How much an organisation may use; none is without a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quotas {
    /// Systems.
    pub systems: Option<u64>,
    /// Members.
    pub members: Option<u64>,
    /// Runs a day.
    pub runs_per_day: Option<u64>,
    /// Bytes.
    pub storage_bytes: Option<u64>,
    /// API calls a day.
    pub api_calls_per_day: Option<u64>,
    /// Days for which files of benchmarks are kept.
    pub retention_days: Option<u32>,
}

impl Quotas {
    /// What a tier allows.
    pub fn of(tier: Tier) -> Self {
        match tier {
            Tier::Basic => Self {
                systems: Some(5),
                members: Some(10),
                runs_per_day: Some(20),
                storage_bytes: Some(2 * GIB),
                api_calls_per_day: Some(10_000),
                retention_days: Some(30),
            },
            Tier::Professional => Self {
                systems: Some(50),
                members: Some(100),
                runs_per_day: Some(500),
                storage_bytes: Some(50 * GIB),
                api_calls_per_day: Some(250_000),
                retention_days: Some(365),
            },
            Tier::Enterprise => Self::default(),
        }
    }

    /// The same with what was agreed on beside the tier.
    #[must_use]
    pub fn with(self, agreed: &QuotaOverrides) -> Self {
        let either = |own: Option<u64>, agreed: Option<QuotaOverride>| agreed.map_or(own, QuotaOverride::limit);
        let days = either(self.retention_days.map(u64::from), agreed.retention_days);
        Self {
            systems: either(self.systems, agreed.systems),
            members: either(self.members, agreed.members),
            runs_per_day: either(self.runs_per_day, agreed.runs_per_day),
            storage_bytes: either(self.storage_bytes, agreed.storage_bytes),
            api_calls_per_day: either(self.api_calls_per_day, agreed.api_calls_per_day),
            retention_days: days.map(|days| u32::try_from(days).unwrap_or(u32::MAX)),
        }
    }

    /// The limit of a kind.
    pub fn limit(&self, kind: QuotaKind) -> Option<u64> {
        match kind {
            QuotaKind::Systems => self.systems,
            QuotaKind::Members => self.members,
            QuotaKind::Runs => self.runs_per_day,
            QuotaKind::Storage => self.storage_bytes,
            QuotaKind::ApiCalls => self.api_calls_per_day,
        }
    }
}

/// The shorter of two times in days; none is for ever.
pub fn shorter(one: Option<u32>, other: Option<u32>) -> Option<u32> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Whether `more` fit. Nothing more fits into storage that is full, even where it is not known yet how much it would be.
pub(super) fn fits(used: u64, more: u64, limit: u64) -> bool {
    if more == 0 { used < limit } else { used.checked_add(more).is_some_and(|sum| sum <= limit) }
}

/// The share of the quota, in percent, that admins are to be told of.
pub(super) fn told_at(used: u64, limit: u64) -> Option<u8> {
    let reached = |share: &u8| u128::from(used) * 100 >= u128::from(limit) * u128::from(*share);
    TOLD_AT.into_iter().find(reached)
}

/// When the day after this one begins (UTC).
pub(super) fn next_day(now: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = now.date_naive().checked_add_days(Days::new(1)).unwrap_or(chrono::NaiveDate::MAX);
    tomorrow.and_time(NaiveTime::MIN).and_utc()
}

/// Whole seconds until then, at least one.
pub(super) fn seconds_until(then: DateTime<Utc>, now: DateTime<Utc>) -> u64 {
    let ms = (then - now).num_milliseconds();
    u64::try_from(ms).unwrap_or_default().div_ceil(1_000).max(1)
}

/// A figure of a kind in words: `3`, `2147483648 bytes`.
pub(super) fn figure(kind: QuotaKind, value: u64) -> String {
    match kind {
        QuotaKind::Storage => format!("{value} bytes"),
        _ => value.to_string(),
    }
}

/// Why there is no room: which quota, how much of it is used, and whom to ask.
pub(super) fn refusal(kind: QuotaKind, (used, limit): (u64, u64), tier: Tier) -> String {
    let (used, limit) = (figure(kind, used), figure(kind, limit));
    let (what, free) = match kind {
        QuotaKind::Systems => ("systems", ""),
        QuotaKind::Members => {
            ("members, counting invitations that wait", " Deactivate a member, take an invitation back, or")
        }
        QuotaKind::Runs => ("runs a day", " Wait until midnight UTC, or"),
        QuotaKind::Storage => ("storage", " Remove assets of the library, wait until old files go, or"),
        QuotaKind::ApiCalls => ("API calls a day", " Wait until midnight UTC, or"),
    };
    let ask = match free {
        "" => " Ask those who run the hub for more.".to_owned(),
        free => format!("{free} ask those who run the hub for more."),
    };
    format!("The quota of {what} is used up: {used} of {limit} (tier {tier}).{ask}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenants::quotas::model::Unlimited;

    #[test]
    fn a_higher_tier_allows_no_less() {
        let more = |kind| {
            let [basic, professional, enterprise] = Tier::ALL.map(|tier| Quotas::of(tier).limit(kind));
            assert!(basic < professional && professional.is_some() && enterprise.is_none(), "{kind:?}");
        };
        QuotaKind::ALL.into_iter().for_each(more);
        assert_eq!(Tier::ALL.map(|tier| Quotas::of(tier).retention_days), [Some(30), Some(365), None]);
    }

    #[test]
    fn what_was_agreed_on_stands_in_place_of_the_tier() {
        let agreed = QuotaOverrides {
            systems: Some(QuotaOverride::AtMost(7)),
            members: Some(QuotaOverride::Named(Unlimited::Unlimited)),
            retention_days: Some(QuotaOverride::AtMost(90)),
            ..QuotaOverrides::default()
        };
        let quotas = Quotas::of(Tier::Basic).with(&agreed);
        assert_eq!((quotas.systems, quotas.members, quotas.retention_days), (Some(7), None, Some(90)));
        assert_eq!(quotas.runs_per_day, Some(20), "the tier's");
        assert_eq!(Quotas::of(Tier::Enterprise).with(&agreed).systems, Some(7), "an enterprise may have some too");
        let told = serde_json::to_value(agreed).unwrap();
        assert_eq!(told, serde_json::json!({ "systems": 7, "members": "unlimited", "retention_days": 90 }));
        assert_eq!(serde_json::from_value::<QuotaOverrides>(told).unwrap(), agreed);
    }

    #[test]
    fn overrides_out_of_range_are_all_named() {
        let wrong = QuotaOverrides {
            systems: Some(QuotaOverride::AtMost(0)),
            storage_bytes: Some(QuotaOverride::AtMost(1)),
            retention_days: Some(QuotaOverride::AtMost(3_651)),
            ..QuotaOverrides::default()
        };
        let refused = wrong.parse().unwrap_err();
        let fields: Vec<_> = refused.fields().iter().map(|field| field.pointer.as_str()).collect();
        assert_eq!(fields, ["/systems", "/storage_bytes", "/retention_days"]);
        let right = QuotaOverrides { storage_bytes: Some(QuotaOverride::AtMost(1 << 20)), ..QuotaOverrides::default() };
        right.parse().unwrap();
    }

    #[test]
    fn the_last_place_fits_and_the_one_after_it_does_not() {
        for (used, more, limit, expected) in
            [(4, 1, 5, true), (5, 1, 5, false), (4, 2, 5, false), (4, 0, 5, true), (5, 0, 5, false), (7, 1, 5, false)]
        {
            assert_eq!(fits(used, more, limit), expected, "{used} {more} {limit}");
        }
        assert!(!fits(u64::MAX, 1, u64::MAX));
    }

    #[test]
    fn admins_are_told_at_four_fifths_and_at_the_end() {
        let cases =
            [(0, 5, None), (3, 5, None), (4, 5, Some(80)), (5, 5, Some(100)), (9, 5, Some(100)), (1, 1, Some(100))];
        for (used, limit, expected) in cases {
            assert_eq!(told_at(used, limit), expected, "{used} of {limit}");
        }
    }

    #[test]
    fn a_day_ends_at_midnight_utc() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let late = at("2026-12-31T23:59:59.5Z");
        assert_eq!(next_day(late), at("2027-01-01T00:00:00Z"));
        assert_eq!(seconds_until(next_day(late), late), 1);
        let midnight = at("2027-01-01T00:00:00Z");
        assert_eq!(seconds_until(next_day(midnight), midnight), 86_400);
    }

    #[test]
    fn for_ever_is_longer_than_any_number_of_days() {
        assert_eq!(shorter(Some(30), Some(365)), Some(30));
        assert_eq!(shorter(None, Some(365)), Some(365));
        assert_eq!(shorter(Some(30), None), Some(30));
        assert_eq!(shorter(None, None), None);
    }

    #[test]
    fn a_refusal_says_what_is_used_of_what_and_whom_to_ask() {
        for kind in QuotaKind::ALL {
            let words = refusal(kind, (5, 5), Tier::Basic);
            for part in ["quota", "5", "basic", "those who run the hub"] {
                assert!(words.contains(part), "{words}");
            }
        }
    }
}
