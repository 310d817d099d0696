//! Reads what the pages of gates show.

use super::{
    path_form::PathForm,
    policy_form::PolicyForm,
    policy_text::policy_text,
    view::{
        DryRunRow, GatedSystem, GatesView, PathRow, PathView, PolicyDraft, PolicyHead, PolicyView, SystemGatesView,
        ValidationRow, ValidationView, Verdicted,
    },
};
use crate::{moment::Moment, systems::view::Judged};
use chrono::{DateTime, Utc};
use hub::{
    Hub, Result,
    access::{Actor, Permission},
    gates::{DryRun, GoldenPath, Policy, Validation, ValidationQuery, ValidationState, markdown},
    ids::{GoldenPathId, SystemId, ValidationId},
    page::PageRequest,
    systems::SystemDetail,
};
use std::collections::{BTreeMap, btree_map::Entry};

/// Systems on one part of the list.
const SYSTEMS: u32 = 10;
/// Validations on one part of a list.
const VALIDATIONS: u32 = 20;
/// Validations of a system that are searched for the newest of each environment.
const RECENT: u32 = 50;
/// Scorecards whose versions are offered.
const CARDS: u64 = 50;

/// All gates.
pub async fn gates(hub: &Hub, actor: &Actor, systems: Option<String>, cursor: Option<String>) -> Result<GatesView> {
    let page = hub.systems().list(actor, &PageRequest { cursor: systems, limit: Some(SYSTEMS) }).await?;
    let mut gated = Vec::with_capacity(page.items.len());
    for system in &page.items {
        gated.push(gated_system(hub, actor, hub.systems().get(actor, system.id).await?).await?);
    }
    let query = ValidationQuery { cursor, limit: Some(VALIDATIONS), system_id: None };
    let (validations, next) = validation_rows(hub, actor, &query).await?;
    let may_register = actor.may(Permission::SystemsWrite);
    Ok(GatesView { systems: gated, more_systems: page.next_cursor, validations, next, may_register })
}

async fn gated_system(hub: &Hub, actor: &Actor, detail: SystemDetail) -> Result<GatedSystem> {
    let now = hub.platform().clock.now();
    let SystemDetail { system, environments } = detail;
    let query = ValidationQuery { cursor: None, limit: Some(RECENT), system_id: Some(system.id) };
    let recent = hub.gates().validations(actor, &query).await?.items;
    let verdicts = environments.into_iter().map(|environment| {
        let newest = recent.iter().find(|validation| validation.environment_id == environment.id);
        Verdicted {
            environment: environment.name,
            version: newest.map(|validation| validation.version.clone()),
            judged: newest.map(judged),
        }
    });
    Ok(GatedSystem {
        verdicts: verdicts.collect(),
        policy: hub.gates().policy(actor, system.id).await?.map(|policy| head(&policy, now)),
        paths: hub.gates().paths(actor, system.id).await?.len() as u64,
        system,
    })
}

fn judged(validation: &Validation) -> Judged {
    Judged { id: validation.id, state: validation.state, verdict: validation.verdict }
}

fn head(policy: &Policy, now: DateTime<Utc>) -> PolicyHead {
    PolicyHead {
        name: policy.document.name.clone(),
        revision: policy.revision,
        dry_run: policy.document.dry_run,
        by: policy.created_by.clone(),
        at: Moment::of(policy.created_at, now),
    }
}

async fn validation_rows(
    hub: &Hub,
    actor: &Actor,
    query: &ValidationQuery,
) -> Result<(Vec<ValidationRow>, Option<String>)> {
    let now = hub.platform().clock.now();
    let page = hub.gates().validations(actor, query).await?;
    let mut systems: BTreeMap<SystemId, SystemDetail> = BTreeMap::new();
    let mut rows = Vec::with_capacity(page.items.len());
    for validation in page.items {
        if let Entry::Vacant(unknown) = systems.entry(validation.system_id) {
            unknown.insert(hub.systems().get(actor, validation.system_id).await?);
        }
        rows.extend(systems.get(&validation.system_id).map(|detail| row(detail, validation, now)));
    }
    Ok((rows, page.next_cursor))
}

fn row(detail: &SystemDetail, validation: Validation, now: DateTime<Utc>) -> ValidationRow {
    ValidationRow {
        judged: judged(&validation),
        system: detail.system.name.clone(),
        environment: environment_name(detail, &validation),
        asked: Moment::of(validation.created_at, now),
        summary: match validation.report {
            Some(report) => report.summary,
            None => validation.reason.unwrap_or_default(),
        },
        version: validation.version,
        by: validation.created_by,
    }
}

fn environment_name(detail: &SystemDetail, validation: &Validation) -> String {
    let found = detail.environments.iter().find(|environment| environment.id == validation.environment_id);
    found.map(|environment| environment.name.clone()).unwrap_or_default()
}

fn choices(detail: &SystemDetail) -> Vec<(String, String)> {
    detail.environments.iter().map(|environment| (environment.id.to_string(), environment.name.clone())).collect()
}

/// The gates of a system.
pub async fn system(hub: &Hub, actor: &Actor, id: SystemId, cursor: Option<String>) -> Result<SystemGatesView> {
    let now = hub.platform().clock.now();
    let detail = hub.systems().get(actor, id).await?;
    let mut versions: Vec<String> = Vec::new();
    for card in hub.lab().scorecards(actor, id, None, CARDS).await? {
        if !versions.contains(&card.version) {
            versions.push(card.version);
        }
    }
    let query = ValidationQuery { cursor, limit: Some(VALIDATIONS), system_id: Some(id) };
    let (validations, next) = validation_rows(hub, actor, &query).await?;
    let policy = hub.gates().policy(actor, id).await?;
    Ok(SystemGatesView {
        environments: choices(&detail),
        system: detail.system,
        versions,
        paths: hub.gates().paths(actor, id).await?.into_iter().map(|path| path_row(path, now)).collect(),
        policy: policy.map(|policy| (head(&policy, now), policy.document)),
        validations,
        next,
        may_write: actor.may(Permission::GatesWrite),
        may_validate: actor.may(Permission::GatesValidate),
    })
}

fn path_row(path: GoldenPath, now: DateTime<Utc>) -> PathRow {
    PathRow { changed: Moment::of(path.updated_at, now), path }
}

/// The editor of a golden path, or of a new one.
pub async fn path(hub: &Hub, actor: &Actor, system: SystemId, id: Option<GoldenPathId>) -> Result<PathView> {
    let now = hub.platform().clock.now();
    let detail = hub.systems().get(actor, system).await?;
    let kept = match id {
        Some(id) => Some(hub.gates().path(actor, id).await?).filter(|path| path.system_id == system),
        None => None,
    };
    if id.is_some() && kept.is_none() {
        return Err(hub::Error::not_found(GoldenPathId::WHAT));
    }
    Ok(PathView {
        environments: choices(&detail),
        system: detail.system,
        form: kept.as_ref().map_or_else(PathForm::example, PathForm::from),
        kept: kept.map(|path| path_row(path, now)),
        answer: None,
        may_write: actor.may(Permission::GatesWrite),
        may_try: actor.may(Permission::GatesValidate),
    })
}

/// The editor of a policy.
pub async fn policy(hub: &Hub, actor: &Actor, system: SystemId) -> Result<PolicyView> {
    let now = hub.platform().clock.now();
    let system = hub.systems().get(actor, system).await?.system;
    let policy = hub.gates().policy(actor, system.id).await?;
    let form = policy.as_ref().map_or_else(PolicyForm::template, |policy| PolicyForm::from(&policy.document));
    let text = form.document().map(|document| policy_text(&document)).unwrap_or_default();
    Ok(PolicyView {
        system,
        policy: policy.map(|policy| head(&policy, now)),
        draft: PolicyDraft { form, text, from_text: false, budget: None },
        answer: None,
        may_write: actor.may(Permission::GatesWrite),
    })
}

/// Dry runs with their times.
pub fn dry_runs(hub: &Hub, runs: Vec<DryRun>) -> Vec<DryRunRow> {
    let now = hub.platform().clock.now();
    runs.into_iter().map(|run| DryRunRow { measured: Moment::of(run.measured_at, now), run }).collect()
}

/// A validation; with `again`, its stored inputs are judged once more.
pub async fn validation(hub: &Hub, actor: &Actor, id: ValidationId, again: bool) -> Result<ValidationView> {
    let now = hub.platform().clock.now();
    let validation = hub.gates().validation(actor, id).await?;
    let detail = hub.systems().get(actor, validation.system_id).await?;
    let again = match again && validation.inputs.is_some() {
        true => Some(Some(hub.gates().replay(actor, id).await?) == validation.report),
        false => None,
    };
    let inputs = validation.inputs.as_ref();
    let baselines = inputs.map(|inputs| inputs.baselines.as_slice()).unwrap_or_default();
    Ok(ValidationView {
        environment: environment_name(&detail, &validation),
        system: detail.system,
        asked: Moment::of(validation.created_at, now),
        finished: validation.finished_at.map(|at| Moment::of(at, now)),
        measured: inputs.and_then(|inputs| inputs.scorecard.as_ref()).map(|card| Moment::of(card.measured_at, now)),
        baselines: baselines.iter().map(|baseline| Moment::of(baseline.card.measured_at, now)).collect(),
        markdown: markdown(&validation),
        again,
        may_validate: actor.may(Permission::GatesValidate),
        may_pack: actor.may(Permission::EvidenceCreate) && validation.state == ValidationState::Finished,
        validation,
    })
}
