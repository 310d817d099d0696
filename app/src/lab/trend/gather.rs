//! Reads one measure over a system's scorecards, and what the gates allow of it.

use super::{Limit, TrendPoint, TrendView, chart};
use crate::{lab::scorecard::dimension_label, moment::Moment, ui::format, urls};
use hub::{
    Hub, Result,
    access::Actor,
    gates::{Rule, RuleSubject, Threshold},
    ids::SystemId,
    lab::{METRICS, Measure, Scorecard, trend as trend_of},
    page::PageRequest,
};
use sbh_stats::Dimension;
use std::collections::BTreeSet;

/// Scorecards of a trend.
const POINTS: u32 = 30;

/// What the address asks for.
#[derive(Default)]
pub(in crate::lab) struct Wanted {
    /// The measure's key; the overall score when left out.
    pub metric: Option<String>,
    /// Scorecards before this one; the newest when left out.
    pub before: Option<String>,
}

/// The trend beside a scorecard, in its environment.
pub(in crate::lab) async fn trend(
    hub: &Hub,
    actor: &Actor,
    system: SystemId,
    card: &Scorecard,
    wanted: Wanted,
) -> Result<TrendView> {
    let (measure, unknown) = match wanted.metric.as_deref().map(Measure::parse) {
        None => (Measure::default(), None),
        Some(Ok(measure)) => (measure, None),
        // The rest of the page is right all the same.
        Some(Err(_)) => (Measure::default(), wanted.metric.clone()),
    };
    let page = PageRequest { cursor: wanted.before.clone(), limit: Some(POINTS) };
    let page = hub.lab().scorecard_page(actor, system, card.environment_id, &page).await?;
    let mut cards = page.items;
    cards.reverse();
    let rules = hub.gates().policy(actor, system).await?.map(|policy| policy.document.rules).unwrap_or_default();
    let rules: Vec<Rule> = rules.into_iter().filter(|rule| judges(rule, measure)).collect();
    let limits: Vec<Limit> = rules.iter().filter_map(limit).collect();
    let points = trend_of(&cards, measure);
    let label = label(measure);
    let here = urls::scorecard_in(system, Some(&card.version), card.environment_id);
    let of = |cursor: Option<String>| {
        let before = cursor.map(|cursor| format!("&before={}", urls::url_encoded(&cursor))).unwrap_or_default();
        format!("{here}&metric={}{before}#trend", measure.key())
    };
    let now = hub.platform().clock.now();
    let drawn = chart::drawn(&label, measure, &points, &limits)?;
    let point = |point: hub::lab::MeasuredPoint| TrendPoint {
        measured: Moment::of(point.measured_at, now),
        current: point.card == card.id,
        point,
    };
    let kept = [Some(("version", card.version.clone())), card.environment_id.map(|id| ("environment", id.to_string()))];
    Ok(TrendView {
        measure: measure.key(),
        unknown,
        unit: measure.unit().to_owned(),
        choices: choices(&cards, measure),
        kept: kept.into_iter().flatten().map(|(name, value)| (name.to_owned(), value)).collect(),
        action: format!("{}#trend", urls::scorecard(system)),
        points: points.into_iter().map(point).collect(),
        relative: rules.iter().filter_map(relative).collect(),
        limits,
        label,
        drawn,
        older: page.next_cursor.map(|cursor| of(Some(cursor))),
        newest: wanted.before.map(|_| of(None)),
    })
}

fn label(measure: Measure) -> String {
    match measure {
        Measure::Overall => "Overall score".to_owned(),
        Measure::Dimension(dimension) => format!("{} score", dimension_label(dimension)),
        Measure::Metric(info) => info.label.to_owned(),
    }
}

/// Scores, and the metrics that these scorecards have.
fn choices(cards: &[Scorecard], chosen: Measure) -> Vec<(String, String)> {
    let known: BTreeSet<&str> = cards.iter().flat_map(|card| card.metrics.keys()).map(String::as_str).collect();
    let scores = Dimension::ALL.into_iter().map(Measure::Dimension);
    let metrics = METRICS.iter().filter(|info| known.contains(info.key)).map(Measure::Metric);
    let mut all: Vec<_> = [Measure::Overall].into_iter().chain(scores).chain(metrics).collect();
    if !all.contains(&chosen) {
        all.push(chosen);
    }
    all.into_iter().map(|measure| (measure.key(), label(measure))).collect()
}

fn judges(rule: &Rule, measure: Measure) -> bool {
    match (&rule.subject, measure) {
        (RuleSubject::Overall(_), Measure::Overall) => true,
        (RuleSubject::Dimension(judged), Measure::Dimension(shown)) => *judged == shown,
        (RuleSubject::Metric(key), Measure::Metric(info)) => key == info.key,
        _ => false,
    }
}

fn limit(rule: &Rule) -> Option<Limit> {
    let (at_most, value) = match rule.threshold {
        Threshold::AtMost(value) => (true, value),
        Threshold::AtLeast(value) => (false, value),
        Threshold::Relative(_) => return None,
    };
    Some(Limit { rule: rule.id.clone(), severity: rule.severity, at_most, value })
}

fn relative(rule: &Rule) -> Option<String> {
    let Threshold::Relative(comparison) = rule.threshold else { return None };
    let (most, versions) = (format::significant(comparison.max_worse_pct), comparison.versions);
    Some(format!(
        "{} allows what is at most {most} % worse than the median of the last {versions} that passed",
        rule.id
    ))
}
