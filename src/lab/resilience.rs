//! How a target takes what is not polite: a burst of requests, and clients that leave, send slowly or read slowly.

use super::load::Second;
use serde::{Deserialize, Serialize};

/// What a burst and rude clients showed; absent where they were not asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ResilienceSummary {
    /// The burst.
    pub burst: Option<BurstSummary>,
    /// The rude clients.
    pub rude: Option<RudeSummary>,
}

/// A burst and what came after it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct BurstSummary {
    /// The steady rate in requests a second.
    pub rate: f64,
    /// How many times that the burst was.
    pub multiple: f64,
    /// Before the burst.
    pub before: BurstPart,
    /// In its seconds: what ended in them, not what began.
    pub during: BurstPart,
    /// After it, to the end of the watch.
    pub after: BurstPart,
    /// The highest 95th percentile of a second that counted as recovered, in milliseconds.
    pub limit_p95_ms: Option<f64>,
    /// The highest share of failed requests of such a second, in percent.
    pub limit_error_rate_pct: Option<f64>,
    /// Seconds from the burst's end until the target was back to stay; 0 when it never left.
    pub recovery_s: Option<u32>,
    /// Why there is no recovery time, where there is none.
    pub not_recovered: Option<String>,
    /// Whether the target was watched and did not come back; a run that says nothing is not that.
    pub stayed_away: bool,
    /// The longest outage in seconds, over all three parts.
    pub longest_outage_s: Option<u32>,
    /// What happened in each second.
    pub series: Vec<Second>,
}

/// Some seconds of a burst together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct BurstPart {
    /// How many seconds.
    pub seconds: u32,
    /// Requests that ended in them.
    pub requests: u64,
    /// 95th percentile of their corrected latency.
    pub p95_ms: Option<f64>,
    /// Share of them that failed, in percent.
    pub error_rate_pct: Option<f64>,
}

/// What rude clients met, and what others met beside them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct RudeSummary {
    /// Normal requests before all others.
    pub before: ServedSummary,
    /// Each kind of rude client that took place.
    pub kinds: Vec<RudeKind>,
    /// Why a kind is missing, or all of them.
    pub not_measured: Option<String>,
}

/// Normal requests, one at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct ServedSummary {
    /// How many were sent.
    pub asked: u32,
    /// How many were answered as usual.
    pub answered: u32,
    /// The median time of these.
    pub median_ms: Option<f64>,
    /// The longest time of these.
    pub max_ms: Option<f64>,
}

/// What clients of a kind did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum RudeBehaviour {
    /// They asked and left before the answer.
    Leave,
    /// They never finished the head of their request.
    SendSlowly,
    /// They asked properly and read the answer very slowly.
    ReadSlowly,
}

/// One kind of rude client.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct RudeKind {
    /// What they did.
    pub behaviour: RudeBehaviour,
    /// How many were rude.
    pub clients: u32,
    /// How many the target cut off.
    pub cut_off: u32,
    /// How many were still connected when the watch ended.
    pub held: u32,
    /// How many could not connect or send.
    pub refused: u32,
    /// When the last one was cut off, in seconds; absent unless all were that connected.
    pub cut_off_s: Option<f64>,
    /// Normal requests beside them, or after those that left.
    pub others: ServedSummary,
    /// Whether the others were served; absent when it could not be seen.
    pub others_served: Option<bool>,
}

impl RudeBehaviour {
    /// The words for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Leave => "Leave before the answer",
            Self::SendSlowly => "Send slowly",
            Self::ReadSlowly => "Read slowly",
        }
    }
}

impl BurstSummary {
    /// Of the watched seconds, the share in which the target was back to stay, in percent; 0 where it was not. Nothing where
    /// the run says nothing about it.
    pub fn recovered_pct(&self) -> Option<f64> {
        let watched = f64::from(self.after.seconds);
        match self.recovery_s {
            Some(seconds) if watched > 0.0 => {
                Some(((watched - f64::from(seconds)) / watched * 100.0).clamp(0.0, 100.0))
            }
            _ => self.stayed_away.then_some(0.0),
        }
    }
}

impl RudeSummary {
    /// Share of the normal requests that were answered beside rude clients, in percent; nothing of nothing.
    pub fn served_pct(&self) -> Option<f64> {
        let asked: u32 = self.kinds.iter().map(|kind| kind.others.asked).sum();
        let answered: u32 = self.kinds.iter().map(|kind| kind.others.answered).sum();
        (asked > 0).then(|| f64::from(answered) / f64::from(asked) * 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_is_a_share_of_the_watch_and_staying_away_is_none_of_it() {
        let burst = |recovery_s, stayed_away| BurstSummary {
            after: BurstPart { seconds: 20, ..BurstPart::default() },
            recovery_s,
            stayed_away,
            ..BurstSummary::default()
        };
        assert_eq!(burst(Some(0), false).recovered_pct(), Some(100.0));
        assert_eq!(burst(Some(5), false).recovered_pct(), Some(75.0));
        assert_eq!(burst(None, true).recovered_pct(), Some(0.0));
        assert_eq!(burst(None, false).recovered_pct(), None, "the generator was in the way");
    }

    #[test]
    fn what_others_get_counts_over_all_kinds() {
        let kind = |asked, answered| RudeKind {
            behaviour: RudeBehaviour::SendSlowly,
            clients: 4,
            cut_off: 0,
            held: 4,
            refused: 0,
            cut_off_s: None,
            others: ServedSummary { asked, answered, ..ServedSummary::default() },
            others_served: None,
        };
        let rude = |kinds: Vec<RudeKind>| RudeSummary { kinds, ..RudeSummary::default() };
        assert_eq!(rude(vec![kind(5, 5), kind(15, 10)]).served_pct(), Some(75.0));
        assert_eq!(rude(vec![kind(0, 0)]).served_pct(), None);
    }
}
