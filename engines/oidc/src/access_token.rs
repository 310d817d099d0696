//! Access tokens in the form of JWTs (RFC 9068), as they come in an `Authorization: Bearer` field.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::claims::Claims;
use crate::{Provider, Refusal, TokenKind};

/// What an access token must be good for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expectations {
    /// The resource that asks; the token's `aud` must hold it. Never a client identifier (RFC 9068 §4).
    pub audience: String,
    /// Scopes that the token must have, all of them.
    pub all_scopes: Vec<String>,
    /// Scopes of which the token must have one; none is needed when this is empty.
    pub any_scope: Vec<String>,
    /// Whether a token without `typ: at+jwt` is accepted, from providers older than RFC 9068.
    pub accept_untyped: bool,
}

/// An access token that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The provider.
    pub issuer: String,
    /// On whose behalf: a person, or the client itself (RFC 9068 §2.2).
    pub subject: String,
    /// To which client it was issued, where the provider tells.
    pub client_id: Option<String>,
    /// What it permits.
    pub scopes: Vec<String>,
    /// When it expires; the clock skew of the registration comes on top.
    pub expires_at: DateTime<Utc>,
}

impl Provider {
    /// Checks an access token (RFC 9068 §4).
    ///
    /// # Errors
    /// Every [`Refusal`] about tokens. [`Refusal::Scope`] asks for a 403, every other one for a 401 (RFC 6750 §3.1).
    pub async fn verify_access_token(
        &self,
        token: &str,
        expected: &Expectations,
        now: DateTime<Utc>,
    ) -> Result<AccessToken, Refusal> {
        let verified = self.verify(TokenKind::Access, token, now).await?;
        let claims = verified.claims();
        check_kind(verified.token.media_type().as_deref(), claims, expected.accept_untyped)?;
        claims.check_audience(&expected.audience)?;
        claims.check_times(now, self.registration().clock_skew_s)?;
        let subject = claims.subject()?.ok_or_else(|| claims.missing("sub"))?;
        let scopes = scopes(claims)?;
        check_scopes(&scopes, expected)?;
        Ok(AccessToken {
            issuer: self.registration().issuer.clone(),
            subject: subject.to_owned(),
            client_id: client(claims)?,
            scopes,
            expires_at: claims.required_time("exp")?,
        })
    }
}

/// RFC 9068 §2.1, §4: the type keeps other tokens of the same provider out. Without it, the claims that only those have must.
fn check_kind(media_type: Option<&str>, claims: Claims<'_>, accept_untyped: bool) -> Result<(), Refusal> {
    let reason = match media_type {
        Some("at+jwt") => return Ok(()),
        None | Some("jwt") if !accept_untyped => "its header must have the type at+jwt",
        None | Some("jwt") => match ["nonce", "at_hash", "events"].into_iter().find(|claim| claims.has(claim)) {
            None => return Ok(()),
            Some(_) => "it has claims of an ID token or a logout token",
        },
        Some(_) => "its header says that it is for something else",
    };
    Err(Refusal::TokenKind { kind: TokenKind::Access, reason })
}

/// `scope` with spaces (RFC 9068 §2.2.3), or `scp` as a list or a text, as some providers write it.
fn scopes(claims: Claims<'_>) -> Result<Vec<String>, Refusal> {
    let split = |text: &str| text.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    match claims.map.get("scope").or_else(|| claims.map.get("scp")) {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(split(text)),
        Some(Value::Array(several)) => {
            several.iter().map(|one| one.as_str().map(str::to_owned).ok_or_else(|| claims.missing("scope"))).collect()
        }
        Some(_) => Err(claims.missing("scope")),
    }
}

fn check_scopes(scopes: &[String], expected: &Expectations) -> Result<(), Refusal> {
    let missing: Vec<_> = expected.all_scopes.iter().filter(|scope| !scopes.contains(scope)).cloned().collect();
    if !missing.is_empty() {
        return Err(Refusal::Scope { missing: missing.join(" ") });
    }
    if !expected.any_scope.is_empty() && !expected.any_scope.iter().any(|scope| scopes.contains(scope)) {
        return Err(Refusal::Scope { missing: expected.any_scope.join(" or ") });
    }
    Ok(())
}

/// `client_id` (RFC 9068 §2.2); older providers say `azp`, `cid` or `appid`.
fn client(claims: Claims<'_>) -> Result<Option<String>, Refusal> {
    for claim in ["client_id", "azp", "cid", "appid"] {
        if let Some(client) = claims.text(claim)? {
            return Ok(Some(client.to_owned()));
        }
    }
    Ok(None)
}
