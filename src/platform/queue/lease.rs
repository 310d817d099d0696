//! A job in the hands of a worker.

use super::{
    model::JobState,
    store::{self, Held},
};
use crate::{
    Error, Result,
    access::{Actor, Scope},
    ids::{JobId, TenantId},
    platform::{
        clock::Clock,
        db::{Db, Tx},
    },
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// How a lease ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// The effect is there.
    Succeeded,
    /// Somebody asked for the end.
    Cancelled,
    /// The process stops; another goes on.
    HandedBack,
    /// It failed and is tried again.
    Retry {
        /// Why.
        error: String,
        /// When.
        wait: Duration,
    },
    /// It failed for good.
    Dead {
        /// Why.
        error: String,
    },
}

impl Ending {
    /// The state that the job has afterwards.
    pub fn state(&self) -> JobState {
        match self {
            Self::Succeeded => JobState::Succeeded,
            Self::Cancelled => JobState::Cancelled,
            Self::HandedBack | Self::Retry { .. } => JobState::Queued,
            Self::Dead { .. } => JobState::Dead,
        }
    }
}

/// A leased job: what a handler gets.
pub struct Task {
    pub(super) held: Held,
    pub(super) tenant: TenantId,
    pub(super) kind: String,
    pub(super) payload: Value,
    pub(super) max_attempts: i32,
    pub(super) db: Db,
    pub(super) clock: Arc<dyn Clock>,
    /// Ends when somebody asked for the job's end, when the lease was lost, or when the process stops.
    pub cancel: CancellationToken,
}

impl Task {
    pub(super) fn new(row: store::Model, db: Db, clock: Arc<dyn Clock>) -> Self {
        let owner = row.lease_owner.unwrap_or_default();
        Self {
            held: Held { id: row.id.into(), owner, attempt: row.attempt },
            tenant: row.tenant_id.into(),
            kind: row.kind,
            payload: row.payload,
            max_attempts: row.max_attempts,
            db,
            clock,
            cancel: CancellationToken::new(),
        }
    }

    /// The job.
    pub fn id(&self) -> JobId {
        self.held.id
    }

    /// The job's tenant.
    pub fn scope(&self) -> Scope {
        Scope::of_tenant(self.tenant)
    }

    /// The hub, acting in the job's tenant.
    pub fn actor(&self) -> Actor {
        Actor::hub(self.tenant, "worker")
    }

    /// What was asked for.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_value(self.payload.clone()).map_err(Error::internal)
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> i32 {
        self.held.attempt
    }

    pub(super) fn is_last_attempt(&self) -> bool {
        self.held.attempt >= self.max_attempts
    }

    /// Shows how far the job is.
    pub async fn progress(&self, progress: &impl serde::Serialize) -> Result<()> {
        let tx = self.db.write(&self.scope()).await?;
        store::progress(&tx, &self.held, serde_json::to_value(progress)?).await?;
        tx.commit().await
    }

    /// Marks the job as done in the transaction of its effect, so that both happen or neither.
    ///
    /// # Errors
    /// Conflict when the lease was lost; the transaction must then be dropped.
    pub async fn complete(&self, tx: &Tx) -> Result<()> {
        self.end(tx, &Ending::Succeeded).await
    }

    pub(super) async fn end(&self, tx: &Tx, ending: &Ending) -> Result<()> {
        match store::end(tx, &self.held, self.clock.now_ms(), ending).await? {
            true => Ok(()),
            false => Err(Error::conflict("The job's lease was lost.")),
        }
    }
}
