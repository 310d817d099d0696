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
};

/// Who is in the tenant, for capabilities that tell them something.
pub(crate) async fn members(tx: &Tx, scope: &Scope) -> Result<Vec<Member>> {
    store::members(tx, scope).await
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
}
