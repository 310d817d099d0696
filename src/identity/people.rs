//! People behind what goes on without them.

use super::{
    model::Member,
    service::{Identity, actor_of},
    store,
};
use crate::{
    Error, Result,
    access::{Actor, Principal, Scope},
    ids::UserId,
    platform::db::Tx,
    text,
};

/// Who is in the tenant, for capabilities that tell them something.
pub(crate) async fn members(tx: &Tx, scope: &Scope) -> Result<Vec<Member>> {
    store::members(tx, scope).await
}

/// The accounts with these ids, ended or not, for capabilities that name people.
pub(crate) async fn accounts(tx: &Tx, scope: &Scope, ids: &[UserId]) -> Result<Vec<Member>> {
    store::accounts(tx, scope, ids).await
}

/// A member by the account or by the address; none where the membership has ended.
pub(crate) async fn active(tx: &Tx, scope: &Scope, who: Who<'_>) -> Result<Option<Member>> {
    let row = match who {
        Who::Account(id) => store::user(tx, id).await?,
        Who::Address(email) => store::own_user_by_email(tx, scope, &text::key(email.trim())).await?,
    };
    let row = row.filter(|row| row.tenant_id == scope.tenant().uuid() && row.disabled_at.is_none());
    row.map(Member::try_from).transpose()
}

/// The member with this account, which nobody ends or removes until the transaction ends; none where the membership has ended.
pub(crate) async fn held(tx: &Tx, scope: &Scope, id: UserId) -> Result<Option<Member>> {
    let row = store::lock_user(tx, scope, id).await?.filter(|row| row.disabled_at.is_none());
    row.map(Member::try_from).transpose()
}

/// How somebody names a member.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Who<'a> {
    /// By the account.
    Account(UserId),
    /// By the e-mail address.
    Address(&'a str),
}

impl Identity<'_> {
    /// The member behind an actor: the person, or who made the key.
    ///
    /// # Errors
    /// Forbidden where there is none: for the hub itself, and for a key that was made on its console.
    pub(crate) async fn person(&self, tx: &Tx, scope: &Scope, actor: &Actor) -> Result<UserId> {
        let person = match actor.principal() {
            Principal::User { id, .. } => Some(*id),
            Principal::Key { id, .. } => store::maker(tx, scope, *id).await?,
            Principal::Token { user, .. } => *user,
            Principal::Hub { .. } => None,
        };
        let nobody = "This needs a member: sign in, or use a key that a member made.";
        person.ok_or_else(|| Error::forbidden(nobody))
    }

    /// A member of the tenant as an actor, with the role of now; none where the account is gone or disabled.
    pub(crate) async fn as_member(&self, tx: &Tx, scope: &Scope, id: UserId) -> Result<Option<Actor>> {
        let user = store::user(tx, id).await?;
        let user = user.filter(|user| user.tenant_id == scope.tenant().uuid() && user.disabled_at.is_none());
        user.as_ref().map(actor_of).transpose()
    }

    /// Ends everything by which a member gets in, or lets others in; how much of each.
    pub(crate) async fn end(&self, tx: &Tx, scope: &Scope, id: UserId) -> Result<serde_json::Value> {
        let user = store::own_user(tx, scope, id).await?;
        self.end_membership(tx, scope, &user).await
    }

    /// What the tenant is called.
    pub(crate) async fn organisation_of(&self, tx: &Tx, scope: &Scope) -> Result<String> {
        store::tenant_name(tx, scope).await
    }
}
