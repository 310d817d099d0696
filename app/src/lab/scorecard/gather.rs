//! Reads what the page of a scorecard shows.

use super::view::{Baseline, CardQuery, CardView, ScorecardView};
use crate::{
    lab::{
        files::lifetime,
        gather::day,
        radar::{Web, radar},
        trend::{TrendView, gather as trend},
    },
    moment::Moment,
    sharing::{self, SharingView},
    systems::{gather::Recent, view::Named},
    urls,
};
use chrono::{DateTime, Utc};
use hub::{
    Hub, Kind, Result,
    access::{Actor, Permission},
    ids::{EnvironmentId, SystemId},
    lab::{Scorecard, ScorecardQuery},
};
use sbh_stats::curve::VERSIONS;
use std::collections::BTreeSet;

/// Scorecards of an environment that are looked at, for the versions before.
const CARDS: u64 = 100;

/// A system's scorecard.
pub async fn scorecard(hub: &Hub, actor: &Actor, system: SystemId, wanted: CardQuery) -> Result<ScorecardView> {
    let CardQuery { version, environment, curves, metric, before, shares } = wanted;
    let environment_id = environment.map(|id| EnvironmentId::parse(&id)).transpose()?;
    let anything = version.is_none() && environment_id.is_none();
    let recent = Recent::of(hub, actor, system).await?;
    let query = ScorecardQuery { version, environment_id };
    let card = match hub.lab().scorecard(actor, system.uuid(), &query).await {
        Ok(card) => Some(card),
        // Nothing was measured at all: that is a state of the page, not an address that leads nowhere.
        Err(error) if error.kind() == Kind::NotFound && anything => None,
        Err(error) => return Err(error),
    };
    let now = hub.platform().clock.now();
    let card = match card {
        Some(card) => {
            let beside = hub.lab().scorecards(actor, system, card.environment_id, CARDS).await?;
            let rescored = match curves.filter(|curves| *curves != card.curve_version) {
                Some(curves) => Some(hub.lab().rescored(actor, card.benchmark_id, &curves).await?),
                None => None,
            };
            let trend = trend::trend(hub, actor, system, &card, trend::Wanted { metric, before }).await?;
            let sharing = sharing::gather::beside(hub, actor, &recent.detail, &card, shares).await?;
            let run = hub.lab().benchmark(actor, card.benchmark_id).await?;
            let kept_until = hub.lab().files_kept_until(actor, &run).await?.map(day);
            let files = lifetime(kept_until.as_deref(), run.files_removed.as_ref());
            let view = Beside { recent: &recent, cards: &beside, now }.view(card, trend, sharing)?;
            Some(CardView { rescored, files, ..view })
        }
        None => None,
    };
    Ok(ScorecardView { system: recent.detail.system.clone(), card, may_run: actor.may(Permission::LabRun) })
}

/// What stands beside a scorecard.
struct Beside<'a> {
    recent: &'a Recent,
    /// The scorecards of the same environment, newest first.
    cards: &'a [Scorecard],
    now: DateTime<Utc>,
}

impl Beside<'_> {
    fn view(&self, card: Scorecard, trend: TrendView, sharing: SharingView) -> Result<CardView> {
        let id = card.environment_id;
        let environment = self.recent.detail.environments.iter().find(|it| Some(it.id) == id);
        let baseline = self.baseline(&card);
        let before = baseline.as_ref().map(|before| web(&before.card));
        let radar = radar(&web(&card), before.as_ref())?;
        Ok(CardView {
            environment: environment.map(Named::of).unwrap_or_default(),
            environment_id: id,
            verified: environment.is_some_and(|environment| environment.ownership.is_verified()),
            measured: Moment::of(card.created_at, self.now),
            judged: id.and_then(|id| self.recent.judged(id, &card.version)),
            baseline,
            environments: self.environments(&card),
            versions: self.versions(&card),
            curves: curves(&card),
            rescored: None,
            files: String::new(),
            trend,
            radar,
            sharing,
            card,
        })
    }

    /// The newest scorecard that is older and of another version.
    fn baseline(&self, card: &Scorecard) -> Option<Baseline> {
        let older = self.cards.iter().filter(|other| other.id < card.id);
        let before = older.into_iter().find(|other| other.version != card.version && alike(card, other))?;
        Some(Baseline { href: address(before)?, card: before.clone() })
    }

    fn versions(&self, card: &Scorecard) -> Vec<(String, String)> {
        let mut seen = BTreeSet::from([&card.version]);
        let others = self.cards.iter().filter(|other| seen.insert(&other.version));
        others.filter_map(|other| Some((other.version.clone(), address(other)?))).collect()
    }

    fn environments(&self, card: &Scorecard) -> Vec<(String, String)> {
        let mut seen = BTreeSet::from([card.environment_id]);
        let others = self.recent.cards.iter().filter(|other| seen.insert(other.environment_id));
        others.filter_map(|other| Some((self.named(other)?, address(other)?))).collect()
    }

    fn named(&self, card: &Scorecard) -> Option<String> {
        let found = self.recent.detail.environments.iter().find(|it| Some(it.id) == card.environment_id);
        found.map(|environment| environment.name.clone())
    }
}

/// A scorecard as its drawing wants it.
fn web(card: &Scorecard) -> Web<'_> {
    let scores = card.dimensions.iter().map(|row| (row.dimension, row.score));
    Web { version: &card.version, scores: scores.collect() }
}

/// Whether both were measured by the hub, or both imported: a change between the two kinds says nothing of the versions.
fn alike(one: &Scorecard, other: &Scorecard) -> bool {
    one.imported.is_some() == other.imported.is_some()
}

/// The page of a scorecard; none for a teardown's.
fn address(card: &Scorecard) -> Option<String> {
    Some(urls::scorecard_in(card.system_id?, Some(&card.version), card.environment_id))
}

/// The page of a scorecard beside the other versions of the curves.
fn curves(card: &Scorecard) -> Vec<(String, String)> {
    let others = VERSIONS.iter().filter(|version| **version != card.curve_version);
    others.filter_map(|version| Some(((*version).to_owned(), urls::with_curves(address(card)?, version)))).collect()
}
