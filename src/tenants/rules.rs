//! What an organisation is called in an address, and what its people are told while it is shut.

use crate::{Error, Result};
#[cfg(feature = "backend")]
use chrono::{DateTime, Utc};

/// Most characters of a slug.
pub(super) const SLUG_MAX: usize = 40;

/// An organisation's name as it stands in an address: lower-case letters, digits and hyphens.
#[cfg(feature = "backend")]
pub(super) fn slug_of(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let hyphened: String = name.chars().map(plain).collect();
    let words: Vec<_> = hyphened.split('-').filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").chars().take(SLUG_MAX).collect();
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "organisation".to_owned() } else { slug.to_owned() }
}

/// A slug that somebody typed; nothing for nothing.
pub(super) fn parse_slug(text: Option<&str>) -> Result<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let hyphens = !text.starts_with('-') && !text.ends_with('-') && !text.contains("--");
    if plain && hyphens && text.len() <= SLUG_MAX {
        return Ok(Some(text.to_owned()));
    }
    let allowed =
        "Slug must have up to 40 lower-case letters and digits with single hyphens between, such as acme-labs.";
    Err(Error::invalid("/slug", allowed))
}

/// What the people of a suspended organisation are told.
#[cfg(feature = "backend")]
pub(super) fn shut(why: Option<&str>, delete_after: Option<DateTime<Utc>>) -> Error {
    let words = match (why, delete_after) {
        (_, Some(at)) => {
            let day = at.format("%Y-%m-%d %H:%M UTC");
            format!("The organisation is removed after {day}. Until then, those who run this hub can restore it.")
        }
        (Some(why), None) => format!("The organisation is suspended: {why}"),
        (None, None) => "The organisation is suspended.".to_owned(),
    };
    Error::suspended(words)
}

#[cfg(test)]
#[cfg(feature = "backend")]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_of_a_name() {
        for (name, slug) in [("Acme & Söhne GmbH", "acme-s-hne-gmbh"), ("  ", "organisation"), ("A--B", "a-b")] {
            assert_eq!(slug_of(name), slug);
            assert_eq!(parse_slug(Some(slug)).unwrap().as_deref(), Some(slug));
        }
        assert!(slug_of(&"long name ".repeat(20)).len() <= SLUG_MAX);
    }

    #[test]
    fn a_typed_slug_is_plain_or_refused() {
        assert_eq!(parse_slug(Some(" ")).unwrap(), None);
        assert_eq!(parse_slug(None).unwrap(), None);
        for wrong in ["Acme", "a_b", "-a", "a-", "a--b", "a b", "ä", &"a".repeat(41)] {
            assert_eq!(parse_slug(Some(wrong)).unwrap_err().fields()[0].pointer, "/slug", "{wrong}");
        }
    }

    #[test]
    fn people_are_told_why_and_until_when() {
        assert_eq!(shut(Some("Unpaid."), None).message(), "The organisation is suspended: Unpaid.");
        let at = "2026-05-01T10:00:00Z".parse().unwrap();
        assert!(shut(Some("Unpaid."), Some(at)).message().contains("2026-05-01 10:00 UTC"));
    }
}
