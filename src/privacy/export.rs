//! Everything that the hub holds of a person, as one document: JSON for programs, a page for people.

use super::{
    erasure::turned,
    holdings::holdings,
    model::RequestState,
    people_rows::{self, Known},
    rules::EXPORT_KEPT_DAYS,
    service::Privacy,
    store::{self, Becomes},
};
use crate::{
    Error, Result,
    access::Scope,
    audit::{self, Entry},
    identity::Identity,
    ids::{PrivacyRequestId, TenantId, UserId},
    platform::{
        artifacts::GRACE,
        db::{Realm, Tx},
        persons::{self, Opener, PersonKey},
        queue::Task,
    },
};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Most rows of a table in a document; the newest.
const MOST_ROWS: u64 = 20_000;
/// Most bytes of all tables' rows in a document, as JSON.
const MOST_BYTES: usize = 64 << 20;
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
    /// There are older rows, which the document has no room for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_cut: bool,
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
        let subject = store::find(&tx, &scope, id).await?.request.subject_id;
        // The account before the request, as an erasure locks them.
        let person = people_rows::whole_account(&tx, &scope, subject).await?;
        let stored = store::lock(&tx, &scope, id).await?;
        let mut kept = None;
        if stored.request.state == RequestState::Waiting {
            let person = person.ok_or_else(|| Error::not_found(UserId::WHAT))?;
            let (document, key) = self.gather(&tx, &scope, now, person).await?;
            let bytes = serde_json::to_vec(&document)?;
            let size = bytes.len() as u64;
            let file = self.files().put(&scope, key.seal_bytes(&context(id), &bytes)?).await?;
            kept = Some(file.clone());
            let due_at = Some(now + TimeDelta::days(EXPORT_KEPT_DAYS.into()));
            let becomes = Becomes { due_at, file: Some((file, size)), ..Becomes::default() };
            let detail = json!({ "request": id, "size": size, "until": due_at });
            let ended = async {
                let step = (id, RequestState::Waiting, RequestState::Ready);
                turned(store::turn(&tx, &scope, now, step, becomes).await?)?;
                self.log(&tx, &scope, &task.actor(), ("privacy.export.made", subject), detail).await
            };
            self.unless(ended.await, &scope, kept.as_deref()).await?;
        }
        self.unless(task.complete(&tx).await, &scope, kept.as_deref()).await?;
        self.unless(tx.commit().await, &scope, kept.as_deref()).await
    }

    /// Removes a file that no row will name, where something failed.
    async fn unless(&self, done: Result<()>, scope: &Scope, file: Option<&str>) -> Result<()> {
        if let (Err(_), Some(file)) = (&done, file) {
            self.destroyed(scope, file).await;
        }
        done
    }

    /// Removes a file, or says in the log that it could not; whether it is gone.
    async fn destroyed(&self, scope: &Scope, file: &str) -> bool {
        let done = self.files().destroy(scope, file).await;
        if let Err(error) = &done {
            tracing::warn!(%file, ?error, "an export of personal data could not be removed");
        }
        done.is_ok()
    }

    async fn gather(
        &self,
        tx: &Tx,
        scope: &Scope,
        now: DateTime<Utc>,
        person: Known,
    ) -> Result<(ExportDocument, PersonKey)> {
        let id = person.id;
        let (mut sections, mut room) = (Vec::new(), MOST_BYTES);
        for holding in holdings() {
            let part = people_rows::rows_of(tx, scope, holding, &person, (MOST_ROWS, room)).await?;
            room = room.saturating_sub(part.bytes);
            if !part.rows.is_empty() || part.is_cut {
                let (table, what) = (holding.table.to_owned(), holding.what.to_owned());
                sections.push(ExportSection { table, what, rows: part.rows, is_cut: part.is_cut });
            }
        }
        let key = persons::find_or_make(tx, scope, now, &person.email).await?;
        let texts = [key.mark(), person.email.clone(), id.to_string()];
        let number = key.number();
        let opener = Opener::only(Some(key.clone()));
        let audit = audit::about(tx, scope, &texts, (&opener, MOST_ROWS)).await?;
        let document = ExportDocument {
            format: FORMAT.to_owned(),
            made_at: now,
            organisation: Identity::new(self.platform).organisation_of(tx, scope).await?,
            person: ExportedPerson { id, email: person.email.clone(), name: person.name, role: person.role, number },
            sections,
            audit,
        };
        Ok((document, key))
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
            // The row names the file until it is gone, so that the next time tries again.
            if let Some(file) = file
                && !self.destroyed(&scope, &file).await
            {
                continue;
            }
            let tx = self.platform.db.write(&scope).await?;
            let step = (id, RequestState::Ready, RequestState::Expired);
            let ended = store::turn(&tx, &scope, now, step, Becomes::default()).await?;
            tx.commit().await?;
            removed += u64::from(ended);
        }
        self.remove_orphans().await?;
        Ok(removed)
    }

    /// Removes files that no request names, as a crash between file and row leaves them.
    async fn remove_orphans(&self) -> Result<()> {
        let files = self.files();
        for tenant in files.tenants().await? {
            let Ok(tenant) = tenant.parse::<TenantId>() else { continue };
            let scope = Scope::of_tenant(tenant);
            let old = files.unkept_for(&scope, GRACE).await?;
            if old.is_empty() {
                continue;
            }
            let named = store::files(&self.platform.db.read(&scope).await?, &scope).await?;
            for file in old.iter().filter(|file| !named.contains(*file)) {
                self.destroyed(&scope, file).await;
            }
        }
        Ok(())
    }
}
