//! The browser comes back (RFC 6749 §4.1.2, Core 1.0 §3.1.2.5, RFC 9207).

use std::fmt;

use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq as _;

use crate::exchange::exchange;
use crate::{Identity, Metadata, Pending, Provider, Refusal, TokenKind, id_token, user_info};

/// The longest query in characters.
const MAX_QUERY: usize = 16 * 1024;
/// The longest text of a provider that is told on, in characters.
const MAX_TOLD: usize = 200;

/// The parameters with which the browser came back.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Callback {
    code: Option<String>,
    state: Option<String>,
    issuer: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl fmt::Debug for Callback {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Callback").field("error", &self.error).finish_non_exhaustive()
    }
}

impl Callback {
    /// Reads the query of the redirect address, without its question mark. Unknown parameters are ignored (RFC 6749 §4.1.2).
    ///
    /// # Errors
    /// [`Refusal::Callback`] when it is too long or a parameter comes twice (RFC 6749 §3.1).
    pub fn parse(query: &str) -> Result<Self, Refusal> {
        if query.len() > MAX_QUERY {
            return Err(Refusal::Callback("they have more than 16384 characters"));
        }
        let mut callback = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let field = match &*name {
                "code" => &mut callback.code,
                "state" => &mut callback.state,
                "iss" => &mut callback.issuer,
                "error" => &mut callback.error,
                "error_description" => &mut callback.error_description,
                _ => continue,
            };
            if field.replace(value.into_owned()).is_some() {
                return Err(Refusal::Callback("one of them comes twice"));
            }
        }
        Ok(callback)
    }

    /// `state`, with which a caller that keeps several sign-ins of one browser finds the right one.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    fn check_state(&self, pending: &Pending) -> Result<(), Refusal> {
        let state = self.state.as_deref().unwrap_or_default();
        let is_same = bool::from(state.as_bytes().ct_eq(pending.state.as_bytes()));
        if is_same && !pending.state.is_empty() { Ok(()) } else { Err(Refusal::State) }
    }

    /// RFC 9207 §2.4, for errors as well.
    fn check_issuer(&self, issuer: &str, metadata: &Metadata) -> Result<(), Refusal> {
        match &self.issuer {
            Some(named) if named != issuer => Err(Refusal::ResponseIssuer),
            None if metadata.names_issuer_in_answers() => Err(Refusal::NoResponseIssuer),
            _ => Ok(()),
        }
    }

    fn code(&self) -> Result<&str, Refusal> {
        match (&self.error, &self.code) {
            (Some(error), _) => Err(Refusal::Provider {
                error: told(error),
                description: self.error_description.as_deref().map(in_brackets).unwrap_or_default(),
            }),
            (None, Some(code)) if !code.is_empty() => Ok(code),
            _ => Err(Refusal::Callback("there is neither a code nor an error")),
        }
    }
}

impl Provider {
    /// Ends a sign-in: checks the answer, exchanges its code, and checks the ID token (Core 1.0 §3.1.3.7).
    ///
    /// The caller removes `pending` from its store before this call, so that an answer counts once.
    ///
    /// # Errors
    /// Every [`Refusal`].
    pub async fn callback(
        &self,
        pending: &Pending,
        callback: &Callback,
        now: DateTime<Utc>,
    ) -> Result<Identity, Refusal> {
        let registration = self.registration();
        callback.check_state(pending)?;
        pending.check(registration, now)?;
        let metadata = self.metadata(now).await?;
        callback.check_issuer(&registration.issuer, &metadata)?;
        let tokens = exchange(self.http(), registration, metadata.token_endpoint(), pending, callback.code()?).await?;
        let verified = self.verify(TokenKind::Id, tokens.id_token.expose(), now).await?;
        id_token::check(&verified, registration, pending, &tokens.access_token, now)?;
        let told = match metadata.userinfo_endpoint().filter(|_| registration.user_info) {
            Some(endpoint) => {
                Some(user_info::fetch(self.http(), endpoint, &tokens.access_token, verified.claims()).await?)
            }
            None => None,
        };
        Identity::of(registration, verified.claims(), told.as_ref(), tokens.id_token)
    }
}

/// A provider's words: printable ASCII, as RFC 6749 §4.1.2.1 prescribes, and not too many.
pub(crate) fn told(text: &str) -> String {
    text.chars().filter(|c| (' '..='~').contains(c)).take(MAX_TOLD).collect()
}

pub(crate) fn in_brackets(text: &str) -> String {
    let text = told(text);
    if text.is_empty() { text } else { format!(" ({text})") }
}
