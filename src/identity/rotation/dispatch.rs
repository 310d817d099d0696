//! The turns of keys that are rotated on a schedule, and the announcements that follow.

use super::{
    service::context,
    store::{self, handovers},
};
use crate::{
    Kind, Result,
    access::{Actor, Scope},
    audit::{self, Change},
    identity::{
        keys::{Keys, fresh_secret, successor},
        store::{self as identity, api_keys, live_key},
    },
    ids::KeyId,
    notifications::{self, About, News, NotificationKind},
    platform::db::{Realm, Tx},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

/// Most keys of one look; the others wait for the next.
const MOST_AT_ONCE: u64 = 100;
/// How long before its end an old key's end is announced, at most; half of a shorter overlap.
const WARNING: TimeDelta = TimeDelta::hours(24);

impl Keys<'_> {
    /// Rotates the keys of every tenant whose turn it is, and announces the end of old keys whose successors nobody collected;
    /// how many of both. Any number of hubs may do this at the same time.
    pub async fn dispatch(&self) -> Result<u64> {
        let now_ms = self.platform.clock.now_ms();
        let tx = self.platform.db.read_realm(Realm::Dispatch).await?;
        let due = store::all_due(&tx, now_ms, MOST_AT_ONCE).await?;
        let ending = store::all_ending(&tx, now_ms, MOST_AT_ONCE).await?;
        drop(tx);
        let mut done = 0;
        for (tenant, key) in due {
            done += counted(key, self.take_turn(&Scope::of_tenant(tenant), key).await);
        }
        for (tenant, handover) in ending {
            done += counted(handover, self.announce_end(&Scope::of_tenant(tenant), handover).await);
        }
        Ok(done)
    }

    /// Makes the successor of a key, in one transaction with everything that follows from it.
    async fn take_turn(&self, scope: &Scope, id: Uuid) -> Result<bool> {
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(scope).await?;
        let Some(schedule) = store::claim_turn(&tx, scope, id, now.timestamp_millis()).await? else { return Ok(false) };
        let old = match live_key(&tx, scope, id.into(), None, now).await {
            Ok(old) if old.replaced_by.is_none() => old,
            Ok(_) => return self.give_up(tx, scope, id).await,
            Err(error) if error.kind() == Kind::NotFound => return self.give_up(tx, scope, id).await,
            Err(error) => return Err(error),
        };
        let secret = fresh_secret();
        let row = successor(&old, &secret, now);
        let overlap = TimeDelta::hours(schedule.overlap_hours.into());
        let ends = old.expires_at.map_or(now + overlap, |end| end.min(now + overlap));
        if !identity::replace_key(&tx, scope, old.id, row.id, ends).await? {
            return Ok(false);
        }
        let key = identity::create_key(&tx, row).await?;
        let handover = handovers::Model {
            id: Uuid::now_v7(),
            tenant_id: scope.tenant().uuid(),
            created_at: now,
            old_key_id: old.id,
            new_key_id: key.id.uuid(),
            sealed_secret: Some(self.platform.secrets.seal(&context(key.id.uuid()), secret.as_bytes())?),
            collected_at: None,
            warn_at_ms: Some((ends - WARNING.min((ends - now) / 2)).timestamp_millis()),
        };
        store::keep(&tx, handover).await?;
        store::follow(&tx, scope, (old.id, key.id.uuid()), None).await?;
        let change = Change {
            action: "key.rotated",
            object: KeyId::WHAT,
            object_id: old.id.to_string(),
            detail: json!({
                "name": key.name, "replaced_by": key.id, "both_work_until": ends, "by": "schedule",
            }),
            event: Some("key.rotated"),
        };
        audit::record(&tx, scope, &Actor::hub(scope.tenant(), "key rotation"), now, change).await?;
        let body = format!(
            "Collect its secret until {}: the old one ends then. Nobody is shown it but the member who made the key, and the \
             old key itself.",
            minute(ends)
        );
        let news = (NotificationKind::KeyRotated, format!("The key {} has a successor", old.name), body);
        self.tell(&tx, scope, &old, key.id, news).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A key that ended or was replaced by hand is rotated no more.
    async fn give_up(&self, tx: Tx, scope: &Scope, id: Uuid) -> Result<bool> {
        store::remove(&tx, scope, id).await?;
        let change = Change {
            action: "key.rotation.removed",
            object: KeyId::WHAT,
            object_id: id.to_string(),
            detail: json!({ "why": "the key has ended or was replaced" }),
            event: None,
        };
        audit::record(&tx, scope, &Actor::hub(scope.tenant(), "key rotation"), self.platform.clock.now(), change)
            .await?;
        tx.commit().await?;
        Ok(false)
    }

    async fn announce_end(&self, scope: &Scope, id: Uuid) -> Result<bool> {
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(scope).await?;
        let Some(handover) = store::claim_warning(&tx, scope, id, now.timestamp_millis()).await? else {
            return Ok(false);
        };
        let waits = handover.sealed_secret.is_some();
        let old = live_key(&tx, scope, handover.old_key_id.into(), None, now).await.ok().filter(|_| waits);
        let told = old.is_some();
        if let Some(old) = old {
            let ends = old.expires_at.map(minute).unwrap_or_default();
            let body = format!("It ends at {ends}, and nobody collected the secret of the key in its place yet.");
            let news = (NotificationKind::KeyEnding, format!("The key {} ends soon", old.name), body);
            self.tell(&tx, scope, &old, handover.new_key_id.into(), news).await?;
        }
        tx.commit().await?;
        Ok(told)
    }

    async fn tell(
        &self,
        tx: &Tx,
        scope: &Scope,
        old: &api_keys::Model,
        about: KeyId,
        (kind, title, body): (NotificationKind, String, String),
    ) -> Result<()> {
        let maker = match old.created_by_user {
            Some(user) => identity::user(tx, user.into()).await?.map(|user| user.email),
            None => None,
        };
        let whose = maker.unwrap_or_default();
        let news = News { kind, whose: &whose, title, body, about: About::Key(about) };
        notifications::tell(tx, scope, self.platform.clock.now(), news).await
    }
}

fn counted(id: Uuid, done: Result<bool>) -> u64 {
    match done {
        Ok(done) => u64::from(done),
        Err(error) => {
            tracing::error!(%id, ?error, "a key's turn could not be taken and is tried again");
            0
        }
    }
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
