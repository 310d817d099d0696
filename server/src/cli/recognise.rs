//! `sbh keys recognise`: whether a text has API keys of a hub in it, without asking any hub. A key is told by its prefix and
//! its checksum, so that a commit or a log can be checked where no secret may go.

use super::{FAILED, Failure, terminal};
use hub::identity::{KEY_PREFIX, has_key_form};
use std::io::{self, BufRead};

/// Characters of a key that are shown to find it by; the hub shows as many.
const SHOWN: usize = 12;
/// Characters of a key.
const LENGTH: usize = KEY_PREFIX.len() + 56;

/// Looks through a text, or with `-` through standard input.
pub(super) fn run(text: &str) -> Result<(), Failure> {
    let found = if text == "-" { in_lines(io::stdin().lock()) } else { in_lines(text.as_bytes()) };
    let found = found.map_err(|error| Failure::new(FAILED, format!("standard input could not be read: {error}")))?;
    for (line, hint) in &found {
        terminal::print(&format!("{line}: {hint}…\n"));
    }
    match found.len() {
        0 => Ok(()),
        1 => Err(Failure::new(FAILED, "1 API key was found. Revoke it: who has read it can use it.")),
        count => Err(Failure::new(
            FAILED,
            format!("{count} API keys were found. Revoke them: who has read them can use them."),
        )),
    }
}

/// The keys in a text: the line of each, from 1, and its beginning.
fn in_lines(text: impl BufRead) -> io::Result<Vec<(usize, String)>> {
    let mut found = Vec::new();
    for (number, line) in text.split(b'\n').enumerate() {
        // Keys are ASCII; what is no text around them does not matter.
        let line = String::from_utf8_lossy(&line?).into_owned();
        found.extend(in_line(&line).map(|key| (number + 1, key[..SHOWN].to_owned())));
    }
    Ok(found)
}

fn in_line(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices(KEY_PREFIX)
        .filter_map(|(start, _)| line.get(start..start + LENGTH))
        .filter(|text| has_key_form(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 48 digits with their right checksum: `python3 -c 'import zlib; print("%08x" % zlib.crc32(b"sbh_" + b"0" * 48))'`.
    const KEY: &str = "sbh_0000000000000000000000000000000000000000000000005d1c59b2";

    fn found(text: &str) -> Vec<(usize, String)> {
        in_lines(text.as_bytes()).unwrap()
    }

    #[test]
    fn keys_are_found_wherever_they_stand_and_are_not_repeated_in_full() {
        let text = format!("nothing\nSBH_TOKEN={KEY};\n\"{KEY}\" and {KEY}");
        let hint = "sbh_00000000".to_owned();
        assert_eq!(found(&text), [(2, hint.clone()), (3, hint.clone()), (3, hint)]);
    }

    #[test]
    fn what_only_looks_like_a_key_is_none() {
        let wrong = KEY.replacen('0', "1", 1);
        for text in ["", "sbh_", "sbh_0123", &KEY[..59], wrong.as_str(), &KEY.to_uppercase(), "sbh_é"] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
