//! What the directory keeps beside an account, and the role that its groups give it.

use super::{
    model::DirectoryRoles,
    resources::{document_of, user_of},
    store::{self, entries},
    users::Directory,
};
use crate::{
    Result,
    access::{Actor, Role, Scope},
    identity::store::{own_user, role, set_role, users},
    ids::UserId,
    platform::db::Tx,
};
use serde_json::json;
use uuid::Uuid;

impl Directory<'_> {
    /// The entry of an account, made from what the hub knows where there is none.
    pub(super) async fn entry(&self, tx: &Tx, scope: &Scope, account: &users::Model) -> Result<entries::Model> {
        if let Some(entry) = store::entry(tx, scope, account.id).await? {
            return Ok(entry);
        }
        let user = user_of(account, None)?;
        Ok(entries::Model {
            id: account.id,
            tenant_id: scope.tenant().uuid(),
            created_at: self.platform.clock.now(),
            user_name_key: sbh_scim::case_folded(&user.user_name),
            external_id: None,
            document: document_of(&user)?,
            role_given: false,
            updated_at: account.created_at,
            removed_at: None,
        })
    }

    /// Gives each of the accounts the role that its groups give. Who is in none that gives one goes back to the role without
    /// a group, if a group gave the one of now. The owner stays the owner.
    pub(super) async fn settle_roles(&self, tx: &Tx, scope: &Scope, actor: &Actor, users: &[Uuid]) -> Result<()> {
        let roles = store::roles(tx, scope).await?;
        for users in users.chunks(200) {
            let groups = store::groups_of(tx, scope, users).await?;
            for account in store::accounts_with(tx, scope, users).await? {
                let groups = groups.get(&account.id).map(Vec::as_slice).unwrap_or_default();
                let given = roles.of_all(groups.iter().map(|(_, name)| name.as_str()));
                self.settle_role(tx, scope, actor, (&account, given, &roles)).await?;
            }
        }
        Ok(())
    }

    async fn settle_role(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        (account, given, roles): (&users::Model, Option<Role>, &DirectoryRoles),
    ) -> Result<()> {
        let before = role(&account.role)?;
        let entry = self.entry(tx, scope, account).await?;
        if before == Role::Owner || (given.is_none() && !entry.role_given) {
            return Ok(());
        }
        let after = given.unwrap_or(roles.otherwise);
        if entry.role_given != given.is_some() {
            store::save_entry(tx, entries::Model { role_given: given.is_some(), ..entry }).await?;
        }
        if after != before {
            set_role(tx, scope, account.id.into(), after).await?;
            let detail = json!({ "email": account.email, "from": before, "to": after, "by": "directory groups" });
            self.identity().log_member(tx, scope, actor, ("member.role_changed", account.id.into()), detail).await?;
        }
        Ok(())
    }

    /// Takes from a member whom the directory removed what somebody gave them: should they come back, they begin as anybody.
    pub(super) async fn back_to_the_first_role(&self, tx: &Tx, scope: &Scope, actor: &Actor, id: UserId) -> Result<()> {
        let account = own_user(tx, scope, id).await?;
        let (before, after) = (role(&account.role)?, store::roles(tx, scope).await?.otherwise);
        if before != after && before != Role::Owner {
            set_role(tx, scope, id, after).await?;
            let detail = json!({ "email": account.email, "from": before, "to": after, "by": "directory" });
            self.identity().log_member(tx, scope, actor, ("member.role_changed", id), detail).await?;
        }
        Ok(())
    }
}
