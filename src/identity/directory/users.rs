//! SCIM users: members of the tenant as a directory keeps them.

use super::{
    resources::{Reader, Refusal, Resource, check_version, document_of, user_of},
    rules::{address_of, name_of},
    store::{self, entries},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Role, Scope},
    audit::{self, Change},
    identity::{
        former, invitations,
        rules::recent,
        service::{Identity, without_password},
        store::{create_user, lock_user, own_user_by_email, set_disabled, users},
    },
    ids::UserId,
    platform::{
        Platform,
        db::{Tx, is_duplicate},
        persons,
    },
    tenants::quotas::{self, QuotaKind},
    text,
};
use sbh_scim::{ScimError, User, UserPatch, case_folded};
use serde_json::json;

/// Members and groups as a directory keeps them. Everything needs `scim:manage`.
pub struct Directory<'a> {
    pub(super) platform: &'a Platform,
}

impl<'a> Directory<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    pub(super) fn identity(&self) -> Identity<'a> {
        Identity { platform: self.platform }
    }

    /// The right to change something. A person has to have shown lately who sits there, because this changes who gets in.
    pub(super) fn changing(&self, actor: &Actor) -> Result<Scope> {
        let scope = actor.require(Permission::ScimManage)?;
        recent(actor, self.platform.clock.now())?;
        Ok(scope)
    }

    /// One user.
    pub async fn user(&self, actor: &Actor, id: &str, base: &str) -> Result<Resource, Refusal> {
        let scope = actor.require(Permission::ScimManage)?;
        let tx = self.platform.db.read(&scope).await?;
        let (account, _) = found(&tx, &scope, id).await?;
        Ok(Reader { tx: &tx, scope: &scope, base }.user(&account).await?)
    }

    /// Makes somebody a member, or takes over the care of somebody who is one.
    ///
    /// # Errors
    /// Uniqueness for a user name or an address that another user has, or an account of another tenant.
    pub async fn create_user(&self, actor: &Actor, user: &User, base: &str) -> Result<Resource, Refusal> {
        let scope = self.changing(actor)?;
        let address = address_of(user)?;
        let tx = self.platform.db.write(&scope).await?;
        let named = store::entry_named(&tx, &scope, &case_folded(&user.user_name)).await?;
        let account = match named {
            Some(entry) if entry.removed_at.is_none() => return Err(taken("userName")),
            // A name that somebody else had before: their account does not come back under it.
            Some(entry) if is_another(&entry, user) => return Err(taken("userName")),
            Some(entry) => lock_user(&tx, &scope, entry.id.into()).await?,
            None => match own_user_by_email(&tx, &scope, &text::key(&address)).await? {
                Some(account) => Some(account),
                // Members whom nobody's directory made are known by their address as the user name.
                None => own_user_by_email(&tx, &scope, &text::key(&user.user_name)).await?,
            },
        };
        let account = match account {
            Some(account) => account,
            None => self.make_account(&tx, &scope, actor, (user, address)).await?,
        };
        let entry = store::entry(&tx, &scope, account.id).await?;
        if entry.as_ref().is_some_and(|entry| entry.removed_at.is_none() || is_another(entry, user)) {
            return Err(taken("emails"));
        }
        // Whom the directory removed comes back as it says; whom it finds here stays as they are unless it says otherwise.
        let returns = entry.as_ref().is_some_and(|entry| entry.removed_at.is_some());
        let user = User { active: user.active.or(returns.then_some(true)), ..user.clone() };
        self.write(&tx, &scope, actor, (&account, &user)).await?;
        // What the directory calls the user besides may name them as well, and stands in the entry of the directory alone.
        let detail = json!({ "email": address_of(&user)? });
        self.identity().log_member(&tx, &scope, actor, ("directory.user.linked", account.id.into()), detail).await?;
        let resource = self.read_again(&tx, &scope, account.id.into(), base).await?;
        tx.commit().await?;
        Ok(resource)
    }

    /// Puts a user in the place of the one that is there; what it does not say is gone, but `active` stays as it was.
    pub async fn replace_user(
        &self,
        actor: &Actor,
        (id, if_match): (&str, Option<&str>),
        user: &User,
        base: &str,
    ) -> Result<Resource, Refusal> {
        self.change_user(actor, (id, if_match), base, |_| Ok(user.clone())).await
    }

    /// Changes parts of a user, all of them or none.
    pub async fn patch_user(
        &self,
        actor: &Actor,
        (id, if_match): (&str, Option<&str>),
        patch: &UserPatch,
        base: &str,
    ) -> Result<Resource, Refusal> {
        self.change_user(actor, (id, if_match), base, |user| patch.apply(user)).await
    }

    async fn change_user(
        &self,
        actor: &Actor,
        (id, if_match): (&str, Option<&str>),
        base: &str,
        change: impl Fn(&User) -> Result<User, ScimError>,
    ) -> Result<Resource, Refusal> {
        let scope = self.changing(actor)?;
        let tx = self.platform.db.write(&scope).await?;
        let (account, entry) = found(&tx, &scope, id).await?;
        let before = Reader { tx: &tx, scope: &scope, base }.user(&account).await?;
        check_version(&before.version, if_match)?;
        let user = change(&user_of(&account, entry.as_ref())?)?;
        let key = case_folded(&user.user_name);
        if store::entry_named(&tx, &scope, &key).await?.is_some_and(|other| other.id != account.id) {
            return Err(taken("userName"));
        }
        let namesake = own_user_by_email(&tx, &scope, &text::key(&user.user_name)).await?;
        if namesake.is_some_and(|other| other.id != account.id) {
            return Err(taken("userName"));
        }
        let is_same = entry.is_some() && {
            let known = user_of(&account, entry.as_ref())?;
            document_of(&known)? == document_of(&user)?
                && known.external_id == user.external_id
                && user.active.is_none_or(|active| known.active == Some(active))
        };
        if is_same {
            return Ok(before);
        }
        self.write(&tx, &scope, actor, (&account, &user)).await?;
        let detail = json!({ "email": address_of(&user)? });
        self.identity().log_member(&tx, &scope, actor, ("directory.user.changed", account.id.into()), detail).await?;
        let resource = self.read_again(&tx, &scope, account.id.into(), base).await?;
        tx.commit().await?;
        Ok(resource)
    }

    /// Ends the membership, and forgets what the directory said. A directory that makes the same user again gets this
    /// account back.
    pub async fn delete_user(
        &self,
        actor: &Actor,
        (id, if_match): (&str, Option<&str>),
        base: &str,
    ) -> Result<(), Refusal> {
        let scope = self.changing(actor)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let (account, _) = found(&tx, &scope, id).await?;
        check_version(&Reader { tx: &tx, scope: &scope, base }.user(&account).await?.version, if_match)?;
        let ended = self.deactivate(&tx, &scope, &account).await?;
        store::leave_groups(&tx, &scope, account.id).await?;
        self.settle_roles(&tx, &scope, actor, &[account.id]).await?;
        self.back_to_the_first_role(&tx, &scope, actor, account.id.into()).await?;
        let entry = self.entry(&tx, &scope, &account).await?;
        self.save(&tx, entries::Model { removed_at: Some(now), updated_at: now, ..entry }).await?;
        let detail = json!({ "email": account.email, "ended": ended });
        self.identity().log_member(&tx, &scope, actor, ("directory.user.removed", account.id.into()), detail).await?;
        Ok(tx.commit().await?)
    }

    async fn make_account(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        (user, address): (&User, String),
    ) -> Result<users::Model, Refusal> {
        let now = self.platform.clock.now();
        let role = store::roles(tx, scope).await?.otherwise;
        let row = without_password(scope.tenant(), now, (address, name_of(user), role));
        if user.active != Some(false) {
            quotas::take(tx, scope, now, QuotaKind::Members, 1).await?;
        }
        // The only thing that can be wrong with it is an account with this address, made at the same moment.
        let made = create_user(tx, row.clone()).await;
        let member = made.map_err(|error| match error.kind() {
            crate::Kind::Invalid => taken("emails"),
            _ => error.into(),
        })?;
        let change = Change {
            action: "member.added",
            object: UserId::WHAT,
            object_id: member.id.to_string(),
            detail: json!({ "email": member.email, "role": member.role, "by": "directory" }),
            event: Some("member.added"),
        };
        audit::record(tx, scope, actor, now, change).await?;
        Ok(row)
    }

    /// Makes account and entry what the directory says.
    async fn write(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        (account, user): (&users::Model, &User),
    ) -> Result<(), Refusal> {
        let now = self.platform.clock.now();
        self.rename(tx, scope, (account, user)).await?;
        let entry = self.entry(tx, scope, account).await?;
        let entry = entries::Model {
            user_name_key: case_folded(&user.user_name),
            external_id: user.external_id.clone(),
            document: document_of(user)?,
            updated_at: now,
            removed_at: None,
            ..entry
        };
        self.save(tx, entry).await?;
        match (user.active, account.disabled_at) {
            (Some(false), None) => {
                let ended = self.deactivate(tx, scope, account).await?;
                let detail = json!({ "email": address_of(user)?, "ended": ended });
                self.identity().log_member(tx, scope, actor, ("member.deactivated", account.id.into()), detail).await?;
            }
            (Some(true), Some(_)) => {
                quotas::take(tx, scope, now, QuotaKind::Members, 1).await?;
                set_disabled(tx, scope, account.id.into(), None).await?;
                let detail = json!({ "email": address_of(user)? });
                self.identity().log_member(tx, scope, actor, ("member.reactivated", account.id.into()), detail).await?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Gives the account the address and the name that the directory has. What it was called before is remembered, its key
    /// stays the person's, and what was invited to in the name of the old address is taken back.
    async fn rename(&self, tx: &Tx, scope: &Scope, (account, user): (&users::Model, &User)) -> Result<(), Refusal> {
        let (address, name) = (address_of(user)?, name_of(user));
        let moves = text::key(&address) != account.email_key;
        if moves && account.role == Role::Owner.as_str() {
            return Err(Error::conflict("The owner's address is not the directory's to change.").into());
        }
        if address == account.email && name == account.name {
            return Ok(());
        }
        let now = self.platform.clock.now();
        store::set_account(tx, scope, account.id, (&address, &text::key(&address), &name))
            .await
            .map_err(|error| if is_duplicate(&error) { taken("emails") } else { Error::from(error).into() })?;
        former::remember(tx, scope, now, account).await?;
        if moves {
            persons::follow(tx, scope, &account.email, &address).await?;
            invitations::revoke_all_of(tx, scope, &account.email, now).await?;
        }
        Ok(())
    }

    /// Ends the membership as everywhere: sessions and keys end with the next request.
    async fn deactivate(&self, tx: &Tx, scope: &Scope, account: &users::Model) -> Result<serde_json::Value> {
        if account.role == Role::Owner.as_str() {
            return Err(Error::conflict("The owner's membership does not end; hand the ownership over first."));
        }
        if account.disabled_at.is_some() {
            return Ok(json!({}));
        }
        self.identity().end_membership(tx, scope, account).await
    }

    async fn save(&self, tx: &Tx, entry: entries::Model) -> Result<(), Refusal> {
        match store::save_entry(tx, entry).await {
            Ok(()) => Ok(()),
            Err(error) if is_duplicate(&error) => Err(taken("userName")),
            Err(error) => Err(Error::from(error).into()),
        }
    }

    async fn read_again(&self, tx: &Tx, scope: &Scope, id: UserId, base: &str) -> Result<Resource> {
        let account = lock_user(tx, scope, id).await?.ok_or_else(|| Error::not_found(UserId::WHAT))?;
        Reader { tx, scope, base }.user(&account).await
    }
}

/// Whether an entry is of somebody else than the user that a directory sends, as far as it tells.
fn is_another(entry: &entries::Model, user: &User) -> bool {
    matches!((&entry.external_id, &user.external_id), (Some(known), Some(sent)) if known != sent)
}

fn taken(attribute: &'static str) -> Refusal {
    ScimError::Uniqueness { attribute }.into()
}

/// An account that a directory sees, with what it said of it.
async fn found(tx: &Tx, scope: &Scope, id: &str) -> Result<(users::Model, Option<entries::Model>), Refusal> {
    let none = || ScimError::not_found("User", id);
    let account = lock_user(tx, scope, id.parse().map_err(|_| none())?).await?.ok_or_else(none)?;
    let entry = store::entry(tx, scope, account.id).await?;
    if entry.as_ref().is_some_and(|entry| entry.removed_at.is_some()) {
        return Err(none().into());
    }
    Ok((account, entry))
}
