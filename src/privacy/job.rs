//! Exports and erasures as jobs.

use super::{
    model::RequestState,
    service::Privacy,
    store::{self, Becomes},
};
use crate::{
    Result,
    ids::PrivacyRequestId,
    platform::{
        Platform,
        db::Tx,
        queue::{Ending, Handler, JobError, Task},
    },
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// The kind of an export's job.
pub(super) const EXPORT: &str = "privacy.export";
/// The kind of an erasure's job.
pub(super) const ERASE: &str = "privacy.erase";

/// What a job needs to know.
#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    pub request: PrivacyRequestId,
}

/// Carries out exports.
pub struct ExportHandler {
    platform: Platform,
}

/// Carries out erasures.
pub struct EraseHandler {
    platform: Platform,
}

impl ExportHandler {
    /// The handler of a process.
    pub fn new(platform: Platform) -> Self {
        Self { platform }
    }
}

impl EraseHandler {
    /// The handler of a process.
    pub fn new(platform: Platform) -> Self {
        Self { platform }
    }
}

#[async_trait]
impl Handler for ExportHandler {
    fn kind(&self) -> &'static str {
        EXPORT
    }

    async fn run(&self, task: &Task) -> Result<(), JobError> {
        let request = task.payload::<Payload>()?.request;
        Ok(Privacy::new(&self.platform).make(task, request).await?)
    }

    async fn give_up(&self, tx: &Tx, task: &Task, ending: &Ending) -> Result<()> {
        fail(&self.platform, tx, task, ending).await
    }
}

#[async_trait]
impl Handler for EraseHandler {
    fn kind(&self) -> &'static str {
        ERASE
    }

    async fn run(&self, task: &Task) -> Result<(), JobError> {
        let request = task.payload::<Payload>()?.request;
        Ok(Privacy::new(&self.platform).erase(task, request).await?)
    }

    async fn give_up(&self, tx: &Tx, task: &Task, ending: &Ending) -> Result<()> {
        fail(&self.platform, tx, task, ending).await
    }
}

async fn fail(platform: &Platform, tx: &Tx, task: &Task, ending: &Ending) -> Result<()> {
    let id = task.payload::<Payload>()?.request;
    let reason = match ending {
        Ending::Dead { error } => error.clone(),
        _ => "It was broken off.".to_owned(),
    };
    let step = (id, RequestState::Waiting, RequestState::Failed);
    let becomes = Becomes { reason: Some(reason), ..Becomes::default() };
    store::turn(tx, &task.scope(), platform.clock.now(), step, becomes).await.map(drop)
}
