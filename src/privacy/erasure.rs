//! Forgetting a person, in one transaction: whatever lets them in ends, their own rows go, their name and address go from
//! what stays, and the key goes that what can't be rewritten is sealed with.

use super::{
    holdings::holdings,
    model::RequestState,
    people_rows::{self, Known},
    rewriting,
    rules::erasable,
    service::Privacy,
    store::{self, Becomes},
};
use crate::{
    Error, Result,
    access::{Actor, Scope},
    audit::{self, Change},
    identity::Identity,
    ids::{PrivacyRequestId, UserId},
    library,
    platform::{
        db::Tx,
        persons::{self, ERASED},
        queue::Task,
    },
};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

impl Privacy<'_> {
    /// Carries a request out that has waited long enough, and ends its job in the same transaction.
    pub(super) async fn erase(&self, task: &Task, id: PrivacyRequestId) -> Result<()> {
        let (scope, now) = (task.scope(), self.platform.clock.now());
        let tx = self.platform.db.write(&scope).await?;
        let stored = store::lock(&tx, &scope, id).await?;
        let files = if stored.request.state == RequestState::Waiting {
            self.settle(&tx, &scope, now, (id, stored.request.subject_id)).await?
        } else {
            Vec::new()
        };
        task.complete(&tx).await?;
        tx.commit().await?;
        for file in files {
            if let Err(error) = self.files().destroy(&scope, &file).await {
                tracing::warn!(%file, ?error, "an erased person's export could not be removed; its key is gone");
            }
        }
        if let Err(error) = self.platform.db.settle().await {
            tracing::warn!(?error, "the database's log of changes could not be emptied yet");
        }
        Ok(())
    }

    /// Erases, or says why not; gives the files that have to go.
    async fn settle(
        &self,
        tx: &Tx,
        scope: &Scope,
        now: DateTime<Utc>,
        (id, subject): (PrivacyRequestId, UserId),
    ) -> Result<Vec<String>> {
        let hub = Actor::hub(scope.tenant(), "privacy");
        let known = people_rows::whole_account(tx, scope, subject).await?;
        let refusal = match &known {
            None => Some("The account is gone already.".to_owned()),
            Some(known) => erasable(&known.role).err().map(|error| error.message().to_owned()),
        };
        let (Some(person), None) = (known, &refusal) else {
            let becomes = Becomes { reason: refusal.clone(), ..Becomes::default() };
            turned(store::turn(tx, scope, now, (id, RequestState::Waiting, RequestState::Failed), becomes).await?)?;
            let detail = json!({ "request": id, "reason": refusal });
            self.log(tx, scope, &hub, ("privacy.erasure.refused", subject), detail).await?;
            return Ok(Vec::new());
        };
        let alias = alias(tx, scope, now, &person).await?;
        let ended = Identity::new(self.platform).end(tx, scope, subject).await?;
        let files = self.end_exports(tx, scope, now, subject).await?;
        let outcome =
            json!({ "ended": ended, "tables": forget(tx, scope, &person, &alias).await?, "exports": files.len() });
        for email in person.emails() {
            persons::destroy(tx, scope, email).await?;
        }
        store::call(tx, scope, subject, &alias).await?;
        let becomes = Becomes { outcome: Some(outcome.clone()), ..Becomes::default() };
        turned(store::turn(tx, scope, now, (id, RequestState::Waiting, RequestState::Done), becomes).await?)?;
        let change = Change {
            action: "privacy.erased",
            object: UserId::WHAT,
            object_id: subject.to_string(),
            detail: json!({ "request": id, "as": alias, "outcome": outcome }),
            event: Some("person.erased"),
        };
        audit::record(tx, scope, &hub, now, change).await?;
        Ok(files)
    }

    async fn end_exports(&self, tx: &Tx, scope: &Scope, now: DateTime<Utc>, subject: UserId) -> Result<Vec<String>> {
        let mut files = Vec::new();
        for (export, state, file) in store::exports_of(tx, scope, subject).await? {
            turned(store::turn(tx, scope, now, (export, state, RequestState::Expired), Becomes::default()).await?)?;
            files.extend(file);
        }
        Ok(files)
    }
}

/// Undoes everything where a request was no longer in the state that it was read in.
pub(super) fn turned(is_turned: bool) -> Result<()> {
    if is_turned {
        Ok(())
    } else {
        Err(Error::internal("a request for personal data changed while it was carried out"))
    }
}

/// What the person is called from now on.
async fn alias(tx: &Tx, scope: &Scope, now: DateTime<Utc>, person: &Known) -> Result<String> {
    // In tests without sealing there is no key that could give a number.
    let number = match persons::find(tx, scope, &person.email).await? {
        Some(key) => key.number(),
        None if cfg!(test) => persons::number(person.id.uuid()),
        None => persons::find_or_make(tx, scope, now, &person.email).await?.number(),
    };
    Ok(format!("{ERASED} {number}"))
}

/// Goes through every table; says of each how many rows were removed and how many cells changed.
async fn forget(tx: &Tx, scope: &Scope, person: &Known, alias: &str) -> Result<Value> {
    let mut tables = Map::new();
    for holding in holdings() {
        let removed = people_rows::remove(tx, scope, holding, person).await?;
        let changed = rewriting::rename(tx, scope, holding, person, alias).await?;
        if holding.table == library::ASSETS {
            library::index_anew(tx, scope, &changed.rows).await?;
        }
        if removed + changed.cells > 0 {
            tables.insert(holding.table.to_owned(), json!({ "removed": removed, "changed": changed.cells }));
        }
    }
    Ok(Value::Object(tables))
}
