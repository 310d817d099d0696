//! Sending a browser to the provider: the code flow with PKCE (Core 1.0 §3.1.2.1, RFC 7636).

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope};
use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow, CoreClient};
use openidconnect::{AuthenticationContextClass, IssuerUrl, JsonWebKeySet, LoginHint, Nonce};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Provider, Refusal, Registration};

/// Octets of chance in `state` and `nonce`; 16 would do (RFC 6749 §10.10).
const CHANCE: u32 = 32;
/// How many minutes a person may take to sign in at the provider.
pub(crate) const MINUTES: i64 = 15;

/// What may be asked of a sign-in beyond the registration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// `prompt`: `none`, `login`, `consent`, `select_account` or what the provider adds.
    pub prompt: Vec<String>,
    /// Whom the provider may suggest, often an e-mail address.
    pub login_hint: Option<String>,
    /// How many seconds ago the person may have signed in at the provider at most. The answer is held to it.
    pub max_age: Option<u64>,
    /// Which kinds of authentication are preferred, best first. The answer's [`crate::Identity::acr`] is the caller's to judge.
    pub acr_values: Vec<String>,
}

/// A sign-in that was begun.
#[derive(Debug, Clone)]
pub struct Authorization {
    /// Where to send the browser.
    pub url: Url,
    /// What the caller stores until the browser comes back, bound to that browser.
    pub pending: Pending,
}

/// What must be known when the browser comes back. It holds secrets: it belongs into a store on the hub, or encrypted into a cookie.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Binds the answer to the browser (RFC 6749 §10.12).
    pub state: String,
    /// Binds the ID token to this sign-in (Core 1.0 §15.5.2).
    pub nonce: String,
    /// Binds the code to whoever began (RFC 7636).
    pub pkce_verifier: String,
    /// The provider's issuer.
    pub issuer: String,
    /// Where the browser comes back to.
    pub redirect_uri: Url,
    /// The greatest age of the person's sign-in in seconds, if that was asked for.
    pub max_age: Option<u64>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
}

impl fmt::Debug for Pending {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Pending")
            .field("issuer", &self.issuer)
            .field("redirect_uri", &self.redirect_uri.as_str())
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

impl Pending {
    /// # Errors
    /// [`Refusal::WrongProvider`] and [`Refusal::LoginExpired`].
    pub(crate) fn check(&self, registration: &Registration, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.issuer != registration.issuer || self.redirect_uri != registration.redirect_uri {
            return Err(Refusal::WrongProvider);
        }
        if now.signed_duration_since(self.created_at).abs() >= TimeDelta::minutes(MINUTES) {
            return Err(Refusal::LoginExpired { minutes: MINUTES });
        }
        Ok(())
    }
}

impl Provider {
    /// Begins a sign-in.
    ///
    /// # Errors
    /// As [`Provider::discover`].
    pub async fn authorization(
        &self,
        request: &AuthorizationRequest,
        now: DateTime<Utc>,
    ) -> Result<Authorization, Refusal> {
        let metadata = self.metadata(now).await?;
        begin(self.registration(), metadata.authorization_endpoint(), request, now)
    }
}

fn begin(
    registration: &Registration,
    endpoint: &Url,
    request: &AuthorizationRequest,
    now: DateTime<Utc>,
) -> Result<Authorization, Refusal> {
    let issuer = IssuerUrl::new(registration.issuer.clone()).map_err(|_| Refusal::Address { field: "issuer" })?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let client = CoreClient::new(ClientId::new(registration.client_id.clone()), issuer, JsonWebKeySet::default())
        .set_auth_uri(AuthUrl::from_url(endpoint.clone()))
        .set_redirect_uri(RedirectUrl::from_url(registration.redirect_uri.clone()));
    let mut asked = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            || CsrfToken::new_random_len(CHANCE),
            || Nonce::new_random_len(CHANCE),
        )
        .add_scopes(registration.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new))
        .set_pkce_challenge(challenge);
    for prompt in &request.prompt {
        asked = asked.add_prompt(prompt_named(prompt));
    }
    for acr in &request.acr_values {
        asked = asked.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
    }
    if let Some(hint) = &request.login_hint {
        asked = asked.set_login_hint(LoginHint::new(hint.clone()));
    }
    if let Some(seconds) = request.max_age {
        asked = asked.set_max_age(Duration::from_secs(seconds));
    }
    let (url, state, nonce) = asked.url();
    let pending = Pending {
        state: state.into_secret(),
        nonce: nonce.secret().clone(),
        pkce_verifier: verifier.into_secret(),
        issuer: registration.issuer.clone(),
        redirect_uri: registration.redirect_uri.clone(),
        max_age: request.max_age,
        created_at: now,
    };
    Ok(Authorization { url, pending })
}

fn prompt_named(name: &str) -> CoreAuthPrompt {
    match name {
        "none" => CoreAuthPrompt::None,
        "login" => CoreAuthPrompt::Login,
        "consent" => CoreAuthPrompt::Consent,
        "select_account" => CoreAuthPrompt::SelectAccount,
        other => CoreAuthPrompt::Extension(other.to_owned()),
    }
}
