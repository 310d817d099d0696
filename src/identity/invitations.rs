//! Invitations: a link that makes an account in the tenant, once, until its end.

use super::{
    model::{AcceptInvitation, CreatedInvitation, Invitation, InvitationFor, NewInvitation},
    rules::recent,
    service::{Identity, hash_in_background, user_row},
    store::{self, create_user},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Role, Scope},
    audit::{self, Change},
    ids::{InvitationId, UserId},
    page::{Page, PageRequest},
    platform::{
        db::{Realm, Tx},
        secrets::{random_bytes, token_hash},
    },
    tenants::{
        quotas::{self, QuotaKind},
        store as tenants,
    },
    text,
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};
use serde_json::json;

/// Most invitations that wait in one tenant.
const WAITING_MAX: u64 = 500;
/// Days for which the invitation of a first owner waits.
const OWNER_DAYS: u32 = 14;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub created_at: DateTime<Utc>,
    pub email: String,
    pub email_key: String,
    pub role: String,
    #[sea_orm(unique)]
    pub secret_hash: String,
    pub invited_by: String,
    pub expires_at: DateTime<Utc>,
    pub accepted_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Invitation {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            role: store::role(&row.role)?,
            email: row.email,
            invited_by: row.invited_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    }
}

fn over() -> Error {
    Error::gone("The invitation was used, was taken back, or has ended. Ask for a new one.")
}

/// A new invitation and the secret of its link.
fn fresh(scope: &Scope, actor: &Actor, new: NewInvitation, now: DateTime<Utc>) -> (Model, String) {
    let secret = hex::encode(random_bytes::<32>());
    let row = Model {
        id: InvitationId::generate().uuid(),
        tenant_id: scope.tenant().uuid(),
        created_at: now,
        email_key: text::key(&new.email),
        email: new.email,
        role: new.role.as_str().to_owned(),
        secret_hash: token_hash(&secret),
        invited_by: actor.label(),
        expires_at: now + TimeDelta::days(new.expires_in_days.into()),
        accepted_at: None,
        revoked_at: None,
    };
    (row, secret)
}

/// The invitations of a tenant that wait.
fn waiting(scope: &Scope, now: DateTime<Utc>) -> Select<Entity> {
    Entity::find()
        .filter(Column::TenantId.eq(scope.tenant().uuid()))
        .filter(Column::AcceptedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
}

/// Takes back what somebody invited to and nobody followed yet.
pub(super) async fn revoke_all_of(tx: &Tx, scope: &Scope, inviter: &str, now: DateTime<Utc>) -> Result<u64> {
    let revoked = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .filter(Column::TenantId.eq(scope.tenant().uuid()))
        .filter(Column::InvitedBy.eq(inviter))
        .filter(Column::AcceptedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(revoked.rows_affected)
}

impl Identity<'_> {
    /// Invites somebody; the secret of the link is shown this once. An invitation that waits for the same address ends.
    /// Needs `members:manage`.
    ///
    /// # Errors
    /// Quota where members and waiting invitations are as many as there may be: an invitation keeps its place until it ends.
    pub async fn invite(&self, actor: &Actor, new: NewInvitation) -> Result<CreatedInvitation> {
        let scope = actor.require(Permission::MembersManage)?;
        let new = new.parse()?;
        let now = self.platform.clock.now();
        recent(actor, now)?;
        let (row, secret) = fresh(&scope, actor, new, now);
        let tx = self.platform.db.write(&scope).await?;
        if store::has_member(&tx, &scope, &row.email_key).await? {
            return Err(Error::invalid("/email", "This address has an account in your organisation already."));
        }
        Entity::update_many()
            .col_expr(Column::RevokedAt, Expr::value(now))
            .filter(Column::TenantId.eq(scope.tenant().uuid()))
            .filter(Column::EmailKey.eq(&row.email_key))
            .filter(Column::AcceptedAt.is_null())
            .filter(Column::RevokedAt.is_null())
            .exec(&tx)
            .await?;
        if waiting(&scope, now).count(&tx).await? >= WAITING_MAX {
            return Err(Error::conflict(format!("At most {WAITING_MAX} invitations may wait. Take some back first.")));
        }
        quotas::take(&tx, &scope, now, QuotaKind::Members, 1).await?;
        Entity::insert(ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
        let detail = json!({ "email": row.email, "role": row.role, "expires_at": row.expires_at });
        self.log_invitation(&tx, &scope, actor, ("member.invited", row.id.into()), detail).await?;
        tx.commit().await?;
        Ok(CreatedInvitation { invitation: row.try_into()?, secret })
    }

    /// Invites the first owner of a tenant; invitations to own it that wait end.
    pub(super) async fn invite_owner(
        &self,
        tx: &Tx,
        scope: &Scope,
        email: String,
        (actor, now): (&Actor, DateTime<Utc>),
    ) -> Result<CreatedInvitation> {
        Entity::update_many()
            .col_expr(Column::RevokedAt, Expr::value(now))
            .filter(Column::TenantId.eq(scope.tenant().uuid()))
            .filter(Column::Role.eq(Role::Owner.as_str()))
            .filter(Column::AcceptedAt.is_null())
            .filter(Column::RevokedAt.is_null())
            .exec(tx)
            .await?;
        let new = NewInvitation { email, role: Role::Owner, expires_in_days: OWNER_DAYS };
        let (row, secret) = fresh(scope, actor, new, now);
        Entity::insert(ActiveModel::from(row.clone())).exec_without_returning(tx).await?;
        let detail = json!({ "email": row.email, "role": row.role, "expires_at": row.expires_at });
        self.log_invitation(tx, scope, actor, ("member.invited", row.id.into()), detail).await?;
        Ok(CreatedInvitation { invitation: row.try_into()?, secret })
    }

    /// The invitations that wait, newest first. Needs `members:manage`.
    pub async fn invitations(&self, actor: &Actor, page: &PageRequest) -> Result<Page<Invitation>> {
        let scope = actor.require(Permission::MembersManage)?;
        let limit = page.limit()?;
        let tx = self.platform.db.read(&scope).await?;
        let mut select = waiting(&scope, self.platform.clock.now()).order_by_desc(Column::Id).limit(limit + 1);
        if let Some(after) = page.after()? {
            select = select.filter(Column::Id.lt(after));
        }
        Page::of(select.all(&tx).await?, limit, |row| row.id.to_string()).try_map(Invitation::try_from)
    }

    /// Takes an invitation back. Needs `members:manage`.
    pub async fn take_back(&self, actor: &Actor, id: InvitationId) -> Result<()> {
        let scope = actor.require(Permission::MembersManage)?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let taken = Entity::update_many()
            .col_expr(Column::RevokedAt, Expr::value(now))
            .filter(Column::TenantId.eq(scope.tenant().uuid()))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::AcceptedAt.is_null())
            .filter(Column::RevokedAt.is_null())
            .exec(&tx)
            .await?;
        if taken.rows_affected == 0 {
            return Err(Error::not_found(InvitationId::WHAT));
        }
        self.log_invitation(&tx, &scope, actor, ("invitation.revoked", id), json!({})).await?;
        tx.commit().await
    }

    /// Whom a link invites, and to what.
    ///
    /// # Errors
    /// Gone when it was used, was taken back, or has ended.
    pub async fn invitation(&self, secret: &str) -> Result<InvitationFor> {
        let tx = self.platform.db.read_realm(Realm::SignIn).await?;
        let row = self.live(&tx, secret).await?;
        let scope = Scope::of_tenant(row.tenant_id.into());
        let organisation = store::tenant_name(&tx, &scope).await?;
        Ok(InvitationFor {
            organisation,
            email: row.email.clone(),
            role: store::role(&row.role)?,
            expires_at: row.expires_at,
        })
    }

    async fn live(&self, tx: &Tx, secret: &str) -> Result<Model> {
        let row = Entity::find().filter(Column::SecretHash.eq(token_hash(secret))).one(tx).await?;
        let now = self.platform.clock.now();
        let row = row
            .filter(|row| row.accepted_at.is_none() && row.revoked_at.is_none() && row.expires_at > now)
            .ok_or_else(over)?;
        tenants::admit(tx, row.tenant_id.into()).await?;
        Ok(row)
    }

    /// Makes the account that a link invites to. The new member signs in afterwards, as the policy asks.
    ///
    /// # Errors
    /// Gone when the invitation is over; invalid when the address got an account meanwhile.
    pub async fn accept_invitation(&self, accept: AcceptInvitation) -> Result<()> {
        let tx = self.platform.db.read_realm(Realm::SignIn).await?;
        let row = self.live(&tx, &accept.secret).await?;
        drop(tx);
        let accept = accept.parse(&row.email)?;
        let scope = Scope::of_tenant(row.tenant_id.into());
        let password_hash = hash_in_background(self.platform, accept.password).await?;
        let now = self.platform.clock.now();
        let role = store::role(&row.role)?;
        let tx = self.platform.db.write(&scope).await?;
        let taken = Entity::update_many()
            .col_expr(Column::AcceptedAt, Expr::value(now))
            .filter(Column::TenantId.eq(scope.tenant().uuid()))
            .filter(Column::Id.eq(row.id))
            .filter(Column::AcceptedAt.is_null())
            .filter(Column::RevokedAt.is_null())
            .exec(&tx)
            .await?;
        if taken.rows_affected == 0 {
            return Err(over());
        }
        let account = user_row(scope.tenant(), now, (row.email, accept.name, role), password_hash);
        let member = create_user(&tx, account).await?;
        let actor = Actor::user(scope.tenant(), member.id, member.email.clone(), role);
        let change = Change {
            action: "member.added",
            object: UserId::WHAT,
            object_id: member.id.to_string(),
            detail: json!({ "email": member.email, "role": role, "invited_by": row.invited_by }),
            event: Some("member.added"),
        };
        audit::record(&tx, &scope, &actor, now, change).await?;
        tx.commit().await
    }

    async fn log_invitation(
        &self,
        tx: &Tx,
        scope: &Scope,
        actor: &Actor,
        (action, id): (&str, InvitationId),
        detail: serde_json::Value,
    ) -> Result<()> {
        let change = Change { action, object: InvitationId::WHAT, object_id: id.to_string(), detail, event: None };
        audit::record(tx, scope, actor, self.platform.clock.now(), change).await
    }
}
