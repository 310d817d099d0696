//! Reads what the pages of the audit log show.

use super::view::{AuditFilter, AuditView, CheckView, EntryView};
use crate::moment::Moment;
use chrono::{DateTime, Utc};
use hub::{
    Hub, Result,
    access::Actor,
    audit::{AuditQuery, Entry},
};
use serde_json::Value;

/// Entries on one part of the list.
const ENTRIES: u32 = 50;

/// A part of the log.
pub async fn entries(hub: &Hub, actor: &Actor, filter: AuditFilter) -> Result<AuditView> {
    let now = hub.platform().clock.now();
    let AuditFilter { cursor, action, object_id } = filter;
    let page = hub.audit().list(actor, &AuditQuery { cursor, limit: Some(ENTRIES), action, object_id }).await?;
    let entries = page.items.into_iter().map(|entry| entry_view(entry, now)).collect();
    Ok(AuditView { entries, next: page.next_cursor })
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
