//! How a target behaves towards rude clients: those that leave before the answer, and those that send or read very slowly.
//!
//! Polite and bounded: at most [`MAX_ABORTED`] connections that leave at once, then at most [`MAX_SLOW`] slow ones and one other at a time, for at
//! most [`MAX_WATCH`] a kind. HTTP/1.1 over plain TCP and TLS; requests are `GET` or `HEAD` alone, since one that was cut short may be carried out
//! all the same.

mod manners;
mod probe;
mod slow;
mod visitor;

pub use manners::{Aborted, RudeOutcome, Served, Slow, SlowClient};
pub use probe::probe;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::PlanErrors;
use crate::seconds;
use crate::validate::Findings;

/// The most clients that leave before the answer.
pub const MAX_ABORTED: u32 = 16;

/// The most slow clients of a kind.
pub const MAX_SLOW: u32 = 8;

/// The longest that slow clients are watched.
pub const MAX_WATCH: Duration = Duration::from_secs(30);

/// How many times as long as before a normal request may take to be as quick as before. Wide, because it is judged by a few requests.
pub const COMPARABLE_FACTOR: f64 = 3.0;

/// By how many milliseconds it may take longer, where that is more: the delay from which on people notice (Nielsen, Usability Engineering, 1993).
pub const COMPARABLE_SLACK_MS: f64 = 100.0;

/// How rude to be. A kind of which there are no clients is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rudeness {
    /// Clients that send a request and close before the answer: every other one at once, the rest after half of the usual time.
    pub aborted: u32,
    /// Clients that never finish the head of their request: a field every half second (the attack is known as Slowloris, CWE-400).
    pub slow_senders: u32,
    /// Clients that ask properly and read at most 8 KiB of the answer every quarter of a second.
    pub slow_readers: u32,
    /// How long slow clients are watched.
    #[serde(rename = "watch_s", with = "seconds")]
    pub watch: Duration,
    /// How long a normal request may take before it counts as not served; at most a third of the watch: what slow clients
    /// are given to connect, one normal request, and time to spare.
    #[serde(rename = "patience_s", with = "seconds")]
    pub patience: Duration,
}

impl Default for Rudeness {
    /// Eight that leave, four of each slow kind, watched for ten seconds, with patience for two.
    fn default() -> Self {
        let (watch, patience) = (Duration::from_secs(10), Duration::from_secs(2));
        Self { aborted: 8, slow_senders: 4, slow_readers: 4, watch, patience }
    }
}

impl Rudeness {
    /// Checks every field.
    ///
    /// # Errors
    /// [`PlanErrors`] with each field that is not acceptable and what is allowed.
    pub fn validate(&self) -> Result<(), PlanErrors> {
        let mut found = Findings::default();
        found.number("rude.aborted", self.aborted, 0, MAX_ABORTED);
        found.number("rude.slow_senders", self.slow_senders, 0, MAX_SLOW);
        found.number("rude.slow_readers", self.slow_readers, 0, MAX_SLOW);
        found.duration("rude.watch_s", self.watch, Duration::from_secs(1), MAX_WATCH);
        found.duration("rude.patience_s", self.patience, Duration::from_millis(10), self.watch / 3);
        found.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_rudeness_than_the_caps_allow() {
        let named = |change: &dyn Fn(&mut Rudeness)| -> Vec<String> {
            let mut rudeness = Rudeness::default();
            change(&mut rudeness);
            rudeness.validate().err().map_or(vec![], |errors| errors.0.into_iter().map(|e| e.field).collect())
        };
        assert_eq!(named(&|_| {}), [""; 0]);
        assert_eq!(named(&|r| (r.aborted, r.slow_senders, r.slow_readers) = (0, 0, 0)), [""; 0]);
        assert_eq!(named(&|r| r.aborted = 17), ["rude.aborted"]);
        assert_eq!(named(&|r| (r.slow_senders, r.slow_readers) = (9, 9)), ["rude.slow_senders", "rude.slow_readers"]);
        assert_eq!(named(&|r| r.watch = Duration::from_secs(31)), ["rude.watch_s"]);
        assert_eq!(named(&|r| r.patience = Duration::from_secs(4)), ["rude.patience_s"]);
    }
}
