//! Spacing between requests, so that a probe is never a load.

use std::time::Duration;

use tokio::time::Instant;

/// Lets requests start no closer together than an interval.
#[derive(Debug)]
pub struct Pace {
    interval: Duration,
    next: Option<Instant>,
}

impl Pace {
    /// A pace with at least `interval` between the starts of two requests.
    pub fn new(interval: Duration) -> Self {
        Self { interval, next: None }
    }

    /// Waits until the next request may start.
    pub async fn wait(&mut self) {
        if let Some(at) = self.next {
            tokio::time::sleep_until(at).await;
        }
        self.next = Some(Instant::now() + self.interval);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn starts_are_at_least_an_interval_apart() {
        let begun = Instant::now();
        let mut pace = Pace::new(Duration::from_secs(1));
        let mut starts = Vec::new();
        for work in [0, 300, 2500] {
            pace.wait().await;
            starts.push(begun.elapsed().as_millis());
            tokio::time::advance(Duration::from_millis(work)).await;
        }
        pace.wait().await;
        starts.push(begun.elapsed().as_millis());
        assert_eq!(starts, [0, 1000, 2000, 4500]);
    }
}
