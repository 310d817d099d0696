//! Reads what the overview shows.

use super::view::{Need, OverviewView, Reason, Start, Step, StepKind, SystemRow};
use crate::{
    moment::Moment,
    schedules::{self, view::ScheduleItem},
    systems::{gather::Recent, view::Named},
    urls,
};
use chrono::{DateTime, Utc};
use hub::{
    Hub, Result,
    access::{Actor, Permission},
    compliance::EvidenceQuery,
    gates::{Validation, ValidationState, Verdict},
    lab::{Benchmark, BenchmarkState},
    page::PageRequest,
    schedules::{RunOutcome, Schedule, ScheduleState},
    systems::Environment,
};

/// Systems that the overview shows.
const SYSTEMS: u32 = 20;

/// Everything that the overview shows.
pub async fn overview(hub: &Hub, actor: &Actor) -> Result<OverviewView> {
    let now = hub.platform().clock.now();
    let page = hub.systems().details(actor, &PageRequest { cursor: None, limit: Some(SYSTEMS) }).await?;
    let recents = Recent::of_each(hub, actor, page.items).await?;
    let mut needs: Vec<_> = recents.iter().flat_map(|recent| needs_of(recent, actor, now)).collect();
    let row = |recent: &Recent| {
        let system = &recent.detail.system;
        SystemRow { id: system.id, name: system.name.clone(), environments: recent.environments(now) }
    };
    let systems = recents.iter().map(row).collect();
    needs.extend(of_schedules(hub, actor, now).await?);
    needs.sort_by_key(|need: &Need| need.reason);
    let start = start(hub, actor, &recents).await?;
    Ok(OverviewView { needs, systems, more: page.next_cursor.is_some(), start })
}

/// Schedules that stopped or could not start; a run that started and failed is told with its environment.
async fn of_schedules(hub: &Hub, actor: &Actor, now: DateTime<Utc>) -> Result<Vec<Need>> {
    let mut troubled = hub.schedules().in_trouble(actor).await?;
    let is_told_elsewhere = |schedule: &Schedule| {
        let started = schedule.last_run.as_ref().is_some_and(|run| run.outcome == RunOutcome::Started);
        schedule.state == ScheduleState::On && started
    };
    troubled.retain(|schedule| !is_told_elsewhere(schedule));
    let need = |item: ScheduleItem| {
        let (schedule, last) = (item.schedule, item.last.map(|line| line.run));
        let at = last.as_ref().map_or(schedule.updated_at, |run| run.settled_at);
        let words = schedule.reason.or(last.and_then(|run| run.reason)).unwrap_or_default();
        Some(Need {
            reason: Reason::Schedule,
            subject: schedule.name,
            environment: item.environment?,
            words,
            href: urls::schedule(schedule.id),
            at: Moment::of(at, now),
        })
    };
    Ok(schedules::gather::items(hub, actor, troubled).await?.into_iter().filter_map(need).collect())
}

/// What needs the reader in a system, or is under way.
fn needs_of(recent: &Recent, actor: &Actor, now: DateTime<Utc>) -> Vec<Need> {
    let name = &recent.detail.system.name;
    let mut needs = Vec::new();
    for environment in &recent.detail.environments {
        let place = Place { system: name, environment, now };
        let validation = recent.validations.iter().find(|validation| validation.environment_id == environment.id);
        needs.extend(validation.and_then(|validation| place.of_validation(validation)));
        let run = recent.runs.iter().find(|run| run.environment_id == Some(environment.id));
        needs.extend(run.and_then(|run| place.of_run(run)));
        if !environment.ownership.is_verified() && actor.may(Permission::SystemsWrite) {
            needs.push(place.unverified());
        }
    }
    needs
}

/// Where something needs the reader.
struct Place<'a> {
    system: &'a str,
    environment: &'a Environment,
    now: DateTime<Utc>,
}

impl Place<'_> {
    fn need(&self, reason: Reason, version: &str, words: String, href: String, at: DateTime<Utc>) -> Need {
        let subject = format!("{} {version}", self.system).trim_end().to_owned();
        Need { reason, subject, environment: Named::of(self.environment), words, href, at: Moment::of(at, self.now) }
    }

    fn of_validation(&self, validation: &Validation) -> Option<Need> {
        let summary = || validation.report.as_ref().map(|report| report.summary.clone());
        let (reason, words) = match (validation.state, validation.verdict) {
            (_, Some(Verdict::Allowed)) => return None,
            (_, Some(Verdict::Blocked)) => (Reason::Blocked, summary()),
            (_, Some(Verdict::Inconclusive)) => (Reason::Inconclusive, summary()),
            (ValidationState::Queued | ValidationState::Running, None) => {
                (Reason::Running, Some("The gates are being judged.".to_owned()))
            }
            (_, None) => (Reason::NotJudged, validation.reason.clone()),
        };
        let at = validation.finished_at.unwrap_or(validation.created_at);
        let words = words.unwrap_or_default();
        Some(self.need(reason, &validation.version, words, urls::validation(validation.id), at))
    }

    fn of_run(&self, run: &Benchmark) -> Option<Need> {
        let because = || run.reason.clone();
        let (reason, words) = match run.state {
            BenchmarkState::Succeeded | BenchmarkState::Cancelled => return None,
            BenchmarkState::Queued => (Reason::Running, Some("The benchmark waits for its turn.".to_owned())),
            BenchmarkState::Running => (Reason::Running, Some("The benchmark is being measured.".to_owned())),
            BenchmarkState::Invalid => (Reason::Invalid, because()),
            BenchmarkState::Failed => (Reason::Failed, because()),
        };
        let at = run.finished_at.unwrap_or(run.created_at);
        Some(self.need(reason, &run.version, words.unwrap_or_default(), urls::run(run.id), at))
    }

    fn unverified(&self) -> Need {
        let words = format!("Show that {} is yours; until then the hub only looks.", self.environment.base_url);
        let href = urls::environment(self.environment.system_id, self.environment.id);
        self.need(Reason::Unverified, "", words, href, self.environment.created_at)
    }
}

/// The first five minutes, unless they are over or the reader can't take part.
async fn start(hub: &Hub, actor: &Actor, recents: &[Recent]) -> Result<Option<Start>> {
    if recents.len() > 2 || !actor.may(Permission::SystemsWrite) {
        return Ok(None);
    }
    let newest = recents.first();
    let id = newest.map(|recent| recent.detail.system.id);
    let (mut has_path, mut has_policy) = (false, false);
    for recent in recents {
        let id = recent.detail.system.id;
        has_path |= !hub.gates().paths(actor, id).await?.is_empty();
        has_policy |= hub.gates().policy(actor, id).await?.is_some();
    }
    let packs = hub.compliance().list(actor, &EvidenceQuery { limit: Some(1), ..EvidenceQuery::default() }).await?;
    let environments = || recents.iter().flat_map(|recent| &recent.detail.environments);
    let unverified = environments().find(|environment| !environment.ownership.is_verified());
    let verify = unverified.or(environments().next());
    let verify = verify.map(|environment| urls::environment(environment.system_id, environment.id));
    let verified = environments().any(|environment| environment.ownership.is_verified());
    let registered = environments().next().is_some();
    let judged = |recent: &Recent| recent.validations.iter().any(|validation| validation.verdict.is_some());
    let step = |kind, href: Option<String>, done| Step { kind, href, done };
    let steps = vec![
        step(StepKind::Register, Some(id.map_or(urls::NEW_SYSTEM.to_owned(), urls::system)), registered),
        step(StepKind::Verify, verify, verified),
        step(
            StepKind::Benchmark,
            id.filter(|_| verified).map(urls::new_run),
            recents.iter().any(|recent| !recent.cards.is_empty()),
        ),
        step(StepKind::GoldenPath, id.map(urls::new_golden_path), has_path),
        step(StepKind::Policy, id.map(urls::policy), has_policy),
        step(StepKind::Validate, id.filter(|_| registered).map(urls::gates), recents.iter().any(judged)),
        step(StepKind::Evidence, id.filter(|_| registered).map(|_| urls::EVIDENCE.to_owned()), !packs.items.is_empty()),
    ];
    Ok(steps.iter().any(|step| !step.done).then_some(Start { steps }))
}
