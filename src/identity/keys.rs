//! API keys.

use super::{
    model::{ApiKey, CreatedKey, NewKey, Rotation, is_allowed},
    rotation,
    rules::{KEY_PREFIX, KEY_RANDOM_DIGITS, has_key_form, recent, with_checksum},
    service::log,
    store::{self, api_keys},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Principal, Role, Scope},
    audit::{self, Change},
    ids::{KeyId, UserId},
    platform::{
        Platform,
        db::{Realm, Tx},
        secrets::{random_bytes, token_hash},
    },
    tenants::store as tenants,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::net::IpAddr;

/// How exactly the last use of a key is kept.
const USE_PRECISION: TimeDelta = TimeDelta::minutes(1);
/// Characters of a secret that are shown to recognise it by.
const HINT_LENGTH: usize = 12;

/// A secret that no key had before.
pub(super) fn fresh_secret() -> String {
    with_checksum(&format!("{KEY_PREFIX}{}", hex::encode(random_bytes::<{ KEY_RANDOM_DIGITS / 2 }>())))
}

/// A key in the place of another, with its scopes, its networks, its maker and as long a life.
pub(super) fn successor(old: &api_keys::Model, secret: &str, now: DateTime<Utc>) -> api_keys::Model {
    api_keys::Model {
        id: KeyId::generate().uuid(),
        created_at: now,
        hint: secret.chars().take(HINT_LENGTH).collect(),
        secret_hash: token_hash(secret),
        expires_at: old.expires_at.map(|end| now + (end - old.created_at)),
        last_used_at: None,
        ..old.clone()
    }
}

/// The API keys of the hub.
pub struct Keys<'a> {
    pub(super) platform: &'a Platform,
}

impl<'a> Keys<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Makes a key and gives its secret, this once. Needs `account:manage`, and every scope that the key gets.
    pub async fn create(&self, actor: &Actor, new: NewKey) -> Result<CreatedKey> {
        let scope = actor.require(Permission::AccountManage)?;
        let new = new.parse()?;
        if let Some(beyond) = new.scopes.iter().find(|permission| !actor.may(**permission)) {
            return Err(Error::invalid(
                "/scopes",
                format!("You do not have {beyond}, so a key of yours can't have it."),
            ));
        }
        let secret = fresh_secret();
        let now = self.platform.clock.now();
        recent(actor, now)?;
        let tx = self.platform.db.write(&scope).await?;
        let maker = self.maker(&tx, &scope, actor).await?;
        let row = api_keys::Model {
            id: KeyId::generate().uuid(),
            tenant_id: scope.tenant().uuid(),
            created_at: now,
            name: new.name,
            hint: secret.chars().take(HINT_LENGTH).collect(),
            secret_hash: token_hash(&secret),
            scopes: serde_json::to_value(&new.scopes)?,
            role: actor.role().as_str().to_owned(),
            created_by: actor.label(),
            created_by_user: maker.map(UserId::uuid),
            expires_at: new.expires_in_days.map(|days| now + TimeDelta::days(days.into())),
            last_used_at: None,
            revoked_at: None,
            networks: Some(serde_json::to_value(&new.networks)?),
            replaced_by: None,
        };
        let key = store::create_key(&tx, row).await?;
        let detail = json!({
            "name": key.name, "scopes": key.scopes, "expires_at": key.expires_at, "networks": key.networks,
        });
        log(&tx, actor, now, ("key.created", KeyId::WHAT, key.id.to_string()), detail).await?;
        tx.commit().await?;
        Ok(CreatedKey { key, secret })
    }

    /// The actor's own keys; all of the tenant's for those who manage members. Needs `account:manage`.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<ApiKey>> {
        let scope = actor.require(Permission::AccountManage)?;
        let tx = self.platform.db.read(&scope).await?;
        let mut keys = store::keys(&tx, &scope, self.limited_to(actor)?).await?;
        rotation::fill(&tx, &scope, &mut keys).await?;
        Ok(keys)
    }

    /// Makes a key in the place of another, with its scopes, its networks and as long a life; both work for some hours. Needs
    /// `account:manage`; for somebody else's key `members:manage`.
    ///
    /// # Errors
    /// Conflict for a key that was replaced already; forbidden for scopes that the actor does not have.
    pub async fn rotate(&self, actor: &Actor, id: KeyId, rotation: Rotation) -> Result<CreatedKey> {
        let scope = actor.require(Permission::AccountManage)?;
        let rotation = rotation.parse()?;
        let now = self.platform.clock.now();
        recent(actor, now)?;
        let tx = self.platform.db.write(&scope).await?;
        let old = store::live_key(&tx, &scope, id, self.limited_to(actor)?, now).await?;
        if let Some(beyond) = store::scopes(old.scopes.clone()).iter().find(|permission| !actor.may(**permission)) {
            return Err(Error::forbidden(format!(
                "The key has {beyond}, which you do not have, so you can't renew it."
            )));
        }
        let secret = fresh_secret();
        let overlap = now + TimeDelta::hours(rotation.overlap_hours.into());
        let ends = old.expires_at.map_or(overlap, |end| end.min(overlap));
        let row = api_keys::Model {
            role: actor.role().as_str().to_owned(),
            created_by: actor.label(),
            created_by_user: self.maker(&tx, &scope, actor).await?.map(UserId::uuid),
            ..successor(&old, &secret, now)
        };
        if !store::replace_key(&tx, &scope, old.id, row.id, ends).await? {
            return Err(Error::conflict("The key was replaced already. Rotate the one in its place."));
        }
        let mut key = store::create_key(&tx, row).await?;
        rotation::follow(&tx, &scope, (old.id, key.id.uuid()), Some((now, key.expires_at))).await?;
        rotation::end(&tx, &scope, old.id).await?;
        rotation::fill(&tx, &scope, std::slice::from_mut(&mut key)).await?;
        let change = Change {
            action: "key.rotated",
            object: KeyId::WHAT,
            object_id: id.to_string(),
            detail: json!({ "name": key.name, "replaced_by": key.id, "both_work_until": ends }),
            event: Some("key.rotated"),
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        tx.commit().await?;
        Ok(CreatedKey { key, secret })
    }

    /// Revokes a key. Needs `account:manage`; for somebody else's key `members:manage`.
    pub async fn revoke(&self, actor: &Actor, id: KeyId) -> Result<()> {
        let scope = actor.require(Permission::AccountManage)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        store::revoke_key(&tx, &scope, id, self.limited_to(actor)?, now).await?;
        rotation::end(&tx, &scope, id.uuid()).await?;
        log(&tx, actor, now, ("key.revoked", KeyId::WHAT, id.to_string()), json!({})).await?;
        tx.commit().await
    }

    /// The person in whose name the actor makes keys. A key that a key makes is its maker's, so that it ends with the
    /// membership and never may more than the person may.
    async fn maker(&self, tx: &Tx, scope: &Scope, actor: &Actor) -> Result<Option<UserId>> {
        match actor.principal() {
            Principal::User { id, .. } => Ok(Some(*id)),
            Principal::Key { id, .. } => store::maker(tx, scope, *id).await,
            Principal::Token { user: Some(user), .. } => Ok(Some(*user)),
            // Such a key would be nobody's, and outlive the provider.
            Principal::Token { user: None, .. } => {
                Err(Error::forbidden("Keys are members': the token's subject is connected to none."))
            }
            Principal::Hub { .. } => Ok(None),
        }
    }

    pub(super) fn limited_to(&self, actor: &Actor) -> Result<Option<UserId>> {
        match actor.user_id() {
            _ if actor.may(Permission::MembersManage) => Ok(None),
            Some(user) => Ok(Some(user)),
            None => {
                Err(Error::forbidden("This needs the permission members:manage; the key's scopes do not include it."))
            }
        }
    }

    /// The actor behind a secret that came from this address.
    ///
    /// # Errors
    /// Unauthenticated for anything but a live key of a live account, from one of its networks; suspended when its organisation
    /// is.
    pub async fn authenticate(&self, secret: &str, from: IpAddr) -> Result<Actor> {
        let refused = || Error::unauthenticated("The API key is not valid.");
        if !has_key_form(secret) {
            return Err(refused());
        }
        let now = self.platform.clock.now();
        let tx = self.platform.db.read_realm(Realm::SignIn).await?;
        let row = store::key_by_hash(&tx, &token_hash(secret)).await?.ok_or_else(refused)?;
        if row.revoked_at.is_some() || row.expires_at.is_some_and(|end| end <= now) {
            return Err(refused());
        }
        if !is_allowed(&store::networks(row.networks.clone()), from) {
            return Err(Error::unauthenticated("The API key is not taken from this network."));
        }
        tenants::admit(&tx, row.tenant_id.into()).await?;
        let role = self.role_now(&tx, &row).await?.ok_or_else(refused)?;
        drop(tx);
        if row.last_used_at.is_none_or(|last| now - last > USE_PRECISION) {
            let tx = self.platform.db.realm(Realm::SignIn).await?;
            store::touch_key(&tx, row.id, now).await?;
            tx.commit().await?;
        }
        Ok(Actor::key(row.tenant_id.into(), row.id.into(), row.name, role, &store::scopes(row.scopes)))
    }

    /// The role behind a key: its maker's of today, where a person made it.
    async fn role_now(&self, tx: &Tx, row: &api_keys::Model) -> Result<Option<Role>> {
        let Some(maker) = row.created_by_user else { return store::role(&row.role).map(Some) };
        let maker = store::user(tx, maker.into()).await?.filter(|user| user.disabled_at.is_none());
        maker.map(|user| store::role(&user.role)).transpose()
    }
}
