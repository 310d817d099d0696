//! Browsers from which a second factor is not asked for a while.

use super::{
    model::RememberedDevice,
    service::{Factors, Person},
    store,
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    identity::service::log,
    ids::{DeviceId, UserId},
    platform::{
        Platform,
        secrets::{random_bytes, token_hash},
    },
};
use chrono::TimeDelta;
use serde_json::json;

/// Longest name of a browser that is kept.
const USER_AGENT_MAX: usize = 200;

/// Whether a browser with this secret is remembered for the person. Its use is noted.
pub(in crate::identity) async fn recognised(
    platform: &Platform,
    scope: &Scope,
    user: UserId,
    secret: Option<&str>,
) -> Result<bool> {
    let Some(secret) = secret else { return Ok(false) };
    let tx = platform.db.write(scope).await?;
    let known = store::use_device(&tx, scope, user, &token_hash(secret), platform.clock.now()).await?;
    tx.commit().await?;
    Ok(known)
}

impl Factors<'_> {
    /// Remembers the browser that just showed a second factor; none where the policy remembers none. The secret belongs
    /// into its cookie for so many days.
    pub(in crate::identity) async fn remember(&self, person: &Person, browser: &str) -> Result<Option<(String, u32)>> {
        let scope = Scope::of_tenant(person.tenant);
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let days = store::policy(&tx, &scope).await?.remember_days;
        if days == 0 {
            return Ok(None);
        }
        let secret = hex::encode(random_bytes::<32>());
        let kept = (token_hash(&secret), browser.chars().take(USER_AGENT_MAX).collect());
        let ends = now + TimeDelta::days(days.into());
        let id = store::add_device(&tx, &scope, person.user, kept, (now, ends)).await?;
        let what = ("device.remembered", DeviceId::WHAT, id.to_string());
        log(&tx, &person.actor(), now, what, json!({ "until": ends })).await?;
        tx.commit().await?;
        Ok(Some((secret, days)))
    }

    /// The actor's remembered browsers, newest first. Needs `account:manage`.
    pub async fn devices(&self, actor: &Actor) -> Result<Vec<RememberedDevice>> {
        let scope = actor.require(Permission::AccountManage)?;
        let user = own(actor)?;
        store::devices(&self.platform.db.read(&scope).await?, &scope, user, self.platform.clock.now()).await
    }

    /// Forgets one of the actor's browsers. Needs `account:manage`.
    pub async fn forget(&self, actor: &Actor, id: DeviceId) -> Result<()> {
        let scope = actor.require(Permission::AccountManage)?;
        let user = own(actor)?;
        let tx = self.platform.db.write(&scope).await?;
        if store::forget_devices(&tx, &scope, user, Some(id)).await? == 0 {
            return Err(Error::not_found(DeviceId::WHAT));
        }
        let what = ("device.forgotten", DeviceId::WHAT, id.to_string());
        log(&tx, actor, self.platform.clock.now(), what, json!({})).await?;
        tx.commit().await
    }
}

pub(super) fn own(actor: &Actor) -> Result<UserId> {
    actor.user_id().ok_or_else(|| Error::forbidden("Only people have second factors; a key has none."))
}
