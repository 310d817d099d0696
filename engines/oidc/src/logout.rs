//! Signing out: at the provider by the browser (RP-Initiated Logout 1.0), and by the provider (Back-Channel Logout 1.0).

use chrono::{DateTime, Utc};
use openidconnect::{ClientId, CsrfToken, EndSessionUrl, PostLogoutRedirectUrl};
use serde_json::Value;
use url::Url;

use crate::{Provider, Refusal, Secret, TokenKind};

/// The event of a logout token (Back-Channel Logout 1.0 §2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A sign-out at the provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogoutRequest {
    /// [`crate::Identity::id_token`], by which the provider knows whom to sign out without asking.
    pub id_token_hint: Option<Secret>,
    /// Where the provider sends the browser afterwards; it must be registered there.
    pub post_logout_redirect_uri: Option<Url>,
    /// Comes back with the browser.
    pub state: Option<String>,
}

/// A provider's word that a person or a session was signed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutToken {
    /// Whose sessions end; all of them unless `sid` names one.
    pub subject: Option<String>,
    /// Which session ends.
    pub sid: Option<String>,
    /// The token's own identifier. The caller remembers it until `expires_at` and refuses it a second time (§2.6 step 8).
    pub jti: String,
    /// When the token expires; the clock skew of the registration comes on top.
    pub expires_at: DateTime<Utc>,
}

impl Provider {
    /// Where to send a browser that signs out; `None` when the provider has no such address.
    ///
    /// # Errors
    /// As [`Provider::discover`].
    pub async fn logout_url(&self, request: &LogoutRequest, now: DateTime<Utc>) -> Result<Option<Url>, Refusal> {
        let metadata = self.metadata(now).await?;
        let Some(endpoint) = metadata.end_session_endpoint() else { return Ok(None) };
        let mut logout = openidconnect::LogoutRequest::from(EndSessionUrl::from_url(endpoint.clone()))
            .set_client_id(ClientId::new(self.registration().client_id.clone()));
        if let Some(target) = &request.post_logout_redirect_uri {
            logout = logout.set_post_logout_redirect_uri(PostLogoutRedirectUrl::from_url(target.clone()));
        }
        if let Some(state) = &request.state {
            logout = logout.set_state(CsrfToken::new(state.clone()));
        }
        let mut url = logout.http_get_url();
        // The library takes a hint as a parsed ID token alone.
        if let Some(hint) = &request.id_token_hint {
            url.query_pairs_mut().append_pair("id_token_hint", hint.expose());
        }
        Ok(Some(url))
    }

    /// Checks a logout token (Back-Channel Logout 1.0 §2.6) that the provider posted as `logout_token`.
    ///
    /// # Errors
    /// Every [`Refusal`] about tokens; the endpoint answers 400 then (§2.8).
    pub async fn verify_logout_token(&self, token: &str, now: DateTime<Utc>) -> Result<LogoutToken, Refusal> {
        let verified = self.verify(TokenKind::Logout, token, now).await?;
        let claims = verified.claims();
        let no_logout = |reason| Refusal::TokenKind { kind: TokenKind::Logout, reason };
        if verified.token.media_type().is_some_and(|typ| typ != "logout+jwt" && typ != "jwt") {
            return Err(no_logout("its header says that it is for something else"));
        }
        // An ID token has one, so it can never pass for a logout token.
        if claims.has("nonce") {
            return Err(no_logout("it has a nonce"));
        }
        claims.check_audience(&self.registration().client_id)?;
        claims.check_times(now, self.registration().clock_skew_s)?;
        claims.required_time("iat")?;
        let events = claims.map.get("events").and_then(Value::as_object).ok_or_else(|| claims.missing("events"))?;
        if !events.get(EVENT).is_some_and(Value::is_object) {
            return Err(claims.wrong("events", "it must be the event of a back-channel logout"));
        }
        let (subject, sid) = (claims.subject()?, claims.text("sid")?);
        if subject.is_none() && sid.is_none() {
            return Err(claims.missing("sub or sid"));
        }
        Ok(LogoutToken {
            subject: subject.map(str::to_owned),
            sid: sid.map(str::to_owned),
            jti: claims.required_text("jti")?.to_owned(),
            expires_at: claims.required_time("exp")?,
        })
    }
}
