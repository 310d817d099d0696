//! Members: who is in the tenant, what they may do, and that it ends at once when it is taken from them.

use super::{
    factors::forget_browsers,
    invitations,
    model::{Member, MemberChange, NewPassword, parse_password},
    rules::recent,
    service::{Identity, hash_in_background},
    sessions,
    store::{self, users},
    throttle,
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Role, Scope},
    audit::{self, Change},
    ids::UserId,
    page::{Page, PageRequest},
    platform::db::Tx,
    tenants::quotas::{self, QuotaKind},
};
use serde_json::json;

impl Identity<'_> {
    /// Who is in the tenant, newest first, those whose membership ended among them. Needs `members:read`.
    pub async fn members(&self, actor: &Actor, page: &PageRequest) -> Result<Page<Member>> {
        let scope = actor.require(Permission::MembersRead)?;
        let tx = self.platform.db.read(&scope).await?;
        store::member_page(&tx, &scope, page).await
    }

    /// The actor's own account; none for a key.
    pub async fn own_account(&self, actor: &Actor) -> Result<Option<Member>> {
        let Some(user) = actor.user_id() else { return Ok(None) };
        let scope = Scope::of_tenant(actor.tenant());
        let tx = self.platform.db.read(&scope).await?;
        store::member(&tx, &scope, user).await.map(Some)
    }

    /// Changes a member's role, or ends or renews the membership. Ending it ends sessions and keys at once. Needs
    /// `members:manage`.
    ///
    /// # Errors
    /// Conflict for the owner, whose role is handed over and not taken, and for the actor itself; quota for a member who
    /// would come back where there are as many as there may be.
    pub async fn change_member(&self, actor: &Actor, id: UserId, change: MemberChange) -> Result<Member> {
        let scope = actor.require(Permission::MembersManage)?;
        let change = change.parse()?;
        let now = self.platform.clock.now();
        recent(actor, now)?;
        let tx = self.platform.db.write(&scope).await?;
        let user = store::own_user(&tx, &scope, id).await?;
        if user.role == Role::Owner.as_str() {
            return Err(Error::conflict("The owner's role is handed over, not taken."));
        }
        if actor.user_id() == Some(id) {
            return Err(Error::conflict("Nobody changes their own role or membership; ask another admin."));
        }
        if let Some(role) = change.role.filter(|role| role.as_str() != user.role) {
            store::set_role(&tx, &scope, id, role).await?;
            let detail = json!({ "email": user.email, "from": user.role, "to": role });
            self.log_member(&tx, &scope, actor, ("member.role_changed", id), detail).await?;
        }
        match change.active {
            Some(false) if user.disabled_at.is_none() => {
                let ended = self.end_membership(&tx, &scope, &user).await?;
                let detail = json!({ "email": user.email, "ended": ended });
                self.log_member(&tx, &scope, actor, ("member.deactivated", id), detail).await?;
            }
            Some(true) if user.disabled_at.is_some() => {
                quotas::take(&tx, &scope, now, QuotaKind::Members, 1).await?;
                store::set_disabled(&tx, &scope, id, None).await?;
                self.log_member(&tx, &scope, actor, ("member.reactivated", id), json!({ "email": user.email })).await?;
            }
            _ => {}
        }
        let member = store::member(&tx, &scope, id).await?;
        tx.commit().await?;
        Ok(member)
    }

    /// Ends everything by which somebody gets in, or lets others in; how much of each.
    pub(super) async fn end_membership(
        &self,
        tx: &Tx,
        scope: &Scope,
        user: &users::Model,
    ) -> Result<serde_json::Value> {
        let (id, now) = (user.id.into(), self.platform.clock.now());
        store::set_disabled(tx, scope, id, Some(now)).await?;
        let keys = store::revoke_keys_of(tx, scope, id, now).await?;
        let sessions = sessions::end_all(tx, scope, id, None).await?;
        let browsers = forget_browsers(tx, scope, id).await?;
        let invitations = invitations::revoke_all_of(tx, scope, &user.email, now).await?;
        Ok(json!({ "sessions": sessions, "keys": keys, "browsers": browsers, "invitations": invitations }))
    }

    /// Hands the ownership to another member; the owner becomes an admin. Needs `tenant:own`.
    pub async fn hand_over(&self, actor: &Actor, to: UserId) -> Result<Member> {
        let scope = actor.require(Permission::TenantOwn)?;
        recent(actor, self.platform.clock.now())?;
        let owner = actor.user_id().ok_or_else(|| Error::forbidden("The owner hands the ownership over signed in."))?;
        let tx = self.platform.db.write(&scope).await?;
        let heir: users::Model = store::own_user(&tx, &scope, to).await?;
        if heir.disabled_at.is_some() || to == owner {
            return Err(Error::conflict("Choose another member whose membership has not ended."));
        }
        store::hand_over(&tx, &scope, owner, to).await?;
        let detail = json!({ "from": actor.label(), "to": heir.email });
        self.log_member(&tx, &scope, actor, ("tenant.handed_over", to), detail).await?;
        let member = store::member(&tx, &scope, to).await?;
        tx.commit().await?;
        Ok(member)
    }

    /// Changes the actor's password, ends every session but the one whose secret is given, and forgets remembered browsers.
    /// Needs `account:manage`.
    ///
    /// # Errors
    /// Invalid for a wrong current password; too many after repeated failures.
    pub async fn change_password(&self, actor: &Actor, new: NewPassword, current: Option<&str>) -> Result<()> {
        let scope = actor.require(Permission::AccountManage)?;
        let user = actor.user_id().ok_or_else(|| Error::forbidden("Only people have passwords; a key has none."))?;
        let password = parse_password(&new.password, &actor.label())?;
        let subjects = [format!("password {user}")];
        throttle::count(self.platform, &subjects).await?;
        if !self.knows_password(user, &new.current).await? {
            return Err(Error::invalid("/current", "The current password is wrong."));
        }
        throttle::clear(self.platform, &subjects).await?;
        let hash = hash_in_background(self.platform, password).await?;
        let tx = self.platform.db.write(&scope).await?;
        store::set_password(&tx, &scope, user, hash).await?;
        let ended = sessions::end_all(&tx, &scope, user, current).await?;
        forget_browsers(&tx, &scope, user).await?;
        self.log_member(&tx, &scope, actor, ("password.changed", user), json!({ "sessions_ended": ended })).await?;
        tx.commit().await
    }

    pub(super) async fn log_member(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        (action, id): (&str, UserId),
        detail: serde_json::Value,
    ) -> Result<()> {
        let change = Change { action, object: UserId::WHAT, object_id: id.to_string(), detail, event: None };
        audit::record(tx, scope, actor, self.platform.clock.now(), change).await
    }
}
