//! Which account it is that a provider vouches for.

use super::{
    flow::Person,
    model::Errand,
    rules::role_of,
    service::{Known, Providers},
    store::{self, ProviderSession},
    view::Vouched,
};
use crate::{
    Error, Result,
    access::{Actor, Role, Scope},
    audit::{self, Change},
    identity::{
        directory,
        model::parse_email,
        service::{Identity, without_password},
        signing_in::SignIn,
        store::{create_user, has_member, own_user, set_role, users},
    },
    ids::{IdentityId, ProviderId, UserId},
    platform::db::Tx,
    tenants::quotas::{self, QuotaKind},
    text,
};
use serde_json::{Value, json};

/// Longest name that is taken over.
const NAME_MAX: usize = 254;

/// Whose account the actor manages.
///
/// # Errors
/// Forbidden for a key.
pub(super) fn person(actor: &Actor) -> Result<UserId> {
    actor.user_id().ok_or_else(|| Error::forbidden("Only people sign in with a provider; a key does not."))
}

/// What a session that rests on the provider's keeps.
pub(super) fn hint_context(provider: ProviderId) -> String {
    format!("sign-out at {provider}")
}

impl Providers<'_> {
    /// Signs in whom the provider vouches for, as a new member where that is allowed.
    pub(super) async fn sign_in(
        &self,
        known: &Known,
        person: &Person,
        device: Option<&str>,
    ) -> Result<(SignIn, ProviderSession)> {
        if !known.row.enabled {
            return Err(Error::not_found(ProviderId::WHAT));
        }
        let scope = known.scope();
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let user = match self.account(&tx, known, person).await? {
            Some((identity, user)) => {
                if user.disabled_at.is_some() {
                    return Err(Error::unauthenticated(
                        "Your membership has ended. Ask an admin of your organisation.",
                    ));
                }
                store::touch(&tx, &scope, identity.id, now).await?;
                self.with_role_of_now(&tx, known, person, user).await?
            }
            None => self.new_member(&tx, known, person).await?,
        };
        tx.commit().await?;
        let (subject, session) = person.leaving.clone();
        let session = ProviderSession {
            provider: known.id(),
            user: user.id.into(),
            subject,
            session,
            hint: self.platform.secrets.seal(&hint_context(known.id()), person.hint.as_bytes())?,
            ends_at: person.ends_at,
        };
        let identity = Identity::new(self.platform);
        let came = identity.vouched_for(&user, &known.row.name, known.row.second_factor, device).await?;
        Ok((came, session))
    }

    /// The account that the provider means: the one that is connected, or the one that the directory made and knows by this name,
    /// where the provider and the directory call people the same.
    async fn account(
        &self,
        tx: &Tx,
        known: &Known,
        person: &Person,
    ) -> Result<Option<(store::external_identities::Model, users::Model)>> {
        let (scope, id) = (known.scope(), known.id());
        let connected = store::account(tx, &scope, id, &person.subject).await?;
        if connected.is_some() || !known.row.directory {
            return Ok(connected);
        }
        let Some(user) = known_to_directory(tx, known, person).await? else { return Ok(None) };
        let connection =
            store::connect(tx, &scope, (id, &person.subject), user.id.into(), self.platform.clock.now()).await?;
        let change = Change {
            action: "identity.connected",
            object: IdentityId::WHAT,
            object_id: connection.to_string(),
            detail: json!({ "provider": known.row.name, "email": user.email, "by": "directory" }),
            event: None,
        };
        audit::record(tx, &scope, &known.actor(), self.platform.clock.now(), change).await?;
        store::account(tx, &scope, id, &person.subject).await
    }

    /// Gives a member the role that the groups of now give. The owner's is handed over, not taken.
    async fn with_role_of_now(
        &self,
        tx: &Tx,
        known: &Known,
        person: &Person,
        user: users::Model,
    ) -> Result<users::Model> {
        let mapping = store::group_roles(&known.row);
        if mapping.is_empty() || user.role == Role::Owner.as_str() {
            return Ok(user);
        }
        let rest = store::default_role(&known.row)?;
        let role = role_of(&person.groups, &mapping, rest).ok_or_else(no_role)?;
        if role.as_str() == user.role {
            return Ok(user);
        }
        let (scope, id) = (known.scope(), user.id.into());
        set_role(tx, &scope, id, role).await?;
        let detail = json!({ "email": user.email, "from": user.role, "to": role, "provider": known.row.name });
        self.log_member(tx, known, ("member.role_changed", id), detail, None).await?;
        Ok(users::Model { role: role.as_str().to_owned(), ..user })
    }

    /// Makes a member of somebody whom the provider vouches for.
    async fn new_member(&self, tx: &Tx, known: &Known, person: &Person) -> Result<users::Model> {
        let scope = known.scope();
        let (email, role) = self.admissible(tx, known, &scope, person).await?;
        let now = self.platform.clock.now();
        let name = person.name.as_deref().unwrap_or(&email).trim();
        let name = text::line("/name", "Name", name, NAME_MAX).unwrap_or_else(|_| email.clone());
        quotas::take(tx, &scope, now, QuotaKind::Members, 1).await?;
        let user = without_password(scope.tenant(), now, (email, name, role));
        let member = create_user(tx, user.clone()).await?;
        store::connect(tx, &scope, (known.id(), &person.subject), member.id, now).await?;
        let detail = json!({ "email": member.email, "role": role, "provider": known.row.name });
        self.log_member(tx, known, ("member.added", member.id), detail, Some("member.added")).await?;
        Ok(user)
    }

    /// The address and the role with which somebody unknown may become a member.
    ///
    /// # Errors
    /// Unauthenticated, saying what is in the way.
    async fn admissible(&self, tx: &Tx, known: &Known, scope: &Scope, person: &Person) -> Result<(String, Role)> {
        if !known.row.just_in_time {
            return Err(Error::unauthenticated(
                "Nobody here is connected to your account at the provider. If you are a member, sign in as you do otherwise and \
                 connect it under Settings, Signing in. If not, ask an admin to invite you.",
            ));
        }
        let email = person.email.as_deref().ok_or_else(|| {
            Error::unauthenticated("The provider does not tell your e-mail address, which an account here needs.")
        })?;
        let email = parse_email(email)
            .map_err(|_| Error::unauthenticated("What the provider says is your e-mail address is none."))?;
        if person.verified_email_needed && person.email_verified != Some(true) {
            return Err(Error::unauthenticated(format!(
                "The provider does not say that {email} was verified. Verify it there, or ask an admin to do without that.",
            )));
        }
        if has_member(tx, scope, &text::key(&email)).await? {
            return Err(Error::unauthenticated(format!(
                "{email} has an account here already. An address alone connects nothing: sign in as you do otherwise, and \
                 connect the provider under Settings, Signing in.",
            )));
        }
        let role = role_of(&person.groups, &store::group_roles(&known.row), store::default_role(&known.row)?);
        Ok((email, role.ok_or_else(no_role)?))
    }

    /// Connects a member to what the provider calls them.
    pub(super) async fn connect(&self, known: &Known, person: &Person, user: UserId) -> Result<()> {
        let scope = known.scope();
        let now = self.platform.clock.now();
        let tx = self.platform.db.write(&scope).await?;
        let member = own_user(&tx, &scope, user).await?;
        let id = store::connect(&tx, &scope, (known.id(), &person.subject), user, now).await?;
        let actor = Actor::user(scope.tenant(), user, member.email, crate::identity::store::role(&member.role)?);
        let change = Change {
            action: "identity.connected",
            object: IdentityId::WHAT,
            object_id: id.to_string(),
            detail: json!({ "provider": known.row.name }),
            event: None,
        };
        audit::record(&tx, &scope, &actor, now, change).await?;
        tx.commit().await
    }

    /// What a provider said, and what would come of it.
    pub(super) async fn vouched(&self, known: &Known, person: Person) -> Result<Vouched> {
        let scope = known.scope();
        let tx = self.platform.db.read(&scope).await?;
        let mapping = store::group_roles(&known.row);
        let role = role_of(&person.groups, &mapping, store::default_role(&known.row)?);
        let (role, refusal) = match store::account(&tx, &scope, known.id(), &person.subject).await? {
            Some((_, user)) if user.disabled_at.is_some() => {
                (None, Some("This member's membership has ended.".to_owned()))
            }
            Some((_, user)) if user.role == Role::Owner.as_str() || mapping.is_empty() => {
                (Some(crate::identity::store::role(&user.role)?), None)
            }
            Some(_) => (role, role.is_none().then(|| no_role().message().to_owned())),
            None if known.row.directory && known_to_directory(&tx, known, &person).await?.is_some() => (role, None),
            None => match self.admissible(&tx, known, &scope, &person).await {
                Ok((_, role)) => (Some(role), None),
                Err(error) if error.kind() == crate::Kind::Unauthenticated => (role, Some(error.message().to_owned())),
                Err(error) => return Err(error),
            },
        };
        Ok(Vouched {
            subject: person.subject,
            email: person.email,
            email_verified: person.email_verified,
            name: person.name,
            groups: person.groups,
            role,
            refusal,
        })
    }

    /// Logs that somebody did not get in, so that an admin can help.
    pub(super) async fn log_refusal(&self, known: &Known, errand: Errand, error: &Error) -> Result<()> {
        let scope = known.scope();
        let change = Change {
            action: "sign_in.refused",
            object: ProviderId::WHAT,
            object_id: known.id().to_string(),
            detail: json!({ "provider": known.row.name, "errand": errand, "reason": error.message() }),
            event: None,
        };
        let tx = self.platform.db.write(&scope).await?;
        audit::record(&tx, &scope, &known.actor(), self.platform.clock.now(), change).await?;
        tx.commit().await
    }

    async fn log_member(
        &self,
        tx: &Tx,
        known: &Known,
        (action, id): (&str, UserId),
        detail: Value,
        event: Option<&'static str>,
    ) -> Result<()> {
        let change = Change { action, object: UserId::WHAT, object_id: id.to_string(), detail, event };
        audit::record(tx, &known.scope(), &known.actor(), self.platform.clock.now(), change).await
    }
}

/// The account that the directory calls as the provider calls the person. A directory speaks for those whom it made: whoever has
/// a password connects a provider themselves, and so does the owner.
async fn known_to_directory(tx: &Tx, known: &Known, person: &Person) -> Result<Option<users::Model>> {
    let scope = known.scope();
    let Some(user) = directory::known_as(tx, &scope, &person.lasting_name).await? else { return Ok(None) };
    let user = own_user(tx, &scope, user).await?;
    Ok(Some(user).filter(|user| user.sign_in_key.is_none() && user.role != Role::Owner.as_str()))
}

fn no_role() -> Error {
    Error::unauthenticated("None of your groups at the provider gives a role here. Ask an admin of your organisation.")
}
