//! Making organisations, keeping their people out and letting them in again, and deciding that one goes.

use super::{
    model::{
        CreatedOrganisation, NewOrganisation, NewOwnerInvitation, Organisation, OwnDeletion, OwnerInvitation,
        Suspension, TierChange,
    },
    quotas::{self, QuotaOverrides},
    store::{self, Standing, tenants::Model},
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    audit::{self, Change},
    identity::{FirstOwner, Identity, recent},
    ids::TenantId,
    page::{Page, PageRequest},
    platform::{
        Platform,
        db::{Realm, Tx},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// The organisations of the hub.
pub struct Tenants<'a> {
    pub(super) platform: &'a Platform,
}

/// A change of one organisation by those who run the hub, under way.
struct Work {
    tx: Tx,
    ours: Scope,
    row: Model,
    now: DateTime<Utc>,
}

impl<'a> Tenants<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Whether the actor's organisation runs the hub and the actor may act for it.
    pub async fn may_operate(&self, actor: &Actor) -> Result<bool> {
        let Ok(scope) = actor.require(Permission::HubOperate) else { return Ok(false) };
        store::operates(&self.platform.db.read(&scope).await?, &scope).await
    }

    /// Refuses an actor whose organisation was suspended since the actor was found.
    ///
    /// # Errors
    /// Suspended, saying why.
    pub async fn admit(&self, actor: &Actor) -> Result<()> {
        let scope = Scope::of_tenant(actor.tenant());
        store::admit(&self.platform.db.read(&scope).await?, actor.tenant()).await
    }

    /// The scope of those who run the hub.
    async fn operator(&self, actor: &Actor) -> Result<Scope> {
        let scope = actor.require(Permission::HubOperate)?;
        match store::operates(&self.platform.db.read(&scope).await?, &scope).await? {
            true => Ok(scope),
            false => Err(Error::forbidden("Only the organisation that runs this hub looks after others.")),
        }
    }

    /// The same about a named organisation, of which nobody else knows.
    async fn operator_of_another(&self, actor: &Actor) -> Result<Scope> {
        let scope = actor.require(Permission::HubOperate)?;
        let tx = self.platform.db.read(&scope).await?;
        if store::operates(&tx, &scope).await? { Ok(scope) } else { Err(store::missing()) }
    }

    async fn begin(&self, actor: &Actor, id: TenantId) -> Result<Work> {
        let ours = self.operator_of_another(actor).await?;
        let tx = self.platform.db.operate(&ours).await?;
        let row = store::find(&tx, id).await?;
        Ok(Work { tx, ours, row, now: self.platform.clock.now() })
    }

    /// Writes the change down in both logs: in ours who did it, in theirs that it was done.
    async fn settle(&self, work: Work, actor: &Actor, action: &str, detail: Value) -> Result<Organisation> {
        let Work { tx, ours, row, now } = work;
        let id = TenantId::from(row.id);
        if id != ours.tenant() {
            let theirs = Scope::of_tenant(id);
            tx.turn_to(&theirs).await?;
            log(&tx, &theirs, &by_operator(id), now, (action, id), detail.clone()).await?;
            tx.turn_to(&ours).await?;
        }
        log(&tx, &ours, actor, now, (action, id), detail).await?;
        let organisation = self.shown(&tx, store::find(&tx, id).await?).await?;
        tx.commit().await?;
        Ok(organisation)
    }

    async fn shown(&self, tx: &Tx, row: Model) -> Result<Organisation> {
        let id = TenantId::from(row.id);
        let members = Identity::new(self.platform).count_members(tx, &[id]).await?;
        store::organisation(row, members.get(&id).copied().unwrap_or_default())
    }

    /// Makes an organisation with its first owner: with a password, or invited by a link that is shown this once. Needs
    /// `hub:operate` in the organisation that runs the hub.
    ///
    /// # Errors
    /// Invalid for a slug or an address that is taken.
    pub async fn create(&self, actor: &Actor, new: NewOrganisation) -> Result<CreatedOrganisation> {
        let ours = self.operator(actor).await?;
        let new = new.parse()?;
        let now = self.platform.clock.now();
        recent(actor, now)?;
        let identity = Identity::new(self.platform);
        let owner_email = new.owner_email.clone();
        let owner = identity.first_owner((new.owner_email, new.owner_name), new.owner_password).await?;
        let id = TenantId::generate();
        let theirs = Scope::of_tenant(id);
        let tx = self.platform.db.operate(&ours).await?;
        let slug = store::free_slug(&tx, &new.name, new.slug.as_deref()).await?;
        store::create(&tx, id, (&new.name, slug.clone()), (new.tier, false), now).await?;
        if identity.is_taken(&tx, &owner_email).await? {
            return Err(taken("/owner_email"));
        }
        tx.turn_to(&theirs).await?;
        let invitation = self.admit_owner(&tx, &theirs, owner, now).await?;
        let detail = json!({ "organisation": new.name, "slug": slug, "tier": new.tier });
        log(&tx, &theirs, &by_operator(id), now, ("tenant.created", id), detail.clone()).await?;
        tx.turn_to(&ours).await?;
        log(&tx, &ours, actor, now, ("organisation.created", id), detail).await?;
        let organisation = self.shown(&tx, store::find(&tx, id).await?).await?;
        tx.commit().await?;
        Ok(CreatedOrganisation { organisation, invitation })
    }

    async fn admit_owner(
        &self,
        tx: &Tx,
        theirs: &Scope,
        owner: FirstOwner,
        now: DateTime<Utc>,
    ) -> Result<Option<OwnerInvitation>> {
        let identity = Identity::new(self.platform);
        let made = identity.settle_first_owner(tx, theirs, owner, (&by_operator(theirs.tenant()), now)).await?;
        Ok(made.map(|made| OwnerInvitation {
            email: made.invitation.email,
            secret: made.secret,
            expires_at: made.invitation.expires_at,
        }))
    }

    /// Invites another first owner to an organisation that nobody owns yet; the link of before ends. Needs `hub:operate`.
    ///
    /// # Errors
    /// Conflict when somebody owns it.
    pub async fn invite_owner(&self, actor: &Actor, id: TenantId, new: NewOwnerInvitation) -> Result<OwnerInvitation> {
        let work = self.begin(actor, id).await?;
        let new = new.parse()?;
        recent(actor, work.now)?;
        let theirs = Scope::of_tenant(id);
        let identity = Identity::new(self.platform);
        if identity.is_taken(&work.tx, &new.email).await? {
            return Err(taken("/email"));
        }
        work.tx.turn_to(&theirs).await?;
        if identity.is_owned(&work.tx, &theirs).await? {
            return Err(Error::conflict("Somebody owns this organisation, and hands it over to another member."));
        }
        let owner = FirstOwner::Invited { email: new.email };
        let made = self.admit_owner(&work.tx, &theirs, owner, work.now).await?;
        work.tx.turn_to(&work.ours).await?;
        self.settle(work, actor, "organisation.owner.invited", json!({})).await?;
        made.ok_or_else(|| Error::internal("an invitation without a link"))
    }

    /// All organisations, newest first. Needs `hub:operate` in the organisation that runs the hub.
    pub async fn list(&self, actor: &Actor, page: &PageRequest) -> Result<Page<Organisation>> {
        self.operator(actor).await?;
        let tx = self.platform.db.read_realm(Realm::Operate).await?;
        let rows = store::page(&tx, page).await?;
        let ids: Vec<TenantId> = rows.items.iter().map(|row| row.id.into()).collect();
        let members = Identity::new(self.platform).count_members(&tx, &ids).await?;
        rows.try_map(|row| {
            let members = members.get(&row.id.into()).copied().unwrap_or_default();
            store::organisation(row, members)
        })
    }

    /// An organisation. Needs `hub:operate`; for everybody outside of the organisation that runs the hub there is none.
    pub async fn get(&self, actor: &Actor, id: TenantId) -> Result<Organisation> {
        self.operator_of_another(actor).await?;
        let tx = self.platform.db.read_realm(Realm::Operate).await?;
        self.shown(&tx, store::find(&tx, id).await?).await
    }

    /// The same by its slug or its id, as somebody types it at a console.
    pub async fn named(&self, actor: &Actor, text: &str) -> Result<Organisation> {
        self.operator_of_another(actor).await?;
        let tx = self.platform.db.read_realm(Realm::Operate).await?;
        let row = match text.parse::<TenantId>() {
            Ok(id) => store::find(&tx, id).await?,
            Err(_) => store::find_by_slug(&tx, text).await?,
        };
        self.shown(&tx, row).await
    }

    /// Gives an organisation another tier. Needs `hub:operate`.
    pub async fn set_tier(&self, actor: &Actor, id: TenantId, change: TierChange) -> Result<Organisation> {
        let work = self.begin(actor, id).await?;
        store::set_tier(&work.tx, id, change.tier).await?;
        let detail = json!({ "from": work.row.tier, "to": change.tier });
        self.settle(work, actor, "organisation.tier.changed", detail).await
    }

    /// Says what an organisation may use beside its tier; what is left out is the tier's. Needs `hub:operate`.
    pub async fn set_quotas(&self, actor: &Actor, id: TenantId, agreed: QuotaOverrides) -> Result<Organisation> {
        let work = self.begin(actor, id).await?;
        let agreed = quotas::set_overrides(&work.tx, id, agreed).await?;
        let detail = json!({ "from": work.row.quotas, "to": agreed });
        self.settle(work, actor, "organisation.quotas.changed", detail).await
    }

    /// Keeps an organisation's people out from now on: sessions, keys and tokens open nothing, and its work waits. Needs
    /// `hub:operate`.
    ///
    /// # Errors
    /// Conflict for the organisation that runs the hub, and where it is suspended already.
    pub async fn suspend(&self, actor: &Actor, id: TenantId, suspension: Suspension) -> Result<Organisation> {
        let work = self.begin(actor, id).await?;
        let suspension = suspension.parse()?;
        recent(actor, work.now)?;
        spare_operator(&work.row)?;
        if work.row.suspended_at.is_some() {
            return Err(Error::conflict("The organisation is suspended already."));
        }
        let standing = Standing {
            suspended_at: Some(work.now),
            suspended_why: Some(suspension.reason.clone()),
            delete_after: None,
        };
        store::stand(&work.tx, &work.row, &standing).await?;
        self.settle(work, actor, "organisation.suspended", json!({ "reason": suspension.reason })).await
    }

    /// Lets an organisation's people in again, and its work go on. Needs `hub:operate`.
    ///
    /// # Errors
    /// Conflict where it is not suspended, and where it is leaving.
    pub async fn resume(&self, actor: &Actor, id: TenantId) -> Result<Organisation> {
        let work = self.begin(actor, id).await?;
        recent(actor, work.now)?;
        if work.row.delete_after.is_some() {
            return Err(Error::conflict("The organisation is to be removed; restore it first."));
        }
        if work.row.suspended_at.is_none() {
            return Err(Error::conflict("The organisation is not suspended."));
        }
        store::stand(&work.tx, &work.row, &OPEN).await?;
        let organisation = self.settle(work, actor, "organisation.resumed", json!({})).await?;
        self.platform.work.raise();
        Ok(organisation)
    }

    /// Decides that everything of an organisation goes after `TENANT_DELETION_GRACE_DAYS`, and keeps its people out at once. Needs
    /// `hub:operate`.
    ///
    /// # Errors
    /// Conflict for the organisation that runs the hub, and where it is decided already.
    pub async fn delete(&self, actor: &Actor, id: TenantId) -> Result<Organisation> {
        let work = self.begin(actor, id).await?;
        recent(actor, work.now)?;
        let detail = self.mark(&work.tx, &work.row, work.now).await?;
        self.settle(work, actor, "organisation.deletion.decided", detail).await
    }

    /// Has the actor's own organisation removed, as [`Tenants::delete`] does; its name is typed as a confirmation. Needs
    /// `tenant:own`.
    pub async fn leave(&self, actor: &Actor, typed: &OwnDeletion) -> Result<Organisation> {
        let scope = actor.require(Permission::TenantOwn)?;
        let (id, now) = (scope.tenant(), self.platform.clock.now());
        recent(actor, now)?;
        let tx = self.platform.db.operate(&scope).await?;
        let row = store::find(&tx, id).await?;
        if typed.name.trim() != row.name {
            return Err(Error::invalid("/name", "Name must be what the organisation is called, to the letter."));
        }
        let detail = self.mark(&tx, &row, now).await?;
        let action = ("organisation.deletion.decided", id);
        log(&tx, &scope, actor, now, action, detail.clone()).await?;
        if let Some(operator) = store::operator(&tx).await? {
            let ours = Scope::of_tenant(operator);
            tx.turn_to(&ours).await?;
            log(&tx, &ours, &Actor::hub(operator, "its owner"), now, action, detail).await?;
        }
        let organisation = self.shown(&tx, store::find(&tx, id).await?).await?;
        tx.commit().await?;
        Ok(organisation)
    }

    async fn mark(&self, tx: &Tx, row: &Model, now: DateTime<Utc>) -> Result<Value> {
        spare_operator(row)?;
        if row.delete_after.is_some() {
            return Err(Error::conflict("The organisation is to be removed already."));
        }
        let delete_after = now + TimeDelta::days(self.platform.settings.tenant_deletion_grace_days.into());
        let standing = Standing {
            suspended_at: row.suspended_at.or(Some(now)),
            suspended_why: row.suspended_why.clone(),
            delete_after: Some(delete_after),
        };
        store::stand(tx, row, &standing).await?;
        Ok(json!({ "organisation": row.name, "delete_after": delete_after }))
    }

    /// Takes back that an organisation goes; one that was suspended before stays so. Needs `hub:operate`.
    ///
    /// # Errors
    /// Conflict where nothing was decided, and when its time has come.
    pub async fn restore(&self, actor: &Actor, id: TenantId) -> Result<Organisation> {
        let work = self.begin(actor, id).await?;
        recent(actor, work.now)?;
        match work.row.delete_after {
            None => return Err(Error::conflict("The organisation is not to be removed.")),
            Some(at) if at <= work.now => return Err(Error::conflict("The organisation is being removed.")),
            Some(_) => {}
        }
        // Only those who run the hub give a reason.
        let standing = match &work.row.suspended_why {
            Some(why) => Standing { suspended_why: Some(why.clone()), suspended_at: work.row.suspended_at, ..OPEN },
            None => OPEN,
        };
        store::stand(&work.tx, &work.row, &standing).await?;
        let organisation = self.settle(work, actor, "organisation.restored", json!({})).await?;
        self.platform.work.raise();
        Ok(organisation)
    }
}

/// Nobody is kept out.
const OPEN: Standing = Standing { suspended_at: None, suspended_why: None, delete_after: None };

fn taken(pointer: &str) -> Error {
    Error::invalid(pointer, "This address has an account already.")
}

fn by_operator(tenant: TenantId) -> Actor {
    Actor::hub(tenant, "operator")
}

fn spare_operator(row: &Model) -> Result<()> {
    if row.operates {
        return Err(Error::conflict("This organisation runs the hub, and can be neither suspended nor removed."));
    }
    Ok(())
}

/// Logs what became of an organisation, in whose scope this is.
pub(super) async fn log(
    tx: &Tx,
    scope: &Scope,
    actor: &Actor,
    now: DateTime<Utc>,
    (action, id): (&str, TenantId),
    detail: Value,
) -> Result<()> {
    let change = Change { action, object: TenantId::WHAT, object_id: id.to_string(), detail, event: None };
    audit::record(tx, scope, actor, now, change).await
}
