//! Reads what the pages of schedules show, and keeps what their form asks for.

use super::{
    form::ScheduleForm,
    view::{DraftView, RunLine, ScheduleItem, ScheduleView, SchedulesView},
};
use crate::{
    lab::{
        form::{RunForm, by_field},
        gather::choices,
    },
    moment::Moment,
    systems::view::Named,
    urls,
};
use hub::{
    Error, Hub, Kind, Result,
    access::{Actor, Permission},
    error::FieldError,
    gates::ValidationRequest,
    ids::{EnvironmentId, ScheduleId, SystemId},
    page::PageRequest,
    schedules::{NewSchedule, PreviewQuery, Schedule, ScheduleKind, ScheduleState, ScheduledRun},
    systems::SystemDetail,
};
use std::collections::{BTreeMap, btree_map::Entry};

/// Schedules or runs on one part of a list.
const ROWS: u32 = 25;

/// A part of the list of schedules.
pub async fn list(hub: &Hub, actor: &Actor, cursor: Option<String>) -> Result<SchedulesView> {
    let page = hub.schedules().list(actor, &PageRequest { cursor, limit: Some(ROWS) }).await?;
    Ok(SchedulesView {
        schedules: items(hub, actor, page.items).await?,
        next: page.next_cursor,
        may_write: actor.may(Permission::SchedulesWrite),
    })
}

/// Schedules as lists show them; each system is read once.
pub(crate) async fn items(hub: &Hub, actor: &Actor, schedules: Vec<Schedule>) -> Result<Vec<ScheduleItem>> {
    let now = hub.platform().clock.now();
    let mut systems: BTreeMap<SystemId, Option<SystemDetail>> = BTreeMap::new();
    let mut items = Vec::with_capacity(schedules.len());
    for schedule in schedules {
        if let Entry::Vacant(unknown) = systems.entry(schedule.system_id) {
            unknown.insert(match hub.systems().get(actor, schedule.system_id).await {
                Ok(detail) => Some(detail),
                Err(error) if error.kind() == Kind::NotFound => None,
                Err(error) => return Err(error),
            });
        }
        let detail = systems.get(&schedule.system_id).and_then(Option::as_ref);
        let environments = detail.into_iter().flat_map(|detail| &detail.environments);
        items.push(ScheduleItem {
            system: detail.map(|detail| detail.system.name.clone()).unwrap_or_default(),
            environment: environments.into_iter().find(|it| it.id == schedule.environment_id).map(Named::of),
            next: schedule.next_due_at.map(|at| Moment::of(at, now)),
            last: schedule.last_run.clone().map(|run| line(run, now)),
            schedule,
        });
    }
    Ok(items)
}

fn line(run: ScheduledRun, now: chrono::DateTime<chrono::Utc>) -> RunLine {
    RunLine { due: Moment::of(run.due_at, now), href: href(&run), run }
}

/// The page of what a run started.
pub fn href(run: &ScheduledRun) -> Option<String> {
    run.benchmark_id.map(urls::run).or(run.validation_id.map(urls::validation))
}

/// One schedule with a part of its history.
pub async fn one(hub: &Hub, actor: &Actor, id: ScheduleId, cursor: Option<String>) -> Result<ScheduleView> {
    let now = hub.platform().clock.now();
    let schedule = hub.schedules().get(actor, id).await?;
    let page = hub.schedules().runs(actor, id, &PageRequest { cursor, limit: Some(ROWS) }).await?;
    let times = match schedule.state {
        ScheduleState::On => times(hub, actor, &schedule.cron, &schedule.time_zone),
        ScheduleState::Paused | ScheduleState::Stopped => Vec::new(),
    };
    let missing = || Error::not_found(ScheduleId::WHAT);
    Ok(ScheduleView {
        item: items(hub, actor, vec![schedule]).await?.pop().ok_or_else(missing)?,
        times,
        history: page.items.into_iter().map(|run| line(run, now)).collect(),
        next: page.next_cursor,
        may_write: actor.may(Permission::SchedulesWrite),
    })
}

/// The next due times; none where the two texts say none.
fn times(hub: &Hub, actor: &Actor, cron: &str, time_zone: &str) -> Vec<String> {
    let query = PreviewQuery { cron: cron.to_owned(), time_zone: time_zone.to_owned() };
    hub.schedules().preview(actor, &query).map(|preview| preview.next).unwrap_or_default()
}

/// The form of a schedule, with what stands in it.
pub async fn draft(
    hub: &Hub,
    actor: &Actor,
    (id, kind): (Option<String>, Option<String>),
    typed: Vec<(String, String)>,
) -> Result<DraftView> {
    let known = match id {
        Some(id) => Some(hub.schedules().get(actor, ScheduleId::parse(&id)?).await?),
        None => None,
    };
    let asked = if kind.as_deref() == Some("validation") { ScheduleKind::Validation } else { ScheduleKind::Benchmark };
    let kind = known.as_ref().map_or(asked, |schedule| schedule.kind);
    let start = choices(hub, actor, None, None).await?;
    let filled = match &known {
        Some(schedule) if typed.is_empty() => form_of(schedule, start.form.clone()).pairs(),
        _ => typed,
    };
    let of = |name: &str| {
        let name = format!("{}[{name}]", ScheduleForm::ARGUMENT);
        filled.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    Ok(DraftView {
        changed: known.map(|schedule| (schedule.id, schedule.name)),
        kind,
        times: times(hub, actor, of("cron"), of("time_zone")),
        start,
        filled,
        may_write: actor.may(Permission::SchedulesWrite),
    })
}

fn form_of(schedule: &Schedule, first: RunForm) -> ScheduleForm {
    let run = match (&schedule.benchmark, &schedule.validation) {
        (Some(request), _) => first.like(request),
        (None, _) => RunForm {
            environment: schedule.environment_id.to_string(),
            version: schedule.version().to_owned(),
            ..RunForm::default()
        },
    };
    ScheduleForm {
        kind: schedule.kind.as_str().to_owned(),
        name: schedule.name.clone(),
        cron: schedule.cron.clone(),
        time_zone: schedule.time_zone.clone(),
        enabled: if schedule.state == ScheduleState::On { "true".to_owned() } else { String::new() },
        run,
    }
}

/// Keeps what the form asks for.
pub async fn save(hub: &Hub, actor: &Actor, id: Option<ScheduleId>, form: ScheduleForm) -> Result<ScheduleId> {
    actor.require(Permission::SchedulesWrite)?;
    let mut new = NewSchedule {
        name: form.name.clone(),
        cron: form.cron.clone(),
        time_zone: form.time_zone.clone(),
        enabled: form.enabled == "true",
        benchmark: None,
        validation: None,
    };
    let mut lines = Vec::new();
    if form.kind == ScheduleKind::Validation.as_str() {
        new.validation = Some(validation(hub, actor, &form.run).await?);
    } else {
        let (mut request, mix) = form.run.parse()?;
        lines = mix;
        if let Some(known) = id {
            let known = hub.schedules().get(actor, known).await?.benchmark;
            // What the form does not show, such as headers, stays as long as what it shows is not touched.
            if let Some(known) = known {
                let shown = RunForm::default().like(&known);
                if shown.mix.lines().eq(form.run.mix.trim_end().lines()) {
                    request.requests = known.requests;
                }
                if shown.steps == form.run.steps {
                    request.steps = known.steps;
                }
                if shown.burst == form.run.burst {
                    request.burst = known.burst;
                }
            }
        }
        new.benchmark = Some(request);
    }
    let kept = match id {
        Some(id) => hub.schedules().update(actor, id, new).await,
        None => hub.schedules().create(actor, new).await,
    };
    Ok(kept.map_err(|error| by_field(unnested(error), &lines))?.id)
}

async fn validation(hub: &Hub, actor: &Actor, form: &RunForm) -> Result<ValidationRequest> {
    let unchosen = || Error::invalid("/environment", "Choose an environment.");
    let id: EnvironmentId = form.environment.parse().map_err(|_| unchosen())?;
    let environment = hub.systems().environment(actor, id).await?;
    Ok(ValidationRequest {
        system_id: environment.system_id,
        version: form.version.clone(),
        environment_id: Some(environment.id),
    })
}

/// The core's refusal without the name of the request inside the schedule: the form is flat.
fn unnested(error: Error) -> Error {
    if error.fields().is_empty() {
        return error;
    }
    let flat = |pointer: &str| {
        let inner = pointer.strip_prefix("/benchmark").or(pointer.strip_prefix("/validation"));
        inner.filter(|rest| !rest.is_empty()).unwrap_or(pointer).to_owned()
    };
    let fields = error.fields().iter();
    let fields = fields.map(|field| FieldError { pointer: flat(&field.pointer), message: field.message.clone() });
    Error::invalid_fields(fields.collect())
}
