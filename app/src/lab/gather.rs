//! Reads what the pages of benchmarks show, and starts what their form asks for.

use super::{
    charts,
    form::{RunForm, by_field, loses},
    view::{CardLink, EnvironmentChoice, RunItem, RunView, RunsView, Slot, StartView, Subject, TurnsView},
    waterfall,
};
use crate::{moment::Moment, systems::view::Named, urls};
use chrono::{DateTime, Utc};
use hub::{
    Hub, Kind, Result,
    access::{Actor, Permission},
    ids::{BenchmarkId, SystemId},
    lab::{Benchmark, BenchmarkQuery, BenchmarkState, Scorecard, Second},
    page::PageRequest,
    systems::{Environment, SystemDetail},
};
use std::collections::{BTreeMap, btree_map::Entry};

/// Benchmarks on one part of the list.
const RUNS: u32 = 25;
/// Systems that filters and forms offer.
const SYSTEMS: u32 = 100;
/// Most points of a chart over time.
const SLOTS: usize = 120;

/// A part of the list of benchmarks.
pub async fn runs(hub: &Hub, actor: &Actor, system: Option<String>, cursor: Option<String>) -> Result<RunsView> {
    let system = system.map(|id| SystemId::parse(&id)).transpose()?;
    let query = BenchmarkQuery { cursor, limit: Some(RUNS), system_id: system };
    let page = hub.lab().benchmarks(actor, &query).await?;
    let runs = items(hub, actor, page.items).await?;
    let systems = hub.systems().list(actor, &PageRequest { cursor: None, limit: Some(SYSTEMS) }).await?.items;
    Ok(RunsView {
        runs,
        next: page.next_cursor,
        systems: systems.into_iter().map(|system| (system.id, system.name)).collect(),
        system,
        may_run: actor.may(Permission::LabRun),
    })
}

/// Benchmarks as lists show them.
pub(crate) async fn items(hub: &Hub, actor: &Actor, found: Vec<Benchmark>) -> Result<Vec<RunItem>> {
    let now = hub.platform().clock.now();
    let mut subjects = Subjects::default();
    let mut runs = Vec::with_capacity(found.len());
    for run in found {
        let subject = subjects.of(hub, actor, &run).await?;
        let card = card_of(hub, actor, &run).await?;
        runs.push(item(run, subject, card, now));
    }
    Ok(runs)
}

fn item(run: Benchmark, subject: Subject, card: Option<Scorecard>, now: DateTime<Utc>) -> RunItem {
    RunItem {
        id: run.id,
        subject,
        version: run.version,
        state: run.state,
        reason: run.reason,
        imported: run.imported.map(|import| import.tools()),
        score: card.as_ref().and_then(|card| card.score),
        grade: card.and_then(|card| card.grade),
        started: Moment::of(run.started_at.unwrap_or(run.created_at), now),
        by: run.created_by,
    }
}

/// The scorecard of a benchmark, if it has one.
async fn card_of(hub: &Hub, actor: &Actor, run: &Benchmark) -> Result<Option<Scorecard>> {
    if run.state != BenchmarkState::Succeeded {
        return Ok(None);
    }
    match hub.lab().scorecard_of(actor, run.id).await {
        Ok(card) => Ok(Some(card)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What benchmarks are of; each system is read once.
#[derive(Default)]
struct Subjects {
    systems: BTreeMap<SystemId, SystemDetail>,
}

impl Subjects {
    async fn of(&mut self, hub: &Hub, actor: &Actor, run: &Benchmark) -> Result<Subject> {
        if let Some(teardown) = run.teardown_id {
            let name = hub.systems().teardown(actor, teardown).await?.target_name;
            return Ok(Subject { name, ..Subject::default() });
        }
        let Some(id) = run.system_id else { return Ok(Subject::default()) };
        if let Entry::Vacant(unknown) = self.systems.entry(id) {
            unknown.insert(hub.systems().get(actor, id).await?);
        }
        let Some(detail) = self.systems.get(&id) else { return Ok(Subject::default()) };
        let environment = detail.environments.iter().find(|it| Some(it.id) == run.environment_id);
        Ok(Subject {
            name: detail.system.name.clone(),
            system: Some(id),
            environment: environment.map(Named::of),
            may_load: environment.is_some_and(|environment| environment.ownership.is_verified()),
        })
    }
}

/// What a new benchmark can be of: the environments of one system, or of all. `like` is a benchmark that is to be run
/// again.
pub async fn choices(hub: &Hub, actor: &Actor, system: Option<String>, like: Option<String>) -> Result<StartView> {
    let like = match like {
        Some(id) => Some(hub.lab().benchmark(actor, BenchmarkId::parse(&id)?).await?),
        None => None,
    };
    let named = system.map(|id| SystemId::parse(&id)).transpose()?;
    let named = named.or(like.as_ref().and_then(|like| like.system_id));
    let wanted = match named {
        Some(id) => vec![id],
        None => {
            let page = PageRequest { cursor: None, limit: Some(SYSTEMS) };
            hub.systems().list(actor, &page).await?.items.into_iter().map(|system| system.id).collect()
        }
    };
    let (mut environments, mut system) = (Vec::new(), None);
    for id in wanted {
        let detail = hub.systems().get(actor, id).await?;
        environments.extend(detail.environments.iter().map(|it| choice(&detail.system.name, it)));
        system = named.map(|id| (id, detail.system.name));
    }
    let settings = &hub.platform().settings;
    let (max_vus, max_duration_s) = (settings.bench_max_vus, settings.bench_max_duration.as_secs_f64());
    let first = RunForm::first(max_vus, max_duration_s);
    Ok(StartView {
        environments,
        system,
        max_vus,
        max_duration_s,
        loses: like.as_ref().is_some_and(|like| loses(&like.request.requests)),
        form: like.map_or(first.clone(), |like| first.like(&like.request)),
        devices: settings.bench_devices.clone(),
        open: settings.benchmark_lab,
        may_run: actor.may(Permission::LabRun),
    })
}

fn choice(system: &str, environment: &Environment) -> EnvironmentChoice {
    let verified = environment.ownership.is_verified();
    let host = environment.base_url.host_str().unwrap_or_default();
    let passive = if verified { "" } else { ", not verified: passive checks only" };
    EnvironmentChoice {
        id: environment.id,
        system: environment.system_id,
        label: format!("{system} › {} ({host}{passive})", environment.name),
        place: format!("{system} › {}", environment.name),
        verified,
    }
}

/// Starts what the form asks for.
pub async fn start(hub: &Hub, actor: &Actor, form: RunForm) -> Result<BenchmarkId> {
    actor.require(Permission::LabRun)?;
    let (request, lines) = form.parse()?;
    let started = hub.lab().start(actor, request).await;
    Ok(started.map_err(|error| by_field(error, &lines))?.id)
}

/// One benchmark.
pub async fn run(hub: &Hub, actor: &Actor, id: BenchmarkId, device: Option<String>) -> Result<RunView> {
    let now = hub.platform().clock.now();
    let mut run = hub.lab().benchmark(actor, id).await?;
    let subject = Subjects::default().of(hub, actor, &run).await?;
    let card = card_of(hub, actor, &run).await?.map(card_link);
    let burst = run.resilience.as_mut().and_then(|found| found.burst.as_mut());
    let burst_slots = slots(&burst.map(|burst| std::mem::take(&mut burst.series)).unwrap_or_default());
    let slots = slots(&run.load.as_mut().map(|load| std::mem::take(&mut load.series)).unwrap_or_default());
    let percentiles = run.load.as_ref().map(|load| charts::percentiles(&load.latency)).transpose()?.flatten();
    let moment = |at: DateTime<Utc>| Moment::of(at, now);
    let took = run.started_at.zip(run.finished_at).map(|(from, to)| (to - from).num_milliseconds());
    Ok(RunView {
        asked: moment(run.created_at),
        started: run.started_at.map(moment),
        finished: run.finished_at.map(moment),
        took_ms: took.and_then(|took| u64::try_from(took).ok()),
        card,
        over_time: charts::over_time(&slots)?,
        scaling: run.scalability.as_ref().map(charts::scaling).transpose()?.flatten(),
        slots,
        burst_drawn: charts::over_time(&burst_slots)?,
        burst_slots,
        percentiles,
        waterfall: waterfall::gather::waterfall(hub, actor, &run, device.as_deref()).await?,
        artifacts: hub.lab().artifacts(actor, id).await?,
        turns: turns(hub, actor, &run).await?,
        kept_until: hub.lab().files_kept_until(actor, &run).await?.map(day),
        may_run: actor.may(Permission::LabRun),
        subject,
        run,
    })
}

/// What a benchmark was measured in turns with.
async fn turns(hub: &Hub, actor: &Actor, run: &Benchmark) -> Result<Option<TurnsView>> {
    let Some(other) = run.in_turns_with else { return Ok(None) };
    let other = hub.lab().benchmark(actor, other).await?;
    let subject = Subjects::default().of(hub, actor, &other).await?;
    let environment = subject.environment.map(|environment| format!(" › {}", environment.name)).unwrap_or_default();
    let side = |run: &Benchmark| Some(urls::side(run.system_id?.into(), run.environment_id, &run.version));
    let (baseline, candidate) = if run.request.baseline.is_some() { (&other, run) } else { (run, &other) };
    Ok(Some(TurnsView {
        other: other.id,
        label: format!("{}{environment}, version {}", subject.name, other.version),
        compare: side(baseline).zip(side(candidate)).map(|(before, now)| urls::compare(&before, &now)),
    }))
}

/// A day as it is written.
pub(in crate::lab) fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

fn card_link(card: Scorecard) -> CardLink {
    let href = card.system_id.map(|system| urls::scorecard_in(system, Some(&card.version), card.environment_id));
    CardLink { score: card.score, grade: card.grade, href }
}

/// The seconds of a run in slots of equal length, as few as a chart can show.
fn slots(series: &[Second]) -> Vec<Slot> {
    let length = series.len().div_ceil(SLOTS).max(1);
    series.chunks(length).filter_map(slot).collect()
}

fn slot(seconds: &[Second]) -> Option<Slot> {
    let first = seconds.first()?;
    let worst = |of: fn(&Second) -> Option<f64>| seconds.iter().filter_map(of).max_by(f64::total_cmp);
    let completed: u64 = seconds.iter().map(|second| second.completed).sum();
    Some(Slot {
        from_s: first.second,
        seconds: u32::try_from(seconds.len()).unwrap_or(u32::MAX),
        rate_rps: completed as f64 / seconds.len() as f64,
        errors: seconds.iter().map(|second| second.errors).sum(),
        p50_ms: worst(|second| second.p50_ms),
        p95_ms: worst(|second| second.p95_ms),
        p99_ms: worst(|second| second.p99_ms),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(seconds: u32) -> Vec<Second> {
        let second = |second| Second {
            second,
            started: 10,
            completed: 10,
            errors: 1,
            p50_ms: Some(f64::from(second)),
            ..Second::default()
        };
        (0..seconds).map(second).collect()
    }

    #[test]
    fn short_runs_keep_every_second() {
        let slots = slots(&series(30));
        assert_eq!(slots.len(), 30);
        assert_eq!((slots[7].from_s, slots[7].seconds, slots[7].p50_ms), (7, 1, Some(7.0)));
    }

    #[test]
    fn long_runs_keep_the_worst_second_of_each_slot() {
        let slots = slots(&series(3_601));
        assert!(slots.len() <= SLOTS);
        assert_eq!(slots.iter().map(|slot| slot.errors).sum::<u64>(), 3_601);
        let second = &slots[1];
        assert_eq!((second.from_s, second.seconds, second.p50_ms, second.rate_rps), (31, 31, Some(61.0), 10.0));
        assert_eq!(slots.last().map(|slot| slot.seconds), Some(5));
    }

    #[test]
    fn a_run_without_load_has_no_slots() {
        assert!(slots(&[]).is_empty());
    }
}
