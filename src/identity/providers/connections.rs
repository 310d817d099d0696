//! By which providers a member signs in, and what they may do with them.

use super::{
    accounts::person,
    service::Providers,
    store::{self, identity_providers},
    view::{ConnectedAccount, OfferedProvider},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    identity::{factors::Factors, rules::recent, store::own_user},
    ids::IdentityId,
    platform::db::Tx,
};
use serde_json::json;

impl Providers<'_> {
    /// By which providers the actor signs in, oldest first. Needs `account:manage`.
    pub async fn connections(&self, actor: &Actor) -> Result<Vec<ConnectedAccount>> {
        let scope = actor.require(Permission::AccountManage)?;
        let tx = self.platform.db.read(&scope).await?;
        let known = store::connections(&tx, &scope, person(actor)?).await?;
        let shown = known.into_iter().map(|(known, provider)| ConnectedAccount {
            id: known.id.into(),
            provider: OfferedProvider { id: provider.id.into(), name: provider.name },
            subject: known.subject,
            created_at: known.created_at,
            last_used_at: known.last_used_at,
        });
        Ok(shown.collect())
    }

    /// The tenant's providers that the actor can connect, by name: those in use, unless they are connected. Needs `account:manage`.
    pub async fn connectable(&self, actor: &Actor) -> Result<Vec<OfferedProvider>> {
        let scope = actor.require(Permission::AccountManage)?;
        let tx = self.platform.db.read(&scope).await?;
        let known = store::connections(&tx, &scope, person(actor)?).await?;
        let mut offered = store::offered(&tx, scope.tenant()).await?;
        offered.retain(|offered| known.iter().all(|(_, provider)| provider.id != offered.id.uuid()));
        Ok(offered)
    }

    /// The providers that can say that it is the actor who sits there. Whoever has a second factor here confirms with it, unless
    /// the provider asks for one itself. Needs `account:manage`.
    pub async fn confirming(&self, actor: &Actor) -> Result<Vec<OfferedProvider>> {
        let scope = actor.require(Permission::AccountManage)?;
        let has_factors = !Factors::new(self.platform).list(actor).await?.is_empty();
        let tx = self.platform.db.read(&scope).await?;
        let known = store::connections(&tx, &scope, person(actor)?).await?;
        let mut confirming = Vec::new();
        for (_, provider) in known {
            let offered = OfferedProvider { id: provider.id.into(), name: provider.name };
            if provider.enabled && (provider.second_factor || !has_factors) && !confirming.contains(&offered) {
                confirming.push(offered);
            }
        }
        Ok(confirming)
    }

    /// Whether the actor has a password here, or comes in through providers alone. Needs `account:manage`.
    pub async fn has_password(&self, actor: &Actor) -> Result<bool> {
        let scope = actor.require(Permission::AccountManage)?;
        let tx = self.platform.db.read(&scope).await?;
        Ok(own_user(&tx, &scope, person(actor)?).await?.sign_in_key.is_some())
    }

    /// Takes the owner's connection to a provider away, whose keys somebody else changed: whoever holds those keys could sign in as
    /// the owner.
    pub(super) async fn disconnect_owner(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        provider: &identity_providers::Model,
    ) -> Result<()> {
        for id in store::end_connections_of_owner(tx, scope, provider.id.into()).await? {
            let change = Change {
                action: "identity.disconnected",
                object: IdentityId::WHAT,
                object_id: id.to_string(),
                detail: json!({ "provider": provider.name, "why": "its keys were changed by another than the owner" }),
                event: None,
            };
            audit::record(tx, scope, actor, self.platform.clock.now(), change).await?;
        }
        Ok(())
    }

    /// Disconnects the actor from a provider. Needs `account:manage`.
    ///
    /// # Errors
    /// Conflict for the last connection of somebody who has no password.
    pub async fn disconnect(&self, actor: &Actor, id: IdentityId) -> Result<()> {
        let scope = actor.require(Permission::AccountManage)?;
        let user = person(actor)?;
        let now = self.platform.clock.now();
        recent(actor, now)?;
        let tx = self.platform.db.write(&scope).await?;
        let known = store::connections(&tx, &scope, user).await?;
        let provider = known.iter().find(|(known, _)| known.id == id.uuid()).map(|(_, provider)| provider.name.clone());
        store::disconnect(&tx, &scope, user, id).await?;
        let left = known.iter().any(|(known, provider)| known.id != id.uuid() && provider.enabled);
        if !left && own_user(&tx, &scope, user).await?.sign_in_key.is_none() {
            return Err(Error::conflict(
                "You have no password here, and no other provider signs you in. Connect another one before you disconnect this.",
            ));
        }
        let change = Change {
            action: "identity.disconnected",
            object: IdentityId::WHAT,
            object_id: id.to_string(),
            detail: json!({ "provider": provider }),
            event: None,
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        tx.commit().await
    }
}
