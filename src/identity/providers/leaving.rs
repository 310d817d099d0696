//! Signing out: at the provider after signing out here, and here because the provider says so.

use super::{
    accounts::hint_context,
    flow::Delivery,
    oidc, saml,
    service::{Config, Known, Providers},
    store::{self, ProviderSession},
};
use crate::{
    Error, Result,
    audit::{self, Change},
    identity::{
        pending::{self, Purpose},
        sessions::{self, Ending},
    },
    ids::ProviderId,
};
use sbh_oidc::{LogoutRequest, Secret};
use sbh_saml::{Incoming, LogoutExpectations, NameId, verify_logout_request, verify_logout_response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

/// What is kept of somebody who signed out here and may sign out at the provider too.
#[derive(Serialize, Deserialize)]
struct Farewell {
    session: ProviderSession,
    /// The request that the provider has to answer.
    request_id: Option<String>,
}

/// A logout message of a SAML provider, as the browser brought it.
#[derive(Clone, Copy, Debug)]
pub enum LogoutMessage<'a> {
    /// In the address, whose query is given as it was sent.
    Query(&'a str),
    /// In a form.
    Form {
        /// `SAMLRequest`, or `SAMLResponse`.
        message: &'a str,
        /// Which of them it is.
        is_request: bool,
        /// `RelayState`.
        relay_state: Option<&'a str>,
    },
}

impl<'a> LogoutMessage<'a> {
    fn incoming(self) -> Incoming<'a> {
        match self {
            Self::Query(query) => Incoming::Redirect { query },
            Self::Form { message, relay_state, .. } => Incoming::Post { message, relay_state },
        }
    }

    fn is_request(&self) -> bool {
        match self {
            Self::Query(query) => query.split('&').any(|pair| pair.starts_with("SAMLRequest=")),
            Self::Form { is_request, .. } => *is_request,
        }
    }

    fn relay_state(&self) -> Option<String> {
        match self {
            Self::Query(query) => url::form_urlencoded::parse(query.as_bytes())
                .find(|(name, _)| name == "RelayState")
                .map(|(_, value)| value.into_owned()),
            Self::Form { relay_state, .. } => relay_state.map(str::to_owned),
        }
    }
}

/// What came of a logout message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// The provider asked; this is the answer.
    Answer(Delivery),
    /// The provider answered: the person is signed out there as well.
    There,
}

fn over() -> Error {
    Error::unauthenticated("Nobody signs out in this browser any more.")
}

impl Providers<'_> {
    /// Keeps what signing out at the provider needs, for somebody who just signed out here; the secret belongs into a cookie. None where
    /// the provider knows no sign-out.
    pub async fn may_leave(&self, session: &ProviderSession) -> Result<Option<String>> {
        let Ok(known) = self.known(session.provider).await else { return Ok(None) };
        let possible = match &known.config {
            Config::Oidc(_) => {
                let asked = LogoutRequest::default();
                let url = self.engine(&known)?.logout_url(&asked, self.platform.clock.now()).await;
                matches!(url, Ok(Some(_)))
            }
            Config::Saml(config) => !config.metadata.logout.is_empty(),
        };
        if !possible {
            return Ok(None);
        }
        let farewell = Farewell { session: session.clone(), request_id: None };
        let owner = Some((known.tenant(), session.user));
        pending::keep(self.platform, Purpose::Farewell, owner, &farewell).await.map(Some)
    }

    /// Sends somebody who signed out here to sign out at the provider.
    ///
    /// # Errors
    /// Unauthenticated when nobody did.
    pub async fn leave(&self, id: ProviderId, cookie: Option<&str>) -> Result<Delivery> {
        let waiting = pending::find::<Farewell>(self.platform, Purpose::Farewell, cookie.ok_or_else(over)?).await?;
        let session = &waiting.record.session;
        if session.provider != id {
            return Err(over());
        }
        let known = self.known(id).await?;
        pending::finish(self.platform, &waiting).await?;
        let hint = self.platform.secrets.open(&hint_context(id), &session.hint)?;
        let hint = String::from_utf8_lossy(&hint).into_owned();
        let now = self.platform.clock.now();
        match &known.config {
            Config::Oidc(config) => {
                let asked = LogoutRequest {
                    id_token_hint: Some(Secret::new(hint)),
                    post_logout_redirect_uri: Url::parse(&config.after_sign_out()).ok(),
                    state: None,
                };
                let url = self.engine(&known)?.logout_url(&asked, now).await;
                let url = url.map_err(|refusal| oidc::disbelieved(&refusal))?;
                Ok(Delivery::Redirect(url.ok_or_else(over)?.into()))
            }
            Config::Saml(config) => {
                let name: NameId = serde_json::from_str(&hint)?;
                let handle = pending::new_secret();
                let sp = config.service_provider(id)?;
                let made =
                    sp.logout_request(&config.metadata, &name, session.session.as_deref(), Some(&handle), None, now);
                let made = made.map_err(|error| saml::unmade(&error))?;
                let farewell = Farewell { session: session.clone(), request_id: Some(made.id) };
                pending::keep_as(self.platform, Purpose::Farewell, waiting.owner, &handle, &farewell).await?;
                Ok(made.delivery.into())
            }
        }
    }

    /// A logout token of a provider of OpenID Connect (Back-Channel Logout 1.0): ends the sessions that it names.
    ///
    /// # Errors
    /// Invalid for a token that is not believed.
    pub async fn told(&self, id: ProviderId, token: &str) -> Result<()> {
        let known = self.known(id).await?;
        let verified = self.engine(&known)?.verify_logout_token(token, self.platform.clock.now()).await;
        let token = verified.map_err(|refusal| Error::invalid("/logout_token", refusal.to_string()))?;
        let until = token.expires_at + saml::CLOCK_SKEW * 5;
        let used = store::use_once(self.platform, &known.scope(), id, &format!("logout {}", token.jti), until).await;
        used.map_err(|error| match error.kind() {
            crate::Kind::Unauthenticated => Error::invalid("/logout_token", "The token was used already."),
            _ => error,
        })?;
        let ending = Ending { subject: token.subject, sessions: token.sid.into_iter().collect() };
        self.end(&known, &ending).await
    }

    /// A logout message of a SAML provider.
    ///
    /// # Errors
    /// Unauthenticated for a message that is not believed.
    pub async fn saml_logout(&self, id: ProviderId, message: LogoutMessage<'_>) -> Result<Left> {
        let known = self.known(id).await?;
        let config = known.saml().ok_or_else(|| Error::not_found(ProviderId::WHAT))?;
        let now = self.platform.clock.now();
        let expected = LogoutExpectations { now, clock_skew: saml::CLOCK_SKEW };
        let sp = config.service_provider(id)?;
        if !message.is_request() {
            let handle = message.relay_state().ok_or_else(over)?;
            let waiting = pending::find::<Farewell>(self.platform, Purpose::Farewell, &handle).await?;
            let asked = waiting.record.request_id.as_deref().filter(|_| waiting.record.session.provider == id);
            let asked = asked.ok_or_else(over)?;
            // Parsing and signatures are work for a core, and the sender is anybody.
            tokio::task::block_in_place(|| {
                verify_logout_response(message.incoming(), &config.metadata, &sp, asked, expected)
            })
            .map_err(|refusal| saml::disbelieved(&refusal))?;
            pending::finish(self.platform, &waiting).await?;
            return Ok(Left::There);
        }
        let request =
            tokio::task::block_in_place(|| verify_logout_request(message.incoming(), &config.metadata, &sp, expected))
                .map_err(|refusal| saml::disbelieved(&refusal))?;
        store::use_once(self.platform, &known.scope(), id, &request.id, request.expires_at).await?;
        let ending =
            Ending { subject: Some(saml::leaving_name(&request.name_id)), sessions: request.session_indexes.clone() };
        self.end(&known, &ending).await?;
        let relay_state = request.relay_state.as_deref();
        let answer = sp.logout_response(&config.metadata, &request.id, true, relay_state, None, now);
        Ok(Left::Answer(answer.map_err(|error| saml::unmade(&error))?.delivery.into()))
    }

    async fn end(&self, known: &Known, ending: &Ending) -> Result<()> {
        let scope = known.scope();
        let tx = self.platform.db.write(&scope).await?;
        let ended = sessions::end_of_provider(&tx, &scope, known.id(), Some(ending)).await?;
        if ended > 0 {
            let change = Change {
                action: "session.ended_by_provider",
                object: ProviderId::WHAT,
                object_id: known.id().to_string(),
                detail: json!({ "provider": known.row.name, "sessions": ended }),
                event: None,
            };
            audit::record(&tx, &scope, &known.actor(), self.platform.clock.now(), change).await?;
        }
        tx.commit().await
    }
}
