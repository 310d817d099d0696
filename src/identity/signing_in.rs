//! Signing in: the password first, then whatever the account and its tenant's policy ask for. Nobody is signed in before all
//! of it was shown.

use super::{
    factors::{
        CodePurpose, Factors, Needed, Offered, Origin, Person, Proof, Prover, Question, StartedTotp, has_stronger,
        lacking, needed, remember_days, sweep_messages,
    },
    model::Credentials,
    pending::{self, Pending, Purpose},
    providers,
    service::{Identity, NOBODY, actor_of, log, verify_in_background},
    store::{self, users},
    throttle,
};
use crate::{
    Error, Result,
    access::{Actor, Permission, Scope},
    ids::{FactorId, TenantId, UserId},
    platform::db::Realm,
    tenants::store as tenants,
    text,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How far a sign-in came.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// Somebody is signed in.
    Whole(Actor),
    /// Something is still needed.
    Pending(PendingSignIn),
}

impl SignIn {
    /// Who signed in, where nothing more was needed.
    ///
    /// # Errors
    /// Unauthenticated while something is.
    pub fn whole(self) -> Result<Actor> {
        match self {
            Self::Whole(actor) => Ok(actor),
            Self::Pending(_) => Err(Error::unauthenticated("A second factor is needed.")),
        }
    }
}

/// A sign-in whose password was right.
#[derive(Clone)]
pub struct PendingSignIn {
    /// What finds it again; only the browser has it.
    pub secret: String,
    /// What is still needed.
    pub needs: Needed,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for PendingSignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingSignIn").field("needs", &self.needs).finish_non_exhaustive()
    }
}

/// Somebody who is signed in, and the browser's secret where it is to be remembered.
#[derive(Clone, Debug)]
pub struct Proven {
    /// Who.
    pub actor: Actor,
    /// What the browser is remembered by, and for how many days.
    pub device: Option<(String, u32)>,
}

/// What a pending sign-in keeps.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) needs: Needed,
    question: Option<Question>,
    /// The identity provider that vouched first, where one did.
    #[serde(default)]
    pub(super) provider: Option<String>,
}

/// What shows that the person still sits there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub enum Confirmation {
    /// The password, for an account without a second factor.
    Password(String),
    /// A second factor, for an account that has one.
    Factor(Proof),
}

impl std::fmt::Debug for Confirmation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password",
            Self::Factor(_) => "Factor",
        })
    }
}

fn wrong_proof() -> Error {
    Error::unauthenticated("The code or key was not accepted. A code counts once; wait for the next one.")
}

impl Identity<'_> {
    /// Checks an address and a password. `from` is the caller's network address, for the throttle; `device` the secret of
    /// a browser that says it is remembered.
    ///
    /// # Errors
    /// Unauthenticated for a wrong pair, without saying which half is wrong; too many after repeated failures; suspended, for a
    /// right pair, when the organisation is.
    pub async fn sign_in(&self, credentials: &Credentials, from: &str, device: Option<&str>) -> Result<SignIn> {
        let email_key = text::key(credentials.email.trim());
        let subjects = [format!("account {email_key}"), format!("address {from}")];
        throttle::count(self.platform, &subjects).await?;
        let tx = self.platform.db.read_realm(Realm::SignIn).await?;
        let user = store::user_by_email(&tx, &email_key).await?;
        drop(tx);
        let stored = user.as_ref().map_or_else(|| NOBODY.clone(), |user| user.password_hash.clone());
        let right = verify_in_background(self.platform, credentials.password.clone(), stored).await?;
        let Some(user) = user.filter(|user| right && user.disabled_at.is_none()) else {
            return Err(Error::unauthenticated("E-mail or password is wrong."));
        };
        throttle::clear(self.platform, &subjects[..1]).await?;
        throttle::forgive(self.platform, &subjects[1..]).await?;
        let person = Person::of(&user)?;
        match needed(self.platform, &person, device).await? {
            None => Ok(SignIn::Whole(self.signed_in(&user, None).await?)),
            Some(needs) => Ok(SignIn::Pending(self.wait_for(&person, needs, None).await?)),
        }
    }

    /// Goes on with somebody whom an identity provider vouches for, as after a right password. Where the provider asks for a
    /// second factor itself, the hub does not.
    pub(super) async fn vouched_for(
        &self,
        user: &users::Model,
        provider: &str,
        second_factor: bool,
        device: Option<&str>,
    ) -> Result<SignIn> {
        let person = Person::of(user)?;
        match needed(self.platform, &person, device).await?.filter(|_| !second_factor) {
            None => Ok(SignIn::Whole(self.signed_in(user, Some(provider)).await?)),
            Some(needs) => Ok(SignIn::Pending(self.wait_for(&person, needs, Some(provider)).await?)),
        }
    }

    async fn wait_for(&self, person: &Person, needs: Needed, provider: Option<&str>) -> Result<PendingSignIn> {
        let kept = Kept { needs: needs.clone(), question: None, provider: provider.map(str::to_owned) };
        self.admit(person.tenant).await?;
        let owner = Some((person.tenant, person.user));
        let secret = pending::keep(self.platform, Purpose::SecondFactor, owner, &kept).await?;
        Ok(PendingSignIn { secret, needs, expires_at: self.platform.clock.now() + pending::LIFETIME })
    }

    /// Refuses those whose organisation is suspended, once they showed who they are.
    async fn admit(&self, tenant: TenantId) -> Result<()> {
        tenants::admit(&self.platform.db.read_realm(Realm::SignIn).await?, tenant).await
    }

    /// What a sign-in that waits still needs.
    pub async fn pending(&self, secret: &str) -> Result<PendingSignIn> {
        let kept = self.kept(secret).await?;
        Ok(PendingSignIn { secret: secret.to_owned(), needs: kept.record.needs, expires_at: kept.expires_at })
    }

    /// For how many days the browser of a sign-in that waits may be remembered.
    pub async fn remember_days(&self, secret: &str) -> Result<u32> {
        let kept = self.kept(secret).await?;
        let (tenant, _) = kept.owner.ok_or_else(|| Error::internal("a pending sign-in without an account"))?;
        remember_days(self.platform, &Scope::of_tenant(tenant)).await
    }

    pub(super) async fn kept(&self, secret: &str) -> Result<Pending<Kept>> {
        pending::find(self.platform, Purpose::SecondFactor, secret).await
    }

    /// The live account whose sign-in waits.
    pub(super) async fn waiting(&self, kept: &Pending<Kept>) -> Result<users::Model> {
        let (_, user) = kept.owner.ok_or_else(|| Error::internal("a pending sign-in without an account"))?;
        let tx = self.platform.db.read_realm(Realm::SignIn).await?;
        let user = store::user(&tx, user).await?.filter(|user| user.disabled_at.is_none());
        user.ok_or_else(|| Error::unauthenticated("The account was disabled."))
    }

    /// Asks for a passkey or a security key of a sign-in that waits.
    pub async fn ask(&self, secret: &str, kind: super::FactorKind, origin: &Origin) -> Result<Offered> {
        let kept = self.kept(secret).await?;
        let person = Person::of(&self.waiting(&kept).await?)?;
        let code = CodePurpose::SignIn(secret);
        let prover = Prover { platform: self.platform, person: &person, question: None, origin: Some(origin), code };
        let (options, question) = prover.ask(kind, origin).await?;
        let record = Kept { question: Some(question), ..kept.record.clone() };
        pending::replace(self.platform, &kept, &record).await?;
        Ok(Offered { ceremony: secret.to_owned(), options })
    }

    /// Checks the second factor of a sign-in that waits. `browser` names the browser where it is to be remembered.
    ///
    /// # Errors
    /// Unauthenticated for a wrong one, and after five of them; too many after repeated failures.
    pub async fn prove(
        &self,
        secret: &str,
        proof: &Proof,
        origin: Option<&Origin>,
        browser: Option<&str>,
    ) -> Result<Proven> {
        let kept = self.kept(secret).await?;
        if kept.record.needs == Needed::Enrolment {
            return Err(Error::conflict("Add a second factor first: your organisation asks for one."));
        }
        let user = self.waiting(&kept).await?;
        let person = Person::of(&user)?;
        let subjects = [factor_subject(person.user)];
        throttle::count(self.platform, &subjects).await?;
        pending::attempt(self.platform, &kept).await?;
        let question = kept.record.question.as_ref();
        let code = CodePurpose::SignIn(secret);
        let prover = Prover { platform: self.platform, person: &person, question, origin, code };
        if !self.counted(&subjects, prover.accepts(proof).await).await? {
            return Err(wrong_proof());
        }
        if lacking(self.platform, &person).await? {
            let record = Kept { needs: Needed::Enrolment, question: None, ..kept.record.clone() };
            pending::replace(self.platform, &kept, &record).await?;
            let words = "What you showed does not count for your organisation any more. Add a second factor that does.";
            return Err(Error::conflict(words));
        }
        pending::finish(self.platform, &kept).await?;
        let device = match browser {
            Some(browser) => Factors::new(self.platform).remember(&person, browser).await?,
            None => None,
        };
        let actor = self.signed_in(&user, kept.record.provider.as_deref()).await?;
        // A text message lets in, and no more, where something stronger is there to confirm with.
        let weak = matches!(proof, Proof::Sms { .. }) && has_stronger(self.platform, &person).await?;
        Ok(Proven { actor: if weak { actor.unverified() } else { actor }, device })
    }

    /// Forgets the subjects' failures after what was accepted, and the try after what was no guess.
    async fn counted(&self, subjects: &[String], accepted: Result<bool>) -> Result<bool> {
        match &accepted {
            Ok(true) => throttle::clear(self.platform, subjects).await?,
            Err(error) if error.kind() != crate::Kind::Unauthenticated => {
                throttle::forgive(self.platform, subjects).await?;
            }
            _ => {}
        }
        accepted
    }

    /// Who may add the second factor that a waiting sign-in needs.
    pub(super) async fn enrolling(&self, secret: &str) -> Result<(Pending<Kept>, users::Model)> {
        let kept = self.kept(secret).await?;
        if kept.record.needs != Needed::Enrolment {
            return Err(Error::forbidden("Show the second factor that the account has."));
        }
        let user = self.waiting(&kept).await?;
        Ok((kept, user))
    }

    /// Begins to add the authenticator app that a waiting sign-in needs.
    pub async fn enrol_totp(&self, secret: &str, name: &str) -> Result<StartedTotp> {
        let (_, user) = self.enrolling(secret).await?;
        Factors::new(self.platform).start_totp_of(&Person::of(&user)?, name).await
    }

    /// The app that was begun in a waiting sign-in.
    pub async fn enrolling_totp(&self, secret: &str, id: FactorId) -> Result<StartedTotp> {
        let (_, user) = self.enrolling(secret).await?;
        Factors::new(self.platform).started_totp_of(&Person::of(&user)?, id).await
    }

    /// Confirms the app, which makes the sign-in whole.
    pub async fn enrolled_totp(&self, secret: &str, id: FactorId, code: &str) -> Result<Actor> {
        let (kept, user) = self.enrolling(secret).await?;
        Factors::new(self.platform).confirm_totp_of(&Person::of(&user)?, id, code).await?;
        pending::finish(self.platform, &kept).await?;
        self.signed_in(&user, kept.record.provider.as_deref()).await
    }

    /// Begins to add the passkey or security key that a waiting sign-in needs.
    pub async fn enrol_credential(&self, secret: &str, kind: super::FactorKind, origin: &Origin) -> Result<Offered> {
        let (_, user) = self.enrolling(secret).await?;
        Factors::new(self.platform).start_credential_of(&Person::of(&user)?, kind, origin).await
    }

    /// Adds it, which makes the sign-in whole.
    pub async fn enrolled_credential(
        &self,
        secret: &str,
        (ceremony, name): (&str, &str),
        credential: &Value,
        origin: &Origin,
    ) -> Result<Actor> {
        let (kept, user) = self.enrolling(secret).await?;
        let factors = Factors::new(self.platform);
        factors.add_credential_of(&Person::of(&user)?, (ceremony, name), credential, origin).await?;
        pending::finish(self.platform, &kept).await?;
        self.signed_in(&user, kept.record.provider.as_deref()).await
    }

    pub(super) async fn signed_in(&self, user: &users::Model, provider: Option<&str>) -> Result<Actor> {
        let detail = provider.map_or_else(|| json!({}), |provider| json!({ "provider": provider }));
        let now = self.platform.clock.now();
        let actor = actor_of(user)?.verified(now);
        self.admit(actor.tenant()).await?;
        let scope = Scope::of_tenant(actor.tenant());
        let tx = self.platform.db.write(&scope).await?;
        log(&tx, &actor, now, ("session.started", UserId::WHAT, user.id.to_string()), detail).await?;
        tx.commit().await?;
        Ok(actor)
    }

    /// Asks the actor for a passkey or a security key, to confirm who sits there. Needs `account:manage`.
    pub async fn ask_again(&self, actor: &Actor, kind: super::FactorKind, origin: &Origin) -> Result<Offered> {
        let person = self.person_of(actor).await?;
        let code = CodePurpose::Confirmation("");
        let prover = Prover { platform: self.platform, person: &person, question: None, origin: Some(origin), code };
        let (options, question) = prover.ask(kind, origin).await?;
        let owner = Some((person.tenant, person.user));
        let ceremony = pending::keep(self.platform, Purpose::Confirmation, owner, &question).await?;
        Ok(Offered { ceremony, options })
    }

    /// Confirms that the actor still sits there, for what only somebody who just did may change; gives when. Needs
    /// `account:manage`.
    ///
    /// # Errors
    /// Invalid for a wrong password or factor, and for a password where a second factor is there; conflict for a text message
    /// where something stronger is.
    pub async fn confirm(
        &self,
        actor: &Actor,
        confirmation: &Confirmation,
        ceremony: Option<(&str, &Origin)>,
        session: Option<&str>,
    ) -> Result<DateTime<Utc>> {
        let person = self.person_of(actor).await?;
        if matches!(confirmation, Confirmation::Factor(Proof::Sms { .. })) {
            self.only_messages(&person).await?;
        }
        let subjects = [factor_subject(person.user)];
        throttle::count(self.platform, &subjects).await?;
        let accepted = match confirmation {
            Confirmation::Password(password) => self.right_password(&person, password).await,
            Confirmation::Factor(proof) => {
                let code = CodePurpose::Confirmation(session.unwrap_or_default());
                self.right_factor(&person, proof, ceremony, code).await
            }
        };
        // Who is signed in stays so, whatever they typed.
        let wrong = || match confirmation {
            Confirmation::Password(_) => Error::invalid("/password", "The password is wrong."),
            Confirmation::Factor(Proof::WebAuthn { .. }) => Error::invalid("/credential", wrong_proof().message()),
            Confirmation::Factor(_) => Error::invalid("/code", wrong_proof().message()),
        };
        match self.counted(&subjects, accepted).await {
            Ok(true) => Ok(self.platform.clock.now()),
            Ok(false) => Err(wrong()),
            Err(error) if error.kind() == crate::Kind::Unauthenticated => Err(wrong()),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn person_of(&self, actor: &Actor) -> Result<Person> {
        actor.require(Permission::AccountManage)?;
        let user = actor.user_id().ok_or_else(|| Error::forbidden("Only people can confirm who they are."))?;
        let tx = self.platform.db.read_realm(Realm::SignIn).await?;
        let user = store::user(&tx, user).await?.filter(|user| user.disabled_at.is_none());
        Person::of(&user.ok_or_else(|| Error::unauthenticated("The account was disabled."))?)
    }

    async fn right_password(&self, person: &Person, password: &str) -> Result<bool> {
        if matches!(needed(self.platform, person, None).await?, Some(Needed::Factor(_))) {
            return Err(Error::invalid("/password", "The account has a second factor; confirm with it."));
        }
        self.knows_password(person.user, password).await
    }

    /// Whether this is the account's password of now.
    pub(super) async fn knows_password(&self, user: UserId, password: &str) -> Result<bool> {
        let tx = self.platform.db.read_realm(Realm::SignIn).await?;
        let stored = store::user(&tx, user).await?.map(|user| user.password_hash);
        drop(tx);
        verify_in_background(self.platform, password.to_owned(), stored.unwrap_or_else(|| NOBODY.clone())).await
    }

    async fn right_factor(
        &self,
        person: &Person,
        proof: &Proof,
        ceremony: Option<(&str, &Origin)>,
        code: CodePurpose<'_>,
    ) -> Result<bool> {
        let asked = match ceremony {
            Some((secret, origin)) => {
                let asked = pending::find::<Question>(self.platform, Purpose::Confirmation, secret).await?;
                if asked.owner != Some((person.tenant, person.user)) {
                    return Err(Error::invalid("/ceremony", "Ceremony must be what was asked for last. Begin again."));
                }
                pending::finish(self.platform, &asked).await?;
                Some((asked.record, origin))
            }
            None => None,
        };
        let question = asked.as_ref().map(|(question, _)| question);
        let origin = asked.as_ref().map(|(_, origin)| *origin);
        Prover { platform: self.platform, person, question, origin, code }.accepts(proof).await
    }

    /// Removes sign-ins and ceremonies that were not finished in time, failures that count no more, and messages of providers that
    /// nobody would accept any more.
    pub async fn sweep_pending(&self) -> Result<u64> {
        throttle::sweep(self.platform).await?;
        sweep_messages(self.platform).await?;
        providers::sweep(self.platform).await?;
        pending::sweep(self.platform).await
    }
}

fn factor_subject(user: UserId) -> String {
    format!("factor {user}")
}
