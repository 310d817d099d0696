//! Accounts: the first owner, further ones, and who is behind a session.

use super::{
    model::{Member, NewMember, NewOwner},
    rules::recent,
    store::{self, users},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Role, Scope},
    audit::{self, Change},
    ids::{TenantId, UserId},
    platform::{
        Platform,
        db::{Realm, Tx},
    },
    tenants::{
        Tier,
        quotas::{self, QuotaKind},
        store as tenants,
    },
    text,
};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use std::{sync::LazyLock, time::Duration};
use tokio::sync::SemaphorePermit;

/// How long somebody waits for a core to hash a password on.
const HASHING_WAIT: Duration = Duration::from_secs(10);

/// What an unknown address is compared with, so that it takes as long as a known one.
pub(super) static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody has this password").unwrap_or_default());

/// Accounts of the hub.
pub struct Identity<'a> {
    pub(super) platform: &'a Platform,
}

impl<'a> Identity<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Whether nobody owns this hub yet, so that the first owner can be made.
    pub async fn is_first_run(&self) -> Result<bool> {
        Ok(self.only_tenant().await?.is_none())
    }

    /// The tenant that the console of the hub's own machine administers.
    pub async fn only_tenant(&self) -> Result<Option<TenantId>> {
        store::any_tenant(&self.platform.db.read_realm(Realm::SignIn).await?).await
    }

    /// Makes the first tenant and its owner. Open to whoever comes first, and to nobody afterwards.
    ///
    /// # Errors
    /// Conflict when somebody owns the hub already.
    pub async fn create_first_owner(&self, new: NewOwner) -> Result<Actor> {
        let new = new.parse()?;
        let password_hash = hash_in_background(self.platform, new.password.clone()).await?;
        let tx = self.platform.db.realm(Realm::SignIn).await?;
        if tx.is_postgres() {
            tx.execute_unprepared("LOCK TABLE tenants IN SHARE ROW EXCLUSIVE MODE").await?;
        }
        if store::any_tenant(&tx).await?.is_some() {
            return Err(Error::conflict("This hub has an owner already; sign in instead."));
        }
        self.create_owned(tx, new, password_hash, true).await
    }

    /// Makes a tenant with its owner beside those that exist.
    pub async fn create_tenant(&self, new: NewOwner) -> Result<Actor> {
        let new = new.parse()?;
        let password_hash = hash_in_background(self.platform, new.password.clone()).await?;
        let tx = self.platform.db.realm(Realm::SignIn).await?;
        self.create_owned(tx, new, password_hash, false).await
    }

    /// An organisation and its owner, both or neither.
    async fn create_owned(&self, tx: Tx, new: NewOwner, password_hash: String, operates: bool) -> Result<Actor> {
        let tenant = TenantId::generate();
        let now = self.platform.clock.now();
        let slug = tenants::free_slug(&tx, &new.organisation, None).await?;
        tenants::create(&tx, tenant, (&new.organisation, slug), (Tier::Enterprise, operates), now).await?;
        let row = user_row(tenant, now, (new.email, new.name, Role::Owner), password_hash);
        tx.turn_to(&Scope::of_tenant(tenant)).await?;
        let member = store::create_user(&tx, row).await?;
        let actor = Actor::user(tenant, member.id, member.email.clone(), Role::Owner).verified(now);
        let detail = json!({ "organisation": new.organisation });
        log(&tx, &actor, now, ("tenant.created", TenantId::WHAT, tenant.to_string()), detail).await?;
        tx.commit().await?;
        Ok(actor)
    }

    /// Adds an account. Needs `members:manage`.
    ///
    /// # Errors
    /// Invalid for a second owner: ownership is handed over, not multiplied; quota where there are as many as there may be.
    pub async fn add_member(&self, actor: &Actor, new: NewMember) -> Result<Member> {
        let scope = actor.require(Permission::MembersManage)?;
        let new = new.parse()?;
        recent(actor, self.platform.clock.now())?;
        if new.role == Role::Owner {
            return Err(Error::invalid("/role", "Role must be member, auditor or admin."));
        }
        let password_hash = hash_in_background(self.platform, new.password).await?;
        let now = self.platform.clock.now();
        let row = user_row(scope.tenant(), now, (new.email, new.name, new.role), password_hash);
        let tx = self.platform.db.write(&scope).await?;
        quotas::take(&tx, &scope, now, QuotaKind::Members, 1).await?;
        let member = store::create_user(&tx, row).await?;
        let change = Change {
            action: "member.added",
            object: UserId::WHAT,
            object_id: member.id.to_string(),
            detail: json!({ "email": member.email, "role": member.role }),
            event: Some("member.added"),
        };
        audit::record(&tx, &scope, actor, now, change).await?;
        tx.commit().await?;
        Ok(member)
    }

    /// What the actor's organisation is called.
    pub async fn organisation(&self, actor: &Actor) -> Result<String> {
        let scope = Scope::of_tenant(actor.tenant());
        store::tenant_name(&self.platform.db.read(&scope).await?, &scope).await
    }

    /// What the actor's organisation is called on the sign-in page.
    pub async fn slug(&self, actor: &Actor) -> Result<String> {
        let scope = Scope::of_tenant(actor.tenant());
        store::tenant_slug(&self.platform.db.read(&scope).await?, &scope).await
    }

    /// The person behind a session, as of now: a changed role counts at once, and a disabled account is nobody.
    ///
    /// # Errors
    /// Suspended when the person's organisation is.
    pub async fn actor(&self, user: UserId) -> Result<Option<Actor>> {
        let tx = self.platform.db.read_realm(Realm::SignIn).await?;
        let user = store::user(&tx, user).await?.filter(|user| user.disabled_at.is_none());
        let Some(user) = user else { return Ok(None) };
        tenants::admit(&tx, user.tenant_id.into()).await?;
        actor_of(&user).map(Some)
    }

    /// Logs that somebody signed out.
    pub async fn signed_out(&self, actor: &Actor) -> Result<()> {
        let scope = Scope::of_tenant(actor.tenant());
        let id = actor.user_id().map(|id| id.to_string()).unwrap_or_default();
        let tx = self.platform.db.write(&scope).await?;
        log(&tx, actor, self.platform.clock.now(), ("session.ended", UserId::WHAT, id), json!({})).await?;
        tx.commit().await
    }
}

pub(super) fn actor_of(user: &users::Model) -> Result<Actor> {
    Ok(Actor::user(user.tenant_id.into(), user.id.into(), user.email.clone(), store::role(&user.role)?))
}

/// Logs an action of the actor in its own tenant that is no event for others.
pub(super) async fn log(
    tx: &Tx,
    actor: &Actor,
    now: DateTime<Utc>,
    (action, object, object_id): (&str, &str, String),
    detail: serde_json::Value,
) -> Result<()> {
    let change = Change { action, object, object_id, detail, event: None };
    audit::record(tx, &Scope::of_tenant(actor.tenant()), actor, now, change).await
}

pub(super) fn user_row(
    tenant: TenantId,
    now: DateTime<Utc>,
    (email, name, role): (String, String, Role),
    password_hash: String,
) -> users::Model {
    users::Model {
        id: UserId::generate().uuid(),
        tenant_id: tenant.uuid(),
        created_at: now,
        email_key: text::key(&email),
        sign_in_key: Some(text::key(&email)),
        email,
        name,
        password_hash,
        role: role.as_str().to_owned(),
        disabled_at: None,
    }
}

/// An account of somebody who signs in by a provider alone: no password has its hash, and no address is taken for the whole hub.
pub(super) fn without_password(
    tenant: TenantId,
    now: DateTime<Utc>,
    (email, name, role): (String, String, Role),
) -> users::Model {
    users::Model { sign_in_key: None, ..user_row(tenant, now, (email, name, role), String::new()) }
}

/// Argon2id with the crate's defaults: 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet).
fn hash(password: &str) -> Result<String> {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed.map(|hash| hash.to_string()).map_err(|error| Error::internal(error.to_string()))
}

/// Waits for a core to hash on; who comes when too many wait is told so, and nothing is hashed for them.
async fn turn(platform: &Platform) -> Result<SemaphorePermit<'_>> {
    match tokio::time::timeout(HASHING_WAIT, platform.hashing.acquire()).await {
        Ok(turn) => turn.map_err(Error::internal),
        Err(_) => Err(Error::unavailable("Too many people sign in at this moment. Try again in a few seconds.")),
    }
}

pub(super) async fn hash_in_background(platform: &Platform, password: String) -> Result<String> {
    let _turn = turn(platform).await?;
    tokio::task::spawn_blocking(move || hash(&password)).await.map_err(Error::internal)?
}

pub(super) async fn verify_in_background(platform: &Platform, password: String, stored: String) -> Result<bool> {
    let _turn = turn(platform).await?;
    let verify = move || {
        PasswordHash::new(&stored)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    };
    tokio::task::spawn_blocking(verify).await.map_err(Error::internal)
}
