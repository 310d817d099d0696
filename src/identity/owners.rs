//! The first owner of an organisation that is made for others.

use super::{
    model::CreatedInvitation,
    service::{Identity, hash_in_background, log, user_row},
    store,
};
use crate::{
    Result,
    access::{Actor, Role, Scope},
    ids::{TenantId, UserId},
    platform::db::Tx,
    text,
};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::BTreeMap;

/// Who is to own an organisation.
pub(crate) enum FirstOwner {
    /// Somebody with a password, whose hash this is.
    Account { email: String, name: String, password_hash: String },
    /// Somebody who makes the account by following a link.
    Invited { email: String },
}

impl Identity<'_> {
    /// An owner to be: with an account where there is a password, else by an invitation.
    pub(crate) async fn first_owner(
        &self,
        (email, name): (String, String),
        password: Option<String>,
    ) -> Result<FirstOwner> {
        let Some(password) = password else { return Ok(FirstOwner::Invited { email }) };
        let password_hash = hash_in_background(self.platform, password).await?;
        Ok(FirstOwner::Account { email, name, password_hash })
    }

    /// Makes the account of an organisation that nobody is in, or gives the invitation to it. Earlier links to own it end.
    pub(crate) async fn settle_first_owner(
        &self,
        tx: &Tx,
        scope: &Scope,
        owner: FirstOwner,
        (actor, now): (&Actor, DateTime<Utc>),
    ) -> Result<Option<CreatedInvitation>> {
        match owner {
            FirstOwner::Invited { email } => self.invite_owner(tx, scope, email, (actor, now)).await.map(Some),
            FirstOwner::Account { email, name, password_hash } => {
                let row = user_row(scope.tenant(), now, (email, name, Role::Owner), password_hash);
                let member = store::create_user(tx, row).await?;
                let detail = json!({ "email": member.email, "role": member.role });
                log(tx, actor, now, ("member.added", UserId::WHAT, member.id.to_string()), detail).await?;
                Ok(None)
            }
        }
    }

    /// Whether an account on this hub signs in with the address and a password.
    pub(crate) async fn is_taken(&self, tx: &Tx, email: &str) -> Result<bool> {
        Ok(store::user_by_email(tx, &text::key(email)).await?.is_some())
    }

    /// Whether somebody owns the tenant.
    pub(crate) async fn is_owned(&self, tx: &Tx, scope: &Scope) -> Result<bool> {
        store::has_owner(tx, scope).await
    }

    /// How many members whose membership goes on these tenants have. The transaction is one of those who run the hub.
    pub(crate) async fn count_members(&self, tx: &Tx, tenants: &[TenantId]) -> Result<BTreeMap<TenantId, u64>> {
        store::count_members(tx, tenants).await
    }
}
