//! The form of a key, when a sign-in has to wait, and for how long somebody counts as just seen.

#[cfg(feature = "backend")]
use crate::{Error, Result, access::Actor};
#[cfg(feature = "backend")]
use chrono::{DateTime, TimeDelta, Utc};

/// What every key begins with, so that scanners recognise a leaked one.
pub const KEY_PREFIX: &str = "sbh_";
/// Hexadecimal digits of the random part: 192 bits.
pub(super) const KEY_RANDOM_DIGITS: usize = 48;
/// Hexadecimal digits of the CRC-32 over what stands before it.
const KEY_CHECKSUM_DIGITS: usize = 8;

/// Failures within [`THROTTLE_WINDOW_MS`] that are free.
#[cfg(feature = "backend")]
pub(super) const THROTTLE_FREE_FAILURES: i32 = 5;
/// How long a failure counts, in milliseconds.
#[cfg(feature = "backend")]
pub(super) const THROTTLE_WINDOW_MS: i64 = 15 * 60 * 1_000;
/// Longest wait after a failure, in milliseconds.
#[cfg(feature = "backend")]
const THROTTLE_CAP_MS: i64 = 15 * 60 * 1_000;

/// Adds the checksum to `sbh_` and the random digits.
#[cfg(feature = "backend")]
pub(super) fn with_checksum(body: &str) -> String {
    format!("{body}{:08x}", crc32fast::hash(body.as_bytes()))
}

/// Whether a text has the form of a key and its checksum is right; without asking the database.
pub fn has_key_form(text: &str) -> bool {
    let Some(digits) = text.strip_prefix(KEY_PREFIX) else { return false };
    let body_length = KEY_PREFIX.len() + KEY_RANDOM_DIGITS;
    digits.len() == KEY_RANDOM_DIGITS + KEY_CHECKSUM_DIGITS
        && digits.bytes().all(|digit| digit.is_ascii_hexdigit() && !digit.is_ascii_uppercase())
        && format!("{:08x}", crc32fast::hash(&text.as_bytes()[..body_length])) == text[body_length..]
}

/// How long the next sign-in has to wait after `failures` in the window: nothing for the first few, then one second that
/// doubles with each.
#[cfg(feature = "backend")]
pub(super) fn throttle_wait_ms(failures: i32) -> i64 {
    let beyond = failures - THROTTLE_FREE_FAILURES;
    if beyond < 0 { 0 } else { (1_000_i64 << beyond.min(20)).min(THROTTLE_CAP_MS) }
}

/// For how long somebody who showed who they are may do what is risky.
#[cfg(feature = "backend")]
const RECENT: TimeDelta = TimeDelta::minutes(15);

/// Whether the actor showed who they are lately. Keys and the hub itself can't be asked, and act with what they have.
///
/// # Errors
/// Asks a person to confirm who sits there.
#[cfg(feature = "backend")]
pub(crate) fn recent(actor: &Actor, now: DateTime<Utc>) -> Result<()> {
    if actor.user_id().is_none() || actor.verified_at().is_some_and(|at| now - at < RECENT) {
        return Ok(());
    }
    Err(Error::unconfirmed("Confirm that it is you before you go on: this changes who can get in."))
}
