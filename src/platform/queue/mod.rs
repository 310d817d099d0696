//! Durable work: jobs are rows, written in the same transaction as the change that wants them, leased by workers,
//! and finished in the same transaction as their effect. A crashed worker's lease runs out and the job is leased again;
//! the lease's owner and attempt fence off a worker that only seemed dead.

mod lease;
mod model;
mod store;
#[cfg(test)]
mod tests;
mod worker;

pub use lease::{Ending, Task};
pub use model::{JobState, JobView, NewJob, Priority, backoff};
pub(crate) use store::is_busy;
pub use store::{RETENTION, cancel, depth, enqueue, enqueue_at, prune, release_all, view};
pub use worker::{Handler, JobError, Workers};

use std::sync::Arc;
use tokio::sync::Notify;

/// Wakes the workers of this process when work was queued.
#[derive(Clone, Default)]
pub struct Signal(Arc<Notify>);

impl Signal {
    /// Something may be waiting.
    pub fn raise(&self) {
        self.0.notify_one();
    }

    async fn raised(&self) {
        self.0.notified().await;
    }
}
