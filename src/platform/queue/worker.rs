//! Workers: lease, heartbeat, carry out, end.

use super::{Ending, Task, backoff, store};
use crate::{
    Error, Result,
    platform::{
        Platform,
        db::{Realm, Tx},
    },
};
use async_trait::async_trait;
use rand::RngExt as _;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often an idle worker looks for work that another process queued.
const POLL: Duration = Duration::from_millis(500);

/// Why a handler stopped short of its effect.
#[derive(Debug)]
pub enum JobError {
    /// It saw [`Task::cancel`] and stopped.
    Stopped,
    /// It failed; another attempt may do better.
    Failed(Error),
    /// It failed, and so would every further attempt.
    Fatal(Error),
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Carries out the jobs of one kind.
#[async_trait]
pub trait Handler: Send + Sync {
    /// The kind of [`super::NewJob`] that this handler carries out.
    fn kind(&self) -> &'static str;

    /// Carries the job out and calls [`Task::complete`] in the transaction of its effect. May run twice for one job;
    /// the effect happens once.
    async fn run(&self, task: &Task) -> Result<(), JobError>;

    /// Writes what it means that the job ends without its effect, in the transaction that ends it.
    async fn give_up(&self, tx: &Tx, task: &Task, ending: &Ending) -> Result<()>;
}

/// The workers of a process.
pub struct Workers {
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Workers {
    /// Starts as many workers as the settings say.
    pub fn start(platform: &Platform, handlers: Vec<Arc<dyn Handler>>) -> Self {
        let stop = CancellationToken::new();
        let handlers: HashMap<_, _> = handlers.into_iter().map(|handler| (handler.kind(), handler)).collect();
        let handlers = Arc::new(handlers);
        let process = format!("{}-{}", std::process::id(), uuid::Uuid::new_v4());
        let mut tasks = JoinSet::new();
        for number in 0..platform.settings.job_workers {
            let worker = Worker {
                platform: platform.clone(),
                handlers: handlers.clone(),
                owner: format!("{process}/{number}"),
                stop: stop.clone(),
            };
            tasks.spawn(worker.run());
        }
        Self { stop, tasks }
    }

    /// Stops leasing, tells running handlers to stop, and hands their jobs back.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

struct Worker {
    platform: Platform,
    handlers: Arc<HashMap<&'static str, Arc<dyn Handler>>>,
    owner: String,
    stop: CancellationToken,
}

impl Worker {
    async fn run(self) {
        while !self.stop.is_cancelled() {
            match self.lease().await {
                Ok(Some(task)) => self.carry_out(task).await,
                Ok(None) => self.wait().await,
                Err(error) => {
                    tracing::warn!(?error, "could not look for work");
                    self.wait().await;
                }
            }
        }
    }

    async fn wait(&self) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = self.platform.work.raised() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }

    async fn lease(&self) -> Result<Option<Task>> {
        let platform = &self.platform;
        let tx = platform.db.realm(Realm::Dispatch).await?;
        let row = store::lease(&tx, &self.owner, platform.clock.now_ms(), platform.settings.job_lease).await?;
        tx.commit().await?;
        Ok(row.map(|row| Task::new(row, platform.db.clone(), platform.clock.clone())))
    }

    async fn carry_out(&self, task: Task) {
        // Another worker may find more than the one that the signal woke.
        self.platform.work.raise();
        let result = match self.handlers.get(task.kind.as_str()) {
            // It was leased while the process was told to stop: it is handed back unbegun.
            _ if self.stop.is_cancelled() => Err(JobError::Stopped),
            Some(_) if task.attempt() > task.max_attempts => {
                Err(JobError::Fatal(Error::unavailable("The hub stopped during every attempt.")))
            }
            Some(handler) => self.supervise(handler.as_ref(), &task).await,
            None => Err(JobError::Fatal(Error::internal(format!("no handler for jobs of kind {}", task.kind)))),
        };
        let Err(error) = result else { return };
        let ending = self.ending(&task, error).await;
        if let Err(error) = self.end(&task, &ending).await {
            tracing::warn!(job = %task.id(), ?error, "the job's end could not be written; its lease will run out");
        }
    }

    /// Runs the handler beside its heartbeat; a panic is a failure like another.
    async fn supervise(&self, handler: &dyn Handler, task: &Task) -> Result<(), JobError> {
        use futures::FutureExt as _;
        let run = std::panic::AssertUnwindSafe(handler.run(task)).catch_unwind();
        tokio::select! {
            result = run => result.unwrap_or_else(|_| Err(JobError::Failed(Error::internal("the handler panicked")))),
            never = self.keep_alive(task) => match never {},
        }
    }

    /// Prolongs the lease and passes on who wants the job to end. Never returns.
    async fn keep_alive(&self, task: &Task) -> std::convert::Infallible {
        let lease = self.platform.settings.job_lease;
        let pause = (lease / 4).min(Duration::from_secs(1));
        // The lease was taken just now: a short job ends without a beat, which would be a transaction of its own.
        let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + pause, pause);
        loop {
            tokio::select! {
                () = self.stop.cancelled(), if !task.cancel.is_cancelled() => task.cancel.cancel(),
                _ = beat.tick() => match self.beat(task, lease).await {
                    Ok(Some(false)) => {}
                    Ok(Some(true) | None) => task.cancel.cancel(),
                    Err(error) => tracing::warn!(job = %task.id(), ?error, "heartbeat failed"),
                },
            }
        }
    }

    async fn beat(&self, task: &Task, lease: Duration) -> Result<Option<bool>> {
        let tx = self.platform.db.write(&task.scope()).await?;
        let answer = store::heartbeat(&tx, &task.held, self.platform.clock.now_ms(), lease).await?;
        tx.commit().await?;
        Ok(answer)
    }

    async fn ending(&self, task: &Task, error: JobError) -> Ending {
        match error {
            JobError::Stopped if self.stop.is_cancelled() && !self.was_cancelled(task).await => Ending::HandedBack,
            JobError::Stopped => Ending::Cancelled,
            JobError::Failed(error) if !task.is_last_attempt() => {
                tracing::warn!(job = %task.id(), kind = task.kind, ?error, "job failed and is tried again");
                let wait = backoff(u32::try_from(task.attempt()).unwrap_or(1), rand::rng().random());
                Ending::Retry { error: error.to_string(), wait }
            }
            JobError::Failed(error) | JobError::Fatal(error) => {
                tracing::error!(job = %task.id(), kind = task.kind, ?error, "job failed for good");
                Ending::Dead { error: error.to_string() }
            }
        }
    }

    async fn was_cancelled(&self, task: &Task) -> bool {
        let lease = self.platform.settings.job_lease;
        matches!(self.beat(task, lease).await, Ok(Some(true)))
    }

    async fn end(&self, task: &Task, ending: &Ending) -> Result<()> {
        let tx = self.platform.db.write(&task.scope()).await?;
        task.end(&tx, ending).await?;
        if ending.state().is_final()
            && let Some(handler) = self.handlers.get(task.kind.as_str())
        {
            handler.give_up(&tx, task, ending).await?;
        }
        tx.commit().await
    }
}
