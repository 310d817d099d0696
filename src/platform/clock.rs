//! The time, so that tests can set it.

use chrono::{DateTime, SubsecRound as _, Utc};

/// A source of the time.
pub trait Clock: Send + Sync {
    /// Now, to the microsecond at most: PostgreSQL keeps no more, and what is answered must be what is kept.
    fn now(&self) -> DateTime<Utc>;

    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> i64 {
        self.now().timestamp_millis()
    }
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}

/// A clock that stands until it is moved.
pub struct SettableClock(std::sync::atomic::AtomicI64);

impl SettableClock {
    /// A clock that shows `start`.
    pub fn at(start: DateTime<Utc>) -> Self {
        Self(start.timestamp_millis().into())
    }

    /// Moves the clock on.
    pub fn advance(&self, by: chrono::Duration) {
        self.0.fetch_add(by.num_milliseconds(), std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for SettableClock {
    fn now(&self) -> DateTime<Utc> {
        let ms = self.0.load(std::sync::atomic::Ordering::SeqCst);
        DateTime::from_timestamp_millis(ms).expect("a settable clock is moved within the range of dates")
    }
}
