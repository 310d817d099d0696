//! What somebody is called, which they change themselves unless a directory does.

use super::{
    directory, former,
    model::{Profile, ProfileChange},
    service::{Identity, log},
    store,
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    ids::UserId,
    platform::db::Tx,
};
use serde_json::json;

impl Identity<'_> {
    /// The actor's own account. Needs `account:manage`.
    ///
    /// # Errors
    /// Forbidden for a key.
    pub async fn profile(&self, actor: &Actor) -> Result<Profile> {
        let (scope, user) = own(actor)?;
        let tx = self.platform.db.read(&scope).await?;
        profile_of(&tx, &scope, user).await
    }

    /// Changes what the actor is called. Needs `account:manage`.
    ///
    /// # Errors
    /// Forbidden for a key; conflict where a directory keeps the name, and would set it again.
    pub async fn change_profile(&self, actor: &Actor, change: &ProfileChange) -> Result<Profile> {
        let (scope, user) = own(actor)?;
        let tx = self.platform.db.write(&scope).await?;
        let known = profile_of(&tx, &scope, user).await?;
        let name = change.parse(&known.email)?;
        if name == known.name {
            return Ok(known);
        }
        if known.kept_by_directory {
            let words = "Your organisation's directory keeps your name and would set it again. Have it changed there.";
            return Err(Error::conflict(words));
        }
        former::remember(&tx, &scope, self.platform.clock.now(), &store::own_user(&tx, &scope, user).await?).await?;
        store::set_name(&tx, &scope, user, &name).await?;
        let detail = json!({ "old_name": known.name, "new_name": name });
        let what = ("profile.changed", UserId::WHAT, user.to_string());
        log(&tx, actor, self.platform.clock.now(), what, detail).await?;
        tx.commit().await?;
        Ok(Profile { name, ..known })
    }
}

fn own(actor: &Actor) -> Result<(Scope, UserId)> {
    let scope = actor.require(Permission::AccountManage)?;
    let user = actor.user_id().ok_or_else(|| Error::forbidden("Only people have a profile; a key has a name."))?;
    Ok((scope, user))
}

async fn profile_of(tx: &Tx, scope: &Scope, user: UserId) -> Result<Profile> {
    let member = store::member(tx, scope, user).await?;
    let kept_by_directory = directory::keeps(tx, scope, user).await?;
    let (id, email, name) = (member.id, member.email, member.name);
    Ok(Profile { id, email, name, role: member.role, created_at: member.created_at, kept_by_directory })
}
