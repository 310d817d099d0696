//! Codes of authenticator apps: RFC 6238 with SHA-1, six digits and thirty seconds, which is what every app understands.

use crate::{Error, Result, platform::secrets::random_bytes};
use totp_rs::{Algorithm, Builder, Totp};

/// Bytes of a secret: what RFC 4226 §4 recommends, 160 bits.
pub(super) const SECRET_LENGTH: usize = 20;
/// Steps before and after now whose codes are taken, for clocks that differ (RFC 6238 §5.2).
const SKEW: u16 = 1;
/// Seconds of a step.
const STEP_S: u64 = 30;
const DIGITS: u8 = 6;

pub(super) fn new_secret() -> Vec<u8> {
    random_bytes::<SECRET_LENGTH>().to_vec()
}

/// The secret as an app reads it: Base32, and as an address with what it is for.
pub(super) fn shown(secret: &[u8], organisation: &str, email: &str) -> Result<(String, String)> {
    // A colon separates issuer and account in the label.
    let plain = |text: &str| text.replace(':', " ");
    let totp = builder(secret)
        .with_issuer(Some(format!("System Builder Hub {}", plain(organisation))))
        .with_account_name(plain(email))
        .build()
        .map_err(|error| Error::internal(error.to_string()))?;
    let url = totp.to_url().map_err(|error| Error::internal(error.to_string()))?;
    Ok((totp_rs::Secret::from(secret.to_vec()).to_base32(), url))
}

/// The step whose code this is, if it is one of now.
pub(super) fn step_of(secret: &[u8], code: &str, now_s: i64) -> Result<Option<i64>> {
    let totp: Totp = builder(secret).build().map_err(|error| Error::internal(error.to_string()))?;
    let step = totp.check(code, u64::try_from(now_s).unwrap_or_default());
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn builder(secret: &[u8]) -> Builder {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_skew(SKEW)
        .with_step_duration(STEP_S)
        .with_secret(secret.to_vec())
}

/// What an app would do.
#[cfg(test)]
pub(super) mod testing {
    use super::builder;

    pub fn secret(shown: &str) -> Vec<u8> {
        totp_rs::Secret::try_from_base32(shown).expect("Base32").as_ref().to_vec()
    }

    pub fn code(secret: &[u8], at_s: i64) -> String {
        builder(secret).build().expect("a secret").generate(at_s.unsigned_abs()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Appendix B of RFC 6238, whose codes have eight digits; the last six of them are ours (RFC 4226 §5.3).
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (at_s, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let step = step_of(b"12345678901234567890", &code[2..], at_s);
            assert_eq!(step.ok().flatten(), Some(at_s / 30), "{code}");
        }
    }

    #[test]
    fn a_code_counts_one_step_before_and_after_its_own() {
        let taken = |at_s| step_of(b"12345678901234567890", "081804", at_s).ok().flatten().is_some();
        let own = 1_111_111_109 / 30 * 30;
        assert_eq!([own - 31, own - 30, own, own + 59, own + 60].map(taken), [false, true, true, true, false]);
    }

    #[test]
    fn what_is_no_code_is_none() {
        for code in ["", "28708", "2870820", "28708a", "٢٨٧٠٨٢"] {
            assert_eq!(step_of(b"12345678901234567890", code, 59).ok().flatten(), None, "{code}");
        }
    }
}
