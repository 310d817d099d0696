//! SCIM groups: groups of members, some of which give a role.

use super::{
    resources::{Reader, Refusal, Resource, check_version, group_of, version_of},
    store::{self, groups},
    users::Directory,
};
use crate::{
    Result,
    access::{Actor, Permission, Scope},
    identity::service::log,
    ids::GroupId,
    platform::db::Tx,
    text,
};
use sbh_scim::{Group, GroupPatch, Member, MembershipChanges, ScimError};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

impl Directory<'_> {
    /// One group; its members are read where they are wanted.
    pub async fn group(
        &self,
        actor: &Actor,
        id: &str,
        (base, with_members): (&str, bool),
    ) -> Result<Resource, Refusal> {
        let scope = actor.require(Permission::ScimManage)?;
        let none = || ScimError::not_found("Group", id);
        let tx = self.platform.db.read(&scope).await?;
        let row = store::group(&tx, &scope, id.parse().map_err(|_| none())?).await?.ok_or_else(none)?;
        Ok(Reader { tx: &tx, scope: &scope, base }.group(&row, with_members).await?)
    }

    /// Makes a group.
    pub async fn create_group(&self, actor: &Actor, group: &Group, base: &str) -> Result<Resource, Refusal> {
        let scope = self.changing(actor)?;
        let now = self.platform.clock.now();
        let row = groups::Model {
            id: GroupId::generate().uuid(),
            tenant_id: scope.tenant().uuid(),
            created_at: now,
            display_name: group.display_name.clone(),
            display_key: text::key(&group.display_name),
            external_id: group.external_id.clone(),
            version: 1,
            updated_at: now,
        };
        let tx = self.platform.db.write(&scope).await?;
        store::create_group(&tx, row.clone()).await?;
        let changes = MembershipChanges { members_added: group.members.clone(), ..MembershipChanges::default() };
        self.change_members(&tx, &scope, actor, (&row, None, &changes)).await?;
        let detail = json!({ "name": row.display_name, "members": group.members.len() });
        log(&tx, actor, now, ("directory.group.created", GroupId::WHAT, row.id.to_string()), detail).await?;
        let resource = Reader { tx: &tx, scope: &scope, base }.group(&row, true).await?;
        tx.commit().await?;
        Ok(resource)
    }

    /// Puts a group in the place of the one that is there, members included.
    pub async fn replace_group(
        &self,
        actor: &Actor,
        target: (&str, Option<&str>),
        group: &Group,
        base: &str,
    ) -> Result<Resource, Refusal> {
        let base = (base, true);
        let members =
            MembershipChanges { members_replaced: Some(group.members.clone()), ..MembershipChanges::default() };
        self.change_group(actor, target, base, |_| Ok((group.clone(), members.clone()))).await
    }

    /// Changes parts of a group, all of them or none. Its members are read where they are wanted, and not for the change.
    pub async fn patch_group(
        &self,
        actor: &Actor,
        target: (&str, Option<&str>),
        patch: &GroupPatch,
        base: (&str, bool),
    ) -> Result<Resource, Refusal> {
        let change = |group: &Group| patch.changes(group).map(|changes| (changes.group, changes.members));
        self.change_group(actor, target, base, change).await
    }

    async fn change_group(
        &self,
        actor: &Actor,
        (id, if_match): (&str, Option<&str>),
        (base, with_members): (&str, bool),
        change: impl Fn(&Group) -> Result<(Group, MembershipChanges), ScimError>,
    ) -> Result<Resource, Refusal> {
        let scope = self.changing(actor)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let before = locked(&tx, &scope, id).await?;
        check_version(&version_of(&before), if_match)?;
        let (group, members) = change(&group_of(&before))?;
        let row = groups::Model {
            display_key: text::key(&group.display_name),
            display_name: group.display_name,
            external_id: group.external_id,
            version: before.version + 1,
            updated_at: now,
            ..before.clone()
        };
        store::save_group(&tx, &scope, &row).await?;
        let (added, removed) = self.change_members(&tx, &scope, actor, (&row, Some(&before), &members)).await?;
        let detail =
            json!({ "name": row.display_name, "before": before.display_name, "added": added, "removed": removed });
        log(&tx, actor, now, ("directory.group.changed", GroupId::WHAT, row.id.to_string()), detail).await?;
        let resource = Reader { tx: &tx, scope: &scope, base }.group(&row, with_members).await?;
        tx.commit().await?;
        Ok(resource)
    }

    /// Removes a group. Its members stay members of the tenant, without the role that it gave.
    pub async fn delete_group(&self, actor: &Actor, (id, if_match): (&str, Option<&str>)) -> Result<(), Refusal> {
        let scope = self.changing(actor)?;
        let tx = self.platform.db.write(&scope).await?;
        let row = locked(&tx, &scope, id).await?;
        check_version(&version_of(&row), if_match)?;
        let gives = store::roles(&tx, &scope).await?.of(&row.display_name).is_some();
        let members = if gives { store::member_ids(&tx, &scope, row.id).await? } else { Vec::new() };
        store::remove_group(&tx, &scope, row.id).await?;
        self.settle_roles(&tx, &scope, actor, &members).await?;
        let what = ("directory.group.removed", GroupId::WHAT, row.id.to_string());
        log(&tx, actor, self.platform.clock.now(), what, json!({ "name": row.display_name })).await?;
        Ok(tx.commit().await?)
    }

    /// Makes the membership what the changes say, and settles the roles of whom that concerns; how many came and went.
    async fn change_members(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        (row, before, changes): (&groups::Model, Option<&groups::Model>, &MembershipChanges),
    ) -> Result<(usize, usize), Refusal> {
        let named = |members: &[Member]| members.iter().map(id_of).collect::<Result<BTreeSet<Uuid>, _>>();
        let (added, removed) = match &changes.members_replaced {
            Some(members) => {
                let (wanted, there) = (named(members)?, store::member_ids(tx, scope, row.id).await?);
                let there: BTreeSet<Uuid> = there.into_iter().collect();
                (wanted.difference(&there).copied().collect(), there.difference(&wanted).copied().collect())
            }
            None => {
                let ids = changes.members_removed.iter().filter_map(|id| id.parse().ok());
                (named(&changes.members_added)?.into_iter().collect::<Vec<_>>(), ids.collect::<Vec<Uuid>>())
            }
        };
        let known: BTreeSet<Uuid> = store::accounts_with(tx, scope, &added).await?.iter().map(|user| user.id).collect();
        if let Some(unknown) = added.iter().find(|id| !known.contains(id)) {
            return Err(wrong_member(&unknown.to_string()).into());
        }
        store::remove_members(tx, scope, row.id, &removed).await?;
        store::add_members(tx, scope, self.platform.clock.now(), (row.id, &added)).await?;
        let roles = store::roles(tx, scope).await?;
        let gave = before.and_then(|before| roles.of(&before.display_name));
        let gives = roles.of(&row.display_name);
        if gave != gives {
            let mut all = store::member_ids(tx, scope, row.id).await?;
            all.extend(&removed);
            self.settle_roles(tx, scope, actor, &all).await?;
        } else if gives.is_some() {
            self.settle_roles(tx, scope, actor, &[added.as_slice(), &removed].concat()).await?;
        }
        Ok((added.len(), removed.len()))
    }
}

async fn locked(tx: &Tx, scope: &Scope, id: &str) -> Result<groups::Model, Refusal> {
    let none = || ScimError::not_found("Group", id);
    Ok(store::lock_group(tx, scope, id.parse().map_err(|_| none())?).await?.ok_or_else(none)?)
}

/// The account behind a member. Groups have no groups in them.
fn id_of(member: &Member) -> Result<Uuid, ScimError> {
    let is_group = member.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("Group"));
    let id = member.value.parse().ok().filter(|_| !is_group);
    id.ok_or_else(|| wrong_member(&member.value))
}

fn wrong_member(id: &str) -> ScimError {
    let shown: String = id.chars().take(80).collect();
    let reason = format!("there is no user with the id {shown:?}; members are users");
    ScimError::InvalidValue { attribute: "members".to_owned(), reason }
}
