//! Writing schedules, and reading what came of them.

use super::{
    model::{NewSchedule, Preview, PreviewQuery, Schedule, ScheduleKind, ScheduleState, ScheduledRun},
    rules::{result_of_benchmark, result_of_validation, version_at},
    store::{self, Stored},
    timetable::Timetable,
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    error::Faults,
    gates::Gates,
    identity::Identity,
    ids::{ScheduleId, UserId},
    lab::Lab,
    page::{MAX_LIMIT, Page, PageRequest},
    platform::{
        Platform,
        db::{Realm, Tx},
    },
    text,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// Most schedules of an organisation.
pub const MOST_SCHEDULES: u64 = 100;
/// How long what came of a due time is kept.
pub const RETENTION: TimeDelta = TimeDelta::days(90);
/// How many due times a preview shows.
const SHOWN: usize = 5;
/// Stands for the newest version while a request is checked.
const SOME_VERSION: &str = "latest";

/// The schedules of the actor's tenant.
pub struct Schedules<'a> {
    pub(super) platform: &'a Platform,
}

impl<'a> Schedules<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Schedules, newest first. Needs `schedules:read`.
    pub async fn list(&self, actor: &Actor, page: &PageRequest) -> Result<Page<Schedule>> {
        let scope = actor.require(Permission::SchedulesRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let page = store::list(&tx, &scope, page).await?;
        Ok(Page { items: self.with_last_runs(&tx, &scope, page.items).await?, next_cursor: page.next_cursor })
    }

    /// Those that somebody should look at: stopped, or with a last run that did not go well. Needs `schedules:read`.
    pub async fn in_trouble(&self, actor: &Actor) -> Result<Vec<Schedule>> {
        let all = self.list(actor, &PageRequest { cursor: None, limit: Some(MAX_LIMIT) }).await?;
        Ok(all.items.into_iter().filter(Schedule::needs_attention).collect())
    }

    /// A schedule. Needs `schedules:read`.
    pub async fn get(&self, actor: &Actor, id: ScheduleId) -> Result<Schedule> {
        let scope = actor.require(Permission::SchedulesRead)?;
        let tx = self.platform.db.read(&scope).await?;
        let stored = store::find(&tx, &scope, id).await?;
        self.shown(&tx, &scope, stored).await
    }

    /// What came of a schedule, newest first; kept for [`RETENTION`]. Needs `schedules:read`.
    pub async fn runs(&self, actor: &Actor, id: ScheduleId, page: &PageRequest) -> Result<Page<ScheduledRun>> {
        let scope = actor.require(Permission::SchedulesRead)?;
        let tx = self.platform.db.read(&scope).await?;
        store::find(&tx, &scope, id).await?;
        let mut page = store::runs(&tx, &scope, id, page).await?;
        self.add_results(&tx, &scope, page.items.iter_mut()).await?;
        Ok(page)
    }

    /// When a schedule would be due. Needs `schedules:read`.
    pub fn preview(&self, actor: &Actor, query: &PreviewQuery) -> Result<Preview> {
        actor.require(Permission::SchedulesRead)?;
        let table = Timetable::parse(&query.cron, &query.time_zone)?;
        let next = table.after(self.platform.clock.now()).take(SHOWN).map(|at| table.local(at)).collect();
        Ok(Preview { next })
    }

    /// Keeps a schedule; it acts as the actor, or as the member who made the actor's key. Needs `schedules:write`, and
    /// `lab:run` or `gates:validate` for what it starts.
    ///
    /// # Errors
    /// Invalid, naming each field; conflict where the organisation has [`MOST_SCHEDULES`].
    pub async fn create(&self, actor: &Actor, new: NewSchedule) -> Result<Schedule> {
        let scope = actor.require(Permission::SchedulesWrite)?;
        let tx = self.platform.db.write(&scope).await?;
        let now = self.platform.clock.now();
        let stored = self.defined(&tx, &scope, actor, new, (ScheduleId::generate(), now)).await?;
        store::create(&tx, &scope, &stored).await?;
        self.audit(&tx, &scope, actor, "schedule.created", &stored).await?;
        // The log's head is locked by now, so nobody else adds one between this count and the commit.
        if store::count(&tx, &scope).await? > MOST_SCHEDULES {
            let most = format!("An organisation may have {MOST_SCHEDULES} schedules; remove one first.");
            return Err(Error::conflict(most));
        }
        let made = self.shown(&tx, &scope, stored).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Defines a schedule anew; it acts as the actor from now on. Needs what [`Schedules::create`] needs.
    pub async fn update(&self, actor: &Actor, id: ScheduleId, new: NewSchedule) -> Result<Schedule> {
        let scope = actor.require(Permission::SchedulesWrite)?;
        let tx = self.platform.db.write(&scope).await?;
        let before = store::lock(&tx, &scope, id).await?;
        let mut stored = self.defined(&tx, &scope, actor, new, (id, before.schedule.created_at)).await?;
        stored.last_run_id = before.last_run_id;
        store::save(&tx, &scope, &stored).await?;
        self.audit(&tx, &scope, actor, "schedule.changed", &stored).await?;
        let changed = self.shown(&tx, &scope, stored).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Lets no more run. Needs `schedules:write`.
    pub async fn pause(&self, actor: &Actor, id: ScheduleId) -> Result<Schedule> {
        let scope = actor.require(Permission::SchedulesWrite)?;
        let tx = self.platform.db.write(&scope).await?;
        let mut stored = store::lock(&tx, &scope, id).await?;
        let schedule = &mut stored.schedule;
        (schedule.state, schedule.reason, schedule.next_due_at) = (ScheduleState::Paused, None, None);
        schedule.updated_at = self.platform.clock.now();
        store::save(&tx, &scope, &stored).await?;
        self.audit(&tx, &scope, actor, "schedule.paused", &stored).await?;
        let paused = self.shown(&tx, &scope, stored).await?;
        tx.commit().await?;
        Ok(paused)
    }

    /// Lets it run again, as it was defined; it acts as the actor from now on. Needs what [`Schedules::create`] needs.
    pub async fn resume(&self, actor: &Actor, id: ScheduleId) -> Result<Schedule> {
        actor.require(Permission::SchedulesWrite)?;
        let before = self.get(actor, id).await?;
        let again = NewSchedule {
            name: before.name,
            cron: before.cron,
            time_zone: before.time_zone,
            enabled: true,
            benchmark: before.benchmark,
            validation: before.validation,
        };
        self.update(actor, id, again).await
    }

    /// Removes a schedule with its history; what it started stays. Needs `schedules:write`.
    pub async fn remove(&self, actor: &Actor, id: ScheduleId) -> Result<()> {
        let scope = actor.require(Permission::SchedulesWrite)?;
        let tx = self.platform.db.write(&scope).await?;
        let stored = store::lock(&tx, &scope, id).await?;
        store::remove(&tx, &scope, id).await?;
        self.audit(&tx, &scope, actor, "schedule.removed", &stored).await?;
        tx.commit().await
    }

    /// Removes what came of due times longer ago than [`RETENTION`], of every tenant; how many.
    pub async fn prune(&self) -> Result<u64> {
        let tx = self.platform.db.realm(Realm::Dispatch).await?;
        let pruned = store::prune(&tx, self.platform.clock.now() - RETENTION).await?;
        tx.commit().await?;
        Ok(pruned)
    }

    /// Reads what was typed, and whether it could run now as the actor.
    async fn defined(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        new: NewSchedule,
        (id, created_at): (ScheduleId, DateTime<Utc>),
    ) -> Result<Stored> {
        let now = self.platform.clock.now();
        let mut faults = Faults::default();
        let name = faults.keep(text::line("/name", "Name", &new.name, 100));
        let table = faults.keep(Timetable::parse(&new.cron, &new.time_zone));
        let one = "Name either a benchmark or a validation.";
        match (&new.benchmark, &new.validation) {
            (None, None) => faults.add("/benchmark", one),
            (Some(_), Some(_)) => faults.add("/validation", one),
            _ => {}
        }
        if new.benchmark.as_ref().is_some_and(|request| request.teardown_id.is_some()) {
            faults.add("/benchmark/teardown_id", "A schedule benchmarks an environment of a system.");
        }
        faults.finish()?;
        let table = table.ok_or_else(|| Error::invalid("/cron", "Write five fields."))?;
        let owner_id = Identity::new(self.platform).person(tx, scope, actor).await?;
        let (kind, benchmark, mut validation) = match (new.benchmark, new.validation) {
            (Some(benchmark), _) => (ScheduleKind::Benchmark, Some(benchmark), None),
            (None, validation) => (ScheduleKind::Validation, None, validation),
        };
        let as_it_will_be = |version: &str| {
            version_at(version, &table, now).map(|version| version.unwrap_or_else(|| SOME_VERSION.to_owned()))
        };
        let (system_id, environment_id) = if let Some(request) = &benchmark {
            let under = |error: Error| error.under("/benchmark");
            let mut request = request.clone();
            request.version = as_it_will_be(&request.version).map_err(under)?;
            Lab::new(self.platform).check(tx, actor, request).await.map_err(under)?
        } else if let Some(request) = &mut validation {
            let under = |error: Error| error.under("/validation");
            let mut checked = request.clone();
            checked.version = as_it_will_be(&request.version).map_err(under)?;
            let found = Gates::new(self.platform).check(tx, actor, &checked).await.map_err(under)?;
            // A second environment must not turn a schedule that works into one that doesn't.
            request.environment_id = Some(found.1);
            found
        } else {
            return Err(Error::invalid("/benchmark", one));
        };
        let state = if new.enabled { ScheduleState::On } else { ScheduleState::Paused };
        let schedule = Schedule {
            id,
            name: name.unwrap_or_default(),
            kind,
            system_id,
            environment_id,
            benchmark,
            validation,
            cron: new.cron.split_whitespace().collect::<Vec<_>>().join(" "),
            time_zone: new.time_zone.trim().to_owned(),
            state,
            reason: None,
            owner: self.label(tx, scope, owner_id).await?,
            next_due_at: table.next_after(now).filter(|_| new.enabled),
            last_run: None,
            created_at,
            updated_at: now,
        };
        Ok(Stored { schedule, owner_id, last_run_id: None })
    }

    async fn label(&self, tx: &Tx, scope: &Scope, owner: UserId) -> Result<String> {
        let member = Identity::new(self.platform).as_member(tx, scope, owner).await?;
        member.map(|member| member.label()).ok_or_else(|| Error::not_found(UserId::WHAT))
    }

    pub(super) async fn shown(&self, tx: &Tx, scope: &Scope, stored: Stored) -> Result<Schedule> {
        let shown = self.with_last_runs(tx, scope, vec![stored]).await?;
        shown.into_iter().next().ok_or_else(|| Error::not_found(ScheduleId::WHAT))
    }

    async fn with_last_runs(&self, tx: &Tx, scope: &Scope, stored: Vec<Stored>) -> Result<Vec<Schedule>> {
        let ids: Vec<_> = stored.iter().filter_map(|stored| stored.last_run_id).collect();
        let mut last = store::runs_by_id(tx, scope, &ids).await?;
        self.add_results(tx, scope, last.values_mut()).await?;
        let with_last = |stored: Stored| {
            let last_run = stored.last_run_id.and_then(|id| last.remove(&id));
            Schedule { last_run, ..stored.schedule }
        };
        Ok(stored.into_iter().map(with_last).collect())
    }

    /// Looks up where the runs stand now.
    pub(super) async fn add_results<'r>(
        &self,
        tx: &Tx,
        scope: &Scope,
        runs: impl Iterator<Item = &'r mut ScheduledRun>,
    ) -> Result<()> {
        let mut runs: Vec<_> = runs.collect();
        let benchmarks: Vec<_> = runs.iter().filter_map(|run| run.benchmark_id).collect();
        let validations: Vec<_> = runs.iter().filter_map(|run| run.validation_id).collect();
        let benchmarks = Lab::new(self.platform).stand(tx, scope, &benchmarks).await?;
        let validations = Gates::new(self.platform).stand(tx, scope, &validations).await?;
        for run in &mut runs {
            if let Some((state, reason)) = run.benchmark_id.and_then(|id| benchmarks.get(&id)) {
                run.result = Some(result_of_benchmark(*state));
                run.reason = run.reason.take().or_else(|| reason.clone());
            }
            if let Some((state, verdict, reason)) = run.validation_id.and_then(|id| validations.get(&id)) {
                run.result = Some(result_of_validation(*state, *verdict));
                run.reason = run.reason.take().or_else(|| reason.clone());
            }
        }
        Ok(())
    }

    pub(super) async fn audit(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        action: &str,
        stored: &Stored,
    ) -> Result<()> {
        let schedule = &stored.schedule;
        let change = Change {
            action,
            object: ScheduleId::WHAT,
            object_id: schedule.id.to_string(),
            detail: json!({
                "name": schedule.name, "cron": schedule.cron, "time_zone": schedule.time_zone, "state": schedule.state,
                "reason": schedule.reason, "owner": schedule.owner, "benchmark": schedule.benchmark,
                "validation": schedule.validation,
            }),
            event: None,
        };
        audit::record(tx, scope, actor, self.platform.clock.now(), change).await
    }
}
