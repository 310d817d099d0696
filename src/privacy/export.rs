//! Everything that the hub holds of a person, as one document: JSON for programs, a page for people.

use super::{
    holdings::HOLDINGS,
    model::RequestState,
    people_rows,
    rules::EXPORT_KEPT_DAYS,
    service::Privacy,
    store::{self, Becomes},
};
use crate::{
    Error, Result,
    access::Scope,
    audit::{self, Entry},
    identity::Identity,
    ids::{PrivacyRequestId, UserId},
    platform::{
        db::{Realm, Tx},
        persons::{self, Opener},
        queue::Task,
    },
};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Most rows of a table in a document; the newest.
const MOST_ROWS: u64 = 20_000;
/// Most exports that are removed at once.
const MOST_AT_ONCE: u64 = 100;

/// What a document says that it is.
const FORMAT: &str = "sbh personal data v1";

/// What the hub holds of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportDocument {
    /// What this is.
    pub format: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Who holds it.
    pub organisation: String,
    /// Whom it is about.
    pub person: ExportedPerson,
    /// What each table holds.
    pub sections: Vec<ExportSection>,
    /// The audit log's entries by or about the person, newest first. Others are called by their numbers.
    pub audit: Vec<Entry>,
}

/// Whom a document is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedPerson {
    /// The account.
    pub id: UserId,
    /// Its address.
    pub email: String,
    /// Its name.
    pub name: String,
    /// Its role in the organisation.
    pub role: String,
    /// The number by which evidence packs call the person.
    pub number: String,
}

/// What a table holds of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportSection {
    /// The table.
    pub table: String,
    /// What that is.
    pub what: String,
    /// The rows, newest first, without what opens doors.
    pub rows: Vec<Value>,
}

impl ExportSection {
    fn title(&self) -> String {
        let mut letters = self.table.replace('_', " ");
        if let Some(first) = letters.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        letters
    }
}

#[derive(Template)]
#[template(path = "personal_data.html")]
struct ExportPage<'a> {
    document: &'a ExportDocument,
}

/// The members of a row as a page shows them.
fn members(row: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    row.as_object().into_iter().flatten().map(|(name, value)| (name.replace('_', " "), text(value))).collect()
}

impl ExportDocument {
    /// The document as indented JSON.
    pub fn json(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The document as one page that needs nothing else.
    pub fn html(&self) -> Result<Vec<u8>> {
        Ok(ExportPage { document: self }.render().map_err(Error::internal)?.into_bytes())
    }
}

fn context(id: PrivacyRequestId) -> Vec<u8> {
    format!("personal data {id}").into_bytes()
}

impl Privacy<'_> {
    /// Makes the file of an export and ends its job in the same transaction.
    pub(super) async fn make(&self, task: &Task, id: PrivacyRequestId) -> Result<()> {
        let (scope, now) = (task.scope(), self.platform.clock.now());
        let tx = self.platform.db.write(&scope).await?;
        let stored = store::find(&tx, &scope, id).await?;
        if stored.request.state == RequestState::Waiting {
            let subject = stored.request.subject_id;
            let (document, email) = self.gather(&tx, &scope, now, subject).await?;
            let bytes = serde_json::to_vec(&document)?;
            let size = bytes.len() as u64;
            let key = persons::find_or_make(&tx, &scope, now, &email).await?;
            let file = self.files().put(&scope, key.seal_bytes(&context(id), &bytes)?).await?;
            let due_at = Some(now + TimeDelta::days(EXPORT_KEPT_DAYS.into()));
            let becomes = Becomes { due_at, file: Some((file, size)), ..Becomes::default() };
            store::turn(&tx, &scope, now, (id, RequestState::Waiting, RequestState::Ready), becomes).await?;
            let detail = json!({ "request": id, "size": size, "until": due_at });
            self.log(&tx, &scope, &task.actor(), ("privacy.export.made", subject), detail).await?;
        }
        task.complete(&tx).await?;
        tx.commit().await
    }

    async fn gather(&self, tx: &Tx, scope: &Scope, now: DateTime<Utc>, id: UserId) -> Result<(ExportDocument, String)> {
        let person = people_rows::account(tx, scope, id).await?.ok_or_else(|| Error::not_found(UserId::WHAT))?;
        let mut sections = Vec::new();
        for holding in HOLDINGS {
            let rows = people_rows::rows_of(tx, scope, holding, &person, MOST_ROWS).await?;
            if !rows.is_empty() {
                let (table, what) = (holding.table.to_owned(), holding.what.to_owned());
                sections.push(ExportSection { table, what, rows });
            }
        }
        let key = persons::find_or_make(tx, scope, now, &person.email).await?;
        let texts = [key.mark(), person.email.clone(), id.to_string()];
        let number = key.number();
        let opener = Opener::only(Some(key));
        let audit = audit::about(tx, scope, &texts, (&opener, MOST_ROWS)).await?;
        let document = ExportDocument {
            format: FORMAT.to_owned(),
            made_at: now,
            organisation: Identity::new(self.platform).organisation_of(tx, scope).await?,
            person: ExportedPerson { id, email: person.email.clone(), name: person.name, role: person.role, number },
            sections,
            audit,
        };
        Ok((document, person.email))
    }

    /// Reads a file back.
    pub(super) async fn opened(
        &self,
        tx: &Tx,
        scope: &Scope,
        (id, email): (PrivacyRequestId, &str),
        file: &str,
    ) -> Result<ExportDocument> {
        let key = persons::find(tx, scope, email).await?.ok_or_else(|| Error::gone("The person was erased."))?;
        let sealed = self.files().get(scope, file).await?;
        Ok(serde_json::from_slice(&key.open_bytes(&context(id), &sealed)?)?)
    }

    /// Removes exports of every tenant whose time is over; how many.
    pub async fn remove_old_exports(&self) -> Result<u64> {
        let now = self.platform.clock.now();
        let tx = self.platform.db.read_realm(Realm::Dispatch).await?;
        let over = store::all_over(&tx, now, MOST_AT_ONCE).await?;
        drop(tx);
        let mut removed = 0;
        for (tenant, id, file) in over {
            let scope = Scope::of_tenant(tenant);
            let tx = self.platform.db.write(&scope).await?;
            let step = (id, RequestState::Ready, RequestState::Expired);
            let ended = store::turn(&tx, &scope, now, step, Becomes::default()).await?;
            tx.commit().await?;
            if let Some(file) = file {
                self.files().destroy(&scope, &file).await?;
            }
            removed += u64::from(ended);
        }
        Ok(removed)
    }
}
