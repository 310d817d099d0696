//! Reads what the pages of the audit log show.

use super::view::{AuditFilter, AuditView, CheckView, EntryView};
use crate::{moment::Moment, urls};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use hub::{
    Error, Hub, Result,
    access::Actor,
    audit::{AuditQuery, Entry, Outcome},
};
use serde_json::Value;

/// Entries on one part of the list.
const ENTRIES: u32 = 50;

/// A part of the log.
pub async fn entries(hub: &Hub, actor: &Actor, filter: AuditFilter) -> Result<AuditView> {
    let now = hub.platform().clock.now();
    let query = query(filter)?;
    let export = export(&query);
    let page = hub.audit().list(actor, &query).await?;
    let entries = page.items.into_iter().map(|entry| entry_view(entry, now)).collect();
    Ok(AuditView { entries, next: page.next_cursor, export })
}

fn query(filter: AuditFilter) -> Result<AuditQuery> {
    let AuditFilter { cursor, action, object_id, object, actor, since, until, outcome } = filter;
    let day =
        |pointer: &str, text: Option<String>, days: u64| text.map(|text| moment(pointer, &text, days)).transpose();
    let outcome = outcome.map(|text| {
        Outcome::parse(&text).ok_or_else(|| Error::invalid("/outcome", "Outcome must be done or negative."))
    });
    Ok(AuditQuery {
        cursor,
        limit: Some(ENTRIES),
        action,
        object_id,
        object,
        actor,
        since: day("/since", since, 0)?,
        // Through the end of the last day.
        until: day("/until", until, 1)?,
        outcome: outcome.transpose()?,
    })
}

/// The beginning of a day in UTC, so many days later, or a time as it is.
fn moment(pointer: &str, text: &str, days: u64) -> Result<DateTime<Utc>> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let day: Option<NaiveDate> = text.parse().ok();
    let begins =
        day.and_then(|day| day.checked_add_days(Days::new(days))).map(|day| day.and_time(NaiveTime::MIN).and_utc());
    begins.ok_or_else(|| Error::invalid(pointer, "The day must be written as 2026-03-01."))
}

/// What the filter is called by the API.
fn export(query: &AuditQuery) -> String {
    let time = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    let parts = [
        ("action", query.action.clone()),
        ("object", query.object.clone()),
        ("object_id", query.object_id.clone()),
        ("actor", query.actor.clone()),
        ("since", time(query.since)),
        ("until", time(query.until)),
        ("outcome", query.outcome.map(|outcome| outcome.as_str().to_owned())),
    ];
    let part = |(name, value): (&str, Option<String>)| Some(format!("{name}={}", urls::url_encoded(&value?)));
    parts.into_iter().filter_map(part).collect::<Vec<_>>().join("&")
}

/// What a check of the whole log finds; with a checkpoint, compared with it.
pub async fn check(hub: &Hub, actor: &Actor, checkpoint: Option<&str>) -> Result<CheckView> {
    let now = hub.platform().clock.now();
    Ok(CheckView { found: hub.audit().verify(actor, checkpoint).await?, at: Moment::of(now, now) })
}

fn entry_view(entry: Entry, now: DateTime<Utc>) -> EntryView {
    let empty = entry.detail.is_null() || entry.detail.as_object().is_some_and(serde_json::Map::is_empty);
    EntryView {
        seq: entry.seq,
        at: Moment::of(entry.at, now),
        actor: entry.actor,
        person: entry.person,
        action: entry.action,
        object: entry.object,
        object_id: entry.object_id,
        detail: if empty { String::new() } else { indented(&entry.detail) },
        leaf_hash: entry.leaf_hash,
    }
}

fn indented(detail: &Value) -> String {
    format!("{detail:#}")
}
