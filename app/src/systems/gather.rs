//! Reads what the pages of systems show.

use super::{
    prices::PricesForm,
    view::{
        CardRow, EnvironmentRow, EnvironmentView, Judged, Named, PricesView, Proof, RunRow, SystemItem, SystemView,
        SystemsView,
    },
};
use crate::{moment::Moment, urls};
use chrono::{DateTime, Utc};
use hub::{
    Error, Hub, Result,
    access::{Actor, Permission},
    gates::Validation,
    ids::{EnvironmentId, SystemId},
    lab::{Benchmark, Scorecard},
    page::PageRequest,
    systems::{DNS_LABEL, Environment, Ownership, SystemDetail, VERIFICATION_PATH, expected_proof},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// Systems on one part of the list.
const SYSTEMS: u32 = 25;
/// Scorecards of a system that are looked at.
const CARDS: u64 = 60;
/// Runs and validations of a system that are looked at.
const EVENTS: u64 = 30;
/// Scores of a trend.
const TREND: usize = 12;
/// Runs that a system's page lists.
const RUNS: usize = 8;

/// A part of the list of systems.
pub async fn systems(hub: &Hub, actor: &Actor, cursor: Option<String>) -> Result<SystemsView> {
    let now = hub.platform().clock.now();
    let page = hub.systems().details(actor, &PageRequest { cursor, limit: Some(SYSTEMS) }).await?;
    let item = |detail: SystemDetail| SystemItem { registered: Moment::of(detail.system.created_at, now), detail };
    let systems = page.items.into_iter().map(item).collect();
    Ok(SystemsView { systems, next: page.next_cursor, may_write: actor.may(Permission::SystemsWrite) })
}

/// One system.
pub async fn system(hub: &Hub, actor: &Actor, id: SystemId) -> Result<SystemView> {
    let now = hub.platform().clock.now();
    let recent = Recent::of(hub, actor, id).await?;
    Ok(SystemView {
        environments: recent.environments(now),
        cards: recent.newest_cards(now),
        runs: recent.runs.iter().take(RUNS).map(|run| recent.run_row(run, now)).collect(),
        system: recent.detail.system,
        may_write: actor.may(Permission::SystemsWrite),
        may_run: actor.may(Permission::LabRun),
    })
}

/// One environment of a system.
pub async fn environment(hub: &Hub, actor: &Actor, system: SystemId, id: EnvironmentId) -> Result<EnvironmentView> {
    let now = hub.platform().clock.now();
    let SystemDetail { system, environments } = hub.systems().get(actor, system).await?;
    let beside = environments.iter().filter(|other| other.id != id);
    let beside = beside.map(|other| (other.name.clone(), urls::environment(system.id, other.id))).collect();
    let found = environments.iter().find(|environment| environment.id == id);
    let environment = found.cloned().ok_or_else(|| Error::not_found(EnvironmentId::WHAT))?;
    let verified = match environment.ownership {
        Ownership::Verified { method, at } => Some((method, Moment::of(at, now))),
        Ownership::Unverified => None,
    };
    let allowed = environment.private_allowed.as_ref();
    let prices = hub.systems().prices(actor, id).await?;
    Ok(EnvironmentView {
        prices: prices.map(|kept| PricesView {
            prices: kept.prices,
            by: kept.created_by,
            at: Moment::of(kept.created_at, now),
        }),
        beside,
        registered: Moment::of(environment.created_at, now),
        verified,
        allowed: allowed.map(|allowed| (allowed.by.clone(), allowed.reason.clone(), Moment::of(allowed.at, now))),
        proof: proof(&environment),
        may_check: actor.may(Permission::SystemsWrite),
        may_allow: actor.may(Permission::SystemsAllowPrivate),
        may_run: actor.may(Permission::LabRun),
        system,
        environment,
    })
}

/// Sets or removes the prices of an environment; the answer is its page.
pub async fn price(hub: &Hub, actor: &Actor, id: EnvironmentId, form: Option<PricesForm>) -> Result<String> {
    actor.require(Permission::SystemsWrite)?;
    let prices = form.map(|form| form.parse()).transpose()?;
    hub.systems().set_prices(actor, id, prices).await?;
    Ok(urls::environment(hub.systems().environment(actor, id).await?.system_id, id))
}

fn proof(environment: &Environment) -> Proof {
    let mut file_url = environment.base_url.clone();
    file_url.set_path(VERIFICATION_PATH);
    let host = environment.base_url.host_str().unwrap_or_default();
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    Proof {
        line: expected_proof(environment),
        file_url: file_url.into(),
        record: address.is_none().then(|| format!("{DNS_LABEL}.{host}")),
        private: is_private(host, address),
    }
}

/// Whether the spelling of a host says that it is this machine or inside a private network. It only orders the steps of
/// a page; the core resolves the host before anybody may allow it.
fn is_private(host: &str, address: Option<IpAddr>) -> bool {
    match address {
        Some(IpAddr::V4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Some(IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        None => host == "localhost" || [".localhost", ".local", ".internal"].iter().any(|end| host.ends_with(end)),
    }
}

/// Rows by their system, in the order in which they came.
fn by_system<T>(rows: Vec<T>, system: impl Fn(&T) -> Option<SystemId>) -> BTreeMap<SystemId, Vec<T>> {
    let mut by_system: BTreeMap<_, Vec<T>> = BTreeMap::new();
    for row in rows {
        if let Some(system) = system(&row) {
            by_system.entry(system).or_default().push(row);
        }
    }
    by_system
}

/// What was measured and judged lately in a system, newest first.
pub struct Recent {
    /// The system with its environments.
    pub detail: SystemDetail,
    /// Scorecards.
    pub cards: Vec<Scorecard>,
    /// Validations.
    pub validations: Vec<Validation>,
    /// Runs.
    pub runs: Vec<Benchmark>,
}

impl Recent {
    /// Reads it.
    pub async fn of(hub: &Hub, actor: &Actor, id: SystemId) -> Result<Self> {
        let detail = hub.systems().get(actor, id).await?;
        let recent = Self::of_each(hub, actor, vec![detail]).await?.pop();
        recent.ok_or_else(|| Error::not_found(SystemId::WHAT))
    }

    /// Reads it of several systems: as many statements as for one.
    pub async fn of_each(hub: &Hub, actor: &Actor, details: Vec<SystemDetail>) -> Result<Vec<Self>> {
        let ids: Vec<_> = details.iter().map(|detail| detail.system.id).collect();
        let mut cards = by_system(hub.lab().newest_scorecards(actor, &ids, CARDS).await?, |card| card.system_id);
        let mut validations =
            by_system(hub.gates().newest(actor, &ids, EVENTS).await?, |validation| Some(validation.system_id));
        let mut runs = by_system(hub.lab().newest_runs(actor, &ids, EVENTS).await?, |run| run.system_id);
        let recent = |detail: SystemDetail| {
            let id = detail.system.id;
            Self {
                cards: cards.remove(&id).unwrap_or_default(),
                validations: validations.remove(&id).unwrap_or_default(),
                runs: runs.remove(&id).unwrap_or_default(),
                detail,
            }
        };
        Ok(details.into_iter().map(recent).collect())
    }

    /// Each environment with what is known of it.
    pub fn environments(&self, now: DateTime<Utc>) -> Vec<EnvironmentRow> {
        self.detail.environments.iter().map(|environment| self.environment_row(environment, now)).collect()
    }

    fn environment_row(&self, environment: &Environment, now: DateTime<Utc>) -> EnvironmentRow {
        let here = Some(environment.id);
        let card = self.cards.iter().find(|card| card.environment_id == here);
        let run = self.runs.iter().find(|run| run.environment_id == here);
        let validation = self.validations.iter().find(|validation| Some(validation.environment_id) == here);
        let seen = [
            card.map(|card| (card.created_at, &card.version)),
            run.map(|run| (run.created_at, &run.version)),
            validation.map(|validation| (validation.created_at, &validation.version)),
        ];
        let version = seen.into_iter().flatten().max_by_key(|(at, _)| *at).map(|(_, version)| version.clone());
        let mut scores: Vec<_> =
            self.cards.iter().filter(|card| card.environment_id == here).map(|card| card.score).collect();
        scores.truncate(TREND);
        scores.reverse();
        EnvironmentRow {
            environment: environment.clone(),
            judged: version.as_ref().and_then(|version| self.judged(environment.id, version)),
            version,
            score: card.and_then(|card| card.score),
            scores,
            last_run: run.map(|run| self.run_row(run, now)),
        }
    }

    /// The last judgement of a version in an environment.
    pub fn judged(&self, environment: EnvironmentId, version: &str) -> Option<Judged> {
        let of_it =
            |validation: &&Validation| validation.environment_id == environment && validation.version == version;
        self.validations.iter().find(of_it).map(|found| Judged {
            id: found.id,
            state: found.state,
            verdict: found.verdict,
        })
    }

    fn newest_cards(&self, now: DateTime<Utc>) -> Vec<CardRow> {
        let mut seen = BTreeSet::new();
        let newest = self.cards.iter().filter(|card| seen.insert((card.environment_id, &card.version)));
        newest.map(|card| self.card_row(card, now)).collect()
    }

    fn card_row(&self, card: &Scorecard, now: DateTime<Utc>) -> CardRow {
        CardRow {
            version: card.version.clone(),
            environment: self.name_of(card.environment_id),
            score: card.score,
            grade: card.grade.clone(),
            judged: card.environment_id.and_then(|environment| self.judged(environment, &card.version)),
            run: card.benchmark_id,
            imported: card.imported.as_ref().map(|import| import.tools()),
            measured: Moment::of(card.created_at, now),
        }
    }

    fn run_row(&self, run: &Benchmark, now: DateTime<Utc>) -> RunRow {
        RunRow {
            id: run.id,
            version: run.version.clone(),
            environment: self.name_of(run.environment_id),
            state: run.state,
            reason: run.reason.clone(),
            at: Moment::of(run.finished_at.unwrap_or(run.created_at), now),
        }
    }

    fn name_of(&self, environment: Option<EnvironmentId>) -> Named {
        let found = self.detail.environments.iter().find(|known| Some(known.id) == environment);
        found.map(Named::of).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_spellings_are_told_from_public_ones() {
        let spellings = [
            ("127.0.0.1", true),
            ("localhost", true),
            ("10.1.2.3", true),
            ("[::1]", true),
            ("shop.internal", true),
            ("93.184.215.14", false),
            ("example.com", false),
            ("localhost.example.com", false),
        ];
        for (host, private) in spellings {
            let address = host.trim_matches(['[', ']']).parse().ok();
            assert_eq!(is_private(host, address), private, "{host}");
        }
    }
}
