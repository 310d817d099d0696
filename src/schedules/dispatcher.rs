//! The loop that looks for what is due.

use super::Schedules;
use crate::{identity::Keys, platform::Platform};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often a hub looks; a run starts this much late at most.
const LOOK: Duration = Duration::from_secs(5);

/// Looks for what is due until it is stopped. Every hub has one.
pub struct Dispatcher {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Dispatcher {
    /// Begins to look.
    pub fn start(platform: &Platform) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(look(platform.clone(), stop.clone()));
        Self { stop, task }
    }

    /// Stops looking, once what is being settled is settled.
    pub async fn stop(self) {
        self.stop.cancel();
        // It ends by itself; a panic in it was logged by the runtime.
        drop(self.task.await);
    }
}

async fn look(platform: Platform, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = Schedules::new(&platform).dispatch().await {
            tracing::warn!(?error, "could not look for what is due");
        }
        if let Err(error) = Keys::new(&platform).dispatch().await {
            tracing::warn!(?error, "could not look for keys whose turn it is");
        }
    }
}
