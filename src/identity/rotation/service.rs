//! What a caller does with keys that are rotated on a schedule.

use super::store;
use crate::{
    Error, Result,
    access::{Actor, Permission, Principal, Scope},
    identity::{
        keys::Keys,
        model::{ApiKey, CreatedKey, KeyRotation},
        rules::recent,
        service::log,
        store::live_key,
    },
    ids::KeyId,
    platform::db::Tx,
};
use serde_json::json;
use uuid::Uuid;

/// What the secret of a key is sealed for.
pub(super) fn context(key: Uuid) -> String {
    format!("key {key}")
}

impl Keys<'_> {
    /// Rotates a key every so many days from now on; again changes how. Needs `account:manage`; for somebody else's key
    /// `members:manage`.
    ///
    /// # Errors
    /// Conflict for a key that was replaced already.
    pub async fn set_rotation(&self, actor: &Actor, id: KeyId, rotation: KeyRotation) -> Result<ApiKey> {
        let scope = actor.require(Permission::AccountManage)?;
        let rotation = rotation.parse()?;
        let now = self.platform.clock.now();
        recent(actor, now)?;
        let tx = self.platform.db.write(&scope).await?;
        let key = live_key(&tx, &scope, id, self.limited_to(actor)?, now).await?;
        if key.replaced_by.is_some() {
            return Err(Error::conflict("The key was replaced already. Rotate the one in its place."));
        }
        if store::waiting(&tx, &scope, id).await?.is_some() {
            return Err(Error::conflict("The secret of this key was not collected yet. Collect it first."));
        }
        store::set(&tx, &scope, now, (id, rotation, key.expires_at)).await?;
        let detail =
            json!({ "name": key.name, "every_days": rotation.every_days, "overlap_hours": rotation.overlap_hours });
        log(&tx, actor, now, ("key.rotation.set", KeyId::WHAT, id.to_string()), detail).await?;
        let key = filled(&tx, &scope, key.into()).await?;
        tx.commit().await?;
        Ok(key)
    }

    /// Rotates a key on a schedule no more. Needs `account:manage`; for somebody else's key `members:manage`.
    pub async fn remove_rotation(&self, actor: &Actor, id: KeyId) -> Result<()> {
        let scope = actor.require(Permission::AccountManage)?;
        let now = self.platform.clock.now();
        recent(actor, now)?;
        let tx = self.platform.db.write(&scope).await?;
        let key = live_key(&tx, &scope, id, self.limited_to(actor)?, now).await?;
        if !store::remove(&tx, &scope, id.uuid()).await? {
            return Err(Error::not_found("rotation"));
        }
        let what = ("key.rotation.removed", KeyId::WHAT, id.to_string());
        log(&tx, actor, now, what, json!({ "name": key.name })).await?;
        tx.commit().await
    }

    /// Gives the secret of the key that a schedule made, this once: to the member who made the key, who needs
    /// `account:manage`, or to the old key itself. The id is the old key's or the new one's; a key names itself.
    ///
    /// # Errors
    /// Not found for anybody else, and once it was collected.
    pub async fn collect(&self, actor: &Actor, id: KeyId) -> Result<CreatedKey> {
        let none =
            || Error::not_found("secret that waits; it is given once, to who made the key and to the old key itself");
        let now = self.platform.clock.now();
        let (scope, person) = match actor.principal() {
            Principal::User { id: person, .. } => {
                let scope = actor.require(Permission::AccountManage)?;
                recent(actor, now)?;
                (scope, Some(*person))
            }
            // A key may do this for itself, whatever its scopes: it gets what it has already.
            Principal::Key { id: own, .. } if *own == id => (Scope::of_tenant(actor.tenant()), None),
            Principal::Key { .. } | Principal::Token { .. } | Principal::Hub { .. } => return Err(none()),
        };
        let tx = self.platform.db.write(&scope).await?;
        let handover = store::waiting(&tx, &scope, id).await?.ok_or_else(none)?;
        let is_its_own = handover.old_key_id == id.uuid();
        let key = live_key(&tx, &scope, handover.new_key_id.into(), None, now).await.map_err(|_| none())?;
        let may = person.map_or(is_its_own, |person| key.created_by_user == Some(person.uuid()));
        let sealed = handover.sealed_secret.clone().filter(|_| may).ok_or_else(none)?;
        let secret = self.platform.secrets.open(&context(key.id), &sealed)?;
        let secret = String::from_utf8(secret.to_vec()).map_err(Error::internal)?;
        if !store::take(&tx, &scope, now, (&handover, key.expires_at)).await? {
            return Err(none());
        }
        let detail = json!({ "name": key.name, "replaces": handover.old_key_id });
        log(&tx, actor, now, ("key.collected", KeyId::WHAT, key.id.to_string()), detail).await?;
        let key = filled(&tx, &scope, key.into()).await?;
        tx.commit().await?;
        Ok(CreatedKey { key, secret })
    }
}

async fn filled(tx: &Tx, scope: &Scope, mut key: ApiKey) -> Result<ApiKey> {
    store::fill(tx, scope, std::slice::from_mut(&mut key)).await?;
    Ok(key)
}
