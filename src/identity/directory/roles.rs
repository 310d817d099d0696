//! Which role the groups of the directory give.

use super::{model::DirectoryRoles, store, users::Directory};
use crate::{
    Result,
    access::{Actor, Permission},
    identity::{rules::recent, service::log},
    ids::TenantId,
    text,
};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Directory<'_> {
    /// Which role groups give. Needs `members:read`.
    pub async fn roles(&self, actor: &Actor) -> Result<DirectoryRoles> {
        let scope = actor.require(Permission::MembersRead)?;
        store::roles(&self.platform.db.read(&scope).await?, &scope).await
    }

    /// Says which role groups give, and gives it to those who are in them now. Needs `members:manage`.
    pub async fn set_roles(&self, actor: &Actor, roles: DirectoryRoles) -> Result<DirectoryRoles> {
        let scope = actor.require(Permission::MembersManage)?;
        let roles = roles.parse()?;
        let now = self.platform.clock.now();
        recent(actor, now)?;
        let tx = self.platform.db.write(&scope).await?;
        let before = store::roles(&tx, &scope).await?;
        store::set_roles(&tx, &scope, &roles).await?;
        let what = ("directory.roles.changed", TenantId::WHAT, scope.tenant().to_string());
        log(&tx, actor, now, what, serde_json::to_value(&roles)?).await?;
        let named = before.groups.iter().chain(&roles.groups);
        let changed = named.filter(|known| before.of(&known.group) != roles.of(&known.group));
        let keys: BTreeSet<String> = changed.map(|known| text::key(&known.group)).collect();
        let mut concerned: BTreeSet<Uuid> = BTreeSet::new();
        for key in keys {
            for group in store::groups_where(&tx, &scope, store::groups::Column::DisplayKey, &key).await? {
                concerned.extend(store::member_ids(&tx, &scope, group.id).await?);
            }
        }
        let concerned: Vec<Uuid> = concerned.into_iter().collect();
        self.settle_roles(&tx, &scope, actor, &concerned).await?;
        tx.commit().await?;
        Ok(roles)
    }
}
