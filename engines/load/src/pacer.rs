//! The hard cap on the rate of a run.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lets one request through per interval, all workers together. It counts from the moment of the last request and saves nothing up, so no second
/// sees more than the cap, not even after a pause.
#[derive(Debug)]
pub(crate) struct Pacer {
    interval: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pacer {
    /// At most `max_rate` requests per second.
    pub(crate) fn new(max_rate: f64) -> Self {
        Self { interval: Duration::from_secs_f64(1.0 / max_rate), next: Mutex::new(None) }
    }

    /// Waits for this request's turn.
    pub(crate) async fn turn(&self) {
        while let Err(next) = self.try_turn(Instant::now()) {
            tokio::time::sleep_until(next.into()).await;
        }
    }

    /// Takes the turn at `now`, or says when to ask again.
    fn try_turn(&self, now: Instant) -> Result<(), Instant> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        match *next {
            Some(at) if at > now => Err(at),
            _ => {
                *next = Some(now + self.interval);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_not_made_up_for() {
        let pacer = Pacer::new(1.0);
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(pacer.try_turn(at(0)), Ok(()));
        assert_eq!(pacer.try_turn(at(999)), Err(at(1000)));
        assert_eq!(pacer.try_turn(at(5500)), Ok(()));
        assert_eq!(pacer.try_turn(at(5501)), Err(at(6500)));
    }
}
