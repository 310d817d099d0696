//! Starting benchmarks and reading what they gave.

use super::{
    compare::{self, Comparison, ComparisonQuery, Made, Measured},
    export,
    import::imported_card,
    job::{JOB_KIND, Payload},
    measure::{NO_TURNS, plan_for},
    model::{Artifact, Benchmark, BenchmarkState, RunProgress, Scorecard},
    request::{BenchmarkQuery, BenchmarkRequest, ScorecardQuery},
    rules::card,
    store::{self, New, StoredBenchmark, Subject},
    waterfall::{self, Waterfall},
};
use crate::{
    Error, Kind, Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    ids::{BenchmarkId, EnvironmentId, SubjectId, SystemId},
    page::{Page, PageRequest},
    platform::{
        Platform,
        db::Tx,
        queue::{self, NewJob, Priority},
    },
    systems::{Systems, Target},
    tenants::quotas::{self, QuotaKind},
};
use chrono::{DateTime, Utc};
use sbh_stats::curve::VERSIONS;
use serde_json::json;

/// Most scorecards of a version that a comparison takes in.
const COMPARED: u64 = 100;
/// Newest scorecards that are looked at for the versions that can be compared.
const MEASURED: u64 = 500;
/// How often a benchmark is begun before it is given up.
const MAX_ATTEMPTS: u32 = 3;

/// The lab of the actor's tenant.
pub struct Lab<'a> {
    pub(super) platform: &'a Platform,
}

impl<'a> Lab<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Accepts a benchmark and queues it. Needs `lab:run`.
    ///
    /// # Errors
    /// Quota where the runs of the day or the storage are used up. What comes of a benchmark that was accepted is kept.
    pub async fn start(&self, actor: &Actor, request: BenchmarkRequest) -> Result<Benchmark> {
        let scope = actor.require(Permission::LabRun)?;
        let request = self.read(request)?;
        let tx = self.platform.db.write(&scope).await?;
        let made = self.start_within(&tx, actor, request).await?;
        tx.commit().await?;
        self.started();
        Ok(made)
    }

    /// Checks everything of a request that needs no database.
    pub(super) fn read(&self, request: BenchmarkRequest) -> Result<BenchmarkRequest> {
        let settings = &self.platform.settings;
        if !settings.benchmark_lab {
            return Err(Error::unavailable("The benchmark lab is switched off (FEATURE_BENCHMARK_LAB=false)."));
        }
        request.parse(settings.bench_max_vus, settings.bench_max_duration.as_secs_f64(), &settings.bench_devices)
    }

    /// The same inside a transaction of the caller, who commits it and then calls [`Lab::started`]. The request was
    /// read before.
    pub(super) async fn start_within(&self, tx: &Tx, actor: &Actor, request: BenchmarkRequest) -> Result<Benchmark> {
        let scope = actor.require(Permission::LabRun)?;
        let now = self.platform.clock.now();
        let subject = self.subject_of(tx, &scope, &request).await?;
        let id = BenchmarkId::generate();
        let baseline = request.of_baseline().map(|request| (BenchmarkId::generate(), request));
        quotas::take(tx, &scope, now, QuotaKind::Storage, 0).await?;
        quotas::take(tx, &scope, now, QuotaKind::Runs, 1 + u64::from(baseline.is_some())).await?;
        let beside = baseline.as_ref().map(|(beside, _)| *beside);
        let payload = serde_json::to_value(Payload { benchmark: id, baseline: beside })?;
        let job = NewJob { kind: JOB_KIND, payload, priority: Priority::Normal, max_attempts: MAX_ATTEMPTS };
        let job = queue::enqueue(tx, &scope, now, job).await?;
        let created_by = actor.label();
        if let Some((beside, request)) = &baseline {
            let subject = self.subject(tx, &scope, request).await?.0;
            let created_by = created_by.clone();
            let new = New { id: *beside, job, subject, request, created_by, in_turns_with: Some(id) };
            self.create(tx, actor, now, new).await?;
        }
        let new = New { id, job, subject, request: &request, created_by, in_turns_with: beside };
        self.create(tx, actor, now, new).await?;
        Ok(store::find(tx, &scope, id).await?.benchmark)
    }

    async fn create(&self, tx: &Tx, actor: &Actor, now: DateTime<Utc>, new: New<'_>) -> Result<()> {
        let scope = actor.require(Permission::LabRun)?;
        let Subject { system, environment, teardown } = new.subject;
        let change = Change {
            action: "benchmark.started",
            object: BenchmarkId::WHAT,
            object_id: new.id.to_string(),
            detail: json!({ "version": new.request.version, "system_id": system, "environment_id": environment, "teardown_id": teardown }),
            event: None,
        };
        store::create(tx, &scope, now, new).await?;
        audit::record(tx, &scope, actor, now, change).await
    }

    /// What a request is of, checked as far as it can be before the run, its baseline included.
    pub(super) async fn subject_of(&self, tx: &Tx, scope: &Scope, request: &BenchmarkRequest) -> Result<Subject> {
        let (subject, target) = self.subject(tx, scope, request).await?;
        plan_for(&target, request)?;
        if let Some(request) = request.of_baseline() {
            let missing = |error: Error| match error.kind() {
                Kind::NotFound => Error::invalid("/baseline/environment_id", "There is no such environment."),
                _ => error,
            };
            let (_, other) = self.subject(tx, scope, &request).await.map_err(missing)?;
            plan_for(&other, &request)?;
            if !(target.may_load && other.may_load) {
                return Err(Error::invalid("/baseline/environment_id", NO_TURNS));
            }
        }
        Ok(subject)
    }

    /// Counts a benchmark that was accepted for good, and wakes a worker.
    pub(crate) fn started(&self) {
        self.platform.metrics.benchmark_runs.inc();
        self.platform.work.raise();
    }

    pub(super) async fn subject(
        &self,
        tx: &Tx,
        scope: &Scope,
        request: &BenchmarkRequest,
    ) -> Result<(Subject, Target)> {
        let systems = Systems::new(self.platform);
        match (request.environment_id, request.teardown_id) {
            (Some(environment), _) => {
                let (environment, target) = systems.target(tx, scope, environment).await?;
                let (system, environment) = (Some(environment.system_id), Some(environment.id));
                Ok((Subject { system, environment, teardown: None }, target))
            }
            (None, Some(teardown)) => {
                let (teardown, target) = systems.teardown_target(tx, scope, teardown).await?;
                Ok((Subject { system: None, environment: None, teardown: Some(teardown.id) }, target))
            }
            (None, None) => Err(Error::invalid("/environment_id", "Name either an environment or a teardown.")),
        }
    }

    /// A benchmark with its progress. Needs `lab:read`.
    pub async fn benchmark(&self, actor: &Actor, id: BenchmarkId) -> Result<Benchmark> {
        let scope = actor.require(Permission::LabRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let stored = store::find(&tx, &scope, id).await?;
        with_progress(&tx, &scope, stored).await
    }

    /// Benchmarks, newest first. Needs `lab:read`.
    pub async fn benchmarks(&self, actor: &Actor, query: &BenchmarkQuery) -> Result<Page<Benchmark>> {
        let scope = actor.require(Permission::LabRead)?;
        let tx = self.platform.db.read(&scope).await?;
        store::list(&tx, &scope, query).await?.try_map(|stored| Ok(stored.benchmark))
    }

    /// The newest benchmarks, `limit` at most, whose version holds a text. Needs `lab:read`.
    pub async fn search(&self, actor: &Actor, text: &str, limit: u64) -> Result<Vec<Benchmark>> {
        let scope = actor.require(Permission::LabRead)?;
        let found = store::of_version(&self.platform.db.read(&scope).await?, &scope, text, limit).await?;
        Ok(found.into_iter().map(|stored| stored.benchmark).collect())
    }

    /// The newest benchmarks of each of these systems, `limit` at most of each, newest first within a system. Needs
    /// `lab:read`.
    pub async fn newest_runs(&self, actor: &Actor, systems: &[SystemId], limit: u64) -> Result<Vec<Benchmark>> {
        let scope = actor.require(Permission::LabRead)?;
        let found = store::newest_of(&self.platform.db.read(&scope).await?, &scope, systems, limit).await?;
        Ok(found.into_iter().map(|stored| stored.benchmark).collect())
    }

    /// The newest scorecards of each of these systems, `limit` at most of each, newest first within a system. Needs
    /// `lab:read`.
    pub async fn newest_scorecards(&self, actor: &Actor, systems: &[SystemId], limit: u64) -> Result<Vec<Scorecard>> {
        let scope = actor.require(Permission::LabRead)?;
        store::newest_cards(&self.platform.db.read(&scope).await?, &scope, systems, limit).await
    }

    /// How many benchmarks wait or run. Needs `lab:read`.
    pub async fn under_way(&self, actor: &Actor) -> Result<u64> {
        let scope = actor.require(Permission::LabRead)?;
        store::under_way(&self.platform.db.read(&scope).await?, &scope).await
    }

    /// Asks for a benchmark's end. Needs `lab:run`.
    ///
    /// # Errors
    /// Conflict when it is over already.
    pub async fn cancel(&self, actor: &Actor, id: BenchmarkId) -> Result<Benchmark> {
        let scope = actor.require(Permission::LabRun)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let stored = store::find(&tx, &scope, id).await?;
        if queue::cancel(&tx, &scope, now, stored.job_id).await? {
            let reason = format!("Cancelled by {} before it began.", actor.label());
            for id in [Some(id), stored.benchmark.in_turns_with].into_iter().flatten() {
                let end = store::End::unmeasured(BenchmarkState::Cancelled, reason.clone());
                store::finish(&tx, &scope, id, now, end).await?;
            }
        }
        let change = Change {
            action: "benchmark.cancelled",
            object: BenchmarkId::WHAT,
            object_id: id.to_string(),
            detail: json!({}),
            event: None,
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        let stored = store::find(&tx, &scope, id).await?;
        let benchmark = with_progress(&tx, &scope, stored).await?;
        tx.commit().await?;
        Ok(benchmark)
    }

    /// The newest scorecard of a system or a teardown, or that of a version. Needs `lab:read`.
    pub async fn scorecard(&self, actor: &Actor, subject: uuid::Uuid, query: &ScorecardQuery) -> Result<Scorecard> {
        let scope = actor.require(Permission::LabRead)?;
        let tx = self.platform.db.read(&scope).await?;
        store::scorecard(&tx, &scope, subject, query).await?.ok_or_else(|| Error::not_found("scorecard"))
    }

    /// The scorecard of a benchmark. Needs `lab:read`.
    pub async fn scorecard_of(&self, actor: &Actor, benchmark: BenchmarkId) -> Result<Scorecard> {
        let scope = actor.require(Permission::LabRead)?;
        let tx = self.platform.db.read(&scope).await?;
        store::scorecard_of(&tx, &scope, benchmark).await?.ok_or_else(|| Error::not_found("scorecard"))
    }

    /// A benchmark's scorecard as it would be by the curves of a version. It is not kept. Needs `lab:read`.
    ///
    /// # Errors
    /// Invalid for a version that there is not; not found for a benchmark that was not scored.
    pub async fn rescored(&self, actor: &Actor, benchmark: BenchmarkId, curves: &str) -> Result<Scorecard> {
        let scope = actor.require(Permission::LabRead)?;
        let version = VERSIONS.iter().find(|version| **version == curves);
        let version = version.ok_or_else(|| {
            Error::invalid("/curves", format!("Curves must be of version {}.", VERSIONS.join(" or ")))
        })?;
        let tx = self.platform.db.read(&scope).await?;
        let made = store::scorecard_of(&tx, &scope, benchmark).await?.ok_or_else(|| Error::not_found("scorecard"))?;
        let benchmark = store::find(&tx, &scope, benchmark).await?.benchmark;
        let card = match benchmark.imported {
            Some(_) => imported_card(made.metrics.clone(), version)?,
            None => card(benchmark.seen(), version)?,
        };
        Ok(made.rescored(card))
    }

    /// A benchmark's scorecard as a table of comma-separated values. Needs `lab:read`.
    pub async fn scorecard_csv(&self, actor: &Actor, benchmark: BenchmarkId) -> Result<String> {
        export::csv(&self.scorecard_of(actor, benchmark).await?)
    }

    /// The newest scorecards of a system, at most 100. Needs `lab:read`.
    pub async fn scorecards(
        &self,
        actor: &Actor,
        system: SystemId,
        environment: Option<EnvironmentId>,
        limit: u64,
    ) -> Result<Vec<Scorecard>> {
        let scope = actor.require(Permission::LabRead)?;
        let tx = self.platform.db.read(&scope).await?;
        store::scorecards(&tx, &scope, system, environment, limit.min(100)).await
    }

    /// A part of a system's scorecards, of one environment or of all, newest first. Needs `lab:read`.
    pub async fn scorecard_page(
        &self,
        actor: &Actor,
        system: SystemId,
        environment: Option<EnvironmentId>,
        page: &PageRequest,
    ) -> Result<Page<Scorecard>> {
        let scope = actor.require(Permission::LabRead)?;
        let tx = self.platform.db.read(&scope).await?;
        store::scorecard_page(&tx, &scope, system, environment, page).await
    }

    /// Compares two versions, of one system or of two, metric by metric. Benchmarks that were not run in the same way
    /// take no part. Needs `lab:read`.
    ///
    /// # Errors
    /// Not found where a side was not measured.
    pub async fn compare(&self, actor: &Actor, query: &ComparisonQuery) -> Result<Comparison> {
        let scope = actor.require(Permission::LabRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let side = async |subject, version: &Option<String>, environment_id, what| {
            let wanted = ScorecardQuery { version: version.clone(), environment_id };
            side(&tx, &scope, subject, &wanted, what).await
        };
        let (version, environment) = (&query.baseline_version, query.baseline_environment_id);
        let baseline = side(query.baseline, version, environment, "scorecard of the baseline").await?;
        let (version, environment) = (&query.candidate_version, query.candidate_environment_id);
        let candidate = side(query.candidate, version, environment, "scorecard of the candidate").await?;
        compare::sides((query.baseline, baseline), (query.candidate, candidate))
    }

    /// The versions that were measured last, newest first, without repetition. Needs `lab:read`.
    pub async fn measured_versions(&self, actor: &Actor) -> Result<Vec<Measured>> {
        let scope = actor.require(Permission::LabRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let mut versions = Vec::<Measured>::new();
        for found in store::measured(&tx, &scope, MEASURED).await? {
            if !versions.iter().any(|version| version.is_of_the_same(&found)) {
                versions.push(found);
            }
        }
        Ok(versions)
    }

    /// The files that a benchmark left; none once they were removed. Needs `lab:read`.
    pub async fn artifacts(&self, actor: &Actor, benchmark: BenchmarkId) -> Result<Vec<Artifact>> {
        let scope = actor.require(Permission::LabRead)?;
        let tx = self.platform.db.read(&scope).await?;
        store::find(&tx, &scope, benchmark).await?;
        store::artifacts(&tx, &scope, benchmark).await
    }

    /// One of the files that a benchmark left. Needs `lab:read`.
    ///
    /// # Errors
    /// Not found where there is none of the name, with the day on which the benchmark's files were removed if they were.
    pub async fn artifact(&self, actor: &Actor, benchmark: BenchmarkId, name: &str) -> Result<(Artifact, Vec<u8>)> {
        let scope = actor.require(Permission::LabRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let removed = store::find(&tx, &scope, benchmark).await?.benchmark.files_removed;
        let files = store::artifacts(&tx, &scope, benchmark).await?;
        drop(tx);
        let missing =
            || removed.map_or_else(|| Error::not_found("artifact"), |removed| Error::gone(removed.to_string()));
        let file = files.into_iter().find(|file| file.name == name).ok_or_else(missing)?;
        let bytes = self.platform.artifacts.get(&scope, &file.sha256).await?;
        Ok((file, bytes))
    }

    /// The requests of the page on a device, as a benchmark kept them; none where it opened no page there. Needs
    /// `lab:read`.
    pub async fn waterfall(&self, actor: &Actor, benchmark: BenchmarkId, device: &str) -> Result<Option<Waterfall>> {
        let scope = actor.require(Permission::LabRead)?;
        let name = format!("{device}.json");
        let files = self.artifacts(actor, benchmark).await?;
        let Some(file) = files.into_iter().find(|file| file.name == name) else { return Ok(None) };
        let bytes = self.platform.artifacts.get(&scope, &file.sha256).await?;
        waterfall::read(device, &bytes).map(Some)
    }

    /// A system's newest scorecard of those that are wanted, for what is shared.
    pub(crate) async fn newest(
        &self,
        tx: &Tx,
        scope: &Scope,
        system: SystemId,
        query: &ScorecardQuery,
    ) -> Result<Option<Scorecard>> {
        store::scorecard(tx, scope, system.uuid(), query).await
    }

    /// The scorecard of a version in an environment, for the gates: the newest one of any source, or where imported
    /// results are not accepted, the newest that the hub measured, and an imported one only where there is no other.
    pub(crate) async fn measured(
        &self,
        tx: &Tx,
        scope: &Scope,
        (system, environment, version): (SystemId, EnvironmentId, &str),
        accept_imported: bool,
    ) -> Result<Option<Scorecard>> {
        if !accept_imported && let Some(card) = store::measured_here(tx, scope, (system, environment, version)).await? {
            return Ok(Some(card));
        }
        let query = ScorecardQuery { version: Some(version.to_owned()), environment_id: Some(environment) };
        store::scorecard(tx, scope, system.uuid(), &query).await
    }

    /// A benchmark and its scorecard, for evidence.
    pub(crate) async fn record_of(&self, tx: &Tx, scope: &Scope, id: BenchmarkId) -> Result<(Benchmark, Scorecard)> {
        let benchmark = store::find(tx, scope, id).await?.benchmark;
        let scorecard = store::scorecard_of(tx, scope, id).await?.ok_or_else(|| Error::not_found("scorecard"))?;
        Ok((benchmark, scorecard))
    }
}

/// The scorecards of one side of a comparison, newest first, with what their benchmarks were asked for.
async fn side(tx: &Tx, scope: &Scope, subject: SubjectId, query: &ScorecardQuery, what: &str) -> Result<Vec<Made>> {
    let newest = store::scorecard(tx, scope, subject.uuid(), query).await?.ok_or_else(|| Error::not_found(what))?;
    let cards = store::scorecards_beside(tx, scope, &newest, COMPARED).await?;
    let mut plans = store::plans(tx, scope, &cards).await?;
    let made = |card: Scorecard| {
        let (plan, in_turns_with) = plans.remove(&card.benchmark_id)?;
        Some(Made { card, plan, in_turns_with })
    };
    Ok(cards.into_iter().filter_map(made).collect())
}

async fn with_progress(tx: &Tx, scope: &Scope, stored: StoredBenchmark) -> Result<Benchmark> {
    let mut benchmark = stored.benchmark;
    if !benchmark.state.is_final() {
        let job = queue::view(tx, scope, stored.job_id).await?;
        benchmark.cancel_requested = job.cancel_requested;
        benchmark.progress =
            job.progress.and_then(|now| serde_json::from_value(now).ok()).or(Some(RunProgress::default()));
    }
    Ok(benchmark)
}
