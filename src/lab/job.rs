//! A benchmark as a job.

use super::{
    measure::{Measurement, Side, measure, measure_in_turns},
    model::{Artifact, Benchmark, BenchmarkState, RunProgress},
    rules::card,
    service::Lab,
    store::{self, End},
};
use crate::{
    Error, Result,
    access::Scope,
    audit::{self, Change},
    ids::{ArtifactId, BenchmarkId},
    notifications::{self, About, News, NotificationKind},
    platform::{
        Platform,
        db::Tx,
        queue::{Ending, Handler, JobError, Task},
    },
    systems::{Systems, Target},
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sbh_load::histogram_log::HistogramLog;
use sbh_stats::curve::CURRENT;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// The kind of a benchmark's job.
pub(super) const JOB_KIND: &str = "benchmark";
/// How often the progress is written down.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(500);

/// What a benchmark's job needs to know.
#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    pub benchmark: BenchmarkId,
    /// What it is measured in turns with.
    #[serde(default)]
    pub baseline: Option<BenchmarkId>,
}

impl Payload {
    /// The benchmarks that the job carries out: the candidate, and its baseline where there is one.
    fn all(&self) -> impl Iterator<Item = BenchmarkId> {
        [Some(self.benchmark), self.baseline].into_iter().flatten()
    }
}

/// Carries out benchmarks, one load at a time: two on one machine would measure each other.
pub struct BenchmarkHandler {
    platform: Platform,
    load: Semaphore,
}

impl BenchmarkHandler {
    /// The handler of a process.
    pub fn new(platform: Platform) -> Self {
        Self { platform, load: Semaphore::new(1) }
    }

    async fn begin(&self, task: &Task, payload: &Payload) -> Result<Vec<(Benchmark, Target)>> {
        let scope = task.scope();
        let tx = self.platform.db.write(&scope).await?;
        let mut begun = Vec::new();
        for id in payload.all() {
            let benchmark = store::find(&tx, &scope, id).await?.benchmark;
            let (_, target) = Lab::new(&self.platform).subject(&tx, &scope, &benchmark.request).await?;
            store::mark_running(&tx, &scope, id, self.platform.clock.now()).await?;
            begun.push((benchmark, target));
        }
        tx.commit().await?;
        Ok(begun)
    }

    /// Measures beside a loop that writes the progress down.
    async fn measure(&self, task: &Task, begun: &[(Benchmark, Target)]) -> Result<Vec<Measurement>> {
        let (sender, receiver) = watch::channel(RunProgress::default());
        let measured = async {
            match begun {
                [candidate, baseline] => {
                    let seed = candidate.0.id.uuid().as_u64_pair().1;
                    let sides = (side(candidate), side(baseline));
                    let (candidate, baseline) = measure_in_turns(sides, seed, &sender, &task.cancel).await?;
                    Ok(vec![candidate, baseline])
                }
                [alone] => Ok(vec![measure(side(alone), &sender, &task.cancel).await?]),
                _ => Err(Error::internal("a job of one benchmark or of two")),
            }
        };
        tokio::select! {
            measured = measured => measured,
            never = write_down(task, receiver) => match never {},
        }
    }

    async fn keep_files(&self, task: &Task, measured: &Measurement) -> Result<Vec<Artifact>> {
        let mut files = Vec::new();
        for (name, media_type, bytes) in contents(measured)? {
            let size = bytes.len() as u64;
            let sha256 = self.platform.artifacts.put(&task.scope(), bytes).await?;
            files.push(Artifact { id: ArtifactId::generate(), name, media_type, sha256, size });
        }
        Ok(files)
    }

    async fn finish(&self, task: &Task, measured: Vec<(Benchmark, Measurement)>) -> Result<()> {
        let mut files = Vec::new();
        for (_, measured) in &measured {
            files.push(self.keep_files(task, measured).await?);
        }
        let tx = self.platform.db.write(&task.scope()).await?;
        for ((benchmark, measured), files) in measured.into_iter().zip(files) {
            self.keep(&tx, task, &benchmark, measured, &files).await?;
        }
        task.complete(&tx).await?;
        tx.commit().await
    }

    /// Writes down what a benchmark gave, and scores it where it is valid.
    async fn keep(
        &self,
        tx: &Tx,
        task: &Task,
        benchmark: &Benchmark,
        mut measured: Measurement,
        files: &[Artifact],
    ) -> Result<()> {
        let (scope, actor, now) = (task.scope(), task.actor(), self.platform.clock.now());
        let invalid = measured.invalid_reason().map(str::to_owned);
        let state = if invalid.is_some() { BenchmarkState::Invalid } else { BenchmarkState::Succeeded };
        let reason = invalid.or_else(|| (!measured.no_load.is_empty()).then(|| measured.no_load.clone()));
        if let Some(environment) = benchmark.environment_id
            && let Some(prices) = Systems::new(&self.platform).prices_of(tx, &scope, environment).await?
        {
            measured.price(prices, &benchmark.request);
        }
        let end = End {
            state,
            reason,
            load: measured.load.as_ref(),
            security: Some(&measured.security),
            scalability: measured.scalability.as_ref(),
            resilience: measured.resilience.as_ref(),
            cost: measured.cost.as_ref(),
            browser: measured.browser(),
        };
        store::finish(tx, &scope, benchmark.id, now, end).await?;
        for file in files {
            store::add_artifact(tx, &scope, now, benchmark.id, file).await?;
        }
        let mut detail = json!({ "state": state, "version": benchmark.version });
        if state == BenchmarkState::Succeeded {
            let card = card(measured.seen(), CURRENT)?;
            let id = store::add_scorecard(tx, &scope, now, benchmark, &card).await?;
            detail["scorecard_id"] = json!(id);
            detail["score"] = json!(card.score);
        }
        let change = Change {
            action: "benchmark.completed",
            object: BenchmarkId::WHAT,
            object_id: benchmark.id.to_string(),
            detail,
            event: Some("benchmark.completed"),
        };
        audit::record(tx, &scope, &actor, now, change).await?;
        if state == BenchmarkState::Invalid {
            tell_of(tx, &scope, now, benchmark, state, measured.invalid_reason().unwrap_or_default()).await?;
        }
        Ok(())
    }
}

fn side((benchmark, target): &(Benchmark, Target)) -> Side<'_> {
    Side { target, request: &benchmark.request }
}

/// Everything that was measured, as files: name, media type and content.
fn contents(measured: &Measurement) -> Result<Vec<(String, String, Vec<u8>)>> {
    const JSON: &str = "application/json";
    let mut files = Vec::new();
    if let Some(outcome) = &measured.outcome {
        files.push(("load.json".to_owned(), JSON.to_owned(), serde_json::to_vec(outcome)?));
        let log = HistogramLog::of(outcome, measured.began).write();
        files.push(("load.hlog".to_owned(), "text/plain".to_owned(), log.into_bytes()));
    }
    if let Some(audit) = &measured.audit {
        files.push(("probes.json".to_owned(), JSON.to_owned(), serde_json::to_vec(audit)?));
    }
    for audit in measured.visits.iter().flat_map(|visits| &visits.audits) {
        let (device, run) = (&audit.device.name, &audit.run);
        files.push((format!("{device}.har"), JSON.to_owned(), serde_json::to_vec(&run.har())?));
        files.push((format!("{device}.json"), JSON.to_owned(), serde_json::to_vec(audit)?));
        if let Some(found) = &audit.accessibility.value {
            files.push((format!("{device}.axe.json"), JSON.to_owned(), serde_json::to_vec(found)?));
        }
        for (at, frame) in run.filmstrip.iter().enumerate() {
            let extension = frame.picture.media_type.rsplit('/').next().unwrap_or("img");
            let name = format!("{device}-film-{:02}-{:.0}ms.{extension}", at + 1, frame.at_ms);
            files.push((name, frame.picture.media_type.clone(), frame.picture.data.clone()));
        }
        if let Some(picture) = &run.screenshot.value {
            let name = format!("{device}.{}", picture.media_type.rsplit('/').next().unwrap_or("img"));
            files.push((name, picture.media_type.clone(), picture.data.clone()));
        }
    }
    Ok(files)
}

async fn write_down(task: &Task, receiver: watch::Receiver<RunProgress>) -> std::convert::Infallible {
    let mut tick = tokio::time::interval(PROGRESS_INTERVAL);
    loop {
        tick.tick().await;
        let now = receiver.borrow().clone();
        if let Err(error) = task.progress(&now).await {
            tracing::warn!(job = %task.id(), ?error, "progress could not be written");
        }
    }
}

#[async_trait]
impl Handler for BenchmarkHandler {
    fn kind(&self) -> &'static str {
        JOB_KIND
    }

    async fn run(&self, task: &Task) -> Result<(), JobError> {
        let payload: Payload = task.payload()?;
        let alone = tokio::select! {
            permit = self.load.acquire() => permit.map_err(Error::internal)?,
            () = task.cancel.cancelled() => return Err(JobError::Stopped),
        };
        let begun = self.begin(task, &payload).await?;
        let measured = match self.measure(task, &begun).await {
            Ok(measured) => measured,
            Err(_) if task.cancel.is_cancelled() => return Err(JobError::Stopped),
            Err(error) => return Err(JobError::Fatal(error)),
        };
        drop(alone);
        let benchmarks = begun.into_iter().map(|(benchmark, _)| benchmark);
        Ok(self.finish(task, benchmarks.zip(measured).collect()).await?)
    }

    async fn give_up(&self, tx: &Tx, task: &Task, ending: &Ending) -> Result<()> {
        let payload: Payload = task.payload()?;
        let (state, reason) = match ending {
            Ending::Cancelled => (BenchmarkState::Cancelled, "Cancelled while it ran.".to_owned()),
            Ending::Dead { error } => (BenchmarkState::Failed, error.clone()),
            _ => return Ok(()),
        };
        let (scope, now) = (task.scope(), self.platform.clock.now());
        for id in payload.all() {
            store::finish(tx, &scope, id, now, End::unmeasured(state, reason.clone())).await?;
            let change = Change {
                action: "benchmark.ended",
                object: BenchmarkId::WHAT,
                object_id: id.to_string(),
                detail: json!({ "state": state, "reason": reason }),
                event: Some("benchmark.completed"),
            };
            audit::record(tx, &scope, &task.actor(), now, change).await?;
        }
        if state == BenchmarkState::Failed {
            let benchmark = store::find(tx, &scope, payload.benchmark).await?.benchmark;
            tell_of(tx, &scope, now, &benchmark, state, &reason).await?;
        }
        Ok(())
    }
}

/// Tells members of a benchmark that gave no scorecard.
async fn tell_of(
    tx: &Tx,
    scope: &Scope,
    now: DateTime<Utc>,
    benchmark: &Benchmark,
    state: BenchmarkState,
    reason: &str,
) -> Result<()> {
    let (kind, word) = match state {
        BenchmarkState::Invalid => (NotificationKind::BenchmarkInvalid, "is invalid"),
        _ => (NotificationKind::BenchmarkFailed, "failed"),
    };
    let news = News {
        kind,
        whose: &benchmark.created_by,
        title: format!("The benchmark of {} {word}", benchmark.version),
        body: reason.to_owned(),
        about: About::Benchmark(benchmark.id),
    };
    notifications::tell(tx, scope, now, news).await
}
