//! Reads what the page of a comparison shows.

use super::{
    chart,
    view::{CompareView, ComparedView, Side},
};
use crate::urls;
use hub::{
    Error, Hub, Result,
    access::{Actor, Permission},
    ids::{EnvironmentId, SubjectId},
    lab::{ComparisonQuery, Measured},
    systems::SystemDetail,
};
use std::collections::{BTreeMap, btree_map::Entry};

/// Two sides by their keys.
pub async fn comparison(
    hub: &Hub,
    actor: &Actor,
    baseline: Option<String>,
    candidate: Option<String>,
) -> Result<CompareView> {
    let measured = hub.lab().measured_versions(actor).await?;
    let choices = sides(hub, actor, &measured).await?;
    let may_run = actor.may(Permission::LabRun);
    let candidate = candidate.or_else(|| measured.first().and_then(key));
    let baseline = baseline.or_else(|| before(&measured, candidate.as_deref()?));
    let (Some(baseline), Some(candidate)) = (baseline, candidate) else {
        return Ok(CompareView { choices, compared: None, may_run });
    };
    let (before, now) = (parsed("/baseline", &baseline)?, parsed("/candidate", &candidate)?);
    let query = ComparisonQuery {
        baseline: before.0,
        baseline_environment_id: before.1,
        baseline_version: Some(before.2),
        candidate: now.0,
        candidate_environment_id: now.1,
        candidate_version: Some(now.2),
    };
    let found = hub.lab().compare(actor, &query).await?;
    let named = |key: &str| choices.iter().find(|side| side.key == key).cloned();
    // What is too old to be offered can still be compared, by an address that was kept.
    let named = |key: &str, version: &str| {
        named(key).unwrap_or_else(|| Side { key: key.to_owned(), label: version.to_owned(), ..Side::default() })
    };
    let compared = ComparedView {
        baseline: named(&baseline, &found.baseline.version),
        candidate: named(&candidate, &found.candidate.version),
        drawn: chart::differences(&found.metrics)?,
        found,
    };
    Ok(CompareView { choices, compared: Some(compared), may_run })
}

/// The version that was measured before the candidate in the same environment; of anything, where there is none.
fn before(measured: &[Measured], candidate: &str) -> Option<String> {
    let is_candidate = |side: &&Measured| key(side).as_deref() == Some(candidate);
    let now = measured.iter().find(is_candidate);
    let here = |side: &&Measured| {
        now.is_some_and(|now| (side.system_id, side.environment_id) == (now.system_id, now.environment_id))
    };
    let mut others = measured.iter().filter(|side| !is_candidate(side));
    others.clone().find(here).or_else(|| others.next()).and_then(key)
}

fn key(side: &Measured) -> Option<String> {
    Some(urls::side(side.subject()?, side.environment_id, &side.version))
}

fn parsed(pointer: &str, key: &str) -> Result<(SubjectId, Option<EnvironmentId>, String)> {
    let wrong = || Error::invalid(pointer, "Choose a version that was measured.");
    let mut parts = key.splitn(3, ',');
    let mut next = || parts.next().ok_or_else(wrong);
    let (subject, environment, version) = (next()?, next()?, next()?);
    let environment = match environment {
        "" => None,
        id => Some(id.parse().map_err(|_| wrong())?),
    };
    Ok((subject.parse().map_err(|_| wrong())?, environment, version.to_owned()))
}

/// What was measured, with its names; each system and teardown is read once.
async fn sides(hub: &Hub, actor: &Actor, measured: &[Measured]) -> Result<Vec<Side>> {
    let (mut systems, mut teardowns) = (BTreeMap::new(), BTreeMap::new());
    let mut sides = Vec::with_capacity(measured.len());
    for side in measured {
        let (mut name, mut again, mut scorecard) = (String::new(), None, None);
        if let Some(id) = side.teardown_id {
            if let Entry::Vacant(unknown) = teardowns.entry(id) {
                unknown.insert(hub.systems().teardown(actor, id).await?.target_name);
            }
            name = teardowns.get(&id).cloned().unwrap_or_default();
        }
        if let Some(id) = side.system_id {
            if let Entry::Vacant(unknown) = systems.entry(id) {
                unknown.insert(hub.systems().get(actor, id).await?);
            }
            name = systems.get(&id).map(|detail| place(detail, side.environment_id)).unwrap_or_default();
            scorecard = Some(urls::scorecard_in(id, Some(&side.version), side.environment_id));
            again = side.environment_id.and(side.benchmark_id).map(urls::run_like);
        }
        let Some(key) = key(side) else { continue };
        sides.push(Side { key, label: format!("{name} › {}", side.version), scorecard, again });
    }
    Ok(sides)
}

/// A system and one of its environments.
fn place(detail: &SystemDetail, environment: Option<EnvironmentId>) -> String {
    let environment = detail.environments.iter().find(|other| Some(other.id) == environment);
    match environment {
        Some(environment) => format!("{} › {}", detail.system.name, environment.name),
        None => detail.system.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hub::ids::SystemId;

    fn side(system: &str, version: &str) -> Measured {
        let id: SystemId = format!("0198c0de-0000-7000-8000-00000000000{system}").parse().unwrap();
        Measured {
            system_id: Some(id),
            teardown_id: None,
            environment_id: Some(EnvironmentId::from(id.uuid())),
            version: version.to_owned(),
            benchmark_id: None,
        }
    }

    #[test]
    fn a_side_survives_its_address() {
        for side in [side("7", "1.4.0"), side("7", "a,b"), Measured { environment_id: None, ..side("7", "2") }] {
            let found = parsed("/baseline", &key(&side).unwrap()).unwrap();
            assert_eq!(found, (side.subject().unwrap(), side.environment_id, side.version));
        }
        for wrong in ["", "x", "x,y", "x,,1", "0198c0de-0000-7000-8000-000000000007,nothing,1"] {
            assert_eq!(parsed("/baseline", wrong).unwrap_err().fields()[0].pointer, "/baseline", "{wrong}");
        }
    }

    #[test]
    fn the_version_before_is_of_the_same_environment_if_it_can_be() {
        let measured = [side("1", "3"), side("2", "9"), side("1", "2"), side("1", "1")];
        let key = |at: usize| key(&measured[at]).unwrap();
        assert_eq!(before(&measured, &key(0)), Some(key(2)));
        assert_eq!(before(&measured, &key(1)), Some(key(0)));
        assert_eq!(before(&measured[..1], &key(0)), None);
    }
}
