//! The way to a provider and back. It is bound to the browser that began it by a cookie, and to what was asked by a record in the
//! database; both are worth nothing without the other.

use super::{
    model::Errand,
    oidc,
    saml::{self, CLOCK_SKEW},
    service::{Config, Known, Providers},
    store::{self, ProviderSession},
    view::Vouched,
};
use crate::{
    Error, Result,
    access::{Actor, Permission},
    identity::{
        pending::{self, Purpose},
        rules::recent,
        signing_in::SignIn,
    },
    ids::{ProviderId, TenantId, UserId},
    platform::secrets::{random_bytes, token_hash},
    wire,
};
use chrono::{DateTime, TimeDelta, Utc};
use sbh_oidc::{AuthorizationRequest, Callback};
use sbh_saml::{AuthnOptions, Expectations, Identity as SamlIdentity, verify_response};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

/// How old somebody's proof at the provider may be that confirms who sits there.
const CONFIRMATION_AGE: TimeDelta = TimeDelta::minutes(5);

/// What the browser has to do to get to the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Go to an address.
    Redirect(String),
    /// Send a form.
    Form {
        /// Where to.
        url: String,
        /// Names and values, not escaped.
        fields: Vec<(String, String)>,
    },
}

impl From<sbh_saml::Delivery> for Delivery {
    fn from(delivery: sbh_saml::Delivery) -> Self {
        match delivery {
            sbh_saml::Delivery::Redirect { url } => Self::Redirect(url),
            sbh_saml::Delivery::Post { url, fields } => {
                Self::Form { url, fields: fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
            }
        }
    }
}

/// The way to a provider was begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// What binds the way back to this browser; it belongs into a cookie that ends with the way.
    pub cookie: String,
    /// What the browser has to do.
    pub delivery: Delivery,
}

/// Somebody came back.
#[derive(Debug)]
pub enum Returned {
    /// To sign in.
    SignedIn {
        /// How far that came.
        came: SignIn,
        /// What the session rests on.
        session: ProviderSession,
        /// Where they wanted to go.
        next: String,
    },
    /// Their account is connected.
    Connected,
    /// They showed who they are.
    Confirmed {
        /// Who.
        user: UserId,
        /// When.
        at: DateTime<Utc>,
        /// Where they wanted to go.
        next: String,
    },
    /// They tried the provider.
    Tried(ProviderId, Vouched),
    /// The provider's answer does not lead there.
    Refused {
        /// What they came for.
        errand: Errand,
        /// The provider.
        provider: ProviderId,
        /// Where they wanted to go.
        next: String,
        /// Why.
        error: Error,
    },
}

/// What is kept while somebody is at the provider.
#[derive(Serialize, Deserialize)]
struct Flow {
    provider: ProviderId,
    binding_hash: String,
    errand: Errand,
    next: String,
    began_at: DateTime<Utc>,
    stage: Stage,
}

#[derive(Serialize, Deserialize)]
enum Stage {
    Oidc(Box<sbh_oidc::Pending>),
    Saml {
        request_id: String,
    },
    /// A response was verified; the browser has to show that it asked.
    Vouched(Box<Person>),
    /// Why the response was not accepted.
    Refused(String),
}

/// What a provider vouches for.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Person {
    /// What it calls the person for ever.
    pub(super) subject: String,
    /// The same without what says what kind of name it is, as a directory may know it.
    pub(super) lasting_name: String,
    pub(super) email: Option<String>,
    pub(super) email_verified: Option<bool>,
    pub(super) verified_email_needed: bool,
    pub(super) name: Option<String>,
    pub(super) groups: Vec<String>,
    /// What its messages about sign-out call the person and the session.
    pub(super) leaving: (String, Option<String>),
    /// What it wants to hear when the person signs out.
    pub(super) hint: String,
    pub(super) ends_at: Option<DateTime<Utc>>,
    pub(super) authenticated_at: Option<DateTime<Utc>>,
}

fn over() -> Error {
    Error::unauthenticated(
        "This sign-in was not begun in this browser, took too long, or is done already. Begin again on the sign-in page.",
    )
}

fn no_cookie(cookie: Option<&str>) -> Result<(&str, &str)> {
    cookie.and_then(wire::errand).ok_or_else(over)
}

impl Flow {
    fn is_bound_to(&self, binding: &str) -> bool {
        token_hash(binding).as_bytes().ct_eq(self.binding_hash.as_bytes()).into()
    }
}

impl Providers<'_> {
    /// Sends a browser to a provider. `next` is where it wants to go afterwards.
    ///
    /// # Errors
    /// Not found for a provider that is switched off or of another organisation; unavailable when it does not answer.
    pub async fn begin(&self, id: ProviderId, errand: Errand, actor: Option<&Actor>, next: &str) -> Result<Begun> {
        let known = self.known(id).await?;
        let owner = self.may_begin(&known, errand, actor).await?;
        let now = self.platform.clock.now();
        let (handle, binding) = (pending::new_secret(), hex::encode(random_bytes::<32>()));
        let again = errand == Errand::Confirm;
        let (delivery, stage) = match &known.config {
            Config::Oidc(_) => {
                let asked = AuthorizationRequest {
                    prompt: if again { vec!["login".to_owned()] } else { Vec::new() },
                    max_age: again.then_some(0),
                    ..AuthorizationRequest::default()
                };
                let begun = self.engine(&known)?.authorization(&asked, now).await;
                let begun = begun.map_err(|refusal| oidc::disbelieved(&refusal))?;
                (Delivery::Redirect(begun.url.into()), Stage::Oidc(Box::new(begun.pending)))
            }
            Config::Saml(config) => {
                let options = AuthnOptions { force_authn: again, ..AuthnOptions::default() };
                let sp = config.service_provider(id)?;
                let made = sp.authn_request(&config.metadata, Some(&handle), &options, now);
                let made = made.map_err(|error| saml::unmade(&error))?;
                (made.delivery.into(), Stage::Saml { request_id: made.id })
            }
        };
        let flow = Flow {
            provider: id,
            binding_hash: token_hash(&binding),
            errand,
            next: next.to_owned(),
            began_at: now,
            stage,
        };
        pending::keep_as(self.platform, Purpose::Provider, owner, &handle, &flow).await?;
        Ok(Begun { cookie: format!("{handle}.{binding}"), delivery })
    }

    /// Whether somebody may go to a provider for this; in whose name.
    async fn may_begin(
        &self,
        known: &Known,
        errand: Errand,
        actor: Option<&Actor>,
    ) -> Result<Option<(TenantId, UserId)>> {
        let missing = || Error::not_found(ProviderId::WHAT);
        if errand == Errand::SignIn {
            return if known.row.enabled { Ok(None) } else { Err(missing()) };
        }
        let actor = actor.ok_or_else(|| Error::unauthenticated("Sign in first."))?;
        let permission = if errand == Errand::Try { Permission::MembersManage } else { Permission::AccountManage };
        let scope = actor.require(permission)?;
        let user = super::accounts::person(actor)?;
        if scope.tenant() != known.tenant() || !(known.row.enabled || errand == Errand::Try) {
            return Err(missing());
        }
        match errand {
            Errand::Connect => recent(actor, self.platform.clock.now())?,
            Errand::Confirm => {
                if !self.confirming(actor).await?.iter().any(|provider| provider.id == known.id()) {
                    return Err(missing());
                }
            }
            Errand::Try | Errand::SignIn => {}
        }
        Ok(Some((scope.tenant(), user)))
    }

    /// Somebody comes back from a provider of OpenID Connect with a query. `device` is what their browser says it is remembered by.
    ///
    /// # Errors
    /// Unauthenticated when nothing was begun in this browser.
    pub async fn returned(
        &self,
        id: ProviderId,
        cookie: Option<&str>,
        query: &str,
        device: Option<&str>,
    ) -> Result<Returned> {
        let (handle, binding) = no_cookie(cookie)?;
        let (known, waiting) = self.waiting(id, handle).await?;
        if !waiting.record.is_bound_to(binding) {
            return Err(over());
        }
        // It counts once, whatever comes of it.
        pending::finish(self.platform, &waiting).await?;
        let (owner, flow) = (waiting.owner, waiting.record);
        let Stage::Oidc(asked) = &flow.stage else { return Err(over()) };
        let person = async {
            let callback = Callback::parse(query).map_err(|refusal| oidc::disbelieved(&refusal))?;
            let identity = self.engine(&known)?.callback(asked, &callback, self.platform.clock.now()).await;
            Ok(Person::of_oidc(identity.map_err(|refusal| oidc::disbelieved(&refusal))?, &known))
        };
        let person = person.await;
        self.settle(&known, &flow, owner, person, device).await
    }

    /// A response of a SAML provider, which another site's form brought: no cookie came with it. What it says is kept until the
    /// browser shows that it asked; nothing else is answered, whether it was accepted or not. Sign-in that begins at the provider
    /// ends here.
    ///
    /// # Errors
    /// Unauthenticated for a response to nothing that was asked.
    pub async fn received(
        &self,
        id: ProviderId,
        response: &str,
        relay_state: Option<&str>,
        device: Option<&str>,
    ) -> Result<Option<Returned>> {
        let waiting = match relay_state {
            Some(handle) => self.waiting(id, handle).await.ok(),
            None => None,
        };
        let Some((known, waiting)) = waiting else { return self.unasked(id, response, device).await.map(Some) };
        let Stage::Saml { request_id } = &waiting.record.stage else { return Err(over()) };
        pending::attempt(self.platform, &waiting).await?;
        let person = async { self.accepted(&known, self.verified(&known, response, Some(request_id)).await?).await };
        let stage = match person.await {
            Ok(person) => Stage::Vouched(Box::new(person)),
            Err(error) if error.kind() == crate::Kind::Unauthenticated => Stage::Refused(error.message().to_owned()),
            Err(error) => return Err(error),
        };
        let Flow { provider, binding_hash, errand, next, began_at, .. } = &waiting.record;
        let flow = Flow {
            provider: *provider,
            binding_hash: binding_hash.clone(),
            errand: *errand,
            next: next.clone(),
            began_at: *began_at,
            stage,
        };
        pending::replace(self.platform, &waiting, &flow).await?;
        Ok(None)
    }

    /// The browser whose response was received shows that it asked.
    ///
    /// # Errors
    /// Unauthenticated when nothing was begun in this browser.
    pub async fn finished(&self, id: ProviderId, cookie: Option<&str>, device: Option<&str>) -> Result<Returned> {
        let (handle, binding) = no_cookie(cookie)?;
        let (known, waiting) = self.waiting(id, handle).await?;
        if !waiting.record.is_bound_to(binding) {
            return Err(over());
        }
        let person = match &waiting.record.stage {
            Stage::Vouched(person) => Ok((**person).clone()),
            Stage::Refused(why) => Err(Error::unauthenticated(why.as_str())),
            Stage::Oidc(_) | Stage::Saml { .. } => return Err(over()),
        };
        pending::finish(self.platform, &waiting).await?;
        self.settle(&known, &waiting.record, waiting.owner, person, device).await
    }

    async fn waiting(&self, id: ProviderId, handle: &str) -> Result<(Known, pending::Pending<Flow>)> {
        let waiting = pending::find::<Flow>(self.platform, Purpose::Provider, handle).await?;
        if waiting.record.provider != id {
            return Err(over());
        }
        Ok((self.known(id).await?, waiting))
    }

    /// A response that nobody asked for.
    async fn unasked(&self, id: ProviderId, response: &str, device: Option<&str>) -> Result<Returned> {
        let known = self.known(id).await?;
        if !known.row.enabled || !known.saml().is_some_and(|config| config.settings.idp_initiated) {
            return Err(over());
        }
        // What anybody can send leaves no entry in a log that is kept for ever.
        let identity = self.verified(&known, response, None).await?;
        let person = self.accepted(&known, identity).await;
        let flow = Flow {
            provider: id,
            binding_hash: String::new(),
            errand: Errand::SignIn,
            next: "/".to_owned(),
            began_at: self.platform.clock.now(),
            stage: Stage::Saml { request_id: String::new() },
        };
        self.settle(&known, &flow, None, person, device).await
    }

    /// What a genuine response says.
    async fn verified(&self, known: &Known, response: &str, request_id: Option<&str>) -> Result<SamlIdentity> {
        let config = known.saml().ok_or_else(over)?.clone();
        let (id, now) = (known.id(), self.platform.clock.now());
        let (response, request_id) = (response.to_owned(), request_id.map(str::to_owned));
        // Parsing and signatures are work for a core, and the sender is anybody.
        let verify = move || {
            let expected = Expectations {
                request_id: request_id.as_deref(),
                idp_initiated_allowed: config.settings.idp_initiated && request_id.is_none(),
                now,
                clock_skew: CLOCK_SKEW,
            };
            let sp = config.service_provider(id)?;
            verify_response(&response, &config.metadata, &sp, &expected).map_err(|refusal| saml::disbelieved(&refusal))
        };
        tokio::task::spawn_blocking(verify).await.map_err(Error::internal)?
    }

    /// Whom a genuine response means, which counts once.
    async fn accepted(&self, known: &Known, identity: SamlIdentity) -> Result<Person> {
        let config = known.saml().ok_or_else(over)?;
        store::use_once(self.platform, &known.scope(), known.id(), &identity.assertion_id, identity.expires_at).await?;
        Person::of_saml(identity, &config.settings.attributes)
    }

    /// What comes of what a provider said.
    async fn settle(
        &self,
        known: &Known,
        flow: &Flow,
        owner: Option<(TenantId, UserId)>,
        person: Result<Person>,
        device: Option<&str>,
    ) -> Result<Returned> {
        let done: Result<Returned> = async {
            let person = person?;
            match flow.errand {
                Errand::SignIn => {
                    let (came, session) = self.sign_in(known, &person, device).await?;
                    Ok(Returned::SignedIn { came, session, next: flow.next.clone() })
                }
                Errand::Connect => {
                    self.connect(known, &person, owner.ok_or_else(over)?.1).await?;
                    Ok(Returned::Connected)
                }
                Errand::Confirm => {
                    let (_, user) = owner.ok_or_else(over)?;
                    let at = self.confirm(known, &person, user, flow.began_at).await?;
                    Ok(Returned::Confirmed { user, at, next: flow.next.clone() })
                }
                Errand::Try => Ok(Returned::Tried(known.id(), self.vouched(known, person).await?)),
            }
        }
        .await;
        match done {
            Ok(returned) => Ok(returned),
            Err(error) if error.kind() == crate::Kind::Internal => Err(error),
            Err(error) => {
                self.log_refusal(known, flow.errand, &error).await?;
                let next = flow.next.clone();
                Ok(Returned::Refused { errand: flow.errand, provider: known.id(), next, error })
            }
        }
    }

    /// Whether the provider saw the person just now, and they are whom they are here.
    async fn confirm(
        &self,
        known: &Known,
        person: &Person,
        user: UserId,
        began_at: DateTime<Utc>,
    ) -> Result<DateTime<Utc>> {
        let scope = known.scope();
        let tx = self.platform.db.read(&scope).await?;
        let account = store::account(&tx, &scope, known.id(), &person.subject).await?;
        if account.is_none_or(|(_, account)| account.id != user.uuid()) {
            return Err(Error::unauthenticated("The provider knows somebody else there. Sign in there as yourself."));
        }
        let now = self.platform.clock.now();
        // Asked to look again, a provider may still answer from its session, and then this time is old.
        let fresh = |at: DateTime<Utc>| at >= began_at - CLOCK_SKEW && now - at < CONFIRMATION_AGE;
        if !person.authenticated_at.is_some_and(fresh) {
            return Err(Error::unauthenticated(
                "The provider did not ask who sits there. Sign out there, or confirm in another way.",
            ));
        }
        Ok(now)
    }
}
