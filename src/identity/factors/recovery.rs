//! Recovery codes: 140 random bits each, so that a plain hash keeps them (ASVS 6.5.2), each good for one sign-in.

use super::model::bare_code;
use crate::{
    Result,
    platform::secrets::{random_bytes, token_hash},
};

/// How many are made at once.
const COUNT: usize = 10;
/// Crockford's Base32 in small letters: no i, l, o and u, which people misread or mistype.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of a code: five bits each.
const LENGTH: usize = 28;

/// Fresh codes as they are shown, in groups of four.
pub(super) fn fresh() -> Vec<String> {
    (0..COUNT).map(|_| shown(&random_bytes::<LENGTH>())).collect()
}

fn shown(random: &[u8]) -> String {
    let letters: Vec<_> = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// What is stored of a code, in whatever spelling it was typed.
pub(super) fn hash_of(typed: &str) -> Result<String> {
    let letter = |c: char| match c {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    Ok(token_hash(&bare_code(typed)?.chars().map(letter).collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_many_and_read_in_any_spelling() {
        let codes = fresh();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), COUNT);
        for code in &codes {
            assert_eq!(code.len(), LENGTH + LENGTH / 4 - 1, "{code}");
            let spelt = code.to_uppercase().replace('-', " ").replace('0', "O").replace('1', "l");
            assert_eq!(hash_of(code).ok(), hash_of(&spelt).ok(), "{code} {spelt}");
        }
    }
}
