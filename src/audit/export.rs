//! The log as a file: one entry a line, or a table for spreadsheets. It is read and written part by part, so that a log of any
//! length needs the memory of one part.

use super::{
    model::{AuditQuery, Entry},
    service::{Audit, Change, page_of, record, whose},
    store::{self, StoredEntry, Whose},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    platform::{
        Platform,
        db::Tx,
        persons::{self, Opener},
    },
    text::harmless,
};
use futures::{Stream, StreamExt as _, stream};
use serde::Serialize;
use serde_json::json;
use std::pin::Pin;

/// The head of the table.
const HEAD: [&str; 10] =
    ["seq", "at", "actor", "person", "action", "outcome", "object", "object_id", "detail", "leaf_hash"];

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// JSON lines: each an entry with what was hashed of it.
    JsonLines,
    /// Comma-separated values (RFC 4180).
    Csv,
}

impl ExportFormat {
    /// What files of it end with.
    pub fn extension(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        }
    }
}

/// The parts of an export.
pub type ExportStream = Pin<Box<dyn Stream<Item = Result<Vec<u8>>> + Send>>;

/// An entry with the text whose digest is in the tree.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    body: &'a str,
}

/// What one part after the other is read with.
struct Reading {
    platform: Platform,
    scope: Scope,
    query: AuditQuery,
    whose: Whose,
    format: ExportFormat,
    next: u64,
    end: u64,
}

impl Audit<'_> {
    /// The entries that a query wants, oldest first; its cursor and limit are checked and left aside. That it was asked for is logged, and
    /// what is logged from then on is not in it. Needs `audit:read`.
    pub async fn export(&self, actor: &Actor, query: AuditQuery, format: ExportFormat) -> Result<ExportStream> {
        let scope = actor.require(Permission::AuditRead)?;
        page_of(&query)?;
        let tx = self.platform.db.write(&scope).await?;
        let (end, ..) = store::head(&tx, &scope).await?;
        let whose = whose(&tx, &scope, &query).await?;
        let change = Change {
            action: "audit.exported",
            object: "audit log",
            object_id: scope.tenant().to_string(),
            detail: json!({
                "format": format.extension(), "entries_before": end, "since": query.since, "until": query.until,
                "action": told(&tx, &scope, query.action.as_deref()).await?,
                "object": told(&tx, &scope, query.object.as_deref()).await?,
                "object_id": told(&tx, &scope, query.object_id.as_deref()).await?,
                "actor": told(&tx, &scope, query.actor.as_deref()).await?, "outcome": query.outcome,
            }),
            event: None,
        };
        record(&tx, &scope, actor, self.platform.clock.now(), change).await?;
        tx.commit().await?;
        let reading = Reading { platform: self.platform.clone(), scope, query, whose, format, next: 0, end };
        let head = match format {
            ExportFormat::Csv => row(HEAD.map(str::to_owned))?,
            ExportFormat::JsonLines => Vec::new(),
        };
        let parts =
            stream::try_unfold(
                reading,
                |mut reading| async move { Ok(reading.part().await?.map(|part| (part, reading))) },
            );
        let head = stream::iter((!head.is_empty()).then_some(Ok(head)));
        Ok(Box::pin(head.chain(parts)))
    }
}

/// What was looked for, as it may be logged: an address that nobody has would stay there in the clear and for ever, and may be
/// that of somebody who was erased.
async fn told(tx: &Tx, scope: &Scope, asked: Option<&str>) -> Result<Option<String>> {
    let Some(asked) = asked else { return Ok(None) };
    for email in persons::addresses(asked) {
        if persons::find(tx, scope, email).await?.is_none() {
            return Ok(Some("somebody unknown".to_owned()));
        }
    }
    Ok(Some(asked.to_owned()))
}

impl Reading {
    /// The next part; nothing after the last. Each is read in a transaction of its own, so that a slow reader holds none.
    async fn part(&mut self) -> Result<Option<Vec<u8>>> {
        if self.next >= self.end {
            return Ok(None);
        }
        let tx = self.platform.db.read(&self.scope).await?;
        let rows = store::part(&tx, &self.scope, (&self.query, &self.whose), (self.next, self.end)).await?;
        let opener = store::opener(&tx, &self.scope, &rows).await?;
        drop(tx);
        let Some(last) = rows.last() else { return Ok(None) };
        self.next = last.seq + 1;
        let mut part = Vec::new();
        for stored in rows {
            let body = stored.body.clone();
            part.extend(self.line(&stored.into_entry(&opener)?, &body)?);
        }
        Ok(Some(part))
    }

    fn line(&self, entry: &Entry, body: &str) -> Result<Vec<u8>> {
        match self.format {
            ExportFormat::JsonLines => {
                let mut line = serde_json::to_vec(&Line { entry, body })?;
                line.push(b'\n');
                Ok(line)
            }
            ExportFormat::Csv => row([
                entry.seq.to_string(),
                entry.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
                entry.actor.clone(),
                entry.person.clone().unwrap_or_default(),
                entry.action.clone(),
                entry.outcome().as_str().to_owned(),
                entry.object.clone(),
                entry.object_id.clone(),
                entry.detail.to_string(),
                entry.leaf_hash.clone(),
            ]),
        }
    }
}

fn row(cells: [String; HEAD.len()]) -> Result<Vec<u8>> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    table.write_record(cells.map(harmless)).map_err(Error::internal)?;
    table.into_inner().map_err(|error| Error::internal(error.to_string()))
}

/// What the log holds by or about a person: entries that hold one of these texts, newest first.
pub(crate) async fn about(
    tx: &Tx,
    scope: &Scope,
    texts: &[String],
    (opener, most): (&Opener, u64),
) -> Result<Vec<Entry>> {
    let rows: Vec<StoredEntry> = store::holding(tx, scope, texts, most).await?;
    rows.into_iter().map(|row| row.into_entry(opener)).collect()
}
