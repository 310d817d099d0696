//! What rude clients showed.

use serde::{Deserialize, Serialize};

use super::visitor::Answer;
use super::{COMPARABLE_FACTOR, COMPARABLE_SLACK_MS};
use crate::error::ErrorClass;
use crate::outcome::decimal;
use crate::tally::Reply;

/// What a target did with rude clients.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RudeOutcome {
    /// Normal requests before all others: what the rest is compared with.
    pub before: Served,
    /// The status that they were answered with; `None` when they were not answered alike.
    pub status: Option<u16>,
    /// Clients that left before the answer; `None` when there were none, or the target no longer answered.
    pub aborted: Option<Aborted>,
    /// Clients that never finished the head of their request; `None` as above.
    pub slow_senders: Option<Slow>,
    /// Clients that read slowly; `None` as above.
    pub slow_readers: Option<Slow>,
    /// Why a kind that was asked for is missing.
    pub not_measured: Option<String>,
    /// Whether it was cancelled before its end.
    pub cancelled: bool,
}

/// Normal requests, one at a time, each on a connection of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Served {
    /// How many were sent.
    pub asked: u32,
    /// How many were answered with the status that they have when nobody is rude, within the patience.
    pub answered: u32,
    /// The median time of these in milliseconds, connecting included; `None` without any.
    pub median_ms: Option<f64>,
    /// The longest.
    pub max_ms: Option<f64>,
}

/// After clients that left before the answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Aborted {
    /// Clients that sent their request and left.
    pub left: u32,
    /// Clients that could not even connect or send.
    pub not_sent: u32,
    /// Normal requests afterwards.
    pub after: Served,
    /// Whether all of these were answered as before, and as quickly (see [`COMPARABLE_FACTOR`] and [`COMPARABLE_SLACK_MS`]); `None` when no
    /// client got as far as leaving.
    pub unharmed: Option<bool>,
}

/// While clients were slow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slow {
    /// What became of each slow client.
    pub clients: Vec<SlowClient>,
    /// Normal requests while at least one of them hung.
    pub others: Served,
    /// Whether all of these were answered as before, however slowly; `None` when none was asked, because no client hung long enough.
    pub others_served: Option<bool>,
    /// Seconds from a slow client's connection to its end, that of the last; `None` unless every client that connected was cut off.
    pub cut_off_s: Option<f64>,
    /// How long they were watched, in seconds.
    pub watched_s: f64,
}

/// What became of a slow client.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fate")]
#[non_exhaustive]
pub enum SlowClient {
    /// It could not connect.
    NotConnected {
        /// Why not.
        class: ErrorClass,
    },
    /// The target ended the connection, or answered without waiting for the rest.
    CutOff {
        /// After how many seconds. A slow reader finds out at its next read.
        after_s: f64,
        /// The status of an answer such as 408, if there was one.
        status: Option<u16>,
    },
    /// It read the answer to its end. One that fits into the buffers in between, up to a few megabytes on a fast network, is gone from the
    /// server's hands however slowly it is read.
    Finished {
        /// After how many seconds.
        after_s: f64,
    },
    /// It was still connected when the watch ended.
    Held,
}

impl Served {
    pub(super) fn of(answers: &[Answer], status: u16) -> Self {
        let good = answers.iter().filter(|answer| answer.reply == Reply::Status(status));
        let mut times: Vec<_> = good.map(|answer| answer.took.as_secs_f64() * 1e3).collect();
        times.sort_by(f64::total_cmp);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let (low, high) = (times.len().saturating_sub(1) / 2, times.len() / 2);
        let middle = times.get(low).zip(times.get(high)).map(|(low, high)| decimal(f64::midpoint(*low, *high)));
        Self {
            asked: count(answers.len()),
            answered: count(times.len()),
            median_ms: middle,
            max_ms: times.last().copied().map(decimal),
        }
    }

    /// Whether every request was answered; `None` when there was none.
    pub(super) fn all(&self) -> Option<bool> {
        (self.asked > 0).then_some(self.answered == self.asked)
    }

    /// Whether the median is as good as that of `before`.
    fn as_quick_as(&self, before: &Self) -> bool {
        let limit = before.median_ms.map(|median| (median * COMPARABLE_FACTOR).max(median + COMPARABLE_SLACK_MS));
        self.median_ms.zip(limit).is_some_and(|(median, limit)| median <= limit)
    }
}

impl Aborted {
    pub(super) fn of(left: u32, not_sent: u32, after: Served, before: &Served) -> Self {
        let unharmed = (left > 0).then(|| after.all() == Some(true) && after.as_quick_as(before));
        Self { left, not_sent, after, unharmed }
    }
}

impl Slow {
    pub(super) fn of(clients: Vec<SlowClient>, others: Served, watched_s: f64) -> Self {
        let connected = clients.iter().filter(|client| !matches!(client, SlowClient::NotConnected { .. }));
        let ends: Option<Vec<f64>> = connected.map(SlowClient::cut_off_s).collect();
        let cut_off_s = ends.and_then(|ends| ends.into_iter().reduce(f64::max));
        Self { clients, others_served: others.all(), others, cut_off_s, watched_s: decimal(watched_s) }
    }
}

impl SlowClient {
    fn cut_off_s(&self) -> Option<f64> {
        match self {
            Self::CutOff { after_s, .. } => Some(*after_s),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answer(reply: Reply, ms: u64) -> Answer {
        Answer { reply, took: Duration::from_millis(ms) }
    }

    fn served(times: &[u64]) -> Served {
        let answers: Vec<_> = times.iter().map(|ms| answer(Reply::Status(200), *ms)).collect();
        Served::of(&answers, 200)
    }

    #[test]
    fn only_the_usual_status_counts_as_served() {
        let failed = answer(Reply::Failed(ErrorClass::Timeout), 900);
        let answers =
            [answer(Reply::Status(200), 30), answer(Reply::Status(503), 1), failed, answer(Reply::Status(200), 10)];
        let found = Served::of(&answers, 200);
        assert_eq!((found.asked, found.answered, found.all()), (4, 2, Some(false)));
        assert_eq!((found.median_ms, found.max_ms), (Some(20.0), Some(30.0)));
        assert_eq!((served(&[]).all(), served(&[]).median_ms, served(&[7]).all()), (None, None, Some(true)));
    }

    #[test]
    fn aborted_clients_did_no_harm_when_all_are_answered_as_quickly() {
        let unharmed = |before: &[u64], after: Served| Aborted::of(8, 0, after, &served(before)).unharmed;
        assert_eq!(unharmed(&[10], served(&[110])), Some(true), "100 ms of slack");
        assert_eq!(unharmed(&[10], served(&[111])), Some(false));
        assert_eq!(unharmed(&[1_000], served(&[3_000])), Some(true), "three times as long");
        assert_eq!(unharmed(&[1_000], served(&[3_001])), Some(false));
        let one_failed = Served::of(&[answer(Reply::Status(200), 10), answer(Reply::Status(500), 10)], 200);
        assert_eq!(unharmed(&[10], one_failed), Some(false));
        assert_eq!(Aborted::of(0, 8, served(&[10]), &served(&[10])).unharmed, None);
    }

    #[test]
    fn a_cut_off_time_needs_every_connected_client_to_be_cut_off() {
        let cut = |after_s| SlowClient::CutOff { after_s, status: None };
        let refused = SlowClient::NotConnected { class: ErrorClass::Connect };
        let cut_off = |clients: &[SlowClient]| Slow::of(clients.to_vec(), served(&[]), 5.0).cut_off_s;
        assert_eq!(cut_off(&[cut(1.0), refused, cut(1.5)]), Some(1.5));
        assert_eq!(cut_off(&[cut(1.0), SlowClient::Held]), None);
        assert_eq!(cut_off(&[cut(1.0), SlowClient::Finished { after_s: 1.0 }]), None);
        assert_eq!((cut_off(&[refused]), cut_off(&[])), (None, None));
        let json = serde_json::to_value(cut(1.0)).unwrap();
        assert_eq!(json["fate"], "cut_off");
    }
}
