//! Reading and checking the claims that every token has (RFC 7519 §4.1).

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::{Refusal, TokenKind};

/// The claims of one token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claims<'a> {
    pub kind: TokenKind,
    pub map: &'a Map<String, Value>,
}

impl<'a> Claims<'a> {
    pub fn missing(self, claim: &'static str) -> Refusal {
        Refusal::ClaimMissing { kind: self.kind, claim }
    }

    pub fn wrong(self, claim: &'static str, reason: &'static str) -> Refusal {
        Refusal::Claim { kind: self.kind, claim, reason }
    }

    pub fn has(self, claim: &str) -> bool {
        self.map.get(claim).is_some_and(|value| !value.is_null())
    }

    /// A text; `None` when it is absent.
    ///
    /// # Errors
    /// [`Refusal::ClaimMissing`] when it is something else than a text, or empty.
    pub fn text(self, claim: &'static str) -> Result<Option<&'a str>, Refusal> {
        match self.map.get(claim) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(self.missing(claim)),
        }
    }

    pub fn required_text(self, claim: &'static str) -> Result<&'a str, Refusal> {
        self.text(claim)?.ok_or_else(|| self.missing(claim))
    }

    /// A `NumericDate` (RFC 7519 §2) in whole seconds since 1970, rounded down; `None` when it is absent.
    pub fn seconds(self, claim: &'static str) -> Result<Option<i64>, Refusal> {
        match self.map.get(claim) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => whole_seconds(value).map(Some).ok_or_else(|| self.missing(claim)),
        }
    }

    /// As [`Claims::seconds`], as a time.
    pub fn time(self, claim: &'static str) -> Result<Option<DateTime<Utc>>, Refusal> {
        let time = |seconds| DateTime::from_timestamp(seconds, 0).ok_or_else(|| self.missing(claim));
        self.seconds(claim)?.map(time).transpose()
    }

    pub fn required_time(self, claim: &'static str) -> Result<DateTime<Utc>, Refusal> {
        self.time(claim)?.ok_or_else(|| self.missing(claim))
    }

    /// `aud`, which is a text or a list of texts (RFC 7519 §4.1.3).
    pub fn audiences(self) -> Result<Vec<&'a str>, Refusal> {
        match self.map.get("aud") {
            Some(Value::String(one)) => Ok(vec![one]),
            Some(Value::Array(several)) => {
                several.iter().map(|one| one.as_str().ok_or_else(|| self.missing("aud"))).collect()
            }
            _ => Err(self.missing("aud")),
        }
    }

    /// `iss` must be the issuer, character by character.
    pub fn check_issuer(self, issuer: &str) -> Result<(), Refusal> {
        if self.required_text("iss")? == issuer {
            Ok(())
        } else {
            Err(self.wrong("iss", "it was issued by another provider than the configured one"))
        }
    }

    /// `aud` must hold `audience`.
    pub fn check_audience(self, audience: &str) -> Result<(), Refusal> {
        if !audience.is_empty() && self.audiences()?.contains(&audience) {
            Ok(())
        } else {
            Err(self.wrong("aud", "it was issued for somebody else"))
        }
    }

    /// The subject (Core 1.0 §2): 1 to 255 characters.
    pub fn subject(self) -> Result<Option<&'a str>, Refusal> {
        let subject = self.text("sub")?;
        if subject.is_some_and(|subject| subject.len() > 255) {
            return Err(self.wrong("sub", "a subject has 255 characters at most"));
        }
        Ok(subject)
    }

    /// `exp` is required and not passed, `iat` and `nbf` do not lie in the future, all within the skew of the clocks in seconds.
    pub fn check_times(self, now: DateTime<Utc>, skew: u32) -> Result<(), Refusal> {
        let (now, skew) = (now.timestamp(), i64::from(skew));
        let expires = self.seconds("exp")?.ok_or_else(|| self.missing("exp"))?;
        if now >= expires.saturating_add(skew) {
            return Err(Refusal::Expired { kind: self.kind });
        }
        for claim in ["iat", "nbf"] {
            if self.seconds(claim)?.is_some_and(|from| from > now.saturating_add(skew)) {
                return Err(Refusal::NotYetValid { kind: self.kind, claim });
            }
        }
        Ok(())
    }
}

fn whole_seconds(value: &Value) -> Option<i64> {
    if let Some(seconds) = value.as_i64() {
        return Some(seconds);
    }
    // Farther than any calendar here reaches, a number is no time.
    let seconds = value.as_f64()?.floor();
    (seconds.abs() < 1e15).then_some(seconds as i64)
}
