//! Adding, using and removing second factors.

use super::{
    messages::masked,
    model::{
        Factor, FactorKind, RecoveryCodes, RecoveryState, SignInPolicy, StartedTotp, bare_code, parse_factor_name,
    },
    passkeys::{self, Offered, Origin, Registration, Stored},
    recovery, remembered,
    rules::{Needed, asked_of, lacks_one, still_needed},
    store::{self, second_factors},
    totp,
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Role, Scope},
    identity::{
        pending::{self, Purpose},
        rules::recent,
        service::log,
        store::{tenant_name, users},
    },
    ids::{FactorId, TenantId, UserId},
    platform::{Platform, db::Tx},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// Second factors of the hub.
pub struct Factors<'a> {
    pub(super) platform: &'a Platform,
}

/// Whose factor it is.
#[derive(Clone, Debug)]
pub(in crate::identity) struct Person {
    pub(in crate::identity) tenant: TenantId,
    pub(in crate::identity) user: UserId,
    pub(in crate::identity) email: String,
    pub(in crate::identity) role: Role,
}

impl Person {
    pub(in crate::identity) fn of(user: &users::Model) -> Result<Self> {
        Ok(Self {
            tenant: user.tenant_id.into(),
            user: user.id.into(),
            email: user.email.clone(),
            role: crate::identity::store::role(&user.role)?,
        })
    }

    /// The person as an actor, for the audit log.
    pub(in crate::identity) fn actor(&self) -> Actor {
        Actor::user(self.tenant, self.user, self.email.clone(), self.role)
    }
}

/// What is still needed of somebody whose password was right.
pub(in crate::identity) async fn needed(
    platform: &Platform,
    person: &Person,
    device: Option<&str>,
) -> Result<Option<Needed>> {
    let scope = Scope::of_tenant(person.tenant);
    let tx = platform.db.read(&scope).await?;
    let policy = store::policy(&tx, &scope).await?;
    let kinds = kinds(&store::factors(&tx, &scope, person.user).await?)?;
    drop(tx);
    let remembered = !kinds.is_empty() && remembered::recognised(platform, &scope, person.user, device).await?;
    Ok(still_needed(&policy, person.role, &kinds, remembered))
}

/// Whether the person's policy asks for a second factor that counts, and they have none.
pub(in crate::identity) async fn lacking(platform: &Platform, person: &Person) -> Result<bool> {
    let scope = Scope::of_tenant(person.tenant);
    let tx = platform.db.read(&scope).await?;
    let policy = store::policy(&tx, &scope).await?;
    let kinds = kinds(&store::factors(&tx, &scope, person.user).await?)?;
    Ok(lacks_one(&policy, person.role, &kinds))
}

/// Whether the person is asked for something stronger than a text message.
pub(in crate::identity) async fn has_stronger(platform: &Platform, person: &Person) -> Result<bool> {
    let scope = Scope::of_tenant(person.tenant);
    let rows = asked(&platform.db.read(&scope).await?, &scope, person.user).await?;
    Ok(kinds(&rows)?.iter().any(|kind| kind.is_strong()))
}

fn kinds(rows: &[second_factors::Model]) -> Result<Vec<FactorKind>> {
    rows.iter().map(store::kind).collect()
}

/// For how many days the tenant lets a browser be remembered.
pub(in crate::identity) async fn remember_days(platform: &Platform, scope: &Scope) -> Result<u32> {
    Ok(store::policy(&platform.db.read(scope).await?, scope).await?.remember_days)
}

impl<'a> Factors<'a> {
    pub(crate) fn new(platform: &'a Platform) -> Self {
        Self { platform }
    }

    /// Whose account the actor manages. Changing how somebody signs in asks that they just did.
    pub(super) fn manager(&self, actor: &Actor) -> Result<Person> {
        let person = self.own(actor)?;
        recent(actor, self.platform.clock.now())?;
        Ok(person)
    }

    /// Whose account the actor's is.
    pub(super) fn own(&self, actor: &Actor) -> Result<Person> {
        actor.require(Permission::AccountManage)?;
        let user = remembered::own(actor)?;
        Ok(Person { tenant: actor.tenant(), user, email: actor.label(), role: actor.role() })
    }

    /// A factor as its owner sees it.
    pub(super) fn shown(&self, row: second_factors::Model) -> Result<Factor> {
        let kind = store::kind(&row)?;
        let number = match kind {
            FactorKind::Sms => Some(masked(&self.platform.secrets.open(&context(row.id), &row.record)?)?),
            FactorKind::Totp | FactorKind::Passkey | FactorKind::SecurityKey => None,
        };
        let (created_at, last_used_at) = (row.created_at, row.last_used_at);
        Ok(Factor { id: row.id.into(), kind, name: row.name, number, created_at, last_used_at })
    }

    /// Refuses a kind that the organisation does not count.
    async fn counted(&self, tx: &Tx, scope: &Scope, kind: FactorKind) -> Result<()> {
        if store::policy(tx, scope).await?.counts(kind) {
            return Ok(());
        }
        let what = kind.words().to_lowercase();
        Err(Error::conflict(format!("Your organisation's policy does not count this as a second factor: {what}.")))
    }

    /// The actor's second factors, oldest first. Needs `account:manage`.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Factor>> {
        let scope = actor.require(Permission::AccountManage)?;
        let user = remembered::own(actor)?;
        let rows = store::factors(&self.platform.db.read(&scope).await?, &scope, user).await?;
        rows.into_iter().map(|row| self.shown(row)).collect()
    }

    /// The kinds by which the actor confirms who sits there: a text message only where nothing stronger is. Needs
    /// `account:manage`.
    pub async fn confirming(&self, actor: &Actor) -> Result<Vec<FactorKind>> {
        let scope = actor.require(Permission::AccountManage)?;
        let user = remembered::own(actor)?;
        let mut found = kinds(&asked(&self.platform.db.read(&scope).await?, &scope, user).await?)?;
        let strong = found.iter().any(|kind| kind.is_strong());
        found.retain(|kind| kind.is_strong() || !strong);
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Begins to add an authenticator app; it counts once a code of it was confirmed. Needs `account:manage`.
    pub async fn start_totp(&self, actor: &Actor, name: &str) -> Result<StartedTotp> {
        self.start_totp_of(&self.manager(actor)?, name).await
    }

    pub(in crate::identity) async fn start_totp_of(&self, person: &Person, name: &str) -> Result<StartedTotp> {
        let name = parse_factor_name(name, FactorKind::Totp)?;
        let secret = totp::new_secret();
        let scope = Scope::of_tenant(person.tenant);
        let tx = self.platform.db.write(&scope).await?;
        self.counted(&tx, &scope, FactorKind::Totp).await?;
        self.room_for_one(&tx, &scope, person.user).await?;
        store::remove_started(&tx, &scope, person.user).await?;
        let row = self.row(person, FactorKind::Totp, name, &secret)?;
        let id = row.id.into();
        store::add_factor(&tx, row).await?;
        let organisation = tenant_name(&tx, &scope).await?;
        tx.commit().await?;
        let (secret, url) = totp::shown(&secret, &organisation, &person.email)?;
        Ok(StartedTotp { id, secret, url })
    }

    /// The secret of an app that was begun and waits for its code, so that its page can be shown again.
    pub async fn started_totp(&self, actor: &Actor, id: FactorId) -> Result<StartedTotp> {
        self.started_totp_of(&self.manager(actor)?, id).await
    }

    pub(in crate::identity) async fn started_totp_of(&self, person: &Person, id: FactorId) -> Result<StartedTotp> {
        let scope = Scope::of_tenant(person.tenant);
        let tx = self.platform.db.read(&scope).await?;
        let row = store::started(&tx, &scope, person.user, (id, FactorKind::Totp)).await?;
        let organisation = tenant_name(&tx, &scope).await?;
        let secret = self.platform.secrets.open(&context(row.id), &row.record)?;
        let (secret, url) = totp::shown(&secret, &organisation, &person.email)?;
        Ok(StartedTotp { id, secret, url })
    }

    /// Confirms an authenticator app by its code. Needs `account:manage`.
    pub async fn confirm_totp(&self, actor: &Actor, id: FactorId, code: &str) -> Result<Factor> {
        self.confirm_totp_of(&self.manager(actor)?, id, code).await
    }

    pub(in crate::identity) async fn confirm_totp_of(
        &self,
        person: &Person,
        id: FactorId,
        code: &str,
    ) -> Result<Factor> {
        let code = bare_code(code)?;
        let scope = Scope::of_tenant(person.tenant);
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let row = store::started(&tx, &scope, person.user, (id, FactorKind::Totp)).await?;
        let secret = self.platform.secrets.open(&context(row.id), &row.record)?;
        let step = totp::step_of(&secret, &code, now.timestamp())?.ok_or_else(|| {
            Error::invalid("/code", "This is not the code that the app shows now. Check that its clock is right.")
        })?;
        store::confirm(&tx, row.id, step, now).await?;
        log_added(&tx, person, now, &row).await?;
        tx.commit().await?;
        self.shown(row)
    }

    /// Begins to add a passkey or a security key. Needs `account:manage`.
    pub async fn start_credential(&self, actor: &Actor, kind: FactorKind, origin: &Origin) -> Result<Offered> {
        self.start_credential_of(&self.manager(actor)?, kind, origin).await
    }

    pub(in crate::identity) async fn start_credential_of(
        &self,
        person: &Person,
        kind: FactorKind,
        origin: &Origin,
    ) -> Result<Offered> {
        let scope = Scope::of_tenant(person.tenant);
        let tx = self.platform.db.read(&scope).await?;
        self.counted(&tx, &scope, kind).await?;
        self.room_for_one(&tx, &scope, person.user).await?;
        let known = self.credentials(&store::factors(&tx, &scope, person.user).await?)?;
        drop(tx);
        let known: Vec<_> = known.into_iter().map(|(_, stored)| stored).collect();
        let (options, state) = passkeys::register(origin, (person.user.uuid(), &person.email), kind, &known)?;
        let owner = Some((person.tenant, person.user));
        let ceremony = pending::keep(self.platform, Purpose::Registration, owner, &state).await?;
        Ok(Offered { ceremony, options })
    }

    /// Adds the passkey or security key that the browser made. Needs `account:manage`.
    pub async fn add_credential(
        &self,
        actor: &Actor,
        (ceremony, name): (&str, &str),
        credential: &Value,
        origin: &Origin,
    ) -> Result<Factor> {
        self.add_credential_of(&self.manager(actor)?, (ceremony, name), credential, origin).await
    }

    pub(in crate::identity) async fn add_credential_of(
        &self,
        person: &Person,
        (ceremony, name): (&str, &str),
        credential: &Value,
        origin: &Origin,
    ) -> Result<Factor> {
        let begun = pending::find::<Registration>(self.platform, Purpose::Registration, ceremony).await?;
        if begun.owner != Some((person.tenant, person.user)) {
            return Err(Error::not_found("ceremony"));
        }
        let kind = begun.record.kind();
        let name = parse_factor_name(name, kind)?;
        let stored = passkeys::registered(origin, &begun.record, credential)?;
        pending::finish(self.platform, &begun).await?;
        let scope = Scope::of_tenant(person.tenant);
        let now = self.platform.clock.now();
        let row = self.row(person, kind, name, &serde_json::to_vec(&stored)?)?;
        let row = second_factors::Model { confirmed_at: Some(now), ..row };
        let tx = self.platform.db.write(&scope).await?;
        self.room_for_one(&tx, &scope, person.user).await?;
        store::add_factor(&tx, row.clone()).await?;
        log_added(&tx, person, now, &row).await?;
        tx.commit().await?;
        self.shown(row)
    }

    /// Removes a second factor. Needs `account:manage`.
    ///
    /// # Errors
    /// Conflict for the last one of somebody whose role needs one.
    pub async fn remove(&self, actor: &Actor, id: FactorId) -> Result<()> {
        let person = self.manager(actor)?;
        let scope = Scope::of_tenant(person.tenant);
        let tx = self.platform.db.write(&scope).await?;
        let mut left = store::factors(&tx, &scope, person.user).await?;
        left.retain(|row| row.id != id.uuid());
        store::remove_factor(&tx, &scope, person.user, id).await?;
        if lacks_one(&store::policy(&tx, &scope).await?, person.role, &kinds(&left)?) {
            return Err(Error::conflict(format!(
                "The role {} needs a second factor. Add another one before you remove this.",
                person.role
            )));
        }
        if left.is_empty() {
            // Nothing is left that they could stand for.
            store::remove_codes(&tx, &scope, person.user).await?;
            store::forget_devices(&tx, &scope, person.user, None).await?;
        }
        let what = ("factor.removed", FactorId::WHAT, id.to_string());
        log(&tx, actor, self.platform.clock.now(), what, json!({})).await?;
        tx.commit().await
    }

    /// Makes recovery codes in the place of all that were there. Needs `account:manage`.
    ///
    /// # Errors
    /// Conflict for somebody without a second factor, whom they would serve for nothing.
    pub async fn make_recovery_codes(&self, actor: &Actor) -> Result<RecoveryCodes> {
        let person = self.manager(actor)?;
        let scope = Scope::of_tenant(person.tenant);
        let codes = recovery::fresh();
        let hashes = codes.iter().map(|code| recovery::hash_of(code)).collect::<Result<Vec<_>>>()?;
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        if store::factors(&tx, &scope, person.user).await?.is_empty() {
            return Err(Error::conflict("Recovery codes stand in for a second factor. Add one first."));
        }
        store::replace_codes(&tx, &scope, person.user, hashes, now).await?;
        let what = ("recovery_codes.created", UserId::WHAT, person.user.to_string());
        log(&tx, actor, now, what, json!({ "codes": codes.len() })).await?;
        tx.commit().await?;
        Ok(RecoveryCodes { codes })
    }

    /// What is left of the actor's recovery codes. Needs `account:manage`.
    pub async fn recovery(&self, actor: &Actor) -> Result<RecoveryState> {
        let scope = actor.require(Permission::AccountManage)?;
        let user = remembered::own(actor)?;
        store::recovery_state(&self.platform.db.read(&scope).await?, &scope, user).await
    }

    /// What the tenant asks of those who sign in. Needs `members:read`.
    pub async fn policy(&self, actor: &Actor) -> Result<SignInPolicy> {
        let scope = actor.require(Permission::MembersRead)?;
        store::policy(&self.platform.db.read(&scope).await?, &scope).await
    }

    /// Sets what the tenant asks of those who sign in; it counts from the next sign-in on. Needs `members:manage`.
    pub async fn set_policy(&self, actor: &Actor, policy: SignInPolicy) -> Result<SignInPolicy> {
        let scope = actor.require(Permission::MembersManage)?;
        let policy = policy.parse()?;
        let now = self.platform.clock.now();
        recent(actor, now)?;
        let tx = self.platform.db.write(&scope).await?;
        store::set_policy(&tx, &scope, &policy).await?;
        let what = ("sign_in_policy.changed", TenantId::WHAT, scope.tenant().to_string());
        log(&tx, actor, now, what, serde_json::to_value(&policy)?).await?;
        tx.commit().await?;
        Ok(policy)
    }

    pub(super) async fn room_for_one(&self, tx: &Tx, scope: &Scope, user: UserId) -> Result<()> {
        if store::factors(tx, scope, user).await?.len() < store::FACTORS_MAX {
            return Ok(());
        }
        let message = format!("An account has at most {} second factors. Remove one first.", store::FACTORS_MAX);
        Err(Error::conflict(message))
    }

    pub(super) fn row(
        &self,
        person: &Person,
        kind: FactorKind,
        name: String,
        record: &[u8],
    ) -> Result<second_factors::Model> {
        let id = FactorId::generate().uuid();
        Ok(second_factors::Model {
            id,
            tenant_id: person.tenant.uuid(),
            created_at: self.platform.clock.now(),
            user_id: person.user.uuid(),
            kind: kind.as_str().to_owned(),
            name,
            record: self.platform.secrets.seal(&context(id), record)?,
            last_step: 0,
            confirmed_at: None,
            last_used_at: None,
        })
    }

    /// The passkeys and security keys among the rows.
    pub(super) fn credentials(&self, rows: &[second_factors::Model]) -> Result<Vec<(uuid::Uuid, Stored)>> {
        let credentials = [FactorKind::Passkey.as_str(), FactorKind::SecurityKey.as_str()];
        let is_credential = |row: &&second_factors::Model| credentials.contains(&row.kind.as_str());
        let open = |row: &second_factors::Model| {
            let record = self.platform.secrets.open(&context(row.id), &row.record)?;
            Ok((row.id, serde_json::from_slice(&record)?))
        };
        rows.iter().filter(is_credential).map(open).collect()
    }
}

pub(super) fn context(id: uuid::Uuid) -> String {
    format!("second factor {id}")
}

pub(super) async fn log_added(tx: &Tx, person: &Person, now: DateTime<Utc>, row: &second_factors::Model) -> Result<()> {
    let what = ("factor.added", FactorId::WHAT, row.id.to_string());
    log(tx, &person.actor(), now, what, json!({ "kind": row.kind, "name": row.name })).await
}

/// The factors that somebody with these is asked for.
pub(super) async fn asked(tx: &Tx, scope: &Scope, user: UserId) -> Result<Vec<second_factors::Model>> {
    let mut rows = store::factors(tx, scope, user).await?;
    let asked = asked_of(&store::policy(tx, scope).await?, &kinds(&rows)?);
    rows.retain(|row| asked.iter().any(|kind| kind.as_str() == row.kind));
    Ok(rows)
}
