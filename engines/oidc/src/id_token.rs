//! What an ID token must say (Core 1.0 §3.1.3.7).

use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq as _;

use crate::claims::Claims;
use crate::provider::Verified;
use crate::{Pending, Refusal, Registration, Secret, TokenKind};

/// Checks an ID token whose signature and issuer are checked already.
///
/// # Errors
/// [`Refusal::TokenKind`], [`Refusal::ClaimMissing`], [`Refusal::Claim`], [`Refusal::Expired`], [`Refusal::NotYetValid`] and
/// [`Refusal::SignInTooOld`].
pub(crate) fn check(
    verified: &Verified,
    registration: &Registration,
    pending: &Pending,
    access_token: &Secret,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if verified.token.media_type().is_some_and(|typ| typ != "jwt") {
        let reason = "its header says that it is for something else";
        return Err(Refusal::TokenKind { kind: TokenKind::Id, reason });
    }
    let claims = verified.claims();
    claims.check_audience(&registration.client_id)?;
    check_authorized_party(claims, &registration.client_id)?;
    claims.check_times(now, registration.clock_skew_s)?;
    claims.required_time("iat")?;
    claims.subject()?.ok_or_else(|| claims.missing("sub"))?;
    check_nonce(claims, &pending.nonce)?;
    check_access_token(verified, access_token)?;
    check_sign_in_age(claims, pending.max_age, registration.clock_skew_s, now)
}

/// Steps 3 to 5: whoever shares the token with other audiences must be us, and an `azp` always means us.
fn check_authorized_party(claims: Claims<'_>, client_id: &str) -> Result<(), Refusal> {
    match claims.text("azp")? {
        Some(party) if party != client_id => Err(claims.wrong("azp", "it was issued to another client")),
        None if claims.audiences()?.len() > 1 => {
            Err(claims.wrong("azp", "a token for several audiences must say to which client it was issued"))
        }
        _ => Ok(()),
    }
}

/// Step 11.
fn check_nonce(claims: Claims<'_>, nonce: &str) -> Result<(), Refusal> {
    let found = claims.required_text("nonce")?;
    if bool::from(found.as_bytes().ct_eq(nonce.as_bytes())) {
        Ok(())
    } else {
        Err(claims.wrong("nonce", "it belongs to another sign-in"))
    }
}

/// `at_hash` is optional in the code flow (§3.1.3.6); when it is there, it holds (§3.1.3.8).
fn check_access_token(verified: &Verified, access_token: &Secret) -> Result<(), Refusal> {
    let claims = verified.claims();
    let Some(found) = claims.text("at_hash")? else { return Ok(()) };
    let expected = verified.key.half_hash(access_token.expose(), verified.algorithm);
    if expected.is_some_and(|expected| bool::from(expected.as_bytes().ct_eq(found.as_bytes()))) {
        Ok(())
    } else {
        Err(claims.wrong("at_hash", "it belongs to another access token"))
    }
}

/// Step 13: whoever asks for `max_age` gets `auth_time` and compares.
fn check_sign_in_age(claims: Claims<'_>, max_age: Option<u64>, skew: u32, now: DateTime<Utc>) -> Result<(), Refusal> {
    let Some(seconds) = max_age else { return Ok(()) };
    let signed_in = claims.seconds("auth_time")?.ok_or_else(|| claims.missing("auth_time"))?;
    let allowed = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_add(i64::from(skew));
    if now.timestamp().saturating_sub(signed_in) > allowed {
        return Err(Refusal::SignInTooOld { seconds });
    }
    Ok(())
}
