//! Settling what is due.

use super::{
    model::{RunOutcome, RunResult, ScheduleState, ScheduledRun},
    rules::{Due, LATE, due, is_news, version_at},
    service::Schedules,
    store::{self, Stored},
    timetable::Timetable,
};
use crate::{
    Error, Kind, Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    gates::Gates,
    identity::Identity,
    ids::{BenchmarkId, ScheduleId, ScheduledRunId, ValidationId},
    lab::Lab,
    notifications::{self, About, News, NotificationKind},
    platform::db::{Realm, Tx},
};
use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::json;

/// Most schedules of one round; the others wait for the next, which follows at once.
const MOST_AT_ONCE: u64 = 100;

/// What was started.
enum Started {
    Benchmark(BenchmarkId),
    Validation(ValidationId),
}

/// What is to be kept of a due time.
enum Settled {
    Started { version: String, what: Started },
    Skipped(String),
    Refused(String),
    Stopped(String),
}

/// Which time is settled, and how it came to be due.
#[derive(Clone, Copy)]
struct Turn {
    at: DateTime<Utc>,
    by_hand: bool,
    passed_over: u32,
}

impl Schedules<'_> {
    /// Settles what is due on every tenant; how many due times. Any number of hubs may do this at the same time.
    pub async fn dispatch(&self) -> Result<u64> {
        let now_ms = self.platform.clock.now_ms();
        let tx = self.platform.db.read_realm(Realm::Dispatch).await?;
        let all = store::all_due(&tx, now_ms, MOST_AT_ONCE).await?;
        drop(tx);
        let mut settled = 0;
        for (tenant, id) in all {
            match self.settle(&Scope::of_tenant(tenant), id).await {
                Ok(done) => settled += u64::from(done),
                // Removed in the meantime, or settled by another hub.
                Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Conflict) => {}
                Err(error) => tracing::error!(%id, ?error, "a schedule could not be dispatched and is tried again"),
            }
        }
        Ok(settled)
    }

    /// Settles one schedule, in one transaction with the run that it starts. What the use case refuses is written down
    /// in a second one, because the first may hold half of a run.
    async fn settle(&self, scope: &Scope, id: ScheduleId) -> Result<bool> {
        let refused = match self.attempt(scope, id, None).await {
            Err(Attempt::Refused(error)) => error,
            Err(Attempt::Broken(error)) => return Err(error),
            Ok(done) => return Ok(done),
        };
        match self.attempt(scope, id, Some(refused)).await {
            Ok(done) => Ok(done),
            Err(Attempt::Refused(error) | Attempt::Broken(error)) => Err(error),
        }
    }

    async fn attempt(&self, scope: &Scope, id: ScheduleId, refused: Option<Error>) -> Result<bool, Attempt> {
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(scope).await?;
        let mut stored = store::lock(&tx, scope, id).await?;
        let Some(next) = stored.schedule.next_due_at.filter(|_| stored.schedule.state == ScheduleState::On) else {
            return Ok(false);
        };
        let table = Timetable::parse(&stored.schedule.cron, &stored.schedule.time_zone)?;
        let (at, passed_over, is_missed) = match due(&table, next, now) {
            Due::NotYet => return Ok(false),
            Due::Run { at, passed_over } => (at, passed_over, false),
            Due::Missed { at, passed_over } => (at, passed_over, true),
        };
        stored.schedule.next_due_at = table.next_after(now);
        if store::is_settled(&tx, scope, id, at).await? {
            store::save(&tx, scope, &stored).await?;
            tx.commit().await?;
            return Ok(false);
        }
        let turn = Turn { at, by_hand: false, passed_over };
        let settled = match refused {
            Some(error) => refusal(&error),
            None if is_missed => Settled::Skipped(missed()),
            None => {
                let owner = Identity::new(self.platform).as_member(&tx, scope, stored.owner_id).await?;
                self.run(&tx, scope, owner, &stored, (&table, turn)).await?
            }
        };
        let hub = Actor::hub(scope.tenant(), "scheduler");
        let run = self.keep(&tx, scope, &hub, &mut stored, (turn, settled)).await?;
        tx.commit().await?;
        self.announce(&run);
        Ok(true)
    }

    /// Runs a schedule now, as the actor and whether it is on or not. Needs `schedules:write`, and `lab:run` or
    /// `gates:validate` for what it starts.
    ///
    /// # Errors
    /// Conflict while its last run is still going; otherwise what the use case refuses.
    pub async fn run_now(&self, actor: &Actor, id: ScheduleId) -> Result<ScheduledRun> {
        let scope = actor.require(Permission::SchedulesWrite)?;
        let tx = self.platform.db.write(&scope).await?;
        let mut stored = store::lock(&tx, &scope, id).await?;
        let table = Timetable::parse(&stored.schedule.cron, &stored.schedule.time_zone)?;
        let at = self.platform.clock.now().trunc_subsecs(3);
        let turn = Turn { at, by_hand: true, passed_over: 0 };
        let settled = match self.run(&tx, &scope, Some(actor.clone()), &stored, (&table, turn)).await {
            Ok(Settled::Started { version, what }) => Settled::Started { version, what },
            Ok(Settled::Skipped(reason) | Settled::Refused(reason) | Settled::Stopped(reason)) => {
                return Err(Error::conflict(reason));
            }
            Err(Attempt::Refused(error) | Attempt::Broken(error)) => return Err(error),
        };
        let mut run = self.keep(&tx, &scope, actor, &mut stored, (turn, settled)).await?;
        self.add_results(&tx, &scope, std::iter::once(&mut run)).await?;
        tx.commit().await?;
        self.announce(&run);
        Ok(run)
    }

    /// Starts what a schedule is for, as `actor`, unless there is a reason not to.
    async fn run(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: Option<Actor>,
        stored: &Stored,
        (table, turn): (&Timetable, Turn),
    ) -> Result<Settled, Attempt> {
        let schedule = &stored.schedule;
        let Some(actor) = actor else {
            return Ok(Settled::Stopped(format!("{} is no member any more, and it acted as them.", schedule.owner)));
        };
        if let Some(mut last) = store::last_started(tx, scope, schedule.id).await? {
            self.add_results(tx, scope, std::iter::once(&mut last)).await?;
            if last.result == Some(RunResult::UnderWay) {
                let version = last.version.unwrap_or_default();
                return Ok(Settled::Skipped(format!("The run of {version} was still going.")));
            }
        }
        let subject = (schedule.system_id, schedule.environment_id);
        let lab = Lab::new(self.platform);
        let version = match version_at(schedule.version(), table, turn.at).map_err(Attempt::Refused)? {
            Some(version) => version,
            None => match lab.latest_version(tx, scope, subject).await? {
                Some(version) => version,
                None => return Ok(Settled::Skipped("No version was measured in this environment yet.".to_owned())),
            },
        };
        let what = if let Some(mut request) = schedule.benchmark.clone() {
            request.version.clone_from(&version);
            let made = lab.start_scheduled(tx, &actor, request).await.map_err(Attempt::Refused)?;
            Started::Benchmark(made.id)
        } else if let Some(mut request) = schedule.validation.clone() {
            request.version.clone_from(&version);
            let gates = Gates::new(self.platform);
            let made = gates.validate_scheduled(tx, &actor, request).await.map_err(Attempt::Refused)?;
            Started::Validation(made.id)
        } else {
            return Err(Error::internal(format!("schedule {} starts nothing", schedule.id)).into());
        };
        Ok(Settled::Started { version, what })
    }

    async fn last_run(&self, tx: &Tx, scope: &Scope, stored: &Stored) -> Result<Option<ScheduledRun>> {
        match stored.last_run_id {
            Some(id) => store::run(tx, scope, id).await,
            None => Ok(None),
        }
    }

    /// Writes down what came of a turn, and tells members where it is news.
    async fn keep(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        stored: &mut Stored,
        (turn, settled): (Turn, Settled),
    ) -> Result<ScheduledRun> {
        let now = self.platform.clock.now();
        let before = self.last_run(tx, scope, stored).await?;
        let mut run = ScheduledRun {
            id: ScheduledRunId::generate(),
            schedule_id: stored.schedule.id,
            due_at: turn.at,
            settled_at: now,
            by_hand: turn.by_hand,
            outcome: RunOutcome::Started,
            reason: None,
            passed_over: turn.passed_over,
            version: None,
            benchmark_id: None,
            validation_id: None,
            result: None,
        };
        let is_stopped = matches!(settled, Settled::Stopped(_));
        match settled {
            Settled::Started { version, what } => {
                run.version = Some(version);
                match what {
                    Started::Benchmark(id) => run.benchmark_id = Some(id),
                    Started::Validation(id) => run.validation_id = Some(id),
                }
            }
            Settled::Skipped(reason) => (run.outcome, run.reason) = (RunOutcome::Skipped, Some(reason)),
            Settled::Refused(reason) | Settled::Stopped(reason) => {
                (run.outcome, run.reason) = (RunOutcome::Refused, Some(reason));
            }
        }
        store::add_run(tx, scope, &run).await?;
        stored.last_run_id = Some(run.id);
        if is_stopped {
            let schedule = &mut stored.schedule;
            (schedule.state, schedule.reason) = (ScheduleState::Stopped, run.reason.clone());
            schedule.next_due_at = None;
        }
        store::save(tx, scope, stored).await?;
        self.note(tx, scope, actor, stored, &run).await?;
        self.tell(tx, scope, stored, &run, before.as_ref()).await?;
        Ok(run)
    }

    async fn note(&self, tx: &Tx, scope: &Scope, actor: &Actor, stored: &Stored, run: &ScheduledRun) -> Result<()> {
        if stored.schedule.state == ScheduleState::Stopped && run.outcome != RunOutcome::Started {
            return self.audit(tx, scope, actor, "schedule.stopped", stored).await;
        }
        let change = Change {
            action: match run.outcome {
                RunOutcome::Started => "schedule.started",
                RunOutcome::Skipped => "schedule.skipped",
                RunOutcome::Refused => "schedule.refused",
            },
            object: ScheduleId::WHAT,
            object_id: run.schedule_id.to_string(),
            detail: json!({
                "due_at": run.due_at, "reason": run.reason, "version": run.version, "passed_over": run.passed_over,
                "benchmark_id": run.benchmark_id, "validation_id": run.validation_id, "owner": stored.schedule.owner,
            }),
            event: None,
        };
        audit::record(tx, scope, actor, run.settled_at, change).await
    }

    async fn tell(
        &self,
        tx: &Tx,
        scope: &Scope,
        stored: &Stored,
        run: &ScheduledRun,
        before: Option<&ScheduledRun>,
    ) -> Result<()> {
        let reason = run.reason.clone().unwrap_or_default();
        let before = before.map(|run| (run.outcome, run.reason.as_deref()));
        if !is_news(before, run.outcome, &reason) {
            return Ok(());
        }
        let schedule = &stored.schedule;
        let (kind, word) = match (schedule.state, run.outcome) {
            (ScheduleState::Stopped, _) => (NotificationKind::ScheduleStopped, "stopped"),
            (_, RunOutcome::Refused) => (NotificationKind::ScheduleSkipped, "could not start"),
            _ => (NotificationKind::ScheduleSkipped, "was skipped"),
        };
        let title = format!("The schedule {} {word}", schedule.name);
        let about = About::Schedule(schedule.id);
        let news = News { kind, whose: &schedule.owner, title, body: reason, about };
        notifications::tell(tx, scope, run.settled_at, news).await
    }

    /// What follows once the transaction is there for good.
    fn announce(&self, run: &ScheduledRun) {
        if run.benchmark_id.is_some() {
            Lab::new(self.platform).started();
        } else if run.validation_id.is_some() {
            self.platform.work.raise();
        }
    }
}

/// Why an attempt wrote nothing.
enum Attempt {
    /// The use case would not; that is an outcome.
    Refused(Error),
    /// The hub could not; another attempt may do better.
    Broken(Error),
}

impl From<Error> for Attempt {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

/// Rights and things that are gone stay gone: the schedule stops. Anything else may be different the next time.
fn refusal(error: &Error) -> Settled {
    let words = error.message().to_owned();
    match error.kind() {
        Kind::Forbidden | Kind::NotFound | Kind::Unauthenticated => Settled::Stopped(words),
        _ => Settled::Refused(words),
    }
}

fn missed() -> String {
    let late = LATE.num_minutes();
    format!(
        "It was not looked at when it was due, because no hub ran or the organisation was suspended, and a run is started {late} minutes late at most."
    )
}
